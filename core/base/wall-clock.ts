import { type Micros, US_PER_MS, type WallMillis } from './time.ts';

/** Wall time between two `wall` events: it goes on with the root's own clock from where it was last told. */
export class WallClock {
  isKnown = false;
  #wallMs: WallMillis = 0;
  #atUs: Micros = 0;

  set(nowUs: Micros, wallMs: WallMillis): void {
    this.isKnown = true;
    this.#wallMs = wallMs;
    this.#atUs = nowUs;
  }

  /** Wall milliseconds at a time of the root's clock. */
  at(nowUs: Micros): WallMillis {
    return this.#wallMs + (nowUs - this.#atUs) / US_PER_MS;
  }

  /** When the root's clock will show this wall time. Infinity while wall time is unknown. */
  whenUs(wallMs: WallMillis): Micros {
    if (!this.isKnown) return Number.POSITIVE_INFINITY;
    return Math.ceil(this.#atUs + (wallMs - this.#wallMs) * US_PER_MS);
  }
}
