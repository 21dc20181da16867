import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  decodeCertificate,
  decodeIntroduction,
  decodeStatement,
  encodeCertificate,
  encodeIntroduction,
  encodeStatement,
  formatEndpoint,
  formatIp,
  parseEndpoint,
  parseIp,
} from './mod.ts';

const octets = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const u32 = fc.nat(0xffff_ffff);
const certificate = fc.record({
  identityKey: octets(32),
  signingKey: octets(32),
  lastEpoch: u32,
  signature: octets(64),
});
const statement = fc.record({
  certificate,
  suite: fc.nat(255),
  epoch: u32,
  boot: u32,
  linkKey: octets(1216),
  onionKey: octets(1216),
  signature: octets(64),
});

test('what is encoded decodes to the same, and not with an octet more or less', () => {
  fc.assert(
    fc.property(statement, (value) => {
      const bytes = encodeStatement(value);
      expect(bytes).toHaveLength(2638);
      expect(decodeStatement(bytes)).toEqual(value);
      expect(decodeStatement(bytes.subarray(1))).toBeUndefined();
      expect(decodeStatement(Uint8Array.of(...bytes, 0))).toBeUndefined();
      expect(decodeCertificate(encodeCertificate(value.certificate))).toEqual(value.certificate);
      const introduction = {
        role: 'node',
        certificate: value.certificate,
        signature: value.signature,
      } as const;
      expect(decodeIntroduction(encodeIntroduction(introduction))).toEqual(introduction);
    }),
    { numRuns: 50 },
  );
});

test('an introduction has one length, one version, one padding', () => {
  const client = encodeIntroduction({ role: 'client' });
  expect([client.length, decodeIntroduction(client)]).toEqual([256, { role: 'client' }]);
  for (const at of [0, 1, 100, 255]) {
    const spoiled = client.slice();
    spoiled[at] = 2;
    expect(decodeIntroduction(spoiled)).toBeUndefined();
  }
});

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['::', '::'],
  ['::1', '::1'],
  ['1::', '1::'],
  ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ['::ffff:192.0.2.33', '192.0.2.33'],
  ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
])('%s is written %s (RFC 5952)', (text, canonical) => {
  const ip = parseIp(text);
  expect(ip && formatIp(ip)).toBe(canonical);
});

test.each([
  '',
  '1.2.3',
  '1.2.3.256',
  '01.2.3.4',
  '1.2.3.4.5',
  ':',
  ':::',
  '1::2::3',
  '12345::',
  '::1.2.3',
  'g::',
  '1:2:3:4:5:6:7',
])('"%s" is no address', (text) => expect(parseIp(text)).toBeUndefined());

test('every endpoint survives being written and read', () => {
  const ip = fc.oneof(octets(4), octets(16));
  fc.assert(
    fc.property(ip, fc.nat(65_535), (address, port) => {
      const read = parseEndpoint(formatEndpoint({ ip: address, port }));
      // An IPv4-mapped address is always given as its four octets.
      const isMapped = address.length === 16 && read?.ip.length === 4;
      expect(read).toEqual({ ip: isMapped ? address.slice(12) : address, port });
    }),
  );
});
