import { assert } from '../base/assert.ts';
import { asciiBytes, latin1Text } from '../base/bytes.ts';
import { HOST_LABEL_MAX, HOST_NAME_MAX } from '../base/limits.ts';
import { parseIp, unmapIp } from './address.ts';

// Where a stream wants to go, as OPEN carries it. One destination has one encoding.
//
//   kind 1 (1 name, 4 IPv4, 6 IPv6) | length 1 | host | port 2

/**
 * `host` is a name in lower case without final dot (1 to 253 octets, labels of 1 to 63 letters, digits, hyphens
 * and underscores, never one that could be read as an address), or the 4 or 16 octets of an address that is not
 * IPv4-mapped. `port` is 1 to 65535.
 */
export type Destination = { readonly host: string | Uint8Array; readonly port: number };

export const DESTINATION_MAX: number = 2 + HOST_NAME_MAX + 2;

const KIND_NAME = 1;
const KIND_IPV4 = 4;
const KIND_IPV6 = 6;

/**
 * The host that a text means: an address when it is an IP literal (no brackets, no zone), else a name. Undefined
 * for anything else, and for names whose last label is a number in any base ("127.1", "0x7f.1", "2130706433"):
 * some resolvers take those for addresses, and RFC 1123 section 2.1 has no such names.
 */
export function parseHost(octets: Uint8Array): string | Uint8Array | undefined {
  if (octets.length > HOST_NAME_MAX + 1) return undefined;
  const text = latin1Text(octets);
  return parseIp(text) ?? hostName(text);
}

export function encodeDestination(destination: Destination): Uint8Array {
  const { host, port } = destination;
  const octets = typeof host === 'string' ? asciiBytes(host) : host;
  assert(isCanonical(kindOf(host), octets) && isPort(port), 'a destination is canonical');
  const out = new Uint8Array(2 + octets.length + 2);
  out[0] = kindOf(host);
  out[1] = octets.length;
  out.set(octets, 2);
  out[out.length - 2] = port >> 8;
  out[out.length - 1] = port & 0xff;
  return out;
}

/**
 * Reads the destination that starts at `start`, and how many octets it takes; octets behind it are not looked at.
 * Undefined when octets are missing before `end`, and for every encoding that `encodeDestination` does not make.
 */
export function decodeDestination(
  bytes: Uint8Array,
  start: number,
  end: number,
): { readonly destination: Destination; readonly length: number } | undefined {
  if (end - start < 2) return undefined;
  const kind = bytes[start] as number;
  const portAt = start + 2 + (bytes[start + 1] as number);
  if (end - portAt < 2) return undefined;
  const octets = bytes.slice(start + 2, portAt);
  const port = ((bytes[portAt] as number) << 8) | (bytes[portAt + 1] as number);
  if (!isCanonical(kind, octets) || !isPort(port)) return undefined;
  const host = kind === KIND_NAME ? latin1Text(octets) : octets;
  return { destination: { host, port }, length: portAt + 2 - start };
}

function kindOf(host: string | Uint8Array): number {
  if (typeof host === 'string') return KIND_NAME;
  return host.length === 4 ? KIND_IPV4 : KIND_IPV6;
}

function isCanonical(kind: number, octets: Uint8Array): boolean {
  if (kind === KIND_IPV4) return octets.length === 4;
  if (kind === KIND_IPV6) return octets.length === 16 && unmapIp(octets) === octets;
  return kind === KIND_NAME && parseHost(octets) === latin1Text(octets);
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 0xffff;
}

function hostName(text: string): string | undefined {
  const name = (text.endsWith('.') ? text.slice(0, -1) : text).toLowerCase();
  if (name.length > HOST_NAME_MAX || !/^[a-z0-9._-]+$/.test(name)) return undefined;
  const labels = name.split('.');
  if (labels.some((label) => label.length === 0 || label.length > HOST_LABEL_MAX)) return undefined;
  return /^(?:[0-9]+|0x[0-9a-f]*)$/.test(labels.at(-1) as string) ? undefined : name;
}
