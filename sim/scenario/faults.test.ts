import fc from 'fast-check';
import { expect, test } from 'vitest';
import { testPlan } from '../adversary/network.ts';
import type { Fault, Phases } from '../faults/mod.ts';
import { type OracleName, resolveSettings, runRecipe, type Scenario } from './mod.ts';
import type { FlowPlan } from './scenario.ts';

// Faults in whole runs: of flows over one hop, and of networks.

const PHASES: Phases = Object.freeze({ chaosMs: 200, healMs: 3_000, quietMs: 4_000 });
const FLOW: FlowPlan = {
  hosts: [
    { name: 'node', ip: '192.0.2.1', role: 'answers' },
    { name: 'router', role: 'routes' },
    { name: 'anna', ip: '198.51.100.1', role: 'dials' },
  ],
  links: ['anna', 'node'].map((name) => ({
    between: [name, 'router'],
    delayUs: 5_000,
    mbps: 20,
    lossPpm: 0,
    queueKiB: 64,
  })),
  flows: [
    {
      id: 1,
      from: 'anna',
      to: 'node',
      startMs: 100,
      upLen: 400_000,
      downLen: 400_000,
      ending: 'each-alone',
    },
  ],
  phases: PHASES,
  limitMs: 60_000,
};

function scenarioOf(plan: ReturnType<Scenario['plan']>, mustHold: readonly OracleName[]): Scenario {
  return { name: 'faulty', about: '', params: {}, plan: () => plan, mustHold };
}

function failures(scenario: Scenario, seed = '1'): readonly string[] {
  const { assertions } = runRecipe({ scenario, seed, params: {}, plant: undefined });
  return assertions.filter(({ ok }) => !ok).map(({ name, detail }) => `${name}: ${detail}`);
}

test.each<[string, Fault]>([
  ['a clog', { kind: 'clog', link: 'anna-router', direction: 'both', atMs: 200 }],
  ['a crawl', { kind: 'clog', link: 'anna-router', direction: 'both', crawlBps: 1_000, atMs: 200 }],
  ['a cut', { kind: 'cut', link: 'node-router', direction: 'back', atMs: 200 }],
  ['a partition', { kind: 'partition', from: ['anna'], to: ['node'], isOneWay: true, atMs: 200 }],
  [
    'two partitions',
    { kind: 'partition', from: ['anna'], to: ['node'], isOneWay: false, atMs: 200 },
  ],
  ['sleep', { kind: 'sleep', host: 'node', atMs: 200 }],
  ['drift', { kind: 'drift', host: 'anna', ppm: 90_000, atMs: 200 }],
])('flows over one hop outlive %s, and no law is broken', (_, fault) => {
  const laws = ['conserved', 'octets-conserved', 'causal', 'progress', 'closed-once'] as const;
  const mustHold = ['delivered', 'healed', ...laws, 'repeatable'] as const;
  // Longer than anybody may stand still for no reason.
  const phases = { chaosMs: 200, healMs: 30_000, quietMs: 50_000 };
  const plan = { ...FLOW, faults: [fault], phases, limitMs: 90_000 };
  expect(failures(scenarioOf(plan, mustHold))).toEqual([]);
});

test('a program that is killed starts again, and what it was doing is lost', () => {
  const faults: readonly Fault[] = [
    { kind: 'crash', host: 'node', atMs: 300 },
    { kind: 'restart', host: 'node', atMs: 900 },
  ];
  const lines = failures(scenarioOf({ ...FLOW, faults }, ['delivered', 'healed', 'conserved']));
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^delivered: flow 1: its dialler saw/);
});

test('where nobody heals, the oracle says so', () => {
  const fault: Fault = { kind: 'drift', host: 'node', ppm: 5, atMs: 10_000 };
  const { phases: _, ...plan } = FLOW;
  expect(failures(scenarioOf({ ...plan, faults: [fault] }, ['healed']))).toEqual([
    'healed: left after healing: clock of node 5 ppm 0 ms; at the end, 10500.000 ms',
  ]);
  expect(failures(scenarioOf(plan, ['healed']))).toEqual([
    'healed: no fault was to happen: the run shows nothing; at the end, 1161.223 ms',
  ]);
});

test.each<[string, Fault]>([
  [
    'faults[0].atMs is a whole number from 200 to 2999, not -5',
    { kind: 'sleep', host: 'node', atMs: -5 },
  ],
  [
    'faults[0].host is the name of a host, not "router"; there is node, anna',
    { kind: 'sleep', host: 'router', atMs: 200 },
  ],
  [
    'faults[0].kind is for plans that have a resolver, not "dns"',
    { kind: 'dns', how: 'silent', atMs: 200 },
  ],
])('refused before the run: %s', (line, fault) => {
  const scenario = scenarioOf({ ...FLOW, faults: [fault] }, []);
  expect(resolveSettings(scenario, [])).toEqual({ fault: `faulty: ${line}` });
});

test('whatever goes wrong, when it is healed a page loads as soon as links know what is dead', () => {
  const plan = testPlan(3, 2, 5_000);
  const [before, after] = plan.visits;
  if (before === undefined || after === undefined) throw new Error('there are visits');
  const phases = { chaosMs: 500, healMs: 6_000, quietMs: 206_000 };
  const swarm = { perFamily: 2, shortestMs: 50, longestMs: 6_000, clockMs: 3_600_000 };
  const visits = [before, { ...after, startMs: phases.quietMs + 10 }];
  const scenario = scenarioOf({ ...plan, visits, phases, swarm, limitMs: 216_000 }, [
    'quiet-loads',
    'visits-end',
    'healed',
    'conserved',
    'closed-once',
  ]);
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      expect(failures(scenario, `${seed}`)).toEqual([]);
    }),
    { numRuns: 6 },
  );
});
