import { assert } from '#core/base/assert.ts';

const SMALLEST_BITS = 14;

/** Rings that are not in use, by size: connections hold memory only while octets wait in them. */
export class RingPool {
  readonly #idle: Uint8Array[][] = [];

  /** A ring of at least that many octets; the size is a power of two. */
  take(octets: number): Uint8Array {
    let bits = SMALLEST_BITS;
    while (1 << bits < octets) bits += 1;
    return this.#idle[bits]?.pop() ?? new Uint8Array(1 << bits);
  }

  give(ring: Uint8Array): void {
    const bits = 31 - Math.clz32(ring.length);
    const idle = this.#idle[bits];
    if (idle === undefined) this.#idle[bits] = [ring];
    else idle.push(ring);
  }
}

/** Copies octets into a ring at a position of the stream, around its end if need be. */
export function intoRing(
  ring: Uint8Array,
  position: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): void {
  const at = position % ring.length;
  const first = Math.min(end - start, ring.length - at);
  ring.set(bytes.subarray(start, start + first), at);
  if (start + first < end) ring.set(bytes.subarray(start + first, end), 0);
}

/** Copies `length` octets of the stream from `position` on out of a ring. */
function fromRing(
  ring: Uint8Array,
  position: number,
  length: number,
  out: Uint8Array,
  to: number,
): void {
  const at = position % ring.length;
  const first = Math.min(length, ring.length - at);
  out.set(ring.subarray(at, at + first), to);
  if (first < length) out.set(ring.subarray(0, length - first), to + first);
}

/** Octets of a stream between what was acknowledged and what was written. Grows by doubling. */
export class SendRing {
  /** Stream position of the first octet held, and of the one behind the last. */
  start: number;
  end: number;
  readonly #pool: RingPool;
  #ring: Uint8Array | undefined;

  constructor(pool: RingPool, position: number) {
    this.#pool = pool;
    this.start = position;
    this.end = position;
  }

  write(bytes: Uint8Array, start: number, end: number): void {
    const needed = this.end - this.start + end - start;
    if (this.#ring === undefined) this.#ring = this.#pool.take(needed);
    else if (needed > this.#ring.length) this.#grow(this.#ring, needed);
    intoRing(this.#ring, this.end, bytes, start, end);
    this.end += end - start;
  }

  read(position: number, length: number, out: Uint8Array, to: number): void {
    assert(
      this.#ring !== undefined && position >= this.start && position + length <= this.end,
      'octets held',
    );
    fromRing(this.#ring, position, length, out, to);
  }

  /** Forgets what lies before a position. */
  dropTo(position: number): void {
    this.start = position;
    if (this.start === this.end) this.#free();
  }

  /** Forgets what lies behind a position. */
  cutAt(position: number): void {
    if (position < this.end) this.end = Math.max(position, this.start);
    if (this.start === this.end) this.#free();
  }

  /** Forgets everything. */
  clear(): void {
    this.dropTo(this.end);
  }

  #free(): void {
    if (this.#ring !== undefined) this.#pool.give(this.#ring);
    this.#ring = undefined;
  }

  #grow(ring: Uint8Array, needed: number): void {
    const larger = this.#pool.take(needed);
    for (let at = this.start; at < this.end; ) {
      const from = at % ring.length;
      const length = Math.min(this.end - at, ring.length - from);
      intoRing(larger, at, ring, from, from + length);
      at += length;
    }
    this.#pool.give(ring);
    this.#ring = larger;
  }
}
