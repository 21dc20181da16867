import fc from 'fast-check';
import { expect, test } from 'vitest';
import { testRandom } from '#core/link/pair.case.ts';
import { ReplaySet } from './replay-set.ts';
import { suite } from './scene.case.ts';

function hashOf(n: number): Uint8Array {
  return suite.hash(Uint8Array.of(n >> 24, n >> 16, n >> 8, n));
}

test('any order of anything agrees with a set; first words may all be the same', () => {
  const entry = fc.tuple(fc.nat(3), fc.nat(40));
  fc.assert(
    fc.property(
      fc.array(entry, { maxLength: 300 }),
      fc.integer({ min: 1, max: 60 }),
      (all, max) => {
        const set = new ReplaySet(suite, testRandom(1), max);
        const model = new Set<string>();
        for (const [first, last] of all) {
          const hash = new Uint8Array(32).fill(first, 0, 4).fill(last, 15, 16);
          const name = `${first} ${last}`;
          const expected = model.has(name) ? 'seen' : model.size >= max ? 'full' : 'new';
          if (expected === 'new') model.add(name);
          expect(set.add(hash)).toBe(expected);
          expect(set.size).toBe(model.size);
        }
      },
    ),
  );
});

test('it grows and forgets nothing', () => {
  const set = new ReplaySet(suite, testRandom(1), 100_000);
  for (let n = 0; n < 20_000; n++) expect(set.add(hashOf(n))).toBe('new');
  for (let n = 0; n < 20_000; n++) expect(set.add(hashOf(n))).toBe('seen');
  expect(set.size).toBe(20_000);
});

test('full, it still knows what it has seen', () => {
  const set = new ReplaySet(suite, testRandom(1), 512);
  for (let n = 0; n < 512; n++) expect(set.add(hashOf(n))).toBe('new');
  expect(set.add(hashOf(512))).toBe('full');
  expect(set.add(hashOf(7))).toBe('seen');
  expect(set.size).toBe(512);
});

test('sixteen octets count, and a hash may stand anywhere in its buffer', () => {
  const set = new ReplaySet(suite, testRandom(1), 10);
  const buffer = new Uint8Array(64).fill(1);
  expect(set.add(buffer.subarray(5, 37))).toBe('new');
  buffer[21] = 9;
  expect(set.add(buffer.subarray(5, 37))).toBe('seen');
  buffer[20] = 9;
  expect(set.add(buffer.subarray(5, 37))).toBe('new');
});

test('hashes that were chosen to lie beside each other do not', () => {
  const set = new ReplaySet(suite, testRandom(1), 100_000);
  const count = 20_000;
  for (let n = 0; n < count; n++) {
    const hash = new Uint8Array(16).fill(7);
    new DataView(hash.buffer).setUint32(8, n);
    expect(set.add(hash)).toBe('new');
  }
  // Half full at most, a free slot is two steps away; and each entry moves when the table grows.
  expect(set.looked).toBeLessThan(10 * count);
});
