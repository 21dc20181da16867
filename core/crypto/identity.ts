import type { Random } from '#core/host/mod.ts';
import {
  CERTIFICATE_LEN,
  type Certificate,
  encodeCertificate,
  encodeStatement,
  STATEMENT_LEN,
  type Statement,
} from '#core/wire/mod.ts';
import { asciiBytes, concatBytes, equalBytes, wipe } from '../base/bytes.ts';
import { EPOCH_MS, KEY_OVERLAP_MS } from '../base/limits.ts';
import type { WallMillis } from '../base/time.ts';
import {
  KEM_SEED_LEN,
  type KemSecret,
  SIGN_SEED_LEN,
  SIGNATURE_LEN,
  type Signer,
  SUITE_ID,
  type Suite,
} from './suite.ts';

// Who a node is: identity key (may be offline) -> signing key -> link and onion keys of one epoch. PROTOCOL §2.
// The contexts keep a signature made for one purpose from serving another.

const NODE_ID_CONTEXT = 'spn-node-id-v1';
const CERTIFICATE_CONTEXT = 'spn-certificate-v1';
const STATEMENT_CONTEXT = 'spn-statement-v1';
const INTRODUCTION_CONTEXT = 'spn-introduction-v1';

/** A node's own name: the certified key it signs with. Its identity key itself may be offline. */
export type NodeIdentity = { readonly certificate: Certificate; readonly signer: Signer };

/** What a node offers in one epoch. In memory only: a restart makes others. */
export type NodeKeys = {
  readonly statement: Statement;
  /** Opens links to this node. */
  readonly link: KemSecret;
  /** Opens what circuits are created with. */
  readonly onion: KemSecret;
};

export function epochOf(wallMs: WallMillis): number {
  return Math.floor(wallMs / EPOCH_MS);
}

/** 32 octets that name a node for good: a hash of its identity key. */
export function nodeIdOf(suite: Suite, identityKey: Uint8Array): Uint8Array {
  return suite.hash(asciiBytes(NODE_ID_CONTEXT), identityKey);
}

/** Certifies a fresh signing key until `lastEpoch`: the one use of the identity seed, which is wiped. */
export function makeIdentity(
  suite: Suite,
  random: Random,
  identitySeed: Uint8Array,
  lastEpoch: number,
): NodeIdentity {
  const identity = suite.signer(identitySeed);
  wipe(identitySeed);
  const signer = withFreshSeed(random, SIGN_SEED_LEN, (seed) => suite.signer(seed));
  const unsigned = {
    identityKey: identity.publicKey,
    signingKey: signer.publicKey,
    lastEpoch,
    signature: new Uint8Array(SIGNATURE_LEN),
  };
  const certificate = { ...unsigned, signature: identity.sign(certificateToSign(unsigned)) };
  identity.destroy();
  return { certificate, signer };
}

/** Fresh keys for one epoch, and the statement that offers them. `boot` counts the node's starts. */
export function makeNodeKeys(
  suite: Suite,
  random: Random,
  identity: NodeIdentity,
  epoch: number,
  boot = 0,
): NodeKeys {
  const link = withFreshSeed(random, KEM_SEED_LEN, (seed) => suite.kemSecret(seed));
  const onion = withFreshSeed(random, KEM_SEED_LEN, (seed) => suite.kemSecret(seed));
  const draft = {
    certificate: identity.certificate,
    suite: SUITE_ID,
    epoch,
    boot,
    linkKey: link.publicKey,
    onionKey: onion.publicKey,
    signature: new Uint8Array(SIGNATURE_LEN),
  };
  const signature = identity.signer.sign(statementToSign(draft));
  return { statement: { ...draft, signature }, link, onion };
}

/** True when the identity vouches for the signing key at this time, give or take KEY_OVERLAP_MS. */
export function isCertified(suite: Suite, certificate: Certificate, wallMs: WallMillis): boolean {
  return (
    certificate.lastEpoch >= epochOf(wallMs - KEY_OVERLAP_MS) &&
    suite.verify(certificate.identityKey, certificateToSign(certificate), certificate.signature)
  );
}

/** True when this is what the node with that id offers at this time, under a suite we speak. PROTOCOL §2.3. */
export function isStatementOf(
  suite: Suite,
  statement: Statement,
  nodeId: Uint8Array,
  wallMs: WallMillis,
): boolean {
  return (
    statement.suite === SUITE_ID &&
    isTimely(statement, wallMs) &&
    equalBytes(nodeIdOf(suite, statement.certificate.identityKey), nodeId) &&
    isCertified(suite, statement.certificate, wallMs) &&
    suite.verify(statement.certificate.signingKey, statementToSign(statement), statement.signature)
  );
}

/** True from KEY_OVERLAP_MS before the statement's epoch to as long behind it: clocks differ by that much. */
export function isTimely(statement: Statement, wallMs: WallMillis): boolean {
  return (
    epochOf(wallMs - KEY_OVERLAP_MS) <= statement.epoch &&
    statement.epoch <= epochOf(wallMs + KEY_OVERLAP_MS)
  );
}

/** What both ends of a link to this node hash in: version, id, statement and epoch in one. PROTOCOL §3.2. */
export function linkPrologue(suite: Suite, statement: Statement): Uint8Array {
  const nodeId = nodeIdOf(suite, statement.certificate.identityKey);
  return concatBytes(asciiBytes('spn-link-v1'), nodeId, suite.hash(encodeStatement(statement)));
}

/** What a node signs to introduce itself on one link: the link's transcript and nothing else. */
export function introductionToSign(transcript: Uint8Array): Uint8Array {
  return concatBytes(asciiBytes(INTRODUCTION_CONTEXT), transcript);
}

function certificateToSign(certificate: Certificate): Uint8Array {
  const body = encodeCertificate(certificate).subarray(0, CERTIFICATE_LEN - SIGNATURE_LEN);
  return concatBytes(asciiBytes(CERTIFICATE_CONTEXT), body);
}

function statementToSign(statement: Statement): Uint8Array {
  const body = encodeStatement(statement).subarray(0, STATEMENT_LEN - SIGNATURE_LEN);
  return concatBytes(asciiBytes(STATEMENT_CONTEXT), body);
}

function withFreshSeed<Key>(random: Random, length: number, use: (seed: Uint8Array) => Key): Key {
  const seed = new Uint8Array(length);
  random.fill(seed);
  const key = use(seed);
  wipe(seed);
  return key;
}
