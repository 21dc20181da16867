import {
  ALL_BURST,
  ALL_EARN_US,
  FAR_BURST,
  FAR_EARN_US,
  FAR_HALF_OPEN_MAX,
  HALF_OPEN_MAX,
  INBOUND_MAX,
  PREFIX_BURST,
  PREFIX_EARN_US,
  PREFIX_HALF_OPEN_MAX,
  PREFIX_INBOUND_MAX,
} from '../base/limits.ts';
import type { Micros } from '../base/time.ts';
import { Buckets } from './buckets.ts';

/** Why an inbound stream was not even looked at. */
export type AdmissionReject =
  | 'half-open-limit'
  | 'inbound-limit'
  | 'prefix-limit'
  | 'prefix-half-open-limit'
  | 'prefix-inbound-limit'
  | 'handshake-limit'
  | 'not-started';

export const ADMISSION_REJECTS: readonly AdmissionReject[] = Object.freeze<AdmissionReject[]>([
  'half-open-limit',
  'inbound-limit',
  'prefix-limit',
  'prefix-half-open-limit',
  'prefix-inbound-limit',
  'handshake-limit',
  'not-started',
]);

/** Where a stream comes from: its neighbourhood (IPv4 /24, IPv6 /48), and a wider one (/16, /32). */
export type Origin = { readonly near: string; readonly far: string };

export function originOf(ip: Uint8Array): Origin {
  const [near, far] = ip.length === 4 ? [3, 2] : [6, 4];
  return { near: ip.subarray(0, near).join('.'), far: `${ip.subarray(0, far).join('.')}/` };
}

/** Everybody, as a prefix. */
const ALL = '*';

/**
 * Decides at accept, before any octet is read and any key touched: token buckets for handshakes and caps on streams
 * alive and on streams that are not links yet, near, far and altogether. PROTOCOL §4.4.
 */
export class Admission {
  readonly #near = new Buckets(PREFIX_BURST, PREFIX_EARN_US);
  readonly #far = new Buckets(FAR_BURST, FAR_EARN_US);
  readonly #all = new Buckets(ALL_BURST, ALL_EARN_US);
  readonly #inbound = new Tally();
  readonly #halfOpen = new Tally();

  /** Undefined: come in. Then `settled` is owed once it is a link or gone, and `left` once it is gone. */
  admit(nowUs: Micros, origin: Origin): AdmissionReject | undefined {
    const { near, far } = origin;
    const reject = this.#isFull(origin);
    if (reject !== undefined) return reject;
    if (!this.#near.has(nowUs, near)) return 'prefix-limit';
    if (!this.#far.has(nowUs, far) || !this.#all.has(nowUs, ALL)) return 'handshake-limit';
    this.#near.take(nowUs, near);
    this.#far.take(nowUs, far);
    this.#all.take(nowUs, ALL);
    this.#inbound.add(near, far);
    this.#halfOpen.add(near, far);
    return undefined;
  }

  /** An admitted stream became a link, or is gone. */
  settled({ near, far }: Origin): void {
    this.#halfOpen.remove(near, far);
  }

  /** An admitted stream is gone. */
  left({ near, far }: Origin): void {
    this.#inbound.remove(near, far);
  }

  /** Prefixes it remembers. */
  get prefixes(): number {
    return this.#near.size;
  }

  #isFull({ near, far }: Origin): AdmissionReject | undefined {
    if (this.#inbound.total >= INBOUND_MAX) return 'inbound-limit';
    if (this.#inbound.of(near) >= PREFIX_INBOUND_MAX) return 'prefix-inbound-limit';
    if (this.#halfOpen.of(near) >= PREFIX_HALF_OPEN_MAX) return 'prefix-half-open-limit';
    const isCrowded =
      this.#halfOpen.total >= HALF_OPEN_MAX || this.#halfOpen.of(far) >= FAR_HALF_OPEN_MAX;
    return isCrowded ? 'half-open-limit' : undefined;
  }
}

/** How many there are, altogether and per prefix that has any. */
class Tally {
  total = 0;
  readonly #of = new Map<string, number>();

  of(prefix: string): number {
    return this.#of.get(prefix) ?? 0;
  }

  add(near: string, far: string): void {
    this.total += 1;
    for (const prefix of [near, far]) this.#of.set(prefix, this.of(prefix) + 1);
  }

  remove(near: string, far: string): void {
    this.total -= 1;
    for (const prefix of [near, far]) {
      const left = this.of(prefix) - 1;
      if (left === 0) this.#of.delete(prefix);
      else this.#of.set(prefix, left);
    }
  }
}
