import { assert } from '#core/base/assert.ts';
import { IO_CHUNK } from '#core/base/limits.ts';
import { intoRing, type RingPool } from './ring.ts';

/** Octets a receiver keeps for a reader that is slow, or out of order, where its host says nothing else. */
export const RECEIVE_BUFFER: number = 256 * 1024;
/** The least and the most it may say: two segments, and what windows can tell (RFC 7323, 2.3). */
export const BUFFER_MIN: number = 4 * 1024;
export const BUFFER_MAX: number = 1024 * 1024 * 1024;

/**
 * The receiving half's memory: octets in order that wait for the reader, and segments that came too early.
 * Positions count from the start of the connection.
 */
export class ReceiveBuffer {
  /** The next position expected: everything before it has arrived. */
  next: number;
  /** The next position to be read. */
  read: number;
  readonly #pool: RingPool;
  readonly #size: number;
  #ring: Uint8Array | undefined;
  /** Early segments as start, end, start, end, ...: sorted, with gaps between. */
  #early: number[] = [];
  /** Where the segment belongs that came last. */
  #latest = 0;

  /** `size`: octets it keeps. */
  constructor(pool: RingPool, position: number, size: number) {
    this.#pool = pool;
    this.#size = size;
    this.next = position;
    this.read = position;
  }

  /** Octets that wait for the reader. */
  get waiting(): number {
    return this.next - this.read;
  }

  /** Octets a sender may still have under way. */
  get window(): number {
    return this.#size - this.waiting;
  }

  /** Nothing waits and nothing is early, so octets may bypass the ring. */
  get isIdle(): boolean {
    return this.#ring === undefined;
  }

  /** Something came too early: a segment before it is missing. */
  get hasGap(): boolean {
    return this.#early.length > 0;
  }

  get state(): string {
    return `${this.next} ${this.read} [${this.#early.join(' ')}]`;
  }

  /** Octets in order went straight to the reader. */
  bypass(length: number): void {
    assert(this.isIdle, 'only an idle buffer is bypassed');
    this.next += length;
    this.read = this.next;
  }

  /** Keeps what is new and fits of the octets that belong at `position`. */
  insert(position: number, bytes: Uint8Array, start: number, end: number): void {
    const from = Math.max(position, this.next);
    const to = Math.min(position + end - start, this.read + this.#size);
    if (from >= to) return;
    this.#latest = from;
    this.#ring ??= this.#pool.take(this.#size);
    intoRing(this.#ring, from, bytes, start + from - position, start + to - position);
    this.#join(from, to);
    if (this.#early[0] === this.next) {
      this.next = this.#early[1] as number;
      this.#early.splice(0, 2);
    }
  }

  /**
   * Writes where blocks begin and end that came too early, counted from `next`: the one that was added to last, then
   * those before it, which mostly were before it in time too (RFC 2018, 4). Answers how many; at most `most`.
   */
  report(out: Uint32Array, at: number, most: number): number {
    const early = this.#early;
    const count = Math.min(most, early.length / 2);
    const top = early.length - 2;
    let block = top;
    while (block >= 0 && (early[block] as number) > this.#latest) block -= 2;
    if (block < 0) block = top;
    for (let i = 0; i < count; i++) {
      out[at + 2 * i] = (early[block] as number) - this.next;
      out[at + 2 * i + 1] = (early[block + 1] as number) - this.next;
      block = block === 0 ? top : block - 2;
    }
    return count;
  }

  /** What one read of a program takes: octets of `bytes` from `start` to `end`. Borrowed until the next call. */
  peek(): { readonly bytes: Uint8Array; readonly start: number; readonly end: number } {
    assert(this.#ring !== undefined && this.waiting > 0, 'something waits');
    const start = this.read % this.#ring.length;
    const length = Math.min(this.waiting, this.#ring.length - start, IO_CHUNK);
    return { bytes: this.#ring, start, end: start + length };
  }

  /** The reader took octets that `peek` showed. */
  took(length: number): void {
    this.read += length;
    if (this.waiting === 0 && this.#early.length === 0) this.clear();
  }

  clear(): void {
    if (this.#ring !== undefined) this.#pool.give(this.#ring);
    this.#ring = undefined;
    this.#early = [];
    this.read = this.next;
  }

  /** Enters [from, to) into the sorted list, swallowing what it touches. */
  #join(from: number, to: number): void {
    const early = this.#early;
    let first = 0;
    while (first < early.length && (early[first + 1] as number) < from) first += 2;
    let last = first;
    let start = from;
    let end = to;
    while (last < early.length && (early[last] as number) <= to) {
      start = Math.min(start, early[last] as number);
      end = Math.max(end, early[last + 1] as number);
      last += 2;
    }
    early.splice(first, last - first, start, end);
  }
}
