import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DeadlineHeap } from './heap.ts';

test('the earliest deadline is that of a plain search, in any order of changes', () => {
  const change = fc.tuple(fc.nat(15), fc.oneof(fc.nat(50), fc.constant(Number.POSITIVE_INFINITY)));
  fc.assert(
    fc.property(fc.array(change, { maxLength: 300 }), (changes) => {
      const heap = new DeadlineHeap(16);
      const plain = new Array<number>(16).fill(Number.POSITIVE_INFINITY);
      for (const [slot, at] of changes) {
        heap.set(slot, at);
        plain[slot] = at;
        const earliest = Math.min(...plain);
        expect(heap.earliest).toBe(earliest);
        if (earliest < 51) expect(heap.due(50)).toBe(plain.indexOf(earliest));
        else expect(heap.due(50)).toBe(-1);
      }
    }),
  );
});
