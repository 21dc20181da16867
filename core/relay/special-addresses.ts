import { parseIp } from '#core/wire/mod.ts';
import { frozenData } from '../base/frozen.ts';

// Which addresses are not places on the public internet, and why. IANA's registries of special-purpose addresses
// (RFC 6890), the IPv6 address space (RFC 4291 section 2.4), and where clouds keep their machines' secrets.

/** What kind of address it is; 'global' may be dialled. */
export type AddressKind =
  | 'global'
  | 'unspecified' // and "this network"
  | 'loopback'
  | 'private' // RFC 1918, shared by carriers (RFC 6598), unique and site local IPv6
  | 'link-local'
  | 'metadata' // hands a cloud machine's credentials to whoever asks from it
  | 'multicast'
  | 'broadcast'
  | 'documentation'
  | 'benchmarking'
  | 'ipv4-mapped'
  | 'ipv4-compatible'
  | 'nat64'
  | '6to4'
  | 'teredo'
  | 'special-purpose' // in a registry for some protocol's own use
  | 'reserved'; // not given to anybody

export type AddressRow = {
  /** Every octet of it, 4 or 16. */
  readonly prefix: readonly number[];
  /** In bits. */
  readonly length: number;
  readonly kind: AddressKind;
  /** Networks of one machine and simulated networks live here: test networks may dial it. */
  readonly isTestable: boolean;
  /** Where in the address an IPv4 address begins that a translator or tunnel would dial. */
  readonly embedsAt: number | undefined;
};

/** The first row that fits says it; every address has one. */
export function rowOf(ip: Uint8Array): AddressRow {
  const rows = ip.length === 4 ? IPV4_ROWS : IPV6_ROWS;
  return rows.find((row) => isWithin(ip, row)) as AddressRow;
}

function isWithin(ip: Uint8Array, { prefix, length }: AddressRow): boolean {
  for (let at = 0, left = length; left > 0; at++, left -= 8) {
    const mask = left >= 8 ? 0xff : (0xff00 >> left) & 0xff;
    if ((((ip[at] as number) ^ (prefix[at] as number)) & mask) !== 0) return false;
  }
  return true;
}

function row(
  cidr: string,
  kind: AddressKind,
  more: { readonly isTestable?: true; readonly embedsAt?: number } = {},
): AddressRow {
  const [text = '', length = ''] = cidr.split('/');
  return {
    // `parseIp` unwraps the one prefix that is IPv4-mapped.
    prefix: text === '::ffff:0:0' ? MAPPED : [...(parseIp(text) ?? [])],
    length: Number(length),
    kind,
    isTestable: more.isTestable ?? false,
    embedsAt: more.embedsAt,
  };
}

const MAPPED: readonly number[] = Object.freeze([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 0, 0, 0, 0,
]);

// biome-ignore format: one row a prefix
/** Longer prefixes before those they lie in. */
export const IPV4_ROWS: readonly AddressRow[] = frozenData([
  row('100.100.100.200/32', 'metadata'), // Alibaba
  row('168.63.129.16/32', 'metadata'), // Azure, within public space
  row('169.254.169.254/32', 'metadata'), // Amazon, Google, Azure and most others
  row('169.254.170.2/32', 'metadata'), // Amazon, containers
  row('192.0.0.192/32', 'metadata'), // Oracle
  row('0.0.0.0/8', 'unspecified'), // RFC 791 section 3.2, RFC 1122 section 3.2.1.3
  row('10.0.0.0/8', 'private'), // RFC 1918
  row('100.64.0.0/10', 'private'), // RFC 6598
  row('127.0.0.0/8', 'loopback', { isTestable: true }), // RFC 1122 section 3.2.1.3
  row('169.254.0.0/16', 'link-local'), // RFC 3927
  row('172.16.0.0/12', 'private'), // RFC 1918
  row('192.0.0.0/24', 'special-purpose'), // RFC 6890 section 2.1: IETF protocol assignments
  row('192.0.2.0/24', 'documentation', { isTestable: true }), // RFC 5737
  row('192.31.196.0/24', 'special-purpose'), // RFC 7535: AS112
  row('192.52.193.0/24', 'special-purpose'), // RFC 7450: AMT
  row('192.88.99.0/24', '6to4'), // RFC 7526: its relays, deprecated
  row('192.168.0.0/16', 'private'), // RFC 1918
  row('192.175.48.0/24', 'special-purpose'), // RFC 7534: AS112
  row('198.18.0.0/15', 'benchmarking'), // RFC 2544
  row('198.51.100.0/24', 'documentation', { isTestable: true }), // RFC 5737
  row('203.0.113.0/24', 'documentation', { isTestable: true }), // RFC 5737
  row('224.0.0.0/4', 'multicast'), // RFC 5771
  row('255.255.255.255/32', 'broadcast'), // RFC 919 section 7
  row('240.0.0.0/4', 'reserved'), // RFC 1112 section 4
  row('0.0.0.0/0', 'global'),
]);

// biome-ignore format: one row a prefix
/** Longer prefixes before those they lie in. Only 2000::/3 is global unicast (RFC 4291 section 2.4). */
export const IPV6_ROWS: readonly AddressRow[] = frozenData([
  row('fd00:ec2::254/128', 'metadata'), // Amazon
  row('fd00:42::42/128', 'metadata'), // Scaleway
  row('fd20:ce::254/128', 'metadata'), // Google
  row('::/128', 'unspecified'), // RFC 4291 section 2.5.2
  row('::1/128', 'loopback', { isTestable: true }), // RFC 4291 section 2.5.3
  row('::ffff:0:0/96', 'ipv4-mapped', { embedsAt: 12 }), // RFC 4291 section 2.5.5.2
  row('::/96', 'ipv4-compatible', { embedsAt: 12 }), // RFC 4291 section 2.5.5.1
  row('64:ff9b::/96', 'nat64', { embedsAt: 12 }), // RFC 6052 section 2.1
  row('64:ff9b:1::/48', 'nat64', { embedsAt: 12 }), // RFC 8215
  row('100::/64', 'special-purpose'), // RFC 6666: discard
  row('100:0:0:1::/64', 'special-purpose'), // RFC 9780: dummy
  row('2001::/32', 'teredo'), // RFC 4380
  row('2001:2::/48', 'benchmarking'), // RFC 5180
  row('2001::/23', 'special-purpose'), // RFC 2928: IETF protocol assignments, ORCHID (RFC 7343) among them
  row('2001:db8::/32', 'documentation', { isTestable: true }), // RFC 3849
  row('2002::/16', '6to4', { embedsAt: 2 }), // RFC 3056
  row('2620:4f:8000::/48', 'special-purpose'), // RFC 7534: AS112
  row('3fff::/20', 'documentation'), // RFC 9637
  row('2000::/3', 'global'), // RFC 4291 section 2.4
  row('5f00::/16', 'special-purpose'), // RFC 9602: segment identifiers
  row('fc00::/7', 'private'), // RFC 4193
  row('fe80::/10', 'link-local'), // RFC 4291 section 2.5.6
  row('fec0::/10', 'private'), // RFC 3879: site local, deprecated
  row('ff00::/8', 'multicast'), // RFC 4291 section 2.7
  row('::/0', 'reserved'), // RFC 4291 section 2.4
]);
