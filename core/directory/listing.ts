import type { Reader, Writer } from '#core/wire/mod.ts';
import { asciiBytes } from '../base/bytes.ts';
import { OWNER_MAX, WEIGHT_MAX } from '../base/limits.ts';

// PROTOCOL §8.1: what the body of a snapshot says of one node.
//
//   node id 32 | family 1 | address 4 or 16 | port 2 | length 1 | owner 1..32 | AS 4 | country 2 | flags 1
//     | weight 4 | H(statement) 32

const ID_LEN = 32;
const HASH_LEN = 32;
const FAMILY_IPV4 = 4;
const FAMILY_IPV6 = 6;
const FLAG_EXIT = 1;
const FIXED_LEN: number = ID_LEN + 1 + 2 + 1 + 4 + 2 + 1 + 4 + HASH_LEN;

/** What stewards say of a node. An endpoint besides: it is dialled at `ip` and `port`. */
export type Listing = {
  /** 32 octets. */
  readonly id: Uint8Array;
  /** 4 or 16 octets; an IPv4-mapped address is always its 4. */
  readonly ip: Uint8Array;
  /** TCP, 1 to 65,535. */
  readonly port: number;
  /** Who runs it, 1 to OWNER_MAX printable ASCII characters. Equal names are one owner. */
  readonly owner: string;
  readonly asNumber: number;
  /** Two letters A to Z. */
  readonly country: string;
  readonly isExit: boolean;
  /** Measured capacity in units that only compare, 1 to WEIGHT_MAX. */
  readonly weight: number;
  readonly statementHash: Uint8Array;
};

/** Octets this listing takes. */
export function listingLength(listing: Listing): number {
  return FIXED_LEN + listing.ip.length + listing.owner.length;
}

export function writeListing(writer: Writer, listing: Listing): void {
  writer
    .octets(listing.id)
    .u8(listing.ip.length === 4 ? FAMILY_IPV4 : FAMILY_IPV6)
    .octets(listing.ip)
    .u8(listing.port >> 8)
    .u8(listing.port & 0xff)
    .u8(listing.owner.length)
    .octets(asciiBytes(listing.owner))
    .u32(listing.asNumber)
    .octets(asciiBytes(listing.country))
    .u8(listing.isExit ? FLAG_EXIT : 0)
    .u32(listing.weight)
    .octets(listing.statementHash);
}

/** The next listing; undefined when it is not one, or the octets run out. */
export function readListing(reader: Reader): Listing | undefined {
  const id = reader.octets(ID_LEN);
  const family = reader.u8();
  if (family !== FAMILY_IPV4 && family !== FAMILY_IPV6) return undefined;
  const ip = reader.octets(family === FAMILY_IPV4 ? 4 : 16);
  const port = reader.u8() * 0x100 + reader.u8();
  const ownerLength = reader.u8();
  if (ownerLength > OWNER_MAX) return undefined;
  const owner = text(reader.octets(ownerLength));
  const asNumber = reader.u32();
  const country = text(reader.octets(2));
  const flags = reader.u8();
  const weight = reader.u32();
  const statementHash = reader.octets(HASH_LEN);
  const isExit = flags === FLAG_EXIT;
  if (reader.short || (flags !== 0 && !isExit)) return undefined;
  const listing = { id, ip, port, owner, asNumber, country, isExit, weight, statementHash };
  return isListing(listing) ? listing : undefined;
}

/** True when every field is within its range (§8.1); lengths of id and hash aside. */
export function isListing(listing: Listing): boolean {
  return (
    (listing.ip.length === 4 || (listing.ip.length === 16 && !isMapped(listing.ip))) &&
    listing.port >= 1 &&
    listing.port <= 0xffff &&
    listing.owner.length <= OWNER_MAX &&
    /^[ -~]+$/.test(listing.owner) &&
    /^[A-Z]{2}$/.test(listing.country) &&
    listing.weight >= 1 &&
    listing.weight <= WEIGHT_MAX
  );
}

/** True for ::ffff:0:0/96 (RFC 4291 section 2.5.5.2). */
export function isMapped(ip: Uint8Array): boolean {
  if (ip.length !== 16 || ip[10] !== 0xff || ip[11] !== 0xff) return false;
  for (let i = 0; i < 10; i++) if (ip[i] !== 0) return false;
  return true;
}

function text(octets: Uint8Array): string {
  return String.fromCharCode(...octets);
}
