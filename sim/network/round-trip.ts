import { NS_PER_S } from '#core/base/time.ts';

/** What a segment may be later than others, however alike they were. */
const MARGIN_NS: number = NS_PER_S / 5;
const MOST_NS: number = 120 * NS_PER_S;

/** When to send again what was not acknowledged (RFC 6298; for the variance at least Linux's 200 ms). Nanoseconds. */
export class RoundTrip {
  #smoothNs = 0;
  #varianceNs = 0;
  #timeoutNs: number = NS_PER_S;
  #backOffs = 0;

  /** The smoothed time there and back; 0 before the first sample. */
  get smoothNs(): number {
    return this.#smoothNs;
  }

  /** What a retransmission waits now, doubled for every one since the last progress. */
  get timeoutNs(): number {
    return Math.min(this.#timeoutNs * (1 << this.#backOffs), MOST_NS);
  }

  /** The time from a segment to its acknowledgement, for segments sent once. */
  sample(tookNs: number): void {
    if (this.#smoothNs === 0) {
      this.#smoothNs = tookNs;
      this.#varianceNs = Math.floor(tookNs / 2);
    } else {
      const deviationNs = Math.abs(this.#smoothNs - tookNs);
      this.#varianceNs = Math.floor((3 * this.#varianceNs + deviationNs) / 4);
      this.#smoothNs = Math.floor((7 * this.#smoothNs + tookNs) / 8);
    }
    this.#timeoutNs = this.#smoothNs + Math.max(4 * this.#varianceNs, MARGIN_NS);
  }

  backOff(): void {
    if (this.#backOffs < 16) this.#backOffs += 1;
  }

  /** Something new was acknowledged. */
  progress(): void {
    this.#backOffs = 0;
  }
}
