import { asciiBytes, concatBytes } from '#core/base/bytes.ts';
import {
  CONTENT,
  clearRecord,
  HEADER_LEN,
  RANDOM_LEN,
  RECORD_MAX,
  type RecordSeal,
  SEAL_LEN,
} from './tls-records.ts';

// Messages with the sizes of TLS 1.3's, hybrid key shares included, and just the contents a simulation needs.

/** Octets on the wire. */
const CLIENT_HELLO = 1540;
const SERVER_HELLO = 1210;
const SERVER_FLIGHT = 1300;
const FINISHED = 74;

const CHAIN_SPARE: number = SERVER_FLIGHT - SERVER_HELLO - HEADER_LEN - SEAL_LEN;
const LENGTH_OCTETS = 3;

/** Random, then the server's name: in the clear, as it is. */
export function clientHello(random: Uint8Array, name: string): Uint8Array {
  const content = new Uint8Array(Math.max(CLIENT_HELLO - HEADER_LEN, RANDOM_LEN + 1 + name.length));
  content.set(random);
  content[RANDOM_LEN] = name.length;
  content.set(asciiBytes(name), RANDOM_LEN + 1);
  return clearRecord(CONTENT.handshake, content);
}

/** In the clear. */
export function serverHello(random: Uint8Array): Uint8Array {
  const content = new Uint8Array(SERVER_HELLO - HEADER_LEN);
  content.set(random);
  return clearRecord(CONTENT.handshake, content);
}

/** Sealed, right behind ServerHello. */
export function certificates(chain: readonly Uint8Array[], seal: RecordSeal): Uint8Array {
  const body = encodeChain(chain);
  const records: Uint8Array[] = [];
  for (let at = 0; at < body.length; at += RECORD_MAX) {
    records.push(seal.seal(CONTENT.handshake, body.subarray(at, at + RECORD_MAX)));
  }
  return concatBytes(...records);
}

/** What the client answers when it is content. */
export function finished(seal: RecordSeal): Uint8Array {
  return seal.seal(CONTENT.handshake, new Uint8Array(FINISHED - HEADER_LEN - SEAL_LEN));
}

/** The certificates of the flight so far: undefined while some are missing. */
export function decodeChain(body: Uint8Array): readonly Uint8Array[] | undefined {
  const length = lengthAt(body, 0);
  if (body.length < LENGTH_OCTETS || body.length < length) return undefined;
  const chain: Uint8Array[] = [];
  let at = LENGTH_OCTETS;
  for (let next = lengthAt(body, at); next > 0; next = lengthAt(body, at)) {
    at += LENGTH_OCTETS;
    chain.push(body.subarray(at, at + next));
    at += next;
  }
  return chain;
}

/** Total length, then each certificate behind its length, then zeros. */
function encodeChain(chain: readonly Uint8Array[]): Uint8Array {
  const der = chain.reduce((sum, one) => sum + one.length, 0);
  const framing = LENGTH_OCTETS * (chain.length + 2);
  const body = new Uint8Array(der + Math.max(CHAIN_SPARE, framing));
  writeLength(body, 0, body.length);
  let at = LENGTH_OCTETS;
  for (const one of chain) {
    writeLength(body, at, one.length);
    body.set(one, at + LENGTH_OCTETS);
    at += LENGTH_OCTETS + one.length;
  }
  return body;
}

function writeLength(bytes: Uint8Array, at: number, length: number): void {
  bytes[at] = length >> 16;
  bytes[at + 1] = length >> 8;
  bytes[at + 2] = length;
}

function lengthAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
}
