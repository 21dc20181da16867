import type { Statement } from '#core/wire/mod.ts';
import { assert } from '../base/assert.ts';
import { compareBytes } from '../base/bytes.ts';
import type { WallMillis } from '../base/time.ts';
import { isMapped, type Listing } from './listing.ts';

/** A node of the map. `ip` and `port` make it an endpoint. */
export type NodeEntry = Listing & {
  readonly statement: Statement;
  /**
   * False when the statement was not of our suite and epoch at the time of decoding. The node is still known by id
   * and address, and takes part in no path (PROTOCOL §8.3).
   */
  readonly isCurrent: boolean;
};

export type SnapshotParts = {
  readonly isTest: boolean;
  readonly serial: number;
  readonly validFromMs: WallMillis;
  readonly validUntilMs: WallMillis;
  readonly root: Uint8Array;
  /** Ascending by id, no id twice. */
  readonly nodes: readonly NodeEntry[];
  /** Verifies a node's statement: certificate and signatures. Asked once a node, when the node is first wanted. */
  readonly verify: (node: NodeEntry) => boolean;
};

/**
 * The map of the network as of one moment. It does not change: what is current is judged when it is decoded, so a
 * holder decodes the file again when an epoch turns, and gets a newer one before `validUntilMs`.
 */
export class Snapshot {
  /** A test network: whoever loads it says so, and its exits alone may reach loopback. */
  readonly isTest: boolean;
  /** Higher is newer. */
  readonly serial: number;
  readonly validFromMs: WallMillis;
  /** From here on nothing may be built from it. */
  readonly validUntilMs: WallMillis;
  /** H(body), 32 octets: two clients with equal roots have the same map. */
  readonly root: Uint8Array;
  /** Ascending by id. */
  readonly nodes: readonly NodeEntry[];
  readonly #addresses: ReadonlySet<string>;
  readonly #verify: (node: NodeEntry) => boolean;
  readonly #verdicts = new Map<NodeEntry, boolean>();

  constructor(parts: SnapshotParts) {
    this.isTest = parts.isTest;
    this.serial = parts.serial;
    this.validFromMs = parts.validFromMs;
    this.validUntilMs = parts.validUntilMs;
    this.root = parts.root;
    this.nodes = parts.nodes;
    this.#verify = parts.verify;
    this.#addresses = new Set(parts.nodes.map((node) => node.ip.join('.')));
    for (let i = 1; i < this.nodes.length; i++)
      assert(compareBytes(this.#idAt(i - 1), this.#idAt(i)) < 0, 'nodes ascend by id');
  }

  /**
   * True when this node may be part of a path. The first question costs two signature checks, later ones nothing:
   * ten thousand nodes take seconds, and a path has a few.
   */
  isUsable(node: NodeEntry): boolean {
    if (!node.isCurrent) return false;
    const known = this.#verdicts.get(node);
    if (known !== undefined) return known;
    const verdict = this.#verify(node);
    this.#verdicts.set(node, verdict);
    return verdict;
  }

  /** The node with this id (32 octets), usable or not. */
  byId(id: Uint8Array): NodeEntry | undefined {
    let low = 0;
    let high = this.nodes.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compareBytes(this.#idAt(middle), id) < 0) low = middle + 1;
      else high = middle;
    }
    const node = this.nodes[low];
    return node !== undefined && compareBytes(node.id, id) === 0 ? node : undefined;
  }

  /** True for the address of any node, usable or not, at any port; mapped forms included. Exits refuse these. */
  isNode(ip: Uint8Array): boolean {
    return this.#addresses.has((isMapped(ip) ? ip.subarray(12) : ip).join('.'));
  }

  #idAt(index: number): Uint8Array {
    return (this.nodes[index] as NodeEntry).id;
  }
}
