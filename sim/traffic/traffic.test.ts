import { describe, expect, test } from 'vitest';
import { RandomStream } from '../random.ts';
import { drawGap, drawHeavy, drawTable, meanHeavy, meanTable } from './draw.ts';
import {
  CALL_EVERY_MS,
  CALL_OCTETS,
  GAME_EVERY_MS,
  MOVE_OCTETS,
  OBJECTS,
  planTraffic,
  STATE_OCTETS,
} from './plan.ts';
import type { Doing, TrafficPlan } from './traffic.ts';

const DRAWS = 40_000;

/** Mean and its standard error of many draws. */
function sample(draw: () => number): { readonly mean: number; readonly error: number } {
  let [sum, squares] = [0, 0];
  for (let i = 0; i < DRAWS; i++) {
    const value = draw();
    sum += value;
    squares += value * value;
  }
  const mean = sum / DRAWS;
  return { mean, error: Math.sqrt((squares / DRAWS - mean * mean) / DRAWS) };
}

describe('distributions', () => {
  test.each([
    [{ least: 500, span: 4 }],
    [{ least: 2_000, span: 8 }],
    [{ least: 100_000, span: 3 }],
  ])('sizes of %o have the mean of the formula, and stay between their bounds', (tail) => {
    const random = new RandomStream('7', `sizes ${tail.least}`);
    const most = tail.least * tail.span ** 3;
    let [smallest, largest] = [Infinity, 0];
    const { mean, error } = sample(() => {
      const size = drawHeavy(tail, random);
      [smallest, largest] = [Math.min(smallest, size), Math.max(largest, size)];
      return size;
    });
    // Half an octet is dropped on average.
    expect(Math.abs(mean - (meanHeavy(tail) - 0.5))).toBeLessThan(4 * error);
    expect(error / mean).toBeLessThan(0.02);
    expect(smallest).toBeGreaterThanOrEqual(tail.least);
    expect(largest).toBeLessThanOrEqual(most);
    expect(largest).toBeGreaterThan(most / 2);
  });

  test('the tail is that of the exponent 4/3: of sizes, one in 16 is 8 times the least', () => {
    const random = new RandomStream('7', 'tail');
    const tail = { least: 1_000, span: 100 };
    const share = sample(() => (drawHeavy(tail, random) >= 8_000 ? 1 : 0));
    expect(Math.abs(share.mean - 1 / 16)).toBeLessThan(4 * share.error);
  });

  test('objects of a page, and gaps', () => {
    const random = new RandomStream('7', 'others');
    const objects = sample(() => drawTable(OBJECTS, random));
    expect(Math.abs(objects.mean - meanTable(OBJECTS))).toBeLessThan(4 * objects.error);
    const gaps = sample(() => drawGap(3_000, random));
    expect(Math.abs(gaps.mean - 2_999.5)).toBeLessThan(4 * gaps.error);
  });
});

const COMMON = { startMs: 100, gapMs: 1_000, hosts: ['a.test', 'b.test'] };
const KINDS: readonly TrafficPlan[] = [
  { kind: 'web', user: 'anna', count: 20, object: { least: 500, span: 5 }, ...COMMON },
  {
    kind: 'bulk',
    user: 'anna',
    count: 20,
    file: { least: 9_000, span: 4 },
    upPpm: 500_000,
    ...COMMON,
  },
  { kind: 'dns', user: 'anna', count: 20, ...COMMON },
  { kind: 'call', user: 'anna', count: 5, forMs: 4_000, ...COMMON },
  { kind: 'game', user: 'anna', count: 5, forMs: 4_000, ...COMMON },
];

function planned(seed: string, all: readonly TrafficPlan[]): readonly (readonly Doing[])[] {
  const streams = new Map<string, RandomStream>();
  const random = (name: string): RandomStream => {
    const stream = streams.get(name) ?? new RandomStream(seed, name);
    streams.set(name, stream);
    return stream;
  };
  return all.map((traffic) => planTraffic(traffic, random));
}

describe('plans', () => {
  test('the same from the same seed, others from another, and whole numbers throughout', () => {
    expect(planned('1', KINDS)).toEqual(planned('1', KINDS));
    for (const [i, one] of planned('1', KINDS).entries()) {
      expect(one).not.toEqual(planned('2', KINDS)[i]);
      expect(one).toHaveLength((KINDS[i] as TrafficPlan).count);
      const numbers = JSON.stringify(one).match(/-?\d+(\.\d+)?/g) ?? [];
      expect(numbers.every((text) => Number.isSafeInteger(Number(text)) && Number(text) >= 0)).toBe(
        true,
      );
      expect(one.every(({ atMs }, n) => atMs >= (one[n - 1]?.atMs ?? 100))).toBe(true);
    }
  });

  test('one user more, one kind more or one of a kind more changes nothing for anybody', () => {
    const alone = planned('1', KINDS);
    const ben = KINDS.map((traffic) => ({ ...traffic, user: 'ben' }));
    expect(planned('1', [...ben, ...KINDS]).slice(ben.length)).toEqual(alone);
    for (const [i, traffic] of KINDS.entries()) {
      expect(planned('1', [traffic])[0]).toEqual(alone[i]);
      const more = planned('1', [{ ...traffic, count: traffic.count + 1 }])[0];
      expect(more?.slice(0, traffic.count)).toEqual(alone[i]);
    }
    expect(planned('1', ben)).not.toEqual(alone);
  });

  test('calls keep time, games vary', () => {
    for (const doing of planned('1', KINDS).flat()) {
      if (!('messages' in doing)) continue;
      for (const [n, { afterMs, up, down }] of doing.messages.entries()) {
        if (doing.kind === 'call')
          expect([afterMs, up, down]).toEqual([n * CALL_EVERY_MS, CALL_OCTETS, CALL_OCTETS]);
        else {
          const between = afterMs - (doing.messages[n - 1]?.afterMs ?? afterMs - GAME_EVERY_MS[0]);
          const places = [
            [between, GAME_EVERY_MS],
            [up, MOVE_OCTETS],
            [down, STATE_OCTETS],
          ] as const;
          for (const [value, [least, most]] of places)
            expect(value >= least && value <= most).toBe(true);
        }
      }
    }
  });
});
