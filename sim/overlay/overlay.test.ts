import { expect, test } from 'vitest';
import { createSeededSuite } from '#core/crypto/seeded/mod.ts';
import { World } from '../world.ts';
import { fourNodes } from './four-nodes.case.ts';
import { Overlay, type OverlayPlan } from './mod.ts';

const NS_PER_S = 1_000_000_000;
const AT = Object.freeze({ delayUs: 5_000, mbps: 100 });

const PLAN: OverlayPlan = {
  nodes: fourNodes(AT),
  clients: [{ ...AT, name: 'anna', ip: '10.9.0.1', hops: 3 }],
  websites: [],
  resolver: { ...AT, name: 'resolver', ip: '192.0.2.53' },
  visits: [],
  faults: [],
  limitMs: 1,
};

function started(): { readonly world: World; readonly overlay: Overlay } {
  const world = new World('1');
  const suite = createSeededSuite();
  const overlay = new Overlay(world, PLAN, {
    suiteOf: () => suite,
    rootOf: (_host, root) => root,
    websites: { forgets: 0, hangs: false },
  });
  overlay.start();
  world.run(world.nowNs + 2 * NS_PER_S);
  return { world, overlay };
}

test('a circuit that was created in time is there after its time is up', () => {
  const { world, overlay } = started();
  const circuits = overlay.clients.get('anna')?.circuits;
  const first = circuits?.ready ?? [];
  expect(first).toHaveLength(2);
  world.run(world.nowNs + 60 * NS_PER_S);
  expect(circuits?.ready).toEqual(first);
  for (const { relay } of overlay.nodes.values()) expect(relay.rejects.total).toBe(0);
});

test('a node that leaves keeps its circuits, takes no others, and lets nobody in', () => {
  const { world, overlay } = started();
  const circuits = overlay.clients.get('anna')?.circuits;
  expect(circuits?.created).toBe(2);
  for (const [name, node] of overlay.nodes) {
    node.leave();
    overlay.hosts.get(name)?.turn();
  }
  world.run(world.nowNs + NS_PER_S);
  expect(circuits?.ready).toHaveLength(2);
  circuits?.want(world.nowNs / 1_000, 1);
  overlay.hosts.get('anna')?.turn();
  world.run(world.nowNs + 5 * NS_PER_S);
  expect([circuits?.created, circuits?.ready.length]).toEqual([2, 2]);
  expect(circuits?.failures).toBeGreaterThan(0);
  const refused = [...overlay.nodes.values()].map(({ relay }) => relay.rejects.get('create-limit'));
  expect(refused.some((count) => count > 0)).toBe(true);
});
