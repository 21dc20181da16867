import { expect, test } from 'vitest';
import { CITY_NAMES, cityOf } from './cities.ts';
import { ACCESS, type AccessClass, attachedAt, pairsBetween, pathUs } from './delay.ts';
import { distanceKm } from './sphere.ts';

const round = (from: string, to: string, inflation?: number): number =>
  (2 * pathUs(cityOf(from), cityOf(to), inflation)) / 1000;

// Round trips between Amazon's regions us-east-1, eu-central-1 and ap-northeast-1 in milliseconds, September 2026, as
// quoted in MystenLabs/mysticeti issue 277. From Frankfurt to Tokyo there is no short cable.
test.each([
  ['Ashburn', 'Frankfurt', 90.6, 1.15],
  ['Ashburn', 'Tokyo', 146.4, 1.15],
  ['Frankfurt', 'Tokyo', 238.3, 1.75],
])('%s to %s: the model is within its factor of what was measured', (from, to, ms, factor) => {
  const model = round(from, to);
  expect(Math.max(model / ms, ms / model)).toBeLessThan(factor);
  // And what was measured is within what the floor allows.
  expect(round(from, to, 100)).toBeLessThan(ms);
});

test('nothing is faster than light in a fibre laid straight: 10,000 km there and back take 100 ms', () => {
  // A quarter of the way round the earth, about.
  const far = { latitude: 0, longitude: (10_000 / 40_030.17) * 360 };
  const near = { latitude: 0, longitude: 0 };
  expect(distanceKm(near, far)).toBeCloseTo(10_000, 1);
  expect((2 * pathUs(near, far, 100)) / 1000).toBeCloseTo(100, 2);
  for (const { from, to, delayUs } of pairsBetween(CITY_NAMES)) {
    const floorUs = distanceKm(cityOf(from), cityOf(to)) * 5;
    expect(delayUs).toBeGreaterThanOrEqual(floorUs);
    expect(Number.isSafeInteger(delayUs)).toBe(true);
  }
  expect(() => pathUs(near, far, 99)).toThrow('shorter than the shortest');
});

test('every city to every other, each way the same; one named twice is there once', () => {
  const pairs = pairsBetween(['Lagos', 'Tokyo', 'Lagos']);
  expect(pairs.map(({ from, to }) => `${from}>${to}`)).toEqual(['Lagos>Tokyo', 'Tokyo>Lagos']);
  expect(pairs[0]?.delayUs).toBe(pairs[1]?.delayUs);
});

test('the last stretch of a machine, in whole numbers, each way its own rate', () => {
  for (const access of Object.keys(ACCESS) as AccessClass[]) {
    const { delayUs, jitterUs, upMbps, downMbps } = ACCESS[access];
    expect(attachedAt('Lagos', access)).toMatchObject({
      site: 'Lagos',
      ...{ delayUs, jitterUs, mbps: upMbps },
      back: { delayUs, jitterUs, mbps: downMbps },
    });
    for (const value of [delayUs, jitterUs, upMbps, downMbps])
      expect(Number.isSafeInteger(value)).toBe(true);
  }
  // A satellite is 35,786 km up: 239 ms up and down at the speed of light.
  expect(ACCESS.satellite.delayUs).toBeGreaterThan(239_000);
});
