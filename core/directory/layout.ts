import { Reader, type Writer } from '#core/wire/mod.ts';
import { asciiBytes, concatBytes, equalBytes } from '../base/bytes.ts';

// PROTOCOL §8: where things stand in a snapshot file. The listings are in listing.ts.
//
//   body        "SPNS" | version 1 | octets of the body 4 | network 1 | serial 4 | valid from 8 | valid until 8
//               | nodes 4 | listings
//   signatures  number 1 | (steward's key 32 | signature 64) each
//   statements  one of each node

export const SNAPSHOT_VERSION = 1;
/** Magic, version, octets of the body: all that is read before signatures are checked. */
export const PREFIX_LEN = 9;
export const HEADER_LEN: number = PREFIX_LEN + 1 + 4 + 8 + 8 + 4;
export const STEWARD_LEN: number = 32 + 64;

const MAGIC = 'SPNS';
const CONTEXT = 'spn-snapshot-v1';
const NETWORK_TEST = 1;
const TWO_32 = 0x1_0000_0000;

export type Prefix = { readonly version: number; readonly bodyLength: number };

/** What the body says before its listings. */
export type Header = {
  /** A test network: exits may reach loopback, and whoever loads it says so. */
  readonly isTest: boolean;
  /** u32; higher is newer. */
  readonly serial: number;
  /** Wall milliseconds: from inclusive, until exclusive. */
  readonly validFromMs: number;
  readonly validUntilMs: number;
  readonly nodeCount: number;
};

/** Undefined when this is no snapshot at all. */
export function readPrefix(bytes: Uint8Array): Prefix | undefined {
  const reader = new Reader(bytes.subarray(0, PREFIX_LEN));
  const magic = reader.octets(MAGIC.length);
  const prefix = { version: reader.u8(), bodyLength: reader.u32() };
  return reader.complete && equalBytes(magic, asciiBytes(MAGIC)) ? prefix : undefined;
}

/** Reads on behind the prefix. Undefined for a network that is neither, or times that are none. */
export function readHeader(reader: Reader): Header | undefined {
  const network = reader.u8();
  const header = {
    isTest: network === NETWORK_TEST,
    serial: reader.u32(),
    validFromMs: readTime(reader),
    validUntilMs: readTime(reader),
    nodeCount: reader.u32(),
  };
  if (reader.short || network > NETWORK_TEST) return undefined;
  return isHeader(header) ? header : undefined;
}

export function isHeader(header: Header): boolean {
  return header.validFromMs < header.validUntilMs && header.validUntilMs <= Number.MAX_SAFE_INTEGER;
}

export function writeHeader(writer: Writer, bodyLength: number, header: Header): void {
  writer
    .octets(asciiBytes(MAGIC))
    .u8(SNAPSHOT_VERSION)
    .u32(bodyLength)
    .u8(header.isTest ? NETWORK_TEST : 0)
    .u32(header.serial);
  for (const time of [header.validFromMs, header.validUntilMs])
    writer.u32(Math.floor(time / TWO_32)).u32(time % TWO_32);
  writer.u32(header.nodeCount);
}

/** What a steward signs. */
export function snapshotToSign(body: Uint8Array): Uint8Array {
  return concatBytes(asciiBytes(CONTEXT), body);
}

function readTime(reader: Reader): number {
  return reader.u32() * TWO_32 + reader.u32();
}
