import { assert } from './assert.ts';
import { FIRST_SLOTS, grown, grownSize } from './grown.ts';

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

/**
 * Slots that are free while there can be more: so many lie between two uses of one. Fewer, and whoever keeps a table
 * nearly full turns one slot over until its generations are used up and handles of long ago are alive again.
 */
const FREE_MIN: number = FIRST_SLOTS / 2;

/**
 * Hands out generation-checked handles for up to `capacity` slots, oldest free slot first. Memory is what was needed
 * at once, and some.
 */
export class Slab {
  readonly capacity: number;
  #generation: Uint16Array;
  #live: Uint8Array;
  /** A ring of the slots that are free. */
  #free: Int32Array;
  #freeHead = 0;
  #freeCount = 0;

  constructor(capacity: number) {
    assert(capacity > 0 && capacity <= SLOTS_MAX, 'slab capacity fits the index bits');
    this.capacity = capacity;
    this.#generation = new Uint16Array(0);
    this.#live = new Uint8Array(0);
    this.#free = new Int32Array(0);
  }

  get used(): number {
    return this.#live.length - this.#freeCount;
  }

  /** A new handle, or NO_ID when every slot is in use. */
  take(): Id {
    if (this.#freeCount < FREE_MIN && this.#live.length < this.capacity) this.#grow();
    if (this.#freeCount === 0) return NO_ID;
    const slot = this.#free[this.#freeHead] as number;
    this.#freeHead = this.#freeHead + 1 === this.#free.length ? 0 : this.#freeHead + 1;
    this.#freeCount -= 1;
    this.#live[slot] = 1;
    return ((this.#generation[slot] as number) << INDEX_BITS) | slot;
  }

  has(id: Id): boolean {
    const slot = id & INDEX_MASK;
    return (
      id >= 0 &&
      slot < this.#live.length &&
      this.#live[slot] === 1 &&
      this.#generation[slot] === id >>> INDEX_BITS
    );
  }

  release(id: Id): void {
    assert(this.has(id), 'only a live handle is released');
    const slot = id & INDEX_MASK;
    this.#live[slot] = 0;
    this.#generation[slot] = ((this.#generation[slot] as number) + 1) % GENERATIONS;
    const tail = (this.#freeHead + this.#freeCount) % this.#free.length;
    this.#free[tail] = slot;
    this.#freeCount += 1;
  }

  /** New slots come behind those that are free. */
  #grow(): void {
    const before = this.#live.length;
    const size = grownSize(before + 1, this.capacity);
    this.#generation = grown(new Uint16Array(size), this.#generation, 0);
    this.#live = grown(new Uint8Array(size), this.#live, 0);
    const free = new Int32Array(size);
    for (let n = 0; n < this.#freeCount; n++)
      free[n] = this.#free[(this.#freeHead + n) % this.#free.length] as number;
    for (let slot = before; slot < size; slot++) free[this.#freeCount++] = slot;
    this.#free = free;
    this.#freeHead = 0;
  }
}
