import type { Snapshot } from '#core/directory/mod.ts';
import type { MapReject } from '#core/node/mod.ts';

// What a program says of the map it goes by. One line each.

export const TEST_NETWORK_LINE =
  'TEST NETWORK: this map is of a test network, which protects nobody; its exits may reach the machines they run on';

/** Why a map is not taken, and what would help. */
// biome-ignore format: a table
const REJECT_LINE: { readonly [reject in MapReject]: string } = Object.freeze({
  'too-large': 'it is larger than any snapshot may be',
  malformed: 'it is no snapshot, or was cut',
  version: 'it was made for a later version of this program: update it',
  unordered: 'its stewards or nodes are out of order',
  'duplicate-steward': 'a steward signed it twice',
  'signature-forged': 'a signature by a steward we trust does not hold: do not use it',
  'too-few-signatures': 'too few of the stewards we trust have signed it',
  'not-yet-valid': 'it is not valid yet: look at the clock of this machine',
  expired: 'it has expired: get a newer one, and look at the clock of this machine',
  empty: 'it has no nodes',
  'duplicate-node': 'it has the same node twice',
  'duplicate-address': 'it has two nodes at the same address',
  'statement-mismatch': "a node's statement is not the one that was signed for",
  older: 'it is older than the present one',
});

/** `refused: expired: ...` */
export function refusalLine(reject: MapReject): string {
  return `snapshot refused: ${reject}: ${REJECT_LINE[reject]}`;
}

/** The map taken. `isListed`: whether this node is in it, with the keys it has now; absent for a client. */
export function mapLine(snapshot: Snapshot, isListed?: boolean): string {
  const count = snapshot.nodes.length;
  const until = new Date(snapshot.validUntilMs).toISOString();
  const own =
    isListed === undefined
      ? ''
      : isListed
        ? ', this one among them'
        : ', this one not among them as it is now: nobody will come until it is';
  return `snapshot: serial ${snapshot.serial}, ${count} node${count === 1 ? '' : 's'}${own}, valid until ${until}`;
}
