import { nodeIdOf, type Signer, type Suite } from '#core/crypto/mod.ts';
import { encodeStatement, STATEMENT_LEN, type Statement, Writer } from '#core/wire/mod.ts';
import { assert } from '../base/assert.ts';
import { compareBytes, concatBytes } from '../base/bytes.ts';
import { NODES_MAX, STEWARDS_MAX } from '../base/limits.ts';
import type { WallMillis } from '../base/time.ts';
import { HEADER_LEN, isHeader, STEWARD_LEN, snapshotToSign, writeHeader } from './layout.ts';
import { isListing, type Listing, listingLength, writeListing } from './listing.ts';

/** What stewards measured and looked up about a node, beside its own statement. Ranges as in Listing. */
export type NodeDraft = Omit<Listing, 'id' | 'statementHash'> & { readonly statement: Statement };

export type SnapshotDraft = {
  readonly isTest: boolean;
  readonly serial: number;
  readonly validFromMs: WallMillis;
  readonly validUntilMs: WallMillis;
  /** In any order. */
  readonly nodes: readonly NodeDraft[];
};

/**
 * The snapshot file of these nodes, signed by these stewards: what decodeSnapshot takes if the draft has a node, and
 * no id or endpoint twice. A field out of its range is a bug of the caller. PROTOCOL §8.
 */
export function encodeSnapshot(
  suite: Suite,
  draft: SnapshotDraft,
  signers: readonly Signer[],
): Uint8Array {
  assert(draft.nodes.length <= NODES_MAX, 'a snapshot of at most NODES_MAX nodes');
  assert(signers.length <= STEWARDS_MAX, 'a snapshot of at most STEWARDS_MAX stewards');
  const entries = draft.nodes
    .map((node) => entryOf(suite, node))
    .sort((a, b) => compareBytes(a.listing.id, b.listing.id));
  const body = encodeBody(
    draft,
    entries.map(({ listing }) => listing),
  );
  const statements = new Writer(entries.length * STATEMENT_LEN);
  for (const { statement } of entries) statements.octets(statement);
  return concatBytes(body, encodeSignatures(body, signers), statements.done());
}

function entryOf(
  suite: Suite,
  node: NodeDraft,
): { readonly listing: Listing; readonly statement: Uint8Array } {
  const statement = encodeStatement(node.statement);
  const listing = {
    ...node,
    id: nodeIdOf(suite, node.statement.certificate.identityKey),
    statementHash: suite.hash(statement),
  };
  assert(isListing(listing), 'a node within the ranges of a listing');
  return { listing, statement };
}

function encodeBody(draft: SnapshotDraft, listings: readonly Listing[]): Uint8Array {
  const header = { ...draft, nodeCount: listings.length };
  assert(isHeader(header), 'a snapshot is valid for some time');
  const length = listings.reduce((sum, listing) => sum + listingLength(listing), HEADER_LEN);
  const writer = new Writer(length);
  writeHeader(writer, length, header);
  for (const listing of listings) writeListing(writer, listing);
  return writer.done();
}

/** The section behind the body: PROTOCOL §8.2. */
export function encodeSignatures(body: Uint8Array, signers: readonly Signer[]): Uint8Array {
  const signed = snapshotToSign(body);
  const writer = new Writer(1 + signers.length * STEWARD_LEN).u8(signers.length);
  const sorted = [...signers].sort((a, b) => compareBytes(a.publicKey, b.publicKey));
  for (const signer of sorted) writer.octets(signer.publicKey).octets(signer.sign(signed));
  return writer.done();
}
