// A decoder of one whole link, written from PROTOCOL.md alone and over nothing but Node's own cryptography. It shares
// no line with the implementation, so where the two agree on the octets, the document has said enough.
import {
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  decapsulate,
  diffieHellman,
  type KeyObject,
  verify,
} from 'node:crypto';

/** A link in octets, hexadecimal: both secret seeds and all that crossed the wire. */
export type LinkOctets = {
  /** Seeds of the responder's link key and of the initiator's ephemeral key. */
  readonly linkSeed: string;
  readonly ephemeralSeed: string;
  readonly statement: string;
  readonly first: string;
  readonly second: string;
  readonly fromInitiator: string;
  readonly fromResponder: string;
};

/** What the octets do not say: when the link opened, and whom its initiator meant to dial. */
export type Circumstances = {
  /** Milliseconds since 1970 UTC. */
  readonly atMs: number;
  /** Node id, hexadecimal. */
  readonly nodeId: string;
};

/** One record, opened. */
export type OpenedRecord = { readonly type: number; readonly content: Uint8Array };

/** One direction: its records, and whether an end record closed it. */
export type Direction = { readonly records: readonly OpenedRecord[]; readonly ended: boolean };

/** Who introduced itself. */
export type Introduced =
  | { readonly role: 'client' }
  | { readonly role: 'node'; readonly nodeId: string };

/** A link, opened. */
export type DecodedLink = {
  readonly responder: { readonly nodeId: string; readonly epoch: number; readonly boot: number };
  readonly introduced: Introduced;
  readonly transcript: string;
  readonly fromInitiator: Direction;
  readonly fromResponder: Direction;
};

/** The only error of this decoder: the octets are not a link of PROTOCOL.md. */
export class Refusal extends Error {
  readonly reason: string;
  constructor(reason: string) {
    super(`refused: ${reason}`);
    this.reason = reason;
  }
}

export const DATA = 0;
export const END = 1;
export const REKEY = 2;
export const INTRODUCTION = 3;
export const PADDING = 4;

const EPOCH_MS = 21_600_000;
const HOUR_MS = 3_600_000;
const CERTIFICATE = 133;
const STATEMENT = 2638;
const KEM_KEY = 1216;
const KEM_TEXT = 1120;
const ML_KEM_TEXT = 1088;
const TAG = 16;
const LENGTH_BLOCK = 18;
const CONTENT_MAX = 16_384;
/** Twice what a sender may seal under one key. */
const KEY_OCTETS_MAX = 2 * 64 * 1024 * 1024;

/** Opens a whole link, checking everything that a peer must (§2.3, §3, §4.3, §5), or throws a Refusal. */
export function decodeLink(octets: LinkOctets, circumstances: Circumstances): DecodedLink {
  const statement = fromHex(octets.statement);
  const responder = readStatement(statement, circumstances.atMs);
  must(responder.nodeId === circumstances.nodeId, 'another-node');
  const split = agree(octets, statement, responder);
  const fromInitiator = openDirection(split.initiator, fromHex(octets.fromInitiator), true);
  const introduction = fromInitiator.records[0]?.content;
  must(introduction !== undefined, 'introduction-missing');
  const introduced = readIntroduction(introduction, split.transcript, circumstances.atMs);
  const fromResponder = openDirection(split.responder, fromHex(octets.fromResponder), false);
  return {
    responder: { nodeId: responder.nodeId, epoch: responder.epoch, boot: responder.boot },
    introduced,
    transcript: split.transcript.toString('hex'),
    fromInitiator,
    fromResponder,
  };
}

/** §4.3: 256 octets, from a client or from a node that signs the transcript. */
export function readIntroduction(
  content: Uint8Array,
  transcript: Uint8Array,
  atMs: number,
): Introduced {
  must(content.length === 256, 'introduction-malformed');
  if (content[0] === 0) {
    must(isZero(content), 'introduction-malformed');
    return { role: 'client' };
  }
  must(content[0] === 1 && isZero(content.subarray(198)), 'introduction-malformed');
  const certificate = readCertificate(content.subarray(1, 1 + CERTIFICATE), atMs);
  const said = Buffer.concat([Buffer.from('spn-introduction-v1'), transcript]);
  must(holds(certificate.signingKey, said, content.subarray(134, 198)), 'introduction-forged');
  return { role: 'node', nodeId: certificate.nodeId };
}

/** §5: opens every record of one direction, following its rekeys. */
export function openDirection(
  secret: Uint8Array,
  octets: Uint8Array,
  initiator: boolean,
): Direction {
  const records: OpenedRecord[] = [];
  let { next, key } = linkKey(secret);
  let counter = 0;
  let underKey = 0;
  let ended = false;
  for (let at = 0; at < octets.length; ) {
    must(!ended, 'after-end');
    const bodyAt = at + LENGTH_BLOCK;
    must(bodyAt <= octets.length, 'truncated');
    const lengthBlock = octets.subarray(at, bodyAt);
    const length = open(key, counter, lengthBlock, NOTHING, 'length-forged').readUInt16BE(0);
    must(length >= 1 && length <= CONTENT_MAX + 1, 'length-invalid');
    at = bodyAt + length + TAG;
    must(at <= octets.length, 'truncated');
    const body = open(key, counter + 1, octets.subarray(bodyAt, at), NOTHING, 'record-forged');
    const record = { type: body.readUInt8(0), content: Uint8Array.from(body.subarray(1)) };
    must(isExpected(record, initiator && records.length === 0), 'record-unexpected');
    records.push(record);
    counter += 2;
    underKey += length;
    must(underKey <= KEY_OCTETS_MAX, 'key-overdue');
    ended = record.type === END;
    if (record.type === REKEY) {
      ({ next, key } = linkKey(next));
      counter = 0;
      underKey = 0;
    }
  }
  return { records, ended };
}

/** §5.3: the secret after this one, and the key of this one. */
export function linkKey(secret: Uint8Array): { next: Buffer; key: Buffer } {
  const both = expand(secret, Buffer.from('spn link key'), 64);
  return { next: both.subarray(0, 32), key: both.subarray(32) };
}

/** §1: 4 zero octets and an 8-octet counter. */
export function nonce(counter: number): Buffer {
  must(counter < 2 ** 48, 'counter-exhausted');
  const octets = Buffer.alloc(12);
  octets.writeUIntBE(counter, 6, 6);
  return octets;
}

const NOTHING: Buffer = Buffer.alloc(0);

/** §5.2: which record may stand where. */
function isExpected({ type, content }: OpenedRecord, introduces: boolean): boolean {
  if (introduces) return type === INTRODUCTION && content.length === 256;
  if (type === DATA) return content.length > 0;
  if (type === END || type === REKEY) return content.length === 0;
  return type === PADDING;
}

type Certificate = { nodeId: string; signingKey: Buffer };
type Statement = { nodeId: string; epoch: number; boot: number; linkKey: Buffer };
type Split = { transcript: Buffer; initiator: Buffer; responder: Buffer };

/** §2.1. */
function readCertificate(octets: Uint8Array, atMs: number): Certificate {
  const all = Buffer.from(octets);
  must(all.length === CERTIFICATE && all[0] === 1, 'certificate-malformed');
  const identityKey = all.subarray(1, 33);
  const said = Buffer.concat([Buffer.from('spn-certificate-v1'), all.subarray(0, 69)]);
  must(holds(identityKey, said, all.subarray(69)), 'certificate-forged');
  must(all.readUInt32BE(65) >= epochAt(atMs - HOUR_MS), 'certificate-expired');
  const nodeId = hash('sha256', Buffer.from('spn-node-id-v1'), identityKey).toString('hex');
  return { nodeId, signingKey: all.subarray(33, 65) };
}

/** §2.2 and §2.3. */
function readStatement(all: Buffer, atMs: number): Statement {
  must(all.length === STATEMENT, 'statement-malformed');
  const certificate = readCertificate(all.subarray(0, CERTIFICATE), atMs);
  must(all[133] === 1, 'suite-unknown');
  const said = Buffer.concat([Buffer.from('spn-statement-v1'), all.subarray(0, 2574)]);
  must(holds(certificate.signingKey, said, all.subarray(2574)), 'statement-forged');
  const epoch = all.readUInt32BE(134);
  must(epoch >= epochAt(atMs - HOUR_MS), 'statement-past');
  must(epoch <= epochAt(atMs + HOUR_MS), 'statement-early');
  return {
    nodeId: certificate.nodeId,
    epoch,
    boot: all.readUInt32BE(138),
    linkKey: all.subarray(142, 142 + KEM_KEY),
  };
}

/** §3: both messages of pqNK, read with both secret keys. */
function agree(octets: LinkOctets, statement: Buffer, responder: Statement): Split {
  const link = kemKey(fromHex(octets.linkSeed));
  must(link.publicKey.equals(responder.linkKey), 'link-seed-of-another');
  const ephemeral = kemKey(fromHex(octets.ephemeralSeed));
  const first = fromHex(octets.first);
  const second = fromHex(octets.second);
  must(first.length === KEM_TEXT + KEM_KEY + TAG, 'first-malformed');
  must(second.length === KEM_TEXT + TAG, 'second-malformed');

  const name = Buffer.alloc(32);
  name.write('Noise_pqNK_XWing_AESGCM_SHA256', 'latin1');
  let chain: Buffer = name;
  let h: Buffer = name;
  const mixHash = (data: Uint8Array): void => {
    h = hash('sha256', h, data);
  };
  const id = Buffer.from(responder.nodeId, 'hex');
  mixHash(Buffer.concat([Buffer.from('spn-link-v1'), id, hash('sha256', statement)]));
  mixHash(responder.linkKey);

  const skem = first.subarray(0, KEM_TEXT);
  mixHash(skem);
  const firstKeys = hkdf(chain, decaps(link, skem), 3);
  chain = firstKeys.subarray(0, 32);
  mixHash(firstKeys.subarray(32, 64));
  const e = first.subarray(KEM_TEXT, KEM_TEXT + KEM_KEY);
  must(e.equals(ephemeral.publicKey), 'ephemeral-seed-of-another');
  mixHash(e);
  const firstTag = first.subarray(KEM_TEXT + KEM_KEY);
  open(firstKeys.subarray(64), 0, firstTag, h, 'first-forged');
  mixHash(firstTag);

  const ekem = second.subarray(0, KEM_TEXT);
  mixHash(ekem);
  const secondKeys = hkdf(chain, decaps(ephemeral, ekem), 2);
  chain = secondKeys.subarray(0, 32);
  const secondTag = second.subarray(KEM_TEXT);
  open(secondKeys.subarray(32), 0, secondTag, h, 'second-forged');
  mixHash(secondTag);

  const secrets = hkdf(chain, NOTHING, 2);
  return { transcript: h, initiator: secrets.subarray(0, 32), responder: secrets.subarray(32) };
}

type KemKey = { publicKey: Buffer; mlKem: KeyObject; x25519: KeyObject; x25519Public: Buffer };

/** X-Wing's key of a 32-octet seed. */
function kemKey(seed: Buffer): KemKey {
  must(seed.length === 32, 'seed-malformed');
  const wide = createHash('shake256', { outputLength: 96 }).update(seed).digest();
  const mlKem = createPrivateKey({
    format: 'raw-seed',
    asymmetricKeyType: 'ml-kem-768',
    key: wide.subarray(0, 64),
  });
  const x25519 = createPrivateKey({
    format: 'raw-private',
    asymmetricKeyType: 'x25519',
    key: wide.subarray(64),
  });
  const x25519Public = createPublicKey(x25519).export({ format: 'raw-public' });
  const mlKemPublic = createPublicKey(mlKem).export({ format: 'raw-public' });
  const publicKey = Buffer.concat([mlKemPublic, x25519Public]);
  return { publicKey, mlKem, x25519, x25519Public };
}

/** X-Wing's decapsulation. */
function decaps(key: KemKey, text: Buffer): Buffer {
  const theirs = text.subarray(ML_KEM_TEXT);
  const publicKey = createPublicKey({
    format: 'raw-public',
    asymmetricKeyType: 'x25519',
    key: theirs,
  });
  return hash(
    'sha3-256',
    decapsulate(key.mlKem, text.subarray(0, ML_KEM_TEXT)),
    diffieHellman({ privateKey: key.x25519, publicKey }),
    theirs,
    key.x25519Public,
    Buffer.from('5c2e2f2f5e5c', 'hex'),
  );
}

/** Opens a sealed block or refuses for the reason given. */
function open(
  key: Buffer,
  counter: number,
  sealed: Uint8Array,
  said: Buffer,
  reason: string,
): Buffer {
  const size = sealed.length - TAG;
  const cipher = createDecipheriv('aes-256-gcm', key, nonce(counter), { authTagLength: TAG });
  cipher.setAAD(said);
  cipher.setAuthTag(sealed.subarray(size));
  const plain = cipher.update(sealed.subarray(0, size));
  try {
    cipher.final();
  } catch {
    throw new Refusal(reason);
  }
  return plain;
}

/** Whether an Ed25519 signature holds; a key that is no point signs nothing. */
function holds(key: Buffer, said: Buffer, signature: Uint8Array): boolean {
  try {
    const publicKey = createPublicKey({ format: 'raw-public', asymmetricKeyType: 'ed25519', key });
    return verify(null, said, publicKey, signature);
  } catch {
    return false;
  }
}

/** HKDF of RFC 5869 with an empty info, which is that of Noise section 4.3. */
function hkdf(salt: Uint8Array, input: Uint8Array, outputs: number): Buffer {
  return expand(hmac(salt, input), NOTHING, 32 * outputs);
}

function expand(secret: Uint8Array, info: Buffer, size: number): Buffer {
  const blocks: Buffer[] = [];
  let last: Buffer = NOTHING;
  for (let i = 1; blocks.length * 32 < size; i += 1) {
    last = hmac(secret, Buffer.concat([last, info, Buffer.of(i)]));
    blocks.push(last);
  }
  return Buffer.concat(blocks).subarray(0, size);
}

function hmac(key: Uint8Array, data: Uint8Array): Buffer {
  return createHmac('sha256', key).update(data).digest();
}

function hash(name: string, ...parts: readonly Uint8Array[]): Buffer {
  return createHash(name).update(Buffer.concat(parts)).digest();
}

function epochAt(ms: number): number {
  return Math.floor(ms / EPOCH_MS);
}

function isZero(octets: Uint8Array): boolean {
  return octets.every((octet) => octet === 0);
}

function fromHex(hex: string): Buffer {
  must(/^(?:[0-9a-f]{2})*$/.test(hex), 'not-hexadecimal');
  return Buffer.from(hex, 'hex');
}

function must(condition: boolean, reason: string): asserts condition {
  if (!condition) throw new Refusal(reason);
}
