import { expect, test } from 'vitest';
import { createSeededSuite } from '#core/crypto/seeded/mod.ts';
import { World } from '../world.ts';
import { fourNodes } from './four-nodes.case.ts';
import { type NatPlan, Overlay, type OverlayPlan } from './mod.ts';

const NS_PER_S = 1_000_000_000;
const AT = Object.freeze({ delayUs: 5_000, mbps: 100 });
const OUTSIDE = '198.51.100.7';
const VISIT = Object.freeze({
  client: 'anna',
  host: 'shop.spn.test',
  port: 443,
  isolation: '',
  upLen: 600,
  downLen: 50_000,
});

function planOf(nat: NatPlan): OverlayPlan {
  return {
    nodes: fourNodes(AT),
    clients: [{ ...AT, name: 'anna', ip: '192.168.1.2', hops: 3, nat }],
    websites: [{ ...AT, name: 'shop', ip: '203.0.113.1', hosts: ['shop.spn.test'] }],
    resolver: { ...AT, name: 'resolver', ip: '192.0.2.53' },
    visits: [1, 30, 400].map((startS, i) => ({ ...VISIT, page: i + 1, startMs: startS * 1000 })),
    faults: [],
    limitMs: 1,
  };
}

test('a client behind a box: pages load, nodes see its outside; when the box starts again, it comes back', () => {
  const world = new World('1');
  const suite = createSeededSuite();
  const plan = planOf({
    ip: OUTSIDE,
    mapping: 'address-and-port-dependent',
    filtering: 'address-and-port-dependent',
  });
  const overlay = new Overlay(world, plan, {
    suiteOf: () => suite,
    rootOf: (_host, root) => root,
    websites: { forgets: 0, hangs: false },
  });
  const seen = new Set<string>();
  for (const { pipe, place } of overlay.pipes)
    if (place.startsWith('net:node'))
      overlay.network.tapPipe(pipe, ({ fromText }) => seen.add(fromText));
  overlay.start();
  world.run(world.nowNs + NS_PER_S);
  overlay.startBrowsers();
  const outcomes = (): readonly (string | undefined)[] =>
    overlay.browsers.get('anna')?.visits.map(({ outcome }) => outcome) ?? [];
  world.run(world.nowNs + 20 * NS_PER_S);
  expect(outcomes()).toEqual(['done']);
  expect([seen.has(OUTSIDE), seen.has('192.168.1.2')]).toEqual([true, false]);
  const box = overlay.nats.get('anna');
  box?.rebind();
  world.run(world.nowNs + 480 * NS_PER_S);
  // The first after that finds its links dead; three minutes of silence say so, and new ones are made.
  expect(outcomes()).toEqual(['done', 'socks 6', 'done']);
  expect(box?.rejects.get('no-mapping')).toBeGreaterThan(0);
});
