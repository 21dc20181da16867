import { SMALL_AGAIN_US, SMALL_UNTIL } from '../base/limits.ts';
import type { Micros } from '../base/time.ts';
import { CELL_LARGE, CELL_SMALL } from './frame.ts';

/**
 * Which class the next cell of a direction has: a fixed function of the stream octets sent so far and of those that
 * wait. Small for the first 64 KiB, then large as long as what waits fills one; small again after ten seconds
 * without any. PROTOCOL §9.5.
 */
export class Pace {
  #sent = 0;
  #lastUs: Micros = 0;

  /** `waiting`: stream octets that could go now. */
  cellLen(nowUs: Micros, waiting: number): number {
    if (nowUs - this.#lastUs >= SMALL_AGAIN_US) this.#sent = 0;
    return this.#sent < SMALL_UNTIL || waiting < CELL_LARGE ? CELL_SMALL : CELL_LARGE;
  }

  /** Stream octets went into a cell. */
  sent(nowUs: Micros, octets: number): void {
    if (octets === 0) return;
    this.#sent += octets;
    this.#lastUs = nowUs;
  }
}
