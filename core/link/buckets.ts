import { PREFIXES_MAX } from '../base/limits.ts';
import type { Micros } from '../base/time.ts';

/** A token bucket per name (as GCRA): `burst` at once, and one more each `earnUs`. Bounded, constant cost. */
export class Buckets {
  readonly #burstUs: Micros;
  readonly #earnUs: Micros;
  /** When a bucket is full again. Oldest first; a full one needs no entry. */
  readonly #fullAtUs = new Map<string, Micros>();

  constructor(burst: number, earnUs: Micros) {
    this.#burstUs = burst * earnUs;
    this.#earnUs = earnUs;
  }

  get size(): number {
    return this.#fullAtUs.size;
  }

  has(nowUs: Micros, name: string): boolean {
    return this.#next(nowUs, name) - nowUs <= this.#burstUs;
  }

  take(nowUs: Micros, name: string): void {
    const fullAtUs = this.#next(nowUs, name);
    this.#fullAtUs.delete(name);
    this.#fullAtUs.set(name, fullAtUs);
    this.#forget(nowUs);
  }

  #next(nowUs: Micros, name: string): Micros {
    return Math.max(nowUs, this.#fullAtUs.get(name) ?? 0) + this.#earnUs;
  }

  /** At most two are looked at a call. */
  #forget(nowUs: Micros): void {
    let looked = 0;
    for (const [name, fullAtUs] of this.#fullAtUs) {
      const isFull = fullAtUs <= nowUs;
      if ((!isFull && this.#fullAtUs.size <= PREFIXES_MAX) || looked++ === 2) return;
      this.#fullAtUs.delete(name);
    }
  }
}
