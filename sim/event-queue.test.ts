import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EventQueue } from './event-queue.ts';

type Pushed = readonly [timeNs: number, eventClass: number, dest: number, source: number];

const EVENT = fc.tuple(fc.nat(5), fc.nat(3), fc.nat(3), fc.nat(3));

test('events come in the order of time, class, destination, source and sequence', () => {
  fc.assert(
    fc.property(fc.array(fc.option(EVENT), { maxLength: 300 }), (steps) => {
      const queue = new EventQueue(1);
      const model: { readonly key: readonly number[]; readonly b: number }[] = [];
      let sequence = 0;
      for (const step of steps) {
        if (step === null) {
          if (model.length === 0) continue;
          model.sort((left, right) => compare(left.key, right.key));
          const first = model.shift();
          expect(queue.nextNs).toBe(first?.key[0]);
          const slot = queue.pop();
          expect([
            queue.poppedNs,
            queue.destAt(slot),
            queue.sourceAt(slot),
            queue.kindAt(slot),
          ]).toEqual([first?.key[0], first?.key[2], first?.key[3], 7]);
          expect([queue.aAt(slot), queue.bAt(slot)]).toEqual([first?.key[4], first?.b]);
        } else {
          const [timeNs, eventClass, dest, source]: Pushed = step;
          queue.push(timeNs, eventClass, dest, source, sequence, 7, sequence, -sequence);
          model.push({ key: [timeNs, eventClass, dest, source, sequence], b: -sequence });
          sequence += 1;
        }
      }
      expect(queue.size).toBe(model.length);
    }),
    { numRuns: 300 },
  );
});

test('what is taken out does not come, and the rest comes in order', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20), { maxLength: 50 }), fc.nat(3), (times, out) => {
      const queue = new EventQueue(1);
      for (const [i, timeNs] of times.entries()) queue.push(timeNs, 0, 0, 0, i, 0, i, i % 3);
      const all = times.map((timeNs, i) => [timeNs, i] as const);
      const taken = queue.takeOut((slot, timeNs) => timeNs > 3 && queue.bAt(slot) === out);
      const isOut = ([timeNs, i]: readonly [number, number]) => timeNs > 3 && i % 3 === out;
      expect(taken).toEqual(all.filter(isOut));
      const rest = all.filter((one) => !isOut(one));
      queue.push(9, 0, 0, 0, 100, 0, 100, 0);
      const left = [...rest, [9, 100] as const].toSorted((a, b) => a[0] - b[0] || a[1] - b[1]);
      const came = left.map(() => queue.aAt(queue.pop()));
      expect([came, queue.size]).toEqual([left.map(([, i]) => i), 0]);
    }),
  );
});

test('an empty queue has nothing next', () => {
  const queue = new EventQueue();
  expect(queue.nextNs).toBe(Infinity);
  expect(() => queue.pop()).toThrow('pop from a queue');
});

function compare(left: readonly number[], right: readonly number[]): number {
  for (let i = 0; i < left.length; i++) {
    if (left[i] !== right[i]) return (left[i] as number) - (right[i] as number);
  }
  return 0;
}
