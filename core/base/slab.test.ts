import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Id, NO_ID, Slab, slotOf } from './slab.ts';
import { WakeSet } from './wake-set.ts';

test('a released handle stays dead when its slot lives again', () => {
  const slab = new Slab(1);
  const first = slab.take();
  expect(slab.take()).toBe(NO_ID);
  slab.release(first);
  const second = slab.take();
  expect(slotOf(second)).toBe(slotOf(first));
  expect(slab.has(first)).toBe(false);
  expect(slab.has(second)).toBe(true);
  expect(() => slab.release(first)).toThrow('only a live handle');
});

test('any order of take and release agrees with a set', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(7), { maxLength: 200 }), (steps) => {
      const slab = new Slab(4);
      const live: Id[] = [];
      for (const step of steps) {
        if (step < 4) {
          const id = slab.take();
          expect(id === NO_ID).toBe(live.length === 4);
          if (id !== NO_ID) live.push(id);
        } else if (live.length > 0) {
          slab.release(live.splice(step % live.length, 1)[0] as Id);
        }
        expect(slab.used).toBe(live.length);
        expect(new Set(live.map(slotOf)).size).toBe(live.length);
        expect(live.every((id) => slab.has(id))).toBe(true);
      }
    }),
  );
});

test('it grows to its capacity and no further, and what is live stays live', () => {
  const slab = new Slab(2500);
  const taken = Array.from({ length: 1500 }, () => slab.take());
  const gone = taken.splice(0, 700);
  for (const id of gone) slab.release(id);
  for (let id = slab.take(); id !== NO_ID; id = slab.take()) taken.push(id);
  expect([taken.length, slab.used]).toEqual([2500, 2500]);
  expect(new Set(taken.map(slotOf)).size).toBe(2500);
  expect(taken.every((id) => slab.has(id))).toBe(true);
  expect(gone.some((id) => slab.has(id))).toBe(false);
});

test('a handle of long ago stays dead while others are all but all in use', () => {
  const slab = new Slab(65_536);
  const stale = slab.take();
  const others = Array.from({ length: 1023 }, () => slab.take());
  slab.release(stale);
  for (let turn = 0; turn < 100_000; turn++) {
    slab.release(slab.take());
    if (slab.has(stale)) throw new Error(`alive again after ${turn}`);
  }
  expect(others.every((id) => slab.has(id))).toBe(true);
});

test('wakes are a queue without doubles, in any order, also while it grows', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.nat(20)), { maxLength: 200 }), (steps) => {
      const wakes = new WakeSet(20 * 199 + 1);
      const queue: Id[] = [];
      for (const step of steps) {
        if (step === null) expect(wakes.take()).toBe(queue.shift() ?? NO_ID);
        else {
          wakes.add(step * 199);
          if (!queue.includes(step * 199)) queue.push(step * 199);
        }
      }
      for (const id of queue) expect(wakes.take()).toBe(id);
      expect(wakes.take()).toBe(NO_ID);
    }),
  );
});

test('wakes come once each, in order, and a new holder of a slot inherits the place', () => {
  const wakes = new WakeSet(4);
  wakes.add(2);
  wakes.add(1);
  wakes.add(2);
  const newHolder = (1 << 20) | 1;
  wakes.add(newHolder);
  expect([wakes.take(), wakes.take(), wakes.take()]).toEqual([2, newHolder, NO_ID]);
});
