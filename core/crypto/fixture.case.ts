import type { Random } from '#core/host/mod.ts';
import { fromHex } from '../base/bytes.ts';

// What the tests of this folder share: octets, and randomness that is not random.

/** The octets of hexadecimal test data. */
export function octets(hex: string): Uint8Array {
  const bytes = fromHex(hex);
  if (bytes === undefined) throw new Error(`not hexadecimal: ${hex}`);
  return bytes;
}

/** `length` octets that count up from `first`. */
export function counting(length: number, first = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => first + i);
}

/** A random source that yields the given octets over and over, from the start at each draw. */
export function fixedRandom(source: Uint8Array): Random {
  return {
    fill(bytes: Uint8Array): void {
      for (let i = 0; i < bytes.length; i++) bytes[i] = source[i % source.length] as number;
    },
  };
}

/** A copy with one bit turned, bit 0 being the least significant of the first octet. */
export function flip(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = bytes.slice();
  copy[bit >> 3] = (copy[bit >> 3] as number) ^ (1 << (bit & 7));
  return copy;
}
