import { equalBytes } from '#core/base/bytes.ts';
import type { ClientNode } from '#core/node/mod.ts';
import type { Overlay, OverlayPlan } from '../overlay/mod.ts';

// The network that malicious relays are tried in: six nodes, one client, visits that must not share a circuit.

/** Names of the nodes of two circuits, first hop first. */
export type Picked = { readonly victim: readonly string[]; readonly witness: readonly string[] };

const COUNTRIES = Object.freeze(['DE', 'FR', 'NL', 'SE', 'CH', 'AT']);

/** `visits` pages of so many octets up and down, each of an isolation class of its own. */
export function testPlan(hops: number, visits: number, length: number): OverlayPlan {
  return {
    nodes: COUNTRIES.map((country, i) => ({
      name: `node-${i + 1}`,
      ip: `10.${i + 1}.0.1`,
      owner: `owner-${i + 1}`,
      asNumber: 100 + i,
      country,
      isExit: i >= 3,
      weight: 100,
      delayUs: 5_000,
      mbps: 100,
    })),
    clients: [{ name: 'anna', ip: '192.168.1.2', hops, delayUs: 4_000, mbps: 50 }],
    websites: [
      { name: 'web-1', ip: '203.0.113.1', hosts: ['a.spn.test'], delayUs: 5_000, mbps: 100 },
    ],
    resolver: { name: 'resolver', ip: '198.51.100.53', delayUs: 2_000, mbps: 100 },
    visits: Array.from({ length: visits }, (_, i) => i + 1).map((page) => ({
      client: 'anna',
      page,
      // The first takes the circuit that was ready first.
      startMs: 30 * page,
      host: 'a.spn.test',
      port: 443,
      isolation: `class ${page}`,
      upLen: length,
      downLen: length,
    })),
    faults: [],
    limitMs: 60_000,
  };
}

/** The circuits that the two visits will take; undefined when there are not two. */
export function pickCircuits(overlay: Overlay, client: ClientNode): Picked | undefined {
  const names = [...overlay.nodes.keys()];
  const nameOf = (id: Uint8Array): string =>
    names.find((name) => {
      const known = overlay.nodeId(name);
      return known !== undefined && equalBytes(known, id);
    }) ?? '';
  const [victim, witness] = client.circuits.ready.map(({ path }) =>
    path.map(({ id }) => nameOf(id)),
  );
  return victim === undefined || witness === undefined ? undefined : { victim, witness };
}

/** Every reason that anybody but one counted, as often as they did: `node-4 cell-forged`. */
export function countedIn(overlay: Overlay, except: string): readonly string[] {
  const lines: string[] = [];
  const add = (name: string, counters: { toJSON(): { readonly [name: string]: number } }): void => {
    for (const [reject, count] of Object.entries(counters.toJSON()))
      for (let n = 0; n < count; n++) lines.push(`${name} ${reject}`);
  };
  for (const [name, { relay, links, exit, resolver }] of overlay.nodes) {
    if (name === except) continue;
    add(name, relay.rejects);
    add(name, links.rejects);
    if (exit !== undefined) add(name, exit.rejects);
    if (resolver !== undefined) add(name, resolver.rejects);
  }
  for (const { rejects, links, proxy } of overlay.clients.values()) {
    add('client', rejects);
    add('client', links.rejects);
    add('client', proxy.counts);
  }
  return lines;
}
