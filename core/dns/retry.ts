import type { Random } from '#core/host/mod.ts';
import { DNS_RETRY_MAX_US, DNS_RETRY_MIN_US } from '../base/limits.ts';
import type { Micros } from '../base/time.ts';

/** Steps of doubling after which the pause is the longest: 0.4 s becomes more than 30 s. */
const DOUBLINGS_MAX = 7;

/** When to connect again: each failure doubles the pause, and half of it is left to chance. */
export class Retry {
  readonly #random: Random;
  readonly #draw = new Uint8Array(2);
  #failures = 0;
  /** Not before this time. */
  atUs: Micros = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  failed(nowUs: Micros): void {
    const doublings = Math.min(this.#failures, DOUBLINGS_MAX);
    const longestUs = Math.min(DNS_RETRY_MAX_US, 2 * DNS_RETRY_MIN_US * (1 << doublings));
    this.#failures += 1;
    this.#random.fill(this.#draw);
    const chance = ((this.#draw[0] as number) * 0x100 + (this.#draw[1] as number)) / 0x1_0000;
    this.atUs = nowUs + Math.floor((longestUs / 2) * (1 + chance));
  }

  worked(): void {
    this.#failures = 0;
    this.atUs = 0;
  }
}
