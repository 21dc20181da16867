import fc from 'fast-check';
import { expect, test } from 'vitest';
import { asciiBytes } from '../base/bytes.ts';
import {
  DESTINATION_MAX,
  type Destination,
  decodeDestination,
  encodeDestination,
  formatIp,
  parseHost,
  unmapIp,
} from './mod.ts';

const host = (text: string) => parseHost(asciiBytes(text));
const label = (length: number) => 'a'.repeat(length);
const longest = [63, 63, 63, 61].map(label).join('.');

const ipv4 = fc.uint8Array({ minLength: 4, maxLength: 4 });
const ipv6 = fc.uint8Array({ minLength: 16, maxLength: 16 }).map(unmapIp);
const nameOctet = fc.constantFrom(...'abcxyz019-_');
const name = fc
  .array(fc.string({ unit: nameOctet, minLength: 1, maxLength: 63 }), {
    minLength: 1,
    maxLength: 5,
  })
  .map((labels) => labels.join('.'))
  .filter((text) => host(text) === text);
const destination: fc.Arbitrary<Destination> = fc.record({
  host: fc.oneof(name, ipv4, ipv6),
  port: fc.integer({ min: 1, max: 65_535 }),
});

test.each([
  ['example.com', 'example.com'],
  ['EXAMPLE.Com.', 'example.com'],
  ['localhost', 'localhost'],
  ['_dns.resolver.arpa', '_dns.resolver.arpa'],
  ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
  ['1.2.3.4a', '1.2.3.4a'],
  ['4.3.2.1.in-addr.arpa', '4.3.2.1.in-addr.arpa'],
  ['0x7f.example', '0x7f.example'],
  ['0xg', '0xg'],
  [label(63), label(63)],
  [longest, longest],
  [`${longest}.`, longest],
])('"%s" is the name "%s"', (text, expected) => expect(host(text)).toBe(expected));

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['2001:DB8::1', '2001:db8::1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['::', '::'],
])('"%s" is the address %s', (text, expected) => {
  const found = host(text);
  expect(found instanceof Uint8Array && formatIp(found)).toBe(expected);
});

test.each([
  '',
  '.',
  '..',
  '.example',
  'a..b',
  'example..',
  label(64),
  `a${longest}`,
  'sp ace',
  'a/b',
  'user@host',
  'host:80',
  '[::1]',
  'fe80::1%eth0',
  '127.1',
  '0x7f.1',
  '0x7f000001',
  '0x',
  '2130706433',
  '017700000001',
  '1.2.3.4.5',
  '1.2.3.256',
  '01.2.3.4',
  '1.2.3.4.',
  'example.0X1f',
])('"%s" is no host', (text) => expect(host(text)).toBeUndefined());

test('octets outside ASCII and controls make no name', () => {
  for (const octet of [0, 9, 10, 13, 0x7f, 0x80, 0xc3, 0xff]) {
    expect(parseHost(Uint8Array.of(0x61, octet, 0x62))).toBeUndefined();
  }
});

test('three destinations on the wire', () => {
  const to = (at: string | Uint8Array) => [...encodeDestination({ host: at, port: 443 })];
  expect(to('a.b')).toEqual([1, 3, 0x61, 0x2e, 0x62, 1, 0xbb]);
  expect(to(Uint8Array.of(192, 0, 2, 1))).toEqual([4, 4, 192, 0, 2, 1, 1, 0xbb]);
  const v6 = new Uint8Array(16).fill(7);
  expect(to(v6)).toEqual([6, 16, ...v6, 1, 0xbb]);
  expect(to(longest)).toHaveLength(DESTINATION_MAX);
});

test('what is encoded decodes to the same wherever it lies, and is short at every cut', () => {
  const around = fc.uint8Array({ maxLength: 9 });
  fc.assert(
    fc.property(destination, around, around, (value, before, behind) => {
      const octets = encodeDestination(value);
      const bytes = Uint8Array.of(...before, ...octets, ...behind);
      const start = before.length;
      const read = decodeDestination(bytes, start, bytes.length);
      expect(read).toEqual({ destination: value, length: octets.length });
      for (let end = start; end < start + octets.length; end++) {
        expect(decodeDestination(bytes, start, end)).toBeUndefined();
      }
    }),
  );
});

test('whatever decodes is the only encoding of what it means', () => {
  const framed = fc
    .tuple(fc.constantFrom(0, 1, 2, 4, 6), fc.uint8Array({ maxLength: 20 }), fc.nat(65_535))
    .map(([kind, octets, port]) =>
      Uint8Array.of(kind, octets.length, ...octets, port >> 8, port & 0xff),
    );
  fc.assert(
    fc.property(fc.oneof(framed, fc.uint8Array({ maxLength: 300 })), (bytes) => {
      const read = decodeDestination(bytes, 0, bytes.length);
      if (read === undefined) return;
      expect(encodeDestination(read.destination)).toEqual(bytes.slice(0, read.length));
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ['port 0', [1, 1, 0x61, 0, 0]],
  ['an unknown kind', [3, 1, 0x61, 0, 80]],
  ['a name in capitals', [1, 1, 0x41, 0, 80]],
  ['a name with a final dot', [1, 2, 0x61, 0x2e, 0, 80]],
  ['a name that is an address', [1, 7, ...asciiBytes('1.2.3.4'), 0, 80]],
  ['no name', [1, 0, 0, 80]],
  ['IPv4 of 5 octets', [4, 5, 1, 2, 3, 4, 5, 0, 80]],
  ['IPv6 of 4 octets', [6, 4, 1, 2, 3, 4, 0, 80]],
  ['an IPv4-mapped address', [6, 16, ...new Array(10).fill(0), 255, 255, 1, 2, 3, 4, 0, 80]],
])('%s does not decode', (_, octets) => {
  expect(decodeDestination(Uint8Array.from(octets), 0, octets.length)).toBeUndefined();
});

test('any octets are a canonical host or none', () => {
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), name.map(asciiBytes)), (octets) => {
      const found = parseHost(octets);
      if (typeof found !== 'string') return;
      expect(host(found)).toBe(found);
      expect(encodeDestination({ host: found, port: 1 })).toHaveLength(found.length + 4);
    }),
  );
});
