import { expect, test } from 'vitest';
import { runRecipe, type Scenario } from './mod.ts';
import type { FlowPlan } from './scenario.ts';

/** One person's pages and files over one link: what a plan's traffic comes to is played and judged like any flow. */
const EVENING: Scenario = Object.freeze<Scenario>({
  name: 'evening',
  about: '',
  params: {},
  plan: () => ({
    hosts: [
      { name: 'node', ip: '192.0.2.1', role: 'answers' },
      { name: 'anna', ip: '198.51.100.1', role: 'dials' },
    ],
    links: [{ between: ['anna', 'node'], delayUs: 9_000, mbps: 20, lossPpm: 1_000, queueKiB: 64 }],
    flows: [],
    traffic: [
      {
        kind: 'web',
        user: 'anna',
        hosts: ['node'],
        startMs: 100,
        count: 4,
        gapMs: 300,
        object: { least: 900, span: 4 },
      },
      {
        kind: 'bulk',
        user: 'anna',
        hosts: ['node'],
        startMs: 100,
        count: 2,
        gapMs: 500,
        file: { least: 60_000, span: 2 },
        upPpm: 500_000,
      },
    ],
    limitMs: 60_000,
  }),
  mustHold: [
    'delivered',
    'conserved',
    'octets-conserved',
    'causal',
    'progress',
    'unrejected',
    'closed-once',
  ],
});

test('traffic over one hop: six flows, another seed other ones', () => {
  const run = (seed: string) =>
    runRecipe({ scenario: EVENING, seed, params: {}, plant: undefined });
  const [one, other] = [run('1'), run('2')];
  for (const { assertions } of [one, other]) {
    expect(assertions.filter(({ ok }) => !ok)).toEqual([]);
    expect(assertions[0]?.detail).toBe('6 flows, both ends');
  }
  expect(one.metrics['contentDelivered']).not.toEqual(other.metrics['contentDelivered']);
  expect(run('1').hashes).toEqual(one.hashes);
});

test('hosts share links as the plan says: reno where it says nothing', () => {
  const run = (said: object) => {
    const { links, hosts, ...rest } = EVENING.plan({}) as FlowPlan;
    const plan = () => ({
      ...rest,
      links: links.map((link) => ({ ...link, lossPpm: 20_000 })),
      hosts: hosts.map((host) => ({ ...host, ...said })),
    });
    const scenario = { ...EVENING, plan };
    const { assertions, hashes } = runRecipe({ scenario, seed: '1', params: {}, plant: undefined });
    expect(assertions.filter(({ ok }) => !ok)).toEqual([]);
    return hashes;
  };
  expect(run({ congestion: 'reno' })).toEqual(run({}));
  expect(run({ congestion: 'cubic' }).trace).not.toBe(run({}).trace);
});
