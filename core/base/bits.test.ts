import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sharesBits } from './bits.ts';

const address = fc.uint8Array({ minLength: 16, maxLength: 16 });

function bitsOf(octets: Uint8Array): string {
  return [...octets].map((octet) => octet.toString(2).padStart(8, '0')).join('');
}

test('any two addresses agree as their bits in writing do', () => {
  fc.assert(
    fc.property(address, fc.nat(128), fc.nat(128), (a, flipped, bits) => {
      const b = a.slice();
      if (flipped < 128) b[flipped >> 3] = (b[flipped >> 3] as number) ^ (0x80 >> (flipped & 7));
      expect(sharesBits(a, b, bits)).toBe(bitsOf(a).slice(0, bits) === bitsOf(b).slice(0, bits));
    }),
  );
  expect(sharesBits(new Uint8Array(4), new Uint8Array(16), 0)).toBe(false);
});
