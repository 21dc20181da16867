import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FieldCheck } from '../scenario/field-check.ts';
import { World } from '../world.ts';
import { checkFaults, drawSwarm, type FaultScope, type Phases, type Swarm } from './mod.ts';

const PHASES: Phases = Object.freeze({ chaosMs: 1_000, healMs: 5_000, quietMs: 6_000 });
const SWARM: Swarm = Object.freeze({
  perFamily: 5,
  shortestMs: 10,
  longestMs: 4_000,
  clockMs: 500,
});
const SCOPE: FaultScope = Object.freeze({
  hosts: ['anna', 'node', 'site', '@middle'],
  desks: ['anna'],
  links: ['net:node', 'net:site'],
  nats: ['box'],
  servers: ['site'],
  hasResolver: true,
  ips: ['10.0.0.1'],
  phases: PHASES,
  limitMs: 9_000,
});

function drawn(seed: string, scope: FaultScope = SCOPE) {
  return drawSwarm(new World(seed), SWARM, scope, PHASES, []);
}

test('nobody is drawn an address that is taken', () => {
  const ips = Array.from({ length: 256 * 256 }, (_, i) => `198.18.${i >> 8}.${i & 255}`);
  for (let seed = 1; seed <= 20; seed++) {
    const faults = drawn(String(seed), { ...SCOPE, ips });
    expect(faults.filter(({ kind }) => kind === 'address')).toEqual([]);
  }
});

test('what is drawn could have been written: it is as plans must be, and the same for the same seed', () => {
  fc.assert(
    fc.property(fc.string(), (seed) => {
      const check = new FieldCheck();
      checkFaults(check, drawn(seed), SCOPE);
      expect(check.fault).toBeUndefined();
      expect(drawn(seed)).toEqual(drawn(seed));
    }),
  );
});

test('each kind is wholly absent from many seeds, and in many others', () => {
  const seen = new Map<string, number>();
  for (let seed = 0; seed < 200; seed++)
    for (const kind of new Set(drawn(`${seed}`).map((fault) => fault.kind)))
      seen.set(kind, (seen.get(kind) ?? 0) + 1);
  // A restart belongs to a crash, and crashes end by themselves.
  const kinds =
    'address certificate clog crash cut disk dns drift link-trouble partition rebinding';
  expect([...seen.keys()].sort()).toEqual([...kinds.split(' '), 'skew', 'sleep', 'step']);
  for (const [kind, count] of seen) expect([kind, count > 40 && count < 160]).toEqual([kind, true]);
});

test('a family draws the same whatever there is for others', () => {
  const bare = { ...SCOPE, links: [], nats: [], servers: [], hasResolver: false };
  for (let seed = 0; seed < 20; seed++) {
    const kinds = new Set(drawn(`${seed}`, bare).map(({ kind }) => kind));
    const same = drawn(`${seed}`).filter(({ kind }) => kinds.has(kind));
    expect(drawn(`${seed}`, bare)).toEqual(same);
  }
});
