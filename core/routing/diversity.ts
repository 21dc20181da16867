import type { NodeEntry } from '#core/directory/mod.ts';

// What no two nodes of a path may share: an owner, an AS, a network (IPv4 /16, IPv6 /32); a country only where there
// is no other way. Equal nodes share all of it.

type Placed = Pick<NodeEntry, 'owner' | 'asNumber' | 'ip' | 'country'>;

/** True when both must not be in one path. */
export function clashes(a: Placed, b: Placed): boolean {
  return a.owner === b.owner || a.asNumber === b.asNumber || sharesNetwork(a.ip, b.ip);
}

/** True when whatever clashes with one clashes with the other. */
export function isAlike(a: Placed, b: Placed): boolean {
  return a.owner === b.owner && a.asNumber === b.asNumber && sharesNetwork(a.ip, b.ip);
}

/** Those that do not clash with `chosen`. */
export function apartFrom<Node extends Placed>(
  nodes: readonly Node[],
  chosen: Placed,
): readonly Node[] {
  return nodes.filter((node) => !clashes(node, chosen));
}

/** Those in another country than any of `chosen`, or all when there are none. */
export function abroadIfAny<Node extends Placed>(
  nodes: readonly Node[],
  chosen: readonly Placed[],
): readonly Node[] {
  const countries = chosen.map(({ country }) => country);
  const abroad = nodes.filter(({ country }) => !countries.includes(country));
  return abroad.length > 0 ? abroad : nodes;
}

function sharesNetwork(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length || a[0] !== b[0] || a[1] !== b[1]) return false;
  return a.length === 4 || (a[2] === b[2] && a[3] === b[3]);
}
