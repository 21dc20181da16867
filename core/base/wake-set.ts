import { assert } from './assert.ts';
import { type Id, NO_ID, slotOf } from './slab.ts';

/** Ids that have something to do, each slot at most once, first come first served. O(1), no allocation. */
export class WakeSet {
  #queued: Uint8Array;
  #id: Int32Array;
  #order: Int32Array;
  #head = 0;
  #count = 0;

  constructor(slots: number) {
    this.#queued = new Uint8Array(slots);
    this.#id = new Int32Array(slots);
    this.#order = new Int32Array(slots);
  }

  /** The newest holder of a slot inherits a place its predecessor had in the queue. */
  add(id: Id): void {
    const slot = slotOf(id);
    this.#id[slot] = id;
    if (this.#queued[slot] === 1) return;
    assert(this.#count < this.#order.length, 'one queue entry per slot');
    this.#queued[slot] = 1;
    this.#order[(this.#head + this.#count) % this.#order.length] = slot;
    this.#count += 1;
  }

  take(): Id {
    if (this.#count === 0) return NO_ID;
    const slot = this.#order[this.#head] as number;
    this.#head = this.#head + 1 === this.#order.length ? 0 : this.#head + 1;
    this.#count -= 1;
    this.#queued[slot] = 0;
    return this.#id[slot] as number;
  }
}
