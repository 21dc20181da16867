import { createHash } from 'node:crypto';
import { assert } from '#core/base/assert.ts';
import type { Random } from '#core/host/mod.ts';

const TWO_32 = 0x1_0000_0000;
const PPM = 1_000_000;

/**
 * One named stream of randomness (sfc32, 2^128 states). Every entity that draws has its own, seeded from
 * SHA-256(seed, name), so an entity that is added leaves the draws of all others as they were.
 */
export class RandomStream implements Random {
  readonly name: string;
  #a: number;
  #b: number;
  #c: number;
  #d: number;
  #count = 0;
  #mix = 0;

  constructor(seed: string, name: string) {
    this.name = name;
    const state = createHash('sha256').update(`${seed.length}:${seed}${name}`).digest();
    this.#a = state.readInt32LE(0);
    this.#b = state.readInt32LE(4);
    this.#c = state.readInt32LE(8);
    this.#d = state.readInt32LE(12);
  }

  /** 32-bit words drawn so far. */
  get count(): number {
    return this.#count;
  }

  /** A 32-bit digest of every word drawn so far. */
  get mix(): number {
    return this.#mix >>> 0;
  }

  /** An integer from 0 to 2^32 - 1. */
  u32(): number {
    const sum = (this.#a + this.#b + this.#d) | 0;
    this.#d = (this.#d + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    this.#count += 1;
    this.#mix = Math.imul(((this.#mix << 5) | (this.#mix >>> 27)) ^ sum, 0x9e37_79b1);
    return sum >>> 0;
  }

  /** An integer from 0 to `n - 1`, each equally likely. `n` is 1 to 2^32. */
  below(n: number): number {
    assert(Number.isInteger(n) && n > 0 && n <= TWO_32, 'below takes 1 to 2^32');
    const fair = TWO_32 - (TWO_32 % n);
    let drawn = this.u32();
    while (drawn >= fair) drawn = this.u32();
    return drawn % n;
  }

  /** True in `ppm` of a million draws. Certain answers draw nothing. */
  chancePpm(ppm: number): boolean {
    if (ppm <= 0) return false;
    return ppm >= PPM || this.below(PPM) < ppm;
  }

  fill(bytes: Uint8Array): void {
    const { length } = bytes;
    for (let at = 0; at < length; at += 4) {
      const word = this.u32();
      const end = at + 4 < length ? at + 4 : length;
      for (let i = at, shift = 0; i < end; i++, shift += 8) bytes[i] = word >>> shift;
    }
  }
}

/** A stream that is made when it is first drawn from: of many hosts most never draw. */
export class LateStream implements Random {
  readonly #make: () => RandomStream;
  #stream: RandomStream | undefined;

  constructor(make: () => RandomStream) {
    this.#make = make;
  }

  fill(bytes: Uint8Array): void {
    this.#stream ??= this.#make();
    this.#stream.fill(bytes);
  }
}

/** SHA-256 as hex over (name, count, mix) of every stream that drew, sorted by name. */
export function drawsHash(streams: Iterable<RandomStream>): string {
  const lines: string[] = [];
  for (const { name, count, mix } of streams)
    if (count > 0) lines.push(`${name} ${count} ${mix}\n`);
  return createHash('sha256').update(lines.sort().join('')).digest('hex');
}
