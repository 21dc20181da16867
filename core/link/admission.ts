import { HALF_OPEN_MAX, PREFIX_BURST, PREFIX_EARN_US, PREFIXES_MAX } from '../base/limits.ts';
import type { Micros } from '../base/time.ts';

/** Why an inbound stream was not even looked at. */
export type AdmissionReject = 'half-open-limit' | 'prefix-limit' | 'not-started';

/**
 * Decides at accept, before any octet is read and any key touched: a token bucket per prefix (IPv4 /24,
 * IPv6 /48) and a cap on streams that are not links yet. PROTOCOL §4.4.
 */
export class Admission {
  /** Per prefix the time at which its bucket is full again (a token bucket as GCRA). Oldest first. */
  readonly #fullAtUs = new Map<string, Micros>();
  #halfOpen = 0;

  /** Undefined: come in, and `settled` is owed once. */
  admit(nowUs: Micros, ip: Uint8Array): AdmissionReject | undefined {
    if (this.#halfOpen >= HALF_OPEN_MAX) return 'half-open-limit';
    const prefix = (ip.length === 4 ? ip.subarray(0, 3) : ip.subarray(0, 6)).join('.');
    const fullAtUs = Math.max(nowUs, this.#fullAtUs.get(prefix) ?? 0) + PREFIX_EARN_US;
    if (fullAtUs - nowUs > PREFIX_BURST * PREFIX_EARN_US) return 'prefix-limit';
    this.#fullAtUs.delete(prefix);
    this.#fullAtUs.set(prefix, fullAtUs);
    this.#forget(nowUs);
    this.#halfOpen += 1;
    return undefined;
  }

  /** An admitted stream became a link, or is gone. */
  settled(): void {
    this.#halfOpen -= 1;
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
