import { describe, expect, test } from 'vitest';
import { exponential } from '../exponential.ts';
import { RandomStream } from '../random.ts';
import type { Case } from './case.ts';
import { Chain, serialisedNs } from './chain.ts';
import { BatchMeans, estimateOf } from './estimate.ts';
import { cases, Given, give, isRight, type Quantity } from './mod.ts';

const CASES = cases();

/** Cases elsewhere than where they stand by themselves. Those that take seconds are left to `lab validate`. */
const ELSEWHERE: readonly (readonly [string, ...string[]])[] = [
  ['store-and-forward', 'hops=1', 'octets=48', 'rate=100000', 'delay=0'],
  ['store-and-forward', 'hops=32', 'octets=1500', 'rate=0.013', 'delay=999.9'],
  ['pipelining', 'hops=7', 'packets=20000', 'octets=333', 'rate=3.7'],
  ['drop-tail', 'load=1.05'],
  ['drop-tail', 'load=19', 'queue=3000'],
  ['m-d-1', 'rho=0.05'],
  ['m-d-1', 'rho=0.5'],
  ['m-g-1', 'rho=0.6', 'long=5'],
  ['gilbert-elliott', 'begin=20', 'end=50', 'loss=100'],
  ['jitter-reordering', 'spacing=0.1'],
  ['jitter-reordering', 'jitter=1', 'spacing=0.9'],
  ['m-m-1', 'rho=0.2'],
  ['slow-start', 'rtt=20'],
  ['slow-start', 'rtt=500'],
  ['codel', 'load=1.1'],
  ['codel', 'load=4'],
  ['fq-codel', 'light=0.45', 'heavy=1.1'],
  ['token-bucket', 'rate=0.333', 'burst=1500', 'load=20'],
  ['token-bucket', 'rate=777.7', 'burst=1000000', 'load=1.1'],
  ['receive-window', 'buffer=4'],
  ['receive-window', 'buffer=256', 'rtt=20'],
  ['rto', 'rtt=20'],
  ['cubic', 'rtt=70'],
  ['cubic', 'rtt=200'],
  ['rto', 'rtt=437.5'],
  ['bandwidth-delay', 'rtt=20', 'rate=500'],
  ['bandwidth-delay', 'rtt=300', 'rate=2'],
];

function caseOf(name: string): Case {
  return CASES.find((one) => one.name === name) as Case;
}

function wrong(name: string, settings: readonly string[], seed: string): readonly Quantity[] {
  const given = give(caseOf(name), settings);
  if (!(given instanceof Given)) throw new Error(given.fault);
  return caseOf(name)
    .measure(given, seed)
    .filter((quantity) => !isRight(quantity));
}

describe('the network does what the formula says', () => {
  const slow = ['m-m-1', 'mathis', 'fairness', 'gilbert-elliott'];
  const quick = CASES.map(({ name }) => name).filter((name) => !slow.includes(name));
  test.each(quick)('%s', (name) => {
    expect(wrong(name, [], '1')).toEqual([]);
  });

  test.each(ELSEWHERE)('%s %s %s %s %s', (name, ...settings) => {
    expect(
      wrong(
        name,
        settings.filter((one) => one !== undefined),
        '7',
      ),
    ).toEqual([]);
  });
});

test('the same seed measures the same, another does not', () => {
  const given = give(caseOf('m-d-1'), ['rho=0.2']) as Given;
  const measured = (seed: string) => caseOf('m-d-1').measure(given, seed)[0]?.measured;
  expect(measured('1')).toBe(measured('1'));
  expect(measured('1')).not.toBe(measured('2'));
});

test.each([
  ['keeps', true],
  ['forgets', false],
])('a serialiser that %s what is left over is right: %s', (what, expected) => {
  const pipe = { delayNs: 0, rateBps: 7_300_000, queueBytes: 1e12 };
  const chain = new Chain('1', [pipe], () => undefined);
  const { there } = chain.links[0] as (typeof chain.links)[number];
  for (let n = 0; n < 1000; n++) {
    chain.send(n, 1200);
    if (what === 'keeps') continue;
    // Another rate and back again: nothing is owed any more.
    there.change({ ...pipe, rateBps: 1 });
    there.change(pipe);
  }
  chain.runUntil(() => there.inFlight === 0);
  const tookNs = { quantity: 'time', unit: 'ns', standardError: 0, tolerance: 1 };
  const known = { expected: 1000 * serialisedNs(1200, pipe.rateBps), measured: chain.nowNs };
  expect(isRight({ ...tookNs, ...known })).toBe(expected);
});

test.each([
  ['m-d-1', 'rho', 1.1],
  ['jitter-reordering', 'spacing', 1.1],
  ['drop-tail', 'load', 1.1],
])('%s notices that %s is another than it was told', (name, key, factor) => {
  const honest = give(caseOf(name), []) as Given;
  const value = honest.get(key);
  const measured = caseOf(name).measure(
    new Given({ ...honest.values, [key]: factor * value }),
    '3',
  );
  const expected = caseOf(name)
    .measure(honest, '3')
    .map((quantity) => quantity.expected);
  const judged = measured.map((quantity, i) =>
    isRight({ ...quantity, expected: expected[i] as number }),
  );
  expect(judged).toContain(false);
});

test.each([
  ['rho=0.96', 'rho of m-d-1 is a number from 0.05 to 0.95 (of the rate), not "0.96"'],
  ['rho=', 'not ""'],
  ['rho=0x1', 'not "0x1"'],
  ['rho=1e-1', 'not "1e-1"'],
  ['rh=1', 'unknown parameter "rh" of m-d-1; did you mean "rho"?'],
  ['toString=1', 'unknown parameter "toString" of m-d-1'],
])('%s is refused', (setting, fault) => {
  expect(give(caseOf('m-d-1'), [setting])).toEqual({ fault: expect.stringContaining(fault) });
});

test('what is measured badly is not right, however near it is', () => {
  const quantity = { quantity: 'q', unit: 'u', expected: 100, measured: 100, tolerance: 10 };
  expect(isRight({ ...quantity, standardError: 2.5 })).toBe(true);
  expect(isRight({ ...quantity, standardError: 2.6 })).toBe(false);
  expect(isRight({ ...quantity, measured: 111, standardError: 2.5 })).toBe(false);
  expect(isRight({ ...quantity, measured: 89.9, standardError: 0 })).toBe(false);
});

test('exponential numbers have mean 1, variance 1, and fall by e each', () => {
  const random = new RandomStream('1', 'exponential');
  const values = Array.from({ length: 200_000 }, () => exponential(random));
  const { mean } = estimateOf(values);
  const variance = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / 2e5;
  expect(mean).toBeCloseTo(1, 1.9);
  expect(variance).toBeCloseTo(1, 1.5);
  for (const [above, share] of [
    [1, 0.36788],
    [2, 0.13534],
    [3, 0.04979],
  ] as const)
    expect(values.filter((value) => value > above).length / 2e5).toBeCloseTo(share, 2);
});

test('batches leave the first out, and say how far the mean is known', () => {
  const batches = new BatchMeans(10);
  for (let i = 0; i < 10; i++) batches.add(1e9);
  for (let i = 0; i < 320; i++) batches.add(i % 2);
  expect(batches.estimate).toEqual({ mean: 0.5, standardError: 0 });
  expect(batches.isDone).toBe(true);
});
