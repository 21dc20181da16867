import { assert } from '#core/base/assert.ts';

const LEAST = 4096;

/** Octets first in, first out, in one buffer that grows by doubling. */
export class ByteQueue {
  #bytes: Uint8Array = new Uint8Array(LEAST);
  #start = 0;
  #end = 0;

  get length(): number {
    return this.#end - this.#start;
  }

  push(bytes: Uint8Array, start: number = 0, end: number = bytes.length): void {
    this.#makeRoom(end - start);
    this.#bytes.set(bytes.subarray(start, end), this.#end);
    this.#end += end - start;
  }

  /** The octet at a place behind the front. */
  at(place: number): number {
    assert(place < this.length, 'a place within the queue');
    return this.#bytes[this.#start + place] as number;
  }

  /** Takes octets off the front, as a copy. */
  take(length: number): Uint8Array {
    assert(length <= this.length, 'no more than there is');
    const taken = this.#bytes.slice(this.#start, this.#start + length);
    this.#start += length;
    return taken;
  }

  /** The octets at the front, where they lie: good until the next push. */
  front(): Uint8Array {
    return this.#bytes.subarray(this.#start, this.#end);
  }

  drop(length: number): void {
    assert(length <= this.length, 'no more than there is');
    this.#start += length;
  }

  clear(): void {
    this.#start = this.#end;
  }

  #makeRoom(length: number): void {
    if (this.#end + length <= this.#bytes.length) return;
    let capacity = this.#bytes.length;
    while (capacity < this.length + length) capacity *= 2;
    const bytes = capacity === this.#bytes.length ? this.#bytes : new Uint8Array(capacity);
    bytes.set(this.#bytes.subarray(this.#start, this.#end));
    this.#end -= this.#start;
    this.#start = 0;
    this.#bytes = bytes;
  }
}
