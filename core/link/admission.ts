import {
  FAR_HALF_OPEN_MAX,
  HALF_OPEN_MAX,
  INBOUND_MAX,
  PREFIX_BURST,
  PREFIX_EARN_US,
  PREFIX_HALF_OPEN_MAX,
  PREFIX_INBOUND_MAX,
  PREFIXES_MAX,
} from '../base/limits.ts';
import type { Micros } from '../base/time.ts';

/** Why an inbound stream was not even looked at. */
export type AdmissionReject =
  | 'half-open-limit'
  | 'inbound-limit'
  | 'prefix-limit'
  | 'prefix-half-open-limit'
  | 'prefix-inbound-limit'
  | 'not-started';

export const ADMISSION_REJECTS: readonly AdmissionReject[] = Object.freeze<AdmissionReject[]>([
  'half-open-limit',
  'inbound-limit',
  'prefix-limit',
  'prefix-half-open-limit',
  'prefix-inbound-limit',
  'not-started',
]);

/** Where a stream comes from: its neighbourhood (IPv4 /24, IPv6 /48), and a wider one (/16, /32). */
export type Origin = { readonly near: string; readonly far: string };

export function originOf(ip: Uint8Array): Origin {
  const [near, far] = ip.length === 4 ? [3, 2] : [6, 4];
  return { near: ip.subarray(0, near).join('.'), far: `${ip.subarray(0, far).join('.')}/` };
}

/**
 * Decides at accept, before any octet is read and any key touched: a token bucket per neighbourhood, and caps on
 * streams alive and on streams that are not links yet, near, far and altogether. PROTOCOL §4.4.
 */
export class Admission {
  /** Per neighbourhood the time at which its bucket is full again (a token bucket as GCRA). Oldest first. */
  readonly #fullAtUs = new Map<string, Micros>();
  readonly #inbound = new Tally();
  readonly #halfOpen = new Tally();

  /** Undefined: come in. Then `settled` is owed once it is a link or gone, and `left` once it is gone. */
  admit(nowUs: Micros, { near, far }: Origin): AdmissionReject | undefined {
    if (this.#halfOpen.total >= HALF_OPEN_MAX) return 'half-open-limit';
    if (this.#inbound.total >= INBOUND_MAX) return 'inbound-limit';
    if (this.#inbound.of(near) >= PREFIX_INBOUND_MAX) return 'prefix-inbound-limit';
    if (
      this.#halfOpen.of(near) >= PREFIX_HALF_OPEN_MAX ||
      this.#halfOpen.of(far) >= FAR_HALF_OPEN_MAX
    ) {
      return 'prefix-half-open-limit';
    }
    const fullAtUs = Math.max(nowUs, this.#fullAtUs.get(near) ?? 0) + PREFIX_EARN_US;
    if (fullAtUs - nowUs > PREFIX_BURST * PREFIX_EARN_US) return 'prefix-limit';
    this.#fullAtUs.delete(near);
    this.#fullAtUs.set(near, fullAtUs);
    this.#forget(nowUs);
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

  get prefixes(): number {
    return this.#fullAtUs.size;
  }

  /** Full buckets need no entry; at most two are looked at a call, so the cost stays constant. */
  #forget(nowUs: Micros): void {
    let looked = 0;
    for (const [prefix, fullAtUs] of this.#fullAtUs) {
      const isFull = fullAtUs <= nowUs;
      if ((!isFull && this.#fullAtUs.size <= PREFIXES_MAX) || looked++ === 2) return;
      this.#fullAtUs.delete(prefix);
    }
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
