import { type NodeEntry, Snapshot } from '#core/directory/mod.ts';
import type { Statement } from '#core/wire/mod.ts';

// Maps that routing can be tried on by the thousand: their statements are empty, and usable is what the test says.

export type Place = Partial<
  Pick<NodeEntry, 'ip' | 'owner' | 'asNumber' | 'country' | 'isExit' | 'weight' | 'isCurrent'>
> & { readonly isForged?: boolean };

const EMPTY: Uint8Array = new Uint8Array(0);
const NO_STATEMENT: Statement = {
  certificate: { identityKey: EMPTY, signingKey: EMPTY, lastEpoch: 0, signature: EMPTY },
  suite: 1,
  epoch: 0,
  boot: 0,
  linkKey: EMPTY,
  onionKey: EMPTY,
  signature: EMPTY,
};

export function idOf(n: number): Uint8Array {
  return new Uint8Array(32).fill(n >> 8, 0, 1).fill(n & 0xff, 1, 2);
}

/** Node `n` at a place; what is not said is its own. */
function nodeAt(n: number, place: Place = {}): NodeEntry {
  return {
    id: idOf(n),
    ip: Uint8Array.of(10 + (n >> 8), n & 0xff, 0, 1),
    port: 9001,
    owner: `owner ${n}`,
    asNumber: n,
    country: String.fromCharCode(65 + (Math.floor(n / 26) % 26), 65 + (n % 26)),
    isExit: true,
    weight: 1,
    isCurrent: true,
    ...place,
    statementHash: new Uint8Array(32),
    statement: NO_STATEMENT,
  };
}

/** A map of these places, in order of their ids. */
export function mapOf(places: readonly Place[]): Snapshot {
  const forged = new Set(places.flatMap(({ isForged }, n) => (isForged === true ? [n] : [])));
  const nodes = places.map((place, n) => nodeAt(n, place));
  return new Snapshot({
    isTest: true,
    serial: 1,
    validFromMs: 0,
    validUntilMs: 1,
    root: new Uint8Array(32),
    nodes,
    verify: (node) => !forged.has(nodes.indexOf(node)),
  });
}

/** The number of a node of such a map. */
export function numberOf(node: NodeEntry): number {
  return (node.id[0] as number) * 0x100 + (node.id[1] as number);
}
