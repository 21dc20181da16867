import { Reader, Writer } from './cursor.ts';
import {
  CERTIFICATE_LEN,
  type Certificate,
  decodeCertificate,
  encodeCertificate,
} from './statement.ts';

// PROTOCOL §4.3: the initiator's first record, of one length whoever sends it.
//
//   role 1 | certificate 133 | signature 64 | zero 58        (a client: role 0 and zeros)

export const INTRODUCTION_LEN = 256;
const SIGNATURE_LEN = 64;
const PADDING_LEN = INTRODUCTION_LEN - 1 - CERTIFICATE_LEN - SIGNATURE_LEN;
const ROLE_CLIENT = 0;
const ROLE_NODE = 1;

export type Introduction =
  | { readonly role: 'client' }
  | { readonly role: 'node'; readonly certificate: Certificate; readonly signature: Uint8Array };

export function encodeIntroduction(introduction: Introduction): Uint8Array {
  const writer = new Writer(INTRODUCTION_LEN);
  if (introduction.role === 'client') return writer.octets(new Uint8Array(INTRODUCTION_LEN)).done();
  return writer
    .u8(ROLE_NODE)
    .octets(encodeCertificate(introduction.certificate))
    .octets(introduction.signature)
    .octets(new Uint8Array(PADDING_LEN))
    .done();
}

/** Undefined unless every octet is as §4.3 says, the padding included. */
export function decodeIntroduction(bytes: Uint8Array): Introduction | undefined {
  const reader = new Reader(bytes);
  const role = reader.u8();
  if (role === ROLE_CLIENT) {
    const isZero = reader.octets(INTRODUCTION_LEN - 1).every((octet) => octet === 0);
    return reader.complete && isZero ? { role: 'client' } : undefined;
  }
  const certificate = decodeCertificate(reader.octets(CERTIFICATE_LEN));
  const signature = reader.octets(SIGNATURE_LEN);
  const isPadded = reader.octets(PADDING_LEN).every((octet) => octet === 0);
  if (!reader.complete || role !== ROLE_NODE || certificate === undefined || !isPadded)
    return undefined;
  return { role: 'node', certificate, signature };
}
