import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DeadlineHeap } from './heap.ts';

/** So far apart that the heap grows on the way. */
const APART = 301;

test('the earliest deadline is that of a plain search, in any order of changes', () => {
  const change = fc.tuple(fc.nat(15), fc.oneof(fc.nat(50), fc.constant(Number.POSITIVE_INFINITY)));
  fc.assert(
    fc.property(fc.array(change, { maxLength: 300 }), (changes) => {
      const heap = new DeadlineHeap(15 * APART + 1);
      const plain = new Array<number>(16).fill(Number.POSITIVE_INFINITY);
      for (const [slot, at] of changes) {
        heap.set(slot * APART, at);
        plain[slot] = at;
        const earliest = Math.min(...plain);
        expect(heap.earliest).toBe(earliest);
        if (earliest < 51) expect(heap.due(50)).toBe(plain.indexOf(earliest) * APART);
        else expect(heap.due(50)).toBe(-1);
      }
    }),
  );
});

test('a slot beyond its slots is a bug', () => {
  expect(() => new DeadlineHeap(4).set(4, 1)).toThrow('deadline of a slot');
});
