import { expect, test } from 'vitest';
import { exponential } from '../exponential.ts';
import { RandomStream } from '../random.ts';
import type { Case } from './case.ts';
import { BatchMeans, estimateOf } from './estimate.ts';
import {
  cases,
  Given,
  Ground,
  give,
  isRight,
  isTelling,
  PHYSICS_PLANTS,
  type PhysicsPlant,
  type Quantity,
  SHOWN_BY,
} from './mod.ts';

const CASES = cases();

/** Cases elsewhere than where they stand by themselves. Those that take seconds are left to `lab validate`. */
const ELSEWHERE: readonly (readonly [string, ...string[]])[] = [
  ['store-and-forward', 'hops=1', 'octets=48', 'rate=10000', 'delay=0'],
  ['store-and-forward', 'hops=32', 'octets=1500', 'rate=0.013', 'delay=999.9'],
  ['pipelining', 'hops=7', 'packets=20000', 'octets=333', 'rate=3.7'],
  ['drop-tail', 'load=1.1'],
  ['drop-tail', 'load=4', 'queue=10000'],
  ['m-d-1', 'rho=0.5'],
  ['m-g-1', 'rho=0.3', 'long=50'],
  ['gilbert-elliott', 'begin=20', 'end=50', 'severity=100'],
  ['jitter-reordering', 'spacing=0.1'],
  ['m-m-1', 'rho=0.2'],
  ['m-m-1-k', 'offered=3', 'room=3'],
  ['little', 'burst=1', 'busy=1.5'],
  ['conservation', 'trouble=50', 'sent=3000'],
  ['slow-start', 'rtt=20'],
  ['slow-start', 'rtt=500'],
  ['codel', 'load=1.1'],
  ['codel', 'load=4'],
  ['fq-codel', 'light=0.45', 'heavy=1.1'],
  ['token-bucket', 'rate=0.333', 'burst=1500', 'load=20'],
  ['token-bucket', 'rate=777.7', 'burst=1000000', 'load=1.1'],
  ['rto', 'rtt=20'],
  ['cubic', 'rtt=70'],
  ['cubic', 'rtt=200'],
  ['rto', 'rtt=437.5'],
  ['bandwidth-delay', 'rtt=20', 'rate=500', 'buffer=64'],
  ['bandwidth-delay', 'rtt=300', 'rate=2'],
];

function caseOf(name: string): Case {
  return CASES.find((one) => one.name === name) as Case;
}

/** What is not right, or would be if its formula were off by a tenth. */
function wrong(name: string, settings: readonly string[], ground: Ground): readonly Quantity[] {
  const given = give(caseOf(name), settings);
  if (!(given instanceof Given)) throw new Error(given.fault);
  const quantities = caseOf(name).measure(given, ground);
  expect(quantities.length).toBeGreaterThan(0);
  return quantities.filter((quantity) => !isRight(quantity) || !isTelling(quantity));
}

const SLOW: readonly string[] = [
  ...['m-d-1', 'm-g-1', 'm-m-1', 'm-m-1-k', 'mathis', 'fairness', 'little'],
  ...['gilbert-elliott', 'loss-damage-duplicates'],
];

test.each([
  ...CASES.flatMap(({ name }) => (SLOW.includes(name) ? [] : [[name] as const])),
  ...ELSEWHERE,
])('%s %s %s %s %s is right, and tells a formula that is off by a tenth', (name, ...settings) => {
  const set = settings.filter((one) => one !== undefined);
  expect(wrong(name, set, new Ground(set.length === 0 ? '1' : '7'))).toEqual([]);
});

test('the same seed measures the same, another does not', () => {
  const one = caseOf('jitter-reordering');
  const given = give(one, []) as Given;
  const measured = (seed: string) => one.measure(given, new Ground(seed))[0]?.measured;
  expect(measured('1')).toBe(measured('1'));
  expect(measured('1')).not.toBe(measured('2'));
});

test.each(Object.keys(PHYSICS_PLANTS) as readonly PhysicsPlant[])('%s is found', (plant) => {
  expect(wrong(SHOWN_BY[plant], [], new Ground('1', plant))).not.toEqual([]);
});

test('a plant leaves alone what it has nothing to do with', () => {
  for (const plant of Object.keys(PHYSICS_PLANTS) as PhysicsPlant[])
    expect(wrong('store-and-forward', [], new Ground('1', plant))).toEqual([]);
});

test.each([
  ['jitter-reordering', 'spacing', 1.1],
  ['drop-tail', 'load', 1.1],
])('%s notices that %s is another than it was told', (name, key, factor) => {
  const honest = give(caseOf(name), []) as Given;
  const value = honest.get(key);
  const measured = caseOf(name).measure(
    new Given({ ...honest.values, [key]: factor * value }),
    new Ground('3'),
  );
  const expected = caseOf(name)
    .measure(honest, new Ground('3'))
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
  const common = { kind: 'equals', quantity: 'q', unit: 'u' } as const;
  const quantity = { ...common, expected: 100, measured: 100, tolerance: 10 };
  expect(isRight({ ...quantity, standardError: 1.25 })).toBe(true);
  expect(isRight({ ...quantity, standardError: 1.26 })).toBe(false);
  expect(isRight({ ...quantity, measured: 111, standardError: 1.25 })).toBe(false);
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
