import type { NodeKeys } from '#core/crypto/mod.ts';
import { type NodeEntry, Snapshot } from '#core/directory/mod.ts';
import { compareBytes } from '../base/bytes.ts';
import { idOf, nodeKeys } from './scene.case.ts';

// Maps of nodes that can really be dialled. For tests only.

/** Node `n` of the map, with its keys. */
export function entryOf(n: number, keys: NodeKeys = nodeKeys(n)): NodeEntry {
  return {
    id: idOf(keys),
    ip: Uint8Array.of(10, n, 0, 1),
    port: 9001,
    owner: `owner ${n}`,
    asNumber: n,
    country: `A${String.fromCharCode(65 + n)}`,
    isExit: true,
    weight: 1,
    isCurrent: true,
    statementHash: new Uint8Array(32),
    statement: keys.statement,
  };
}

export function mapOf(nodes: readonly NodeEntry[]): Snapshot {
  return new Snapshot({
    isTest: true,
    serial: 1,
    validFromMs: 0,
    validUntilMs: 1,
    root: new Uint8Array(32),
    nodes: [...nodes].sort((a, b) => compareBytes(a.id, b.id)),
    verify: () => true,
  });
}
