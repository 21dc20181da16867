import { assert } from './assert.ts';
import { grown, grownSize } from './grown.ts';

/** Earliest of many deadlines, one per slot. O(log n) to change, O(1) to read; allocates for more slots alone. */
export class DeadlineHeap {
  readonly #slots: number;
  /** Time per slot; Infinity for none. */
  #at: Float64Array;
  #heap: Int32Array;
  /** Place of a slot in the heap, or -1. */
  #place: Int32Array;
  #size = 0;

  constructor(slots: number) {
    this.#slots = slots;
    this.#at = new Float64Array(0);
    this.#heap = new Int32Array(0);
    this.#place = new Int32Array(0);
  }

  get earliest(): number {
    return this.#size === 0
      ? Number.POSITIVE_INFINITY
      : (this.#at[this.#heap[0] as number] as number);
  }

  /** The slot that is due at `now`, or -1. It keeps its deadline until `set` changes it. */
  due(now: number): number {
    return this.earliest <= now ? (this.#heap[0] as number) : -1;
  }

  /** Gives a slot its only deadline; Infinity takes it away. */
  set(slot: number, at: number): void {
    assert(slot < this.#slots && !Number.isNaN(at), 'deadline of a slot');
    if (slot >= this.#at.length) this.#grow(slot + 1);
    if (this.#at[slot] === at) return;
    this.#at[slot] = at;
    let place = this.#place[slot] as number;
    if (place < 0) {
      place = this.#size++;
      this.#put(place, slot);
    } else if (at === Number.POSITIVE_INFINITY) {
      this.#size -= 1;
      this.#place[slot] = -1;
      if (place === this.#size) return;
      this.#put(place, this.#heap[this.#size] as number);
    }
    this.#up(place);
    this.#down(place);
  }

  #grow(least: number): void {
    const size = grownSize(least, this.#slots);
    this.#at = grown(new Float64Array(size), this.#at, Number.POSITIVE_INFINITY);
    this.#heap = grown(new Int32Array(size), this.#heap, 0);
    this.#place = grown(new Int32Array(size), this.#place, -1);
  }

  #put(place: number, slot: number): void {
    this.#heap[place] = slot;
    this.#place[slot] = place;
  }

  #before(a: number, b: number): boolean {
    const atA = this.#at[a] as number;
    const atB = this.#at[b] as number;
    return atA < atB || (atA === atB && a < b);
  }

  #up(from: number): void {
    let place = from;
    const slot = this.#heap[place] as number;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const other = this.#heap[parent] as number;
      if (!this.#before(slot, other)) break;
      this.#put(place, other);
      place = parent;
    }
    this.#put(place, slot);
  }

  #down(from: number): void {
    let place = from;
    const slot = this.#heap[place] as number;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= this.#size) break;
      const right = child + 1;
      if (
        right < this.#size &&
        this.#before(this.#heap[right] as number, this.#heap[child] as number)
      ) {
        child = right;
      }
      const other = this.#heap[child] as number;
      if (!this.#before(other, slot)) break;
      this.#put(place, other);
      place = child;
    }
    this.#put(place, slot);
  }
}
