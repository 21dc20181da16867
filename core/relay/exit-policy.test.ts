import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatIp, parseIp } from '#core/wire/mod.ts';
import {
  CLOSED_PORTS,
  EXIT_REJECTS,
  type ExitPolicy,
  type ExitReject,
  exitRefusal,
} from './mod.ts';
import { IPV4_ROWS, IPV6_ROWS } from './special-addresses.ts';

const NODE = '9.9.9.9';
const NODE6 = '2a00:1::9';
const OWN = '8.8.4.4';

function policy(isTestNetwork: boolean): ExitPolicy {
  return {
    isTestNetwork,
    closedPorts: CLOSED_PORTS,
    isNode: (ip) => [NODE, NODE6, '127.1.0.1', '192.0.2.99'].includes(formatIp(ip)),
    isOwn: (ip) => [OWN, '127.0.0.9'].includes(formatIp(ip)),
  };
}

/** As the octets lie in a packet: `parseIp` would unwrap an IPv4-mapped address. */
function raw(text: string): Uint8Array {
  const mapped = /^::ffff:([0-9.]+)$/.exec(text);
  const inner = mapped === null ? undefined : parseIp(mapped[1] as string);
  return inner === undefined
    ? (parseIp(text) as Uint8Array)
    : Uint8Array.of(...new Array(10).fill(0), 255, 255, ...inner);
}

test.each<readonly [string, number, ExitReject | undefined]>([
  ['93.184.216.34', 443, undefined],
  ['2606:2800:220:1::1', 80, undefined],
  ['0.0.0.0', 80, 'unspecified'],
  ['0.1.2.3', 80, 'unspecified'],
  ['::', 80, 'unspecified'],
  ['127.0.0.1', 80, 'loopback'],
  ['127.255.255.255', 80, 'loopback'],
  ['::1', 80, 'loopback'],
  ['10.0.0.1', 80, 'private'],
  ['172.15.255.255', 80, undefined],
  ['172.16.0.0', 80, 'private'],
  ['172.31.255.255', 80, 'private'],
  ['172.32.0.0', 80, undefined],
  ['192.168.1.1', 80, 'private'],
  ['100.63.255.255', 80, undefined],
  ['100.64.0.1', 80, 'private'],
  ['100.127.255.255', 80, 'private'],
  ['100.128.0.0', 80, undefined],
  ['fc00::1', 80, 'private'],
  ['fdff:ffff::1', 80, 'private'],
  ['fec0::1', 80, 'private'],
  ['169.254.0.1', 80, 'link-local'],
  ['fe80::1', 80, 'link-local'],
  ['febf::1', 80, 'link-local'],
  ['169.254.169.254', 80, 'metadata'],
  ['168.63.129.16', 80, 'metadata'],
  ['fd00:ec2::254', 80, 'metadata'],
  ['224.0.0.1', 80, 'multicast'],
  ['239.255.255.250', 80, 'multicast'],
  ['ff02::1', 80, 'multicast'],
  ['240.0.0.1', 80, 'reserved'],
  ['255.255.255.254', 80, 'reserved'],
  ['255.255.255.255', 80, 'broadcast'],
  ['192.0.2.1', 80, 'documentation'],
  ['198.51.100.1', 80, 'documentation'],
  ['203.0.113.1', 80, 'documentation'],
  ['2001:db8::1', 80, 'documentation'],
  ['3fff:fff::1', 80, 'documentation'],
  ['3fff:1000::1', 80, undefined],
  ['198.18.0.1', 80, 'benchmarking'],
  ['198.19.255.255', 80, 'benchmarking'],
  ['2001:2::1', 80, 'benchmarking'],
  ['2001:2:1::1', 80, 'special-purpose'],
  ['192.0.0.8', 80, 'special-purpose'],
  ['100::1', 80, 'special-purpose'],
  ['100:0:0:1::', 80, 'special-purpose'],
  ['100:0:0:2::', 80, 'reserved'],
  ['2001:20::1', 80, 'special-purpose'],
  ['2001:1ff::1', 80, 'special-purpose'],
  ['2001:200::1', 80, undefined],
  ['5f00::1', 80, 'special-purpose'],
  ['2001::1', 80, 'teredo'],
  ['2002:5db8:d822::1', 80, '6to4'],
  ['192.88.99.1', 80, '6to4'],
  ['2002:a00:1::1', 80, 'private'],
  ['::ffff:93.184.216.34', 80, 'ipv4-mapped'],
  ['::ffff:127.0.0.1', 80, 'loopback'],
  ['::ffff:169.254.169.254', 80, 'metadata'],
  ['::93.184.216.34', 80, 'ipv4-compatible'],
  ['::7f00:1', 80, 'loopback'],
  ['64:ff9b::5db8:d822', 80, 'nat64'],
  ['64:ff9b::a9fe:a9fe', 80, 'metadata'],
  ['64:ff9b:1::5db8:d822', 80, 'nat64'],
  ['64:ff9b:1:ffff::a00:1', 80, 'private'],
  ['64:ff9b:2::5db8:d822', 80, 'reserved'],
  ['4000::1', 80, 'reserved'],
  ['::1:0:0', 80, 'reserved'],
  [NODE, 9001, 're-entry'],
  [NODE, 443, 're-entry'],
  [NODE6, 443, 're-entry'],
  [`::ffff:${NODE}`, 443, 're-entry'],
  ['64:ff9b::909:909', 443, 're-entry'],
  ['2002:909:909::', 443, 're-entry'],
  [OWN, 443, 'own-address'],
  [`::ffff:${OWN}`, 443, 'own-address'],
  ['93.184.216.34', 0, 'closed-port'],
  ['93.184.216.34', 24, undefined],
  ['93.184.216.34', 25, 'closed-port'],
  ['93.184.216.34', 26, undefined],
  ['93.184.216.34', 137, 'closed-port'],
  ['93.184.216.34', 6999, 'closed-port'],
  ['2606:2800:220:1::1', 7000, undefined],
  ['127.0.0.1', 25, 'loopback'],
])('%s port %i: %s', (text, port, reject) => {
  expect(exitRefusal(policy(false), raw(text), port)).toBe(reject);
});

test.each<readonly [string, number, ExitReject | undefined]>([
  ['127.0.0.1', 8080, undefined],
  ['::1', 8080, undefined],
  ['192.0.2.1', 80, undefined],
  ['198.51.100.1', 80, undefined],
  ['203.0.113.1', 80, undefined],
  ['2001:db8::1', 80, undefined],
  ['127.0.0.1', 25, 'closed-port'],
  ['127.1.0.1', 8080, 're-entry'],
  ['192.0.2.99', 80, 're-entry'],
  ['127.0.0.9', 8080, 'own-address'],
  ['::ffff:127.0.0.1', 8080, 'ipv4-mapped'],
  ['64:ff9b::7f00:1', 8080, 'nat64'],
  ['3fff::1', 80, 'documentation'],
  ['10.0.0.1', 80, 'private'],
  ['169.254.169.254', 80, 'metadata'],
  ['0.0.0.0', 80, 'unspecified'],
  ['198.18.0.1', 80, 'benchmarking'],
  ['fe80::1', 80, 'link-local'],
])('test network, %s port %i: %s', (text, port, reject) => {
  expect(exitRefusal(policy(true), raw(text), port)).toBe(reject);
});

test('a length that no address has', () => {
  for (const length of [0, 3, 5, 15, 17, 32])
    expect(exitRefusal(policy(true), new Uint8Array(length), 80)).toBe('not-an-address');
});

test('the tables hold whole prefixes, with no bit behind their length and no row that is never reached', () => {
  for (const [rows, octets] of [
    [IPV4_ROWS, 4],
    [IPV6_ROWS, 16],
  ] as const) {
    const bits = rows.map(({ prefix }) => bitsOf(Uint8Array.from(prefix)));
    for (const [i, { prefix, length }] of rows.entries()) {
      expect(prefix).toHaveLength(octets);
      expect(length).toBeLessThanOrEqual(8 * octets);
      expect(bits[i]?.slice(length)).not.toContain('1');
      const hiding = rows
        .slice(0, i)
        .filter((row, j) => bits[i]?.startsWith(bits[j]?.slice(0, row.length) as string));
      expect(hiding.every((row) => row.length > length)).toBe(true);
    }
  }
});

// The same judgement told otherwise: strings of bits, and the longest prefix that a string starts with.

const NAIVE: { readonly [kind: string]: string } = Object.freeze({
  global: '0.0.0.0/0 2000::/3',
  unspecified: '0.0.0.0/8 ::/128',
  loopback: '127.0.0.0/8 ::1/128',
  private: '10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 100.64.0.0/10 fc00::/7 fec0::/10',
  'link-local': '169.254.0.0/16 fe80::/10',
  metadata:
    '169.254.169.254/32 169.254.170.2/32 168.63.129.16/32 100.100.100.200/32 192.0.0.192/32 ' +
    'fd00:ec2::254/128 fd00:42::42/128 fd20:ce::254/128',
  multicast: '224.0.0.0/4 ff00::/8',
  broadcast: '255.255.255.255/32',
  reserved: '240.0.0.0/4 ::/0',
  documentation: '192.0.2.0/24 198.51.100.0/24 203.0.113.0/24 2001:db8::/32 3fff::/20',
  benchmarking: '198.18.0.0/15 2001:2::/48',
  'ipv4-compatible': '::/96',
  'ipv4-mapped': '0:0:0:0:0:ffff::/96',
  nat64: '64:ff9b::/96 64:ff9b:1::/48',
  teredo: '2001::/32',
  '6to4': '192.88.99.0/24 2002::/16',
  'special-purpose':
    '192.0.0.0/24 192.31.196.0/24 192.52.193.0/24 192.175.48.0/24 100::/64 100:0:0:1::/64 ' +
    '2001::/23 2620:4f:8000::/48 5f00::/16',
});
const OPEN_IN_TESTS =
  '127.0.0.0/8 ::1/128 192.0.2.0/24 198.51.100.0/24 203.0.113.0/24 2001:db8::/32';

const naiveRows = Object.entries(NAIVE).flatMap(([kind, list]) =>
  list.split(' ').map((cidr) => ({ kind, cidr, ...prefixOf(cidr) })),
);

function bitsOf(octets: Uint8Array): string {
  return [...octets].map((octet) => octet.toString(2).padStart(8, '0')).join('');
}

/** Prefixes of the other family have other lengths, so they fit no address. */
function prefixOf(cidr: string): { readonly bits: string; readonly isV6: boolean } {
  const [text = '', length] = cidr.split('/');
  const isV6 = text.includes(':');
  const groups = isV6 ? text.replace('::', ':'.repeat(9 - text.split(':').length + 1)) : text;
  const all = groups
    .split(isV6 ? ':' : '.')
    .map((group) => Number.parseInt(group || '0', isV6 ? 16 : 10))
    .map((group) => group.toString(2).padStart(isV6 ? 16 : 8, '0'))
    .join('');
  return { bits: all.slice(0, Number(length)), isV6 };
}

function naiveRefusal(rules: ExitPolicy, ip: Uint8Array, port: number): string | undefined {
  const about = naiveAddress(rules, ip);
  if (about !== undefined) return about;
  const closed =
    '0 25 135 136 137 138 139 445 465 587 1900 6346 6347 6660 6661 6662 6663 6664 6665 6666 6667 6668 6669';
  return closed.split(' ').includes(`${port}`) || /^6(88[1-9]|89.|9..)$/.test(`${port}`)
    ? 'closed-port'
    : undefined;
}

function naiveAddress(rules: ExitPolicy, ip: Uint8Array): string | undefined {
  if (rules.isNode(ip)) return 're-entry';
  if (rules.isOwn(ip)) return 'own-address';
  const bits = bitsOf(ip);
  const [row] = naiveRows
    .filter((candidate) => candidate.isV6 === (ip.length === 16) && bits.startsWith(candidate.bits))
    .sort((a, b) => b.bits.length - a.bits.length);
  const { kind = '', cidr = '' } = row ?? {};
  if (kind === 'global') return undefined;
  if (rules.isTestNetwork && OPEN_IN_TESTS.split(' ').includes(cidr)) return undefined;
  const from = /^(64:ff9b:|0:0:0:0:0:ffff:|::\/96)/.test(cidr) ? 12 : cidr === '2002::/16' ? 2 : -1;
  return from < 0 ? kind : (naiveAddress(rules, ip.slice(from, from + 4)) ?? kind);
}

const inPrefix = (length: number): fc.Arbitrary<Uint8Array> =>
  fc
    .tuple(
      fc.constantFrom(...naiveRows.filter(({ isV6 }) => isV6 === (length === 16))),
      fc.uint8Array({ minLength: length, maxLength: length }),
      fc.constantFrom('0', '1', undefined),
      fc.integer({ min: -1, max: 130 }),
    )
    .map(([{ bits }, tail, fill, flip]) => {
      const rest = bitsOf(tail).slice(bits.length);
      const all = [...bits, ...(fill === undefined ? rest : fill.repeat(rest.length))];
      const flipped = all.map((bit, at) => (at === flip ? `${1 - Number(bit)}` : bit)).join('');
      return Uint8Array.from(tail, (_, at) =>
        Number.parseInt(flipped.slice(8 * at, 8 * at + 8), 2),
      );
    });
/** An IPv4 address of any kind behind the prefix of a translator or tunnel. */
const wrapped = fc
  .tuple(
    fc.constantFrom('64:ff9b::', '64:ff9b:1:2::', '::', '::ffff:0.0.0.0', '2002::'),
    fc.oneof(inPrefix(4), fc.constantFrom(NODE, OWN).map(raw)),
  )
  .map(([prefix, inner]) => {
    const ip = raw(prefix);
    ip.set(inner, prefix === '2002::' ? 2 : 12);
    return ip;
  });

test('any address and port: the same judgement as the naive one, and every reject is reached', () => {
  const reached = new Set<string>();
  const known = fc
    .constantFrom(NODE, NODE6, OWN, '127.1.0.1', '127.0.0.9', '93.184.216.34')
    .map(raw);
  const ip = fc.oneof(
    inPrefix(4),
    inPrefix(16),
    wrapped,
    known,
    fc.uint8Array({ minLength: 4, maxLength: 4 }),
    fc.uint8Array({ minLength: 16, maxLength: 16 }),
  );
  const port = fc.oneof(fc.nat(65_535), fc.nat(600), fc.integer({ min: 6_340, max: 7_010 }));
  fc.assert(
    fc.property(ip, port, fc.boolean(), (address, at, isTestNetwork) => {
      const rules = policy(isTestNetwork);
      const refusal = exitRefusal(rules, address, at);
      expect(refusal).toBe(naiveRefusal(rules, address, at));
      if (refusal !== undefined) reached.add(refusal);
    }),
    { numRuns: 20_000, seed: 5 },
  );
  reached.add(exitRefusal(policy(false), new Uint8Array(5), 80) as string);
  expect([...reached].sort()).toEqual([...EXIT_REJECTS].sort());
});
