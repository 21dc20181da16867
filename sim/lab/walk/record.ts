import type { Suite } from '#core/crypto/mod.ts';
import { createSeededSuite } from '#core/crypto/seeded/mod.ts';
import type { Trace } from '#core/observe/mod.ts';
import { smallNetwork } from '#scenarios/mod.ts';
import { World } from '#sim/mod.ts';
import { browserName, Overlay, type OverlayPlan, WEB_PORT } from '#sim/overlay/mod.ts';
import { EndRoot } from './ends.ts';

/** One step as it was told. */
export type Told = {
  /** Virtual time. */
  readonly timeNs: number;
  readonly host: string;
  readonly step: number;
  readonly a: number;
  readonly b: number;
};

/** Who plays which part, in the order of the way there. */
export const ROLES = ['browser', 'client', 'entry', 'middle', 'exit', 'website'] as const;
export type Role = (typeof ROLES)[number];

/** All that was told in one run, by host and in order, and who was who. */
export type Recording = {
  readonly seed: string;
  readonly hosts: { readonly [role in Role]: string };
  readonly steps: ReadonlyMap<string, readonly Told[]>;
};

const CLIENT = 'anna';
const SITE = 'shop';
const NS_PER_MS = 1_000_000;
/** Virtual time for circuits to be made before the browser starts, and for the visit. */
const WARM_MS = 1_500;
const LIMIT_MS = 30_000;
/** A request that one small cell holds, and a page for which credit has to go round. */
const REQUEST_LEN = 300;
const PAGE_LEN = 100_000;

/** Six nodes, one client, one page over three hops, with a trace at every host. */
export function record(seed: string): Recording {
  const world = new World(seed);
  const steps = new Map<string, Told[]>();
  const traceOf = (host: string): Trace => {
    const told = steps.get(host) ?? [];
    steps.set(host, told);
    return (step, a, b) => told.push({ timeNs: world.nowNs, host, step, a, b });
  };
  const suite: Suite = createSeededSuite();
  const ends = new Set([browserName(CLIENT), SITE]);
  const overlay = new Overlay(world, plan(), {
    suiteOf: () => suite,
    rootOf: (host, root) => (ends.has(host) ? new EndRoot(root, traceOf(host)) : root),
    traceOf,
    websites: { forgets: 0, hangs: false },
  });
  overlay.start();
  world.run(world.nowNs + WARM_MS * NS_PER_MS);
  overlay.startBrowsers();
  const isDone = (): boolean => overlay.browsers.get(CLIENT)?.isDone === true;
  world.runUntil(isDone, world.nowNs + LIMIT_MS * NS_PER_MS);
  const [visit] = overlay.browsers.get(CLIENT)?.visits ?? [];
  if (visit?.outcome !== 'done') throw new Error(`the page ended as ${visit?.outcome}`);
  return { seed, hosts: hostsOf(overlay), steps };
}

function plan(): OverlayPlan {
  return {
    ...smallNetwork(),
    clients: [{ name: CLIENT, ip: '100.64.1.2', delayUs: 8_000, mbps: 50, hops: 3 }],
    visits: [
      {
        client: CLIENT,
        page: 1,
        startMs: 100,
        host: 'shop.spn.test',
        port: WEB_PORT,
        isolation: '',
        upLen: REQUEST_LEN,
        downLen: PAGE_LEN,
      },
    ],
    limitMs: LIMIT_MS,
  };
}

function hostsOf(overlay: Overlay): Recording['hosts'] {
  const ready = overlay.clients.get(CLIENT)?.circuits.ready ?? [];
  const used = ready.filter(({ isolation }) => isolation !== undefined);
  const [entry, middle, exit] = used[0]?.path.map(({ ip }) => overlay.nameOf(ip)) ?? [];
  if (used.length !== 1 || entry === undefined || middle === undefined || exit === undefined)
    throw new Error('one circuit of three hops carried the page');
  return { browser: browserName(CLIENT), client: CLIENT, entry, middle, exit, website: SITE };
}
