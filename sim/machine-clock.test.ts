import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MachineClock } from './machine-clock.ts';
import { World } from './world.ts';

const MS = 1_000_000;
const HOUR_MS = 3_600_000;

test('a clock that drifts goes at its pace, to the nanosecond, and goes on from there when it does not', () => {
  const world = new World('clock');
  const clock = new MachineClock(world, 0);
  world.run(10 * MS);
  clock.drift(250);
  world.run(world.nowNs + 24 * HOUR_MS * MS);
  expect(clock.nowNs).toBe(10 * MS + 24 * HOUR_MS * MS * 1.00025);
  clock.drift(0);
  world.run(world.nowNs + MS);
  expect(clock.nowNs).toBe(11 * MS + 24 * HOUR_MS * MS * 1.00025);
  expect(clock.wallMs).toBe(world.epochMs + 24 * HOUR_MS + 11);
});

test('a clock never goes back, stands still in sleep, and knows when each of its times will be', () => {
  const step = fc.record({
    afterNs: fc.integer({ min: 0, max: 10_000 * MS }),
    ppm: fc.integer({ min: -100_000, max: 100_000 }),
    sleepMs: fc.option(fc.integer({ min: 1, max: 5_000 })),
    aheadNs: fc.integer({ min: 0, max: 100_000 * MS }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
      const world = new World('clock');
      const clock = new MachineClock(world, 0);
      let beforeNs = 0;
      for (const { afterNs, ppm, sleepMs, aheadNs } of steps) {
        world.run(world.nowNs + afterNs);
        expect(clock.nowNs).toBeGreaterThanOrEqual(beforeNs);
        beforeNs = clock.nowNs;
        if (sleepMs !== null && !clock.isAsleep) {
          clock.sleep(sleepMs);
          world.run(world.nowNs + sleepMs * MS);
          expect([clock.nowNs, clock.isAsleep]).toEqual([beforeNs, false]);
        }
        clock.drift(ppm);
        expect(clock.nowNs).toBe(beforeNs);
        const atNs = clock.toWorldNs(beforeNs + aheadNs);
        if (atNs > world.nowNs) {
          world.run(atNs - 1);
          expect(clock.nowNs).toBeLessThan(beforeNs + aheadNs);
          world.run(atNs);
        }
        expect(clock.nowNs).toBeGreaterThanOrEqual(beforeNs + aheadNs);
        beforeNs = clock.nowNs;
      }
    }),
  );
});
