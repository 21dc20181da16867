import { assert } from './assert.ts';

/**
 * A handle to a slot: generation in 11 bits above, a slot index of 20 bits. A handle outlives its
 * slot harmlessly, because a slot that is used again has another generation. Never negative.
 */
export type Id = number;
export const NO_ID = -1;

const INDEX_BITS = 20;
const INDEX_MASK = (1 << INDEX_BITS) - 1;
const GENERATIONS = 1 << 11;
const SLOTS_MAX: number = 1 << INDEX_BITS;

/** Slot index of a handle: dense, so it can index arrays. */
export function slotOf(id: Id): number {
  return id & INDEX_MASK;
}

/** Hands out generation-checked handles for up to `capacity` slots. Oldest free slot first. */
export class Slab {
  readonly capacity: number;
  #generation: Uint16Array;
  #live: Uint8Array;
  #free: Int32Array;
  #freeHead = 0;
  #freeCount: number;

  constructor(capacity: number) {
    assert(capacity > 0 && capacity <= SLOTS_MAX, 'slab capacity fits the index bits');
    this.capacity = capacity;
    this.#generation = new Uint16Array(capacity);
    this.#live = new Uint8Array(capacity);
    this.#free = new Int32Array(capacity);
    for (let slot = 0; slot < capacity; slot++) this.#free[slot] = slot;
    this.#freeCount = capacity;
  }

  get used(): number {
    return this.capacity - this.#freeCount;
  }

  /** A new handle, or NO_ID when every slot is in use. */
  take(): Id {
    if (this.#freeCount === 0) return NO_ID;
    const slot = this.#free[this.#freeHead] as number;
    this.#freeHead = this.#freeHead + 1 === this.capacity ? 0 : this.#freeHead + 1;
    this.#freeCount -= 1;
    this.#live[slot] = 1;
    return ((this.#generation[slot] as number) << INDEX_BITS) | slot;
  }

  has(id: Id): boolean {
    const slot = id & INDEX_MASK;
    return (
      id >= 0 &&
      slot < this.capacity &&
      this.#live[slot] === 1 &&
      this.#generation[slot] === id >>> INDEX_BITS
    );
  }

  release(id: Id): void {
    assert(this.has(id), 'only a live handle is released');
    const slot = id & INDEX_MASK;
    this.#live[slot] = 0;
    this.#generation[slot] = ((this.#generation[slot] as number) + 1) % GENERATIONS;
    const tail = (this.#freeHead + this.#freeCount) % this.capacity;
    this.#free[tail] = slot;
    this.#freeCount += 1;
  }
}
