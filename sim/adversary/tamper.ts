import { equalBytes } from '#core/base/bytes.ts';
import { NS_PER_S } from '#core/base/time.ts';
import type { Suite } from '#core/crypto/mod.ts';
import type { RelayNode } from '#core/node/mod.ts';
import { Overlay } from '../overlay/mod.ts';
import { World } from '../world.ts';
import { DEEDS, type Deed, MaliciousRelay } from './malicious-relay.ts';
import { countedIn, type Picked, pickCircuits, testPlan } from './network.ts';

export type TamperCase = {
  readonly deed: Deed;
  readonly direction: 'forward' | 'backward';
  /** The malicious hop, 1 at the client. */
  readonly hop: number;
  readonly isLarge: boolean;
};

/** What became of a network of which one relay changed one circuit after its links had opened. */
export type TamperReport = TamperCase & {
  /** How often the relay did what it was there for. */
  readonly done: number;
  /** What everybody but that relay counted: `node-4 cell-forged`. */
  readonly counted: readonly string[];
  /** Who must count it, and as what; undefined when nobody may notice. */
  readonly expected: string | undefined;
  /** How the visit over the circuit ended, and that over another one. `done` is whole and unaltered. */
  readonly victim: string;
  readonly witness: string;
};

const HOPS = 3;
/** Enough for large cells both ways. */
const VISIT_LEN = 300_000;
const VISIT_LIMIT_S = 60;
const READY_LIMIT_S = 5;
const SEEDS = 30;

/** Every deed at every hop that can do it, in both directions and both classes of cells. What comes from the first
 * hop has no noise. */
export function tamperCases(): readonly TamperCase[] {
  const directions = [
    { direction: 'forward' as const, hops: [1, 2] },
    { direction: 'backward' as const, hops: [1, 2, 3] },
  ];
  const all = DEEDS.flatMap((deed) =>
    directions.flatMap(({ direction, hops }) =>
      hops.flatMap((hop) => [false, true].map((isLarge) => ({ deed, direction, hop, isLarge }))),
    ),
  );
  return all.filter(
    ({ deed, direction, hop }) => deed !== 'flip-tail' || direction === 'forward' || hop > 1,
  );
}

/** The circuit died where it had to, loudly, and nobody else noticed; or nothing happened where nothing may. */
export function isContained(report: TamperReport): boolean {
  const { done, counted, expected, victim, witness } = report;
  if (done !== 1 || witness !== 'done') return false;
  if (expected === undefined) return counted.length === 0 && victim === 'done';
  return counted.length === 1 && counted[0] === expected && victim !== 'done' && victim !== 'open';
}

/** Plays one case. The seed decides keys, paths, places of bits, and whether the relay finds its chance at all. */
export function tamper(suite: Suite, seed: string, one: TamperCase): TamperReport {
  for (let attempt = 0; attempt < SEEDS; attempt++) {
    const report = tryOnce(suite, `${seed} ${attempt}`, one);
    if (report !== undefined && report.done > 0) return report;
  }
  throw new Error('no seed gave a victim, a witness and a chance that suit the deed');
}

function tryOnce(suite: Suite, seed: string, one: TamperCase): TamperReport | undefined {
  const world = new World(seed);
  const overlay = new Overlay(world, testPlan(HOPS, 2, VISIT_LEN), {
    suiteOf: () => suite,
    rootOf: (_, root) => root,
  });
  overlay.start();
  const client = overlay.clients.get('anna');
  if (client === undefined) throw new Error('the client runs');
  world.runUntil(() => client.circuits.ready.length >= 2, world.nowNs + READY_LIMIT_S * NS_PER_S);
  const picked = pickCircuits(overlay, client);
  if (picked === undefined || !suits(picked, one)) return undefined;
  const villain = overlay.nodes.get(picked.victim[one.hop - 1] as string) as RelayNode;
  const relay = new MaliciousRelay(villain.relay.carrier, {
    deed: one.deed,
    isLarge: one.isLarge,
    layer: one.direction === 'forward' ? one.hop + 1 : one.hop,
    seed,
    isTarget: (link) => leadsTo(overlay, villain, link, neighbourOf(picked, one)),
  });
  overlay.startBrowsers();
  const browser = overlay.browsers.get('anna');
  world.runUntil(() => browser?.isDone === true, world.nowNs + VISIT_LIMIT_S * NS_PER_S);
  world.run(world.nowNs + NS_PER_S);
  const outcome = (page: number): string =>
    browser?.visits.find(({ plan }) => plan.page === page)?.outcome ?? 'open';
  return {
    ...one,
    done: relay.done,
    counted: countedIn(overlay, picked.victim[one.hop - 1] as string),
    expected: expectation(picked, one),
    victim: outcome(1),
    witness: outcome(2),
  };
}

/** The witness must be there to be unharmed; for a replay it must pass the villain, for a lost link not use it. */
function suits({ victim, witness }: Picked, { deed, hop, direction }: TamperCase): boolean {
  const villain = victim[hop - 1] as string;
  const at = witness.indexOf(villain);
  const isWay = at >= 0 && (direction === 'forward' ? at < HOPS - 1 : true);
  if (deed === 'replay') return isWay;
  if (deed !== 'unknown-circuit') return true;
  return at < 0;
}

/** Whom the changed cells reach: a node's name, or `client`. */
function neighbourOf({ victim }: Picked, { hop, direction }: TamperCase): string {
  return victim[direction === 'forward' ? hop : hop - 2] ?? 'client';
}

function leadsTo(overlay: Overlay, villain: RelayNode, link: number, to: string): boolean {
  const peer = villain.links.peerId(link);
  if (to === 'client') return peer === undefined;
  const id = overlay.nodeId(to);
  return peer !== undefined && id !== undefined && equalBytes(peer, id);
}

/** Forward the next hop opens what was changed; backward nobody can before the client. What is no cell meets the
 * neighbour either way. */
function expectation(picked: Picked, one: TamperCase): string | undefined {
  const { deed, direction } = one;
  const neighbour = neighbourOf(picked, one);
  if (deed === 'credit') return `${neighbour} circuit-credit`;
  if (deed === 'unknown-circuit') return `${neighbour} frame-circuit-unknown`;
  if (deed === 'flip-tail') return undefined;
  return `${direction === 'forward' ? neighbour : 'client'} cell-forged`;
}
