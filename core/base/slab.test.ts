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

test('wakes come once each, in order, and a new holder of a slot inherits the place', () => {
  const wakes = new WakeSet(4);
  wakes.add(2);
  wakes.add(1);
  wakes.add(2);
  const newHolder = (1 << 20) | 1;
  wakes.add(newHolder);
  expect([wakes.take(), wakes.take(), wakes.take()]).toEqual([2, newHolder, NO_ID]);
});
