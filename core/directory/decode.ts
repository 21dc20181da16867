import { isStatementOf, isTimely, nodeIdOf, SUITE_ID, type Suite } from '#core/crypto/mod.ts';
import { decodeStatement, Reader, STATEMENT_LEN } from '#core/wire/mod.ts';
import { assert } from '../base/assert.ts';
import { compareBytes, equalBytes } from '../base/bytes.ts';
import { NODES_MAX, SNAPSHOT_MAX, STEWARDS_MAX } from '../base/limits.ts';
import type { WallMillis } from '../base/time.ts';
import {
  HEADER_LEN,
  PREFIX_LEN,
  readHeader,
  readPrefix,
  SNAPSHOT_VERSION,
  STEWARD_LEN,
  snapshotToSign,
} from './layout.ts';
import { type Listing, readListing } from './listing.ts';
import { type NodeEntry, Snapshot } from './snapshot.ts';

/** Why a snapshot is refused. PROTOCOL §8.4. */
export type SnapshotReject =
  | 'too-large' // the file, or its number of nodes
  | 'malformed' // not a snapshot, cut, longer than it says, or a field out of its range
  | 'version' // a later version
  | 'unordered' // stewards or nodes do not ascend
  | 'duplicate-steward'
  | 'signature-forged' // by the name of a steward we trust
  | 'too-few-signatures'
  | 'not-yet-valid'
  | 'expired'
  | 'empty' // no nodes
  | 'duplicate-node' // the same id twice
  | 'duplicate-address' // the same address and port twice
  | 'statement-mismatch'; // not the statement that was signed for, or not one of this node

export type Refused = { readonly reject: SnapshotReject };

/** Whose word on the map counts: `threshold` of `keys`, which are stewards' Ed25519 keys of 32 octets. */
export type Trust = { readonly keys: readonly Uint8Array[]; readonly threshold: number };

/**
 * Reads a snapshot file and judges it at `nowMs`; any octets are fine. Keeps no reference to `bytes`. A
 * statement that is not good now makes its node unusable, not the snapshot; its signatures are checked when the node
 * is first wanted (Snapshot.isUsable).
 * The threshold is at least 1: that is the caller's to check.
 */
export function decodeSnapshot(
  suite: Suite,
  bytes: Uint8Array,
  trust: Trust,
  nowMs: WallMillis,
): Snapshot | Refused {
  assert(trust.threshold >= 1, 'somebody has to sign');
  if (bytes.length > SNAPSHOT_MAX) return { reject: 'too-large' };
  const prefix = readPrefix(bytes);
  if (prefix === undefined) return { reject: 'malformed' };
  if (prefix.version !== SNAPSHOT_VERSION) return { reject: 'version' };
  const { bodyLength } = prefix;
  if (bodyLength < HEADER_LEN || bodyLength >= bytes.length) return { reject: 'malformed' };
  const body = bytes.subarray(0, bodyLength);
  const statementsAt = bodyLength + 1 + (bytes[bodyLength] as number) * STEWARD_LEN;
  if (statementsAt > bytes.length) return { reject: 'malformed' };
  const unsigned = checkSignatures(suite, body, bytes.subarray(bodyLength, statementsAt), trust);
  if (unsigned !== undefined) return { reject: unsigned };

  const reader = new Reader(body.subarray(PREFIX_LEN));
  const header = readHeader(reader);
  if (header === undefined) return { reject: 'malformed' };
  if (nowMs < header.validFromMs) return { reject: 'not-yet-valid' };
  if (nowMs >= header.validUntilMs) return { reject: 'expired' };
  if (header.nodeCount === 0) return { reject: 'empty' };
  if (header.nodeCount > NODES_MAX) return { reject: 'too-large' };
  const listings = readListings(reader, header.nodeCount);
  if (typeof listings === 'string') return { reject: listings };
  const nodes = joinStatements(suite, listings, bytes.subarray(statementsAt), nowMs);
  if (typeof nodes === 'string') return { reject: nodes };
  return new Snapshot({
    ...header,
    root: suite.hash(body),
    nodes,
    verify: ({ id, statement }) => isStatementOf(suite, statement, id, nowMs),
  });
}

function checkSignatures(
  suite: Suite,
  body: Uint8Array,
  section: Uint8Array,
  trust: Trust,
): SnapshotReject | undefined {
  const reader = new Reader(section);
  const count = reader.u8();
  if (count > STEWARDS_MAX) return 'malformed';
  const signed = snapshotToSign(body);
  let last: Uint8Array | undefined;
  let good = 0;
  for (let i = 0; i < count; i++) {
    const key = reader.octets(32);
    const signature = reader.octets(64);
    const order = last === undefined ? -1 : compareBytes(last, key);
    if (order >= 0) return order === 0 ? 'duplicate-steward' : 'unordered';
    last = key;
    if (!trust.keys.some((trusted) => equalBytes(trusted, key))) continue;
    if (!suite.verify(key, signed, signature)) return 'signature-forged';
    good += 1;
  }
  return good < trust.threshold ? 'too-few-signatures' : undefined;
}

function readListings(reader: Reader, count: number): readonly Listing[] | SnapshotReject {
  const listings: Listing[] = [];
  const endpoints = new Set<string>();
  for (let i = 0; i < count; i++) {
    const listing = readListing(reader);
    if (listing === undefined) return 'malformed';
    const last = listings.at(-1);
    const order = last === undefined ? -1 : compareBytes(last.id, listing.id);
    if (order >= 0) return order === 0 ? 'duplicate-node' : 'unordered';
    if (endpoints.size === endpoints.add(`${listing.ip.join('.')}:${listing.port}`).size)
      return 'duplicate-address';
    listings.push(listing);
  }
  return reader.complete ? listings : 'malformed';
}

/** PROTOCOL §8.3. */
function joinStatements(
  suite: Suite,
  listings: readonly Listing[],
  section: Uint8Array,
  nowMs: WallMillis,
): readonly NodeEntry[] | SnapshotReject {
  if (section.length !== listings.length * STATEMENT_LEN) return 'malformed';
  const nodes: NodeEntry[] = [];
  for (const [i, listing] of listings.entries()) {
    const octets = section.subarray(i * STATEMENT_LEN, (i + 1) * STATEMENT_LEN);
    if (!equalBytes(suite.hash(octets), listing.statementHash)) return 'statement-mismatch';
    const statement = decodeStatement(octets);
    if (statement === undefined) return 'statement-mismatch';
    if (!equalBytes(nodeIdOf(suite, statement.certificate.identityKey), listing.id))
      return 'statement-mismatch';
    const isCurrent = statement.suite === SUITE_ID && isTimely(statement, nowMs);
    nodes.push({ ...listing, statement, isCurrent });
  }
  return nodes;
}
