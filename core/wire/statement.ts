import { Reader, Writer } from './cursor.ts';

// PROTOCOL §2.1 and §2.2: the two signed documents by which a node says who it is. Layout only; core/crypto/identity.ts
// makes and verifies the signatures.
//
//   certificate    version 1 | identity key 32 | signing key 32 | last epoch 4 | signature by identity 64
//   key statement  certificate 133 | suite 1 | epoch 4 | boot 4 | link key 1216 | onion key 1216
//                  | signature by signing key 64

const STATEMENT_VERSION = 1;
export const CERTIFICATE_LEN = 133;
export const STATEMENT_LEN = 2638;
const SIGNATURE_LEN = 64;
const KEY_LEN = 32;
const KEM_KEY_LEN = 1216;

/** Who a node is: its offline identity key vouches for the key it signs with, up to an epoch. */
export type Certificate = {
  readonly identityKey: Uint8Array;
  readonly signingKey: Uint8Array;
  readonly lastEpoch: number;
  readonly signature: Uint8Array;
};

/** What a node offers in one epoch since its last start (`boot` counts them).
 * The suite is pinned here, so it is never negotiated. */
export type Statement = {
  readonly certificate: Certificate;
  readonly suite: number;
  readonly epoch: number;
  readonly boot: number;
  readonly linkKey: Uint8Array;
  readonly onionKey: Uint8Array;
  readonly signature: Uint8Array;
};

export function encodeCertificate(certificate: Certificate): Uint8Array {
  return new Writer(CERTIFICATE_LEN)
    .u8(STATEMENT_VERSION)
    .octets(certificate.identityKey)
    .octets(certificate.signingKey)
    .u32(certificate.lastEpoch)
    .octets(certificate.signature)
    .done();
}

/** Undefined for anything but one certificate of this version. Does not check the signature. */
export function decodeCertificate(bytes: Uint8Array): Certificate | undefined {
  const reader = new Reader(bytes);
  const version = reader.u8();
  const certificate = {
    identityKey: reader.octets(KEY_LEN),
    signingKey: reader.octets(KEY_LEN),
    lastEpoch: reader.u32(),
    signature: reader.octets(SIGNATURE_LEN),
  };
  return reader.complete && version === STATEMENT_VERSION ? certificate : undefined;
}

export function encodeStatement(statement: Statement): Uint8Array {
  return new Writer(STATEMENT_LEN)
    .octets(encodeCertificate(statement.certificate))
    .u8(statement.suite)
    .u32(statement.epoch)
    .u32(statement.boot)
    .octets(statement.linkKey)
    .octets(statement.onionKey)
    .octets(statement.signature)
    .done();
}

/** Undefined for anything but one statement of this version. Does not check signatures. */
export function decodeStatement(bytes: Uint8Array): Statement | undefined {
  const reader = new Reader(bytes);
  const certificate = decodeCertificate(reader.octets(CERTIFICATE_LEN));
  const rest = {
    suite: reader.u8(),
    epoch: reader.u32(),
    boot: reader.u32(),
    linkKey: reader.octets(KEM_KEY_LEN),
    onionKey: reader.octets(KEM_KEY_LEN),
    signature: reader.octets(SIGNATURE_LEN),
  };
  return reader.complete && certificate !== undefined ? { certificate, ...rest } : undefined;
}
