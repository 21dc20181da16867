import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RandomStream } from '#sim/mod.ts';
import { BATCH } from './conduct.ts';
import { intervalOf, isNarrow, pairedInterval, quantileOf } from './statistics.ts';

// Of printed tables of Student's t, 97.5 %.
test.each([
  [1, 12.7062],
  [2, 4.3027],
  [3, 3.1824],
  [4, 2.7764],
  [7, 2.3646],
  [10, 2.2281],
  [29, 2.0452],
  [30, 2.0423],
  [100, 1.984],
  [999, 1.9623],
  [99_999, 1.96],
])('of %i degrees, 5 %% lie beyond %d', (degrees, value) => {
  expect(quantileOf(degrees)).toBeCloseTo(value, 4);
});

test('an example by hand', () => {
  // Deviations -2, -1, 0, 1, 2: variance 2.5, standard error 0.70711, t of 4 degrees 2.77645.
  const { halfWidth, ...rest } = intervalOf([3, 1, 5, 2, 4]);
  expect(rest).toEqual({ n: 5, mean: 3, min: 1, max: 5 });
  expect(halfWidth).toBeCloseTo(1.96324, 4);
  expect(intervalOf([7])).toEqual({ n: 1, mean: 7, halfWidth: null, min: 7, max: 7 });
  expect(intervalOf([0.1, 0.1, 0.1])).toEqual({
    n: 3,
    mean: 0.1,
    halfWidth: 0,
    min: 0.1,
    max: 0.1,
  });
});

test('narrow is a share of the mean, and of one value nothing is known', () => {
  const interval = { n: 9, min: 0, max: 0 };
  expect(isNarrow({ ...interval, mean: -100, halfWidth: 5 }, 0.05)).toBe(true);
  expect(isNarrow({ ...interval, mean: 100, halfWidth: 5.1 }, 0.05)).toBe(false);
  expect(isNarrow({ ...interval, mean: 0, halfWidth: 0 }, 0.05)).toBe(true);
  expect(isNarrow({ ...interval, n: 1, mean: 100, halfWidth: null }, 0.05)).toBe(false);
});

describe('intervals of draws whose mean is known', () => {
  const CASES = 2_000;
  const uniform = (random: RandomStream): number => random.below(1_000_000) / 1_000_000;
  const draws: readonly [string, number, (random: RandomStream) => number][] = [
    ['uniform', 0.5, uniform],
    [
      'the sum of twelve',
      6,
      (random) => Array.from({ length: 12 }, () => uniform(random)).reduce((a, b) => a + b),
    ],
  ];
  test.each(draws)('%s: 95 %% of them cover it', (name, truth, draw) => {
    const random = new RandomStream('intervals', name);
    for (const n of [4, 20]) {
      let covering = 0;
      for (let i = 0; i < CASES; i++) {
        const { mean, halfWidth } = intervalOf(Array.from({ length: n }, () => draw(random)));
        if (Math.abs(mean - truth) <= (halfWidth ?? 0)) covering += 1;
      }
      expect(covering / CASES, `${n} draws`).toBeGreaterThan(0.93);
      expect(covering / CASES, `${n} draws`).toBeLessThan(0.97);
    }
  });
});

test('they cover it no less where the width decided how many draws there are', () => {
  const random = new RandomStream('intervals', 'early stop');
  let covering = 0;
  for (let i = 0; i < 2_000; i++) {
    const values: number[] = [];
    do for (let k = 0; k < BATCH; k++) values.push(random.below(1_000));
    while (!isNarrow(intervalOf(values), 0.2));
    const { mean, halfWidth } = intervalOf(values);
    if (Math.abs(mean - 499.5) <= (halfWidth ?? 0)) covering += 1;
  }
  expect(covering / 2_000).toBeGreaterThan(0.93);
  expect(covering / 2_000).toBeLessThan(0.97);
});

test('what pairs have in common falls out', () => {
  const values = fc.array(
    fc.tuple(fc.integer({ min: -1e6, max: 1e6 }), fc.integer({ min: 0, max: 9 })),
    {
      minLength: 2,
      maxLength: 30,
    },
  );
  fc.assert(
    fc.property(values, (pairs) => {
      const common = pairs.map(([a]) => a);
      const { mean, halfWidth } = pairedInterval(
        common,
        pairs.map(([a, b]) => a + b),
      );
      const alone = intervalOf(pairs.map(([, b]) => b));
      expect(mean).toBeCloseTo(alone.mean, 9);
      expect(halfWidth).toBeCloseTo(alone.halfWidth ?? Number.NaN, 9);
    }),
  );
});
