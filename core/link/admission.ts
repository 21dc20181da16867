import {
  HALF_OPEN_MAX,
  INBOUND_MAX,
  PREFIX_BURST,
  PREFIX_EARN_US,
  PREFIX_INBOUND_MAX,
  PREFIXES_MAX,
} from '../base/limits.ts';
import type { Micros } from '../base/time.ts';

/** Why an inbound stream was not even looked at. */
export type AdmissionReject =
  | 'half-open-limit'
  | 'inbound-limit'
  | 'prefix-limit'
  | 'prefix-inbound-limit'
  | 'not-started';

export const ADMISSION_REJECTS: readonly AdmissionReject[] = Object.freeze<AdmissionReject[]>([
  'half-open-limit',
  'inbound-limit',
  'prefix-limit',
  'prefix-inbound-limit',
  'not-started',
]);

/**
 * Decides at accept, before any octet is read and any key touched: a token bucket and a cap on live streams per
 * prefix (IPv4 /24, IPv6 /48), and caps on all streams and on those that are not links yet. PROTOCOL §4.4.
 */
export class Admission {
  /** Per prefix the time at which its bucket is full again (a token bucket as GCRA). Oldest first. */
  readonly #fullAtUs = new Map<string, Micros>();
  /** Live inbound streams per prefix that has any. */
  readonly #live = new Map<string, number>();
  #inbound = 0;
  #halfOpen = 0;

  /** Undefined: come in. Then `settled` is owed once it is a link or gone, and `left` once it is gone. */
  admit(nowUs: Micros, prefix: string): AdmissionReject | undefined {
    if (this.#halfOpen >= HALF_OPEN_MAX) return 'half-open-limit';
    if (this.#inbound >= INBOUND_MAX) return 'inbound-limit';
    const live = this.#live.get(prefix) ?? 0;
    const fullAtUs = Math.max(nowUs, this.#fullAtUs.get(prefix) ?? 0) + PREFIX_EARN_US;
    if (live >= PREFIX_INBOUND_MAX) return 'prefix-inbound-limit';
    if (fullAtUs - nowUs > PREFIX_BURST * PREFIX_EARN_US) return 'prefix-limit';
    this.#fullAtUs.delete(prefix);
    this.#fullAtUs.set(prefix, fullAtUs);
    this.#forget(nowUs);
    this.#live.set(prefix, live + 1);
    this.#inbound += 1;
    this.#halfOpen += 1;
    return undefined;
  }

  /** An admitted stream became a link, or is gone. */
  settled(): void {
    this.#halfOpen -= 1;
  }

  /** An admitted stream is gone. */
  left(prefix: string): void {
    this.#inbound -= 1;
    const live = (this.#live.get(prefix) ?? 1) - 1;
    if (live === 0) this.#live.delete(prefix);
    else this.#live.set(prefix, live);
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

/** What counts as one neighbourhood: IPv4 /24, IPv6 /48. */
export function prefixOf(ip: Uint8Array): string {
  return (ip.length === 4 ? ip.subarray(0, 3) : ip.subarray(0, 6)).join('.');
}
