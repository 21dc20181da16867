import { assert } from './assert.ts';
import { grown, grownSize } from './grown.ts';
import { type Id, NO_ID, slotOf } from './slab.ts';

/** Ids that have something to do, each slot at most once, in order of coming. O(1); allocates for more slots alone. */
export class WakeSet {
  readonly #slots: number;
  #queued: Uint8Array;
  #id: Int32Array;
  #order: Int32Array;
  #head = 0;
  #count = 0;

  constructor(slots: number) {
    this.#slots = slots;
    this.#queued = new Uint8Array(0);
    this.#id = new Int32Array(0);
    this.#order = new Int32Array(0);
  }

  /** The newest holder of a slot inherits a place its predecessor had in the queue. */
  add(id: Id): void {
    const slot = slotOf(id);
    assert(slot < this.#slots, 'a slot of this set');
    if (slot >= this.#id.length) this.#grow(slot + 1);
    this.#id[slot] = id;
    if (this.#queued[slot] === 1) return;
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

  #grow(least: number): void {
    const size = grownSize(least, this.#slots);
    const order = new Int32Array(size);
    for (let n = 0; n < this.#count; n++)
      order[n] = this.#order[(this.#head + n) % this.#order.length] as number;
    this.#order = order;
    this.#head = 0;
    this.#queued = grown(new Uint8Array(size), this.#queued, 0);
    this.#id = grown(new Int32Array(size), this.#id, 0);
  }
}
