import type { Link, Network } from '../network/mod.ts';
import type { DelayPair } from './delay.ts';

/** A way through a third site is never taken while there is a direct one, even if it is faster. */
const HOP_COST_NS = 1e12;

/** Sites as routers, by name, and the links between them. */
export type Mesh = {
  readonly nodes: ReadonlyMap<string, number>;
  readonly links: readonly { readonly from: string; readonly to: string; readonly link: Link }[];
};

/**
 * Builds a router for each site and a link for each pair, so that packets take exactly what the pairs say between any
 * two. Where one way was not said it is as the other; where neither was, packets go through other sites.
 */
export function addMesh(network: Network, pairs: readonly DelayPair[]): Mesh {
  const nodes = new Map<string, number>();
  const byEnds = new Map(pairs.map((pair) => [`${pair.from}\n${pair.to}`, pair]));
  for (const { from, to } of pairs)
    for (const site of [from, to])
      if (!nodes.has(site)) nodes.set(site, network.addNode(`site ${site}`));
  const links: { from: string; to: string; link: Link }[] = [];
  for (const pair of byEnds.values()) {
    const { from, to } = pair;
    const back = byEnds.get(`${to}\n${from}`);
    byEnds.delete(`${to}\n${from}`);
    const options = { ...pipeOf(pair), back: pipeOf(back ?? pair) };
    const link = network.addLink(nodes.get(from) as number, nodes.get(to) as number, options);
    links.push({ from, to, link });
  }
  return { nodes, links };
}

function pipeOf({ delayUs, jitterUs }: DelayPair): {
  readonly delayNs: number;
  readonly jitterNs: number;
  readonly costNs: number;
} {
  return { delayNs: delayUs * 1_000, jitterNs: jitterUs * 1_000, costNs: HOP_COST_NS };
}
