import { enlarged } from '../event-queue.ts';

export const NO_SLOT = -1;
const FIRST_BUCKETS = 16;

/** Finds slots by a hash of what they hold: chains in typed arrays, so that looking makes no object. */
export class SlotIndex {
  #heads: Int32Array = new Int32Array(FIRST_BUCKETS).fill(NO_SLOT);
  #next: Int32Array = new Int32Array(FIRST_BUCKETS);
  #hashes: Int32Array = new Int32Array(FIRST_BUCKETS);
  #count = 0;

  /** The first slot that may hold what has this hash, or NO_SLOT; whoever asks looks for himself. */
  first(hash: number): number {
    return this.#heads[hash & (this.#heads.length - 1)] as number;
  }

  /** The one after it. */
  next(slot: number): number {
    return this.#next[slot] as number;
  }

  add(hash: number, slot: number): void {
    if (this.#count === this.#heads.length) this.#grow();
    if (slot >= this.#next.length) {
      const length = Math.max(slot + 1, 2 * this.#next.length);
      this.#next = enlarged(new Int32Array(length), this.#next);
      this.#hashes = enlarged(new Int32Array(length), this.#hashes);
    }
    this.#count += 1;
    this.#hashes[slot] = hash;
    this.#link(this.#heads, slot);
  }

  remove(slot: number): void {
    const bucket = (this.#hashes[slot] as number) & (this.#heads.length - 1);
    let at = this.#heads[bucket] as number;
    if (at === slot) this.#heads[bucket] = this.#next[slot] as number;
    else {
      while (this.#next[at] !== slot) at = this.#next[at] as number;
      this.#next[at] = this.#next[slot] as number;
    }
    this.#count -= 1;
  }

  #link(heads: Int32Array, slot: number): void {
    const bucket = (this.#hashes[slot] as number) & (heads.length - 1);
    this.#next[slot] = heads[bucket] as number;
    heads[bucket] = slot;
  }

  #grow(): void {
    const old = this.#heads;
    const heads = new Int32Array(2 * old.length).fill(NO_SLOT);
    for (let bucket = 0; bucket < old.length; bucket++) {
      let slot = old[bucket] as number;
      while (slot !== NO_SLOT) {
        const next = this.#next[slot] as number;
        this.#link(heads, slot);
        slot = next;
      }
    }
    this.#heads = heads;
  }
}

/** A hash of three whole numbers, 32 bits. */
export function hashOf(a: number, b: number, c: number): number {
  let hash = Math.imul(a ^ 0x9e37_79b9, 0x85eb_ca6b);
  hash = Math.imul((hash ^ (hash >>> 15)) + b, 0xc2b2_ae35);
  hash = Math.imul((hash ^ (hash >>> 13)) + c, 0x27d4_eb2f);
  return hash ^ (hash >>> 16);
}
