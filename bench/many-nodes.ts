import { createSeededSuite } from '#core/crypto/seeded/mod.ts';
import { Overlay, type OverlayPlan, World } from '#sim/mod.ts';

const NS_PER_S = 1e9;
const TICKS_PER_S = 100;

/** How fast a large network is simulated, cryptography included. */
export type ManyNodes = {
  /** Virtual seconds of steady flow, and what they took. */
  readonly virtualSeconds: number;
  readonly wallSeconds: number;
  /** Stream octets that browsers read meanwhile, and flows that were cut. */
  readonly octets: number;
  readonly broken: number;
  readonly events: number;
};

/** Runs `flows` readers of `mbps` each over three hops in a network of `nodes` nodes for some virtual seconds. */
export function measureManyNodes(
  nodes: number,
  flows: number,
  mbps: number,
  virtualSeconds: number,
): ManyNodes {
  const suite = createSeededSuite();
  const world = new World('1');
  const overlay = new Overlay(world, plan(nodes, flows, mbps, virtualSeconds + 10), {
    suiteOf: () => suite,
    rootOf: (_host, root) => root,
    websites: { forgets: 0, hangs: false },
  });
  overlay.start();
  world.run(world.nowNs + 2 * NS_PER_S);
  overlay.startBrowsers();
  const visits = (): readonly { received: number; outcome: string | undefined }[] =>
    [...overlay.browsers.values()].flatMap((browser) => browser.visits);
  const received = (): number => visits().reduce((sum, visit) => sum + visit.received, 0);
  // Everybody is connected and in steady flow before the clock starts.
  world.run(world.nowNs + 5 * NS_PER_S);
  const before = { octets: received(), events: world.events, ms: performance.now() };
  world.run(world.nowNs + virtualSeconds * NS_PER_S);
  return {
    virtualSeconds,
    wallSeconds: (performance.now() - before.ms) / 1000,
    octets: received() - before.octets,
    broken: flows - visits().filter(({ outcome }) => outcome === undefined).length,
    events: world.events - before.events,
  };
}

function plan(nodes: number, flows: number, mbps: number, seconds: number): OverlayPlan {
  const octetsPerSecond = (mbps * 1e6) / 8;
  return {
    nodes: Array.from({ length: nodes }, (_, i) => ({
      name: `node-${i}`,
      ip: `10.${i + 1}.0.1`,
      owner: `owner-${i}`,
      asNumber: 64_000 + i,
      country: COUNTRIES[i % COUNTRIES.length] as string,
      isExit: i % 3 === 0,
      weight: 100,
      delayUs: 5_000 + 100 * (i % 100),
      mbps: 1_000,
    })),
    clients: Array.from({ length: flows }, (_, i) => ({
      name: `client-${i}`,
      ip: `100.64.${i}.2`,
      delayUs: 10_000,
      mbps: 50,
      hops: 3,
    })),
    websites: [
      { name: 'site', ip: '203.0.113.1', hosts: ['site.spn.test'], delayUs: 10_000, mbps: 10_000 },
    ],
    resolver: { name: 'resolver', ip: '192.0.2.53', delayUs: 5_000, mbps: 1_000 },
    visits: Array.from({ length: flows }, (_, i) => ({
      client: `client-${i}`,
      page: i + 1,
      startMs: 10 * i,
      host: 'site.spn.test',
      port: 443,
      isolation: '',
      upLen: 100,
      downLen: Math.ceil(octetsPerSecond * (seconds + 10)),
      readPerTick: Math.ceil(octetsPerSecond / TICKS_PER_S),
    })),
    faults: [],
    limitMs: 1_000 * seconds,
  };
}

const COUNTRIES: readonly string[] = Object.freeze([
  'DE',
  'FR',
  'NL',
  'SE',
  'CH',
  'AT',
  'IS',
  'FI',
]);
