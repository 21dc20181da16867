import { CIRCUIT_WINDOW, STREAM_OUTBOX, STREAM_WINDOW } from '#core/base/limits.ts';
import type { Asker, Crossing, Program, Task } from '../claims/mod.ts';
import { browserName, type Overlay, type OverlayPlan, type Visit } from '../overlay/mod.ts';

// What oracles are shown of a multi-hop network while it runs.

/** One slow reader at any root: a stream's window, what waits to be sealed, a circuit's window, and odd chunks. */
export const POOL_BOUND: number = STREAM_WINDOW + STREAM_OUTBOX + CIRCUIT_WINDOW + 64 * 1024;

export function* programsOf({
  nodes,
  clients,
}: Overlay): Iterable<readonly [host: string, program: Program]> {
  for (const [host, { relay, pool }] of nodes) yield [host, { carrier: relay.carrier, pool }];
  for (const [host, client] of clients) yield [host, client];
}

/** Who holds more for others than any root may, in words. */
export function overfull(overlay: Overlay): string | undefined {
  for (const [host, { pool }] of programsOf(overlay))
    if (pool.used > POOL_BOUND) return `${pool.used} octets held by ${host}, bound ${POOL_BOUND}`;
  return undefined;
}

export function firstRefusal(rejects: ReadonlyMap<string, number>): string | undefined {
  for (const [what, count] of rejects) if (count > 0) return `${what}, ${count} times`;
  return undefined;
}

export function* tasksOf(visits: Iterable<Visit>): Iterable<Task> {
  for (const { plan, isOver, received, sent, grantedUs } of visits) {
    if (isOver) continue;
    const measure = received + sent + (grantedUs === undefined ? 0 : 1);
    yield { key: `page ${plan.page} of ${plan.host}`, measure };
  }
}

/** Browsers, and the shortest way from each over as many nodes as its circuits have, whichever they are. */
export function askersOf(overlay: Overlay, delaysNs: readonly number[]): readonly Asker[] {
  const { plan, pipes } = overlay;
  const delayOf = (place: string): number => {
    const own = pipes.filter((named) => named.place === place);
    const delays = own.map(({ pipe }) => delaysNs[pipe.number] ?? 0);
    return delays.length === 0 ? 0 : Math.min(...delays);
  };
  return plan.clients.map(({ name, hops }) => ({
    host: browserName(name),
    leastNs: (peerName) => {
      const site = plan.websites.find(({ hosts }) => hosts.includes(peerName));
      if (site === undefined) return undefined;
      const home = ['desk', 'wifi', 'isp', 'transit'].map((part) => delayOf(`${part}:${name}`));
      const nodes = plan.nodes.map((node) => 2 * delayOf(`net:${node.name}`));
      const nearest = nodes.sort((a, b) => a - b).slice(0, hops);
      return [...home, ...nearest, delayOf(`net:${site.name}`)].reduce((sum, ns) => sum + ns, 0);
    },
  }));
}

/** Inside TLS, between a browser and the website that serves the page. */
export function* crossingsOf({ served }: Overlay, visits: Iterable<Visit>): Iterable<Crossing> {
  for (const { plan, sent, received } of visits) {
    const site = served.get(plan.page);
    if (site === undefined) continue;
    yield { key: `page ${plan.page} down`, written: site.sent, read: received };
    yield { key: `page ${plan.page} up`, written: sent, read: site.received };
  }
}

/** The first file that went up whole, in words. */
export function uploaded(visits: Iterable<Visit>): string | undefined {
  for (const { plan, outcome } of visits)
    if (plan.kind === 'bulk' && plan.downLen === 0 && outcome === 'done')
      return `${plan.upLen} octets went up`;
  return undefined;
}

/** Whether no page has come yet that was begun behind the last fault, in words. */
export function notBack({ faults }: OverlayPlan, visits: Iterable<Visit>): string | undefined {
  const lastMs = Math.max(...faults.map(({ atMs }) => atMs));
  let begun = 0;
  for (const { plan, outcome } of visits) {
    if (plan.startMs <= lastMs) continue;
    if (outcome === 'done') return undefined;
    begun += 1;
  }
  return `of ${begun} pages that were begun after the fault none has come`;
}
