import packet from 'dns-packet';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatIp } from '#core/wire/mod.ts';
import { concatBytes, fromHex } from '../base/bytes.ts';
import { DNS_CHAIN_MAX } from '../base/limits.ts';
import { decodeAnswer, type Verdict } from './answer.ts';
import { encodeAnswer, encodeQuery, queryLength } from './encode.ts';
import { decodeHead, decodeQuery, isSameQuestion, TYPE_A, TYPE_AAAA } from './message.ts';
import { MessageReader } from './message-reader.ts';
import { type DnsName, isWithin, nameKey, nameLength, parseHostName } from './name.ts';
import {
  ASKED,
  answerTo,
  BAD,
  chain,
  host,
  labels,
  queryOf,
  raw,
  record,
  u16,
} from './octets.case.ts';

const IP = Uint8Array.of(192, 0, 2, 1);
const A_TEST = Object.freeze({ name: host('a.test'), type: TYPE_A });

function decode(bytes: Uint8Array): Verdict | string {
  const head = decodeHead(bytes);
  return typeof head === 'string' ? head : decodeAnswer(bytes, head);
}

const label = fc.uint8Array({ minLength: 1, maxLength: 63 });
const anyName = fc
  .array(label, { maxLength: 20 })
  .filter((name) => nameLength(name) <= 255) as fc.Arbitrary<DnsName>;
const ip = fc.oneof(
  fc.uint8Array({ minLength: 4, maxLength: 4 }),
  fc.uint8Array({ minLength: 16, maxLength: 16 }).map((octets) => octets.fill(0x20, 0, 1)),
);

test.each([
  ['Example.COM', 'example.com'],
  ['example.com.', 'example.com'],
  ['_dmarc.a-b.x', '_dmarc.a-b.x'],
  ['localhost', 'localhost'],
])('%s is the host %s', (text, same) => {
  expect(nameKey(parseHostName(text) as DnsName)).toBe(nameKey(host(same)));
});

test.each([
  ['nothing', ''],
  ['the root', '.'],
  ['an empty label', 'a..b'],
  ['two dots at the end', 'a..'],
  ['a space', 'a b'],
  ['an address', '192.0.2.1'],
  ['what was to be an address', '192.0.2.256'],
  ['a label of 64', `${'a'.repeat(64)}.b`],
  ['256 octets', `${'a.'.repeat(127)}bb`],
  ['a zero', 'a\0b'],
  ['a sign that would become ASCII in lower case', '\u212a.test'],
  ['a letter beyond ASCII', 'b\u00fccher.test'],
])('%s is no host name', (_, text) => expect(parseHostName(text)).toBeUndefined());

test('255 octets are a name: 127 labels of one letter', () => {
  expect(nameLength(host(`${'a.'.repeat(126)}b`))).toBe(255);
});

test('a dot inside a label is not a separator', () => {
  const dotted = [Uint8Array.from('a.b', (letter) => letter.charCodeAt(0))];
  expect(nameKey(dotted)).not.toBe(nameKey(host('a.b')));
  expect(isWithin(dotted, host('b'))).toBe(false);
  expect(isWithin(host('a.b'), host('B'))).toBe(true);
  expect(isWithin(host('a.b'), host('c.a.b'))).toBe(false);
  expect(isWithin(host('a.b'), [])).toBe(true);
});

test('compressed names, as RFC 1035 section 4.1.4 shows them', () => {
  const bytes = new Uint8Array(93);
  bytes.set([...labels('F', 'ISI', 'ARPA'), 0], 20);
  bytes.set([...labels('FOO'), ...u16(0xc014)], 40);
  bytes.set(u16(0xc01a), 64);
  const read = (at: number) => {
    const reader = new MessageReader(bytes, at);
    const name = reader.name();
    return [nameKey(name), reader.at, reader.reject];
  };
  expect(read(20)).toEqual([nameKey(host('f.isi.arpa')), 32, undefined]);
  expect(read(40)).toEqual([nameKey(host('foo.f.isi.arpa')), 46, undefined]);
  expect(read(64)).toEqual([nameKey(host('arpa')), 66, undefined]);
  expect(read(92)).toEqual(['', 93, undefined]);
});

test('a query octet by octet: recursion desired, EDNS of 1232 octets, padded to 128', () => {
  const expected = `12340100000100000000000101610474657374000001000100002904d000000000005d000c0059${'00'.repeat(89)}`;
  expect(encodeQuery(0x1234, A_TEST)).toEqual(fromHex(expected));
});

test('every query is read back as it was asked, in blocks of 128, by us and by dns-packet', () => {
  fc.assert(
    fc.property(anyName, fc.nat(0xffff), fc.nat(0xffff), (name, id, type) => {
      const bytes = encodeQuery(id, { name, type });
      expect([bytes.length % 128, bytes.length]).toEqual([0, queryLength({ name, type })]);
      expect(decodeQuery(bytes)).toEqual(queryOf({ name, type }, id));
    }),
  );
  const theirs = packet.decode(
    Buffer.from(encodeQuery(9, { name: host('www.example.com'), type: TYPE_AAAA })),
  );
  expect(theirs).toMatchObject({ id: 9, type: 'query', flag_rd: true });
  expect(theirs.questions).toEqual([{ name: 'www.example.com', type: 'AAAA', class: 'IN' }]);
  expect(theirs.additionals).toMatchObject([
    { type: 'OPT', udpPayloadSize: 1232, options: [{ code: 12 }] },
  ]);
});

test('a resolver refuses what is no query it can answer', () => {
  const query = encodeQuery(7, A_TEST);
  const spoil = (at: number, octet: number) => query.with(at, octet);
  expect(decodeQuery(raw())).toBe('not-a-query');
  expect(decodeQuery(spoil(2, 0x03))).toBe('truncated');
  expect(decodeQuery(spoil(2, 0x29))).toBe('opcode-unexpected');
  expect(decodeQuery(spoil(23, 3))).toBe('class-unexpected');
  expect(decodeQuery(spoil(30, 1))).toBe('edns-version');
  expect(decodeQuery(query.subarray(0, 127))).toBe('short');
});

test('what a resolver answers is understood, and dns-packet reads the same in it', () => {
  const addresses = fc.array(fc.tuple(ip, fc.nat(100_000)), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(addresses, fc.boolean(), (pairs, isAaaa) => {
      const question = { name: host('www.example.com'), type: isAaaa ? TYPE_AAAA : TYPE_A };
      const records = pairs.map(([address, ttlS]) => ({
        kind: 'address' as const,
        owner: question.name,
        ttlS,
        address,
      }));
      const bytes = answerTo(question, { records });
      expect(bytes.length % 468).toBe(0);
      const wanted = pairs.filter(([address]) => address.length === (isAaaa ? 16 : 4));
      expect(decode(bytes)).toEqual(
        wanted.length === 0
          ? { kind: 'absent', failure: 'no-address', ttlS: 0 }
          : {
              kind: 'addresses',
              addresses: wanted.slice(0, 16).map(([address]) => address),
              ttlS: Math.min(...wanted.map(([, ttlS]) => ttlS)),
            },
      );
      const theirs = packet.decode(Buffer.from(bytes)).answers ?? [];
      expect(theirs).toMatchObject(
        pairs.map(([, ttl]) => ({ name: 'www.example.com', class: 'IN', ttl })),
      );
    }),
  );
});

test('we read what dns-packet writes: aliases, addresses, extended codes, absence', () => {
  const theirs = (parts: object) =>
    new Uint8Array(
      packet.encode({
        type: 'response',
        id: 7,
        questions: [{ type: 'A', name: 'a.test' }],
        ...parts,
      } as never),
    );
  const alias = { type: 'CNAME', name: 'A.test', ttl: 9, data: 'b.example' };
  const address = { type: 'A', name: 'b.EXAMPLE', ttl: 30, data: '192.0.2.1' };
  expect(decode(theirs({ answers: [alias, address] }))).toEqual({
    kind: 'addresses',
    addresses: [IP],
    ttlS: 9,
  });
  const soa = {
    mname: 'ns.test',
    rname: 'x.test',
    serial: 1,
    refresh: 1,
    retry: 1,
    expire: 1,
    minimum: 45,
  };
  const authorities = [{ type: 'SOA', name: 'test', ttl: 99, data: soa }];
  expect(decode(theirs({ flags: 3, authorities }))).toEqual({
    kind: 'absent',
    failure: 'no-such-name',
    ttlS: 45,
  });
  // An SOA beside the name says nothing of it: the alias leads out of its zone.
  expect(decode(theirs({ answers: [alias], authorities }))).toMatchObject({ ttlS: 0 });
  const opt = {
    type: 'OPT',
    name: '.',
    udpPayloadSize: 1232,
    extendedRcode: 1,
    ednsVersion: 0,
    flags: 0,
    options: [],
  };
  expect(decode(theirs({ additionals: [opt] }))).toEqual({
    kind: 'failed',
    failure: 'server-failure',
  });
});

test('a chain of aliases as long as allowed, in any order, with the least time on the way', () => {
  const records = chain(DNS_CHAIN_MAX);
  for (const answers of [records, [...records].reverse()]) {
    expect(decode(raw({ answers }))).toEqual({
      kind: 'addresses',
      addresses: [IP],
      ttlS: 61 - DNS_CHAIN_MAX,
    });
  }
});

test('records beside the chain, of other classes and of other types count for nothing', () => {
  const chaos = concatBytes(ASKED, u16(1, 3, 0, 60, 4), IP);
  const stranger = concatBytes(labels('b'), Uint8Array.of(0), record(1, IP));
  const unknown = concatBytes(ASKED, record(65_280, new Uint8Array(7)));
  const additional = concatBytes(ASKED, record(1, IP));
  const bytes = raw({ answers: [chaos, stranger, unknown], additionals: [additional] });
  expect(decode(bytes)).toEqual({ kind: 'absent', failure: 'no-address', ttlS: 0 });
});

test('a TTL with the high bit set is 0 (RFC 2181 section 8)', () => {
  const at = (ttlS: number) => raw({ answers: [concatBytes(ASKED, record(1, IP, ttlS))] });
  expect(decode(at(0x8000_0000))).toMatchObject({ ttlS: 0 });
  expect(decode(at(0x7fff_ffff))).toMatchObject({ ttlS: 0x7fff_ffff });
});

test('a mapped address is its four octets', () => {
  const mapped = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 127, 0, 0, 1);
  const bytes = raw({ type: TYPE_AAAA, answers: [concatBytes(ASKED, record(28, mapped))] });
  const verdict = decode(bytes) as Verdict & { kind: 'addresses' };
  expect(verdict.addresses.map(formatIp)).toEqual(['127.0.0.1']);
});

test('questions are the same in any case of ASCII, and in nothing else', () => {
  expect(isSameQuestion(A_TEST, { name: host('A.TEST'), type: TYPE_A })).toBe(true);
  expect(isSameQuestion(A_TEST, { name: host('a.test'), type: TYPE_AAAA })).toBe(false);
  expect(isSameQuestion(A_TEST, { name: host('b.test'), type: TYPE_A })).toBe(false);
});

test('a long response is padded to no more than a message may have', () => {
  const records = Array.from({ length: 240 }, () => ({
    kind: 'address' as const,
    owner: A_TEST.name,
    ttlS: 1,
    address: IP,
  }));
  expect(encodeAnswer(queryOf(A_TEST), { rcode: 0, records })).toHaveLength(4096);
});

test.each(BAD)('%s', (reject, bytes) => expect(decode(bytes)).toBe(reject));

test('any octets, and any octets behind a good head, give a value or a reason', () => {
  const head = raw().subarray(0, 24);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), fc.nat(3), (octets, counts) => {
      decode(octets);
      decodeQuery(octets);
      decode(concatBytes(head.with(7, counts).with(9, counts).with(11, counts), octets));
    }),
    { numRuns: 2_000 },
  );
});

test('mutated responses reach every reason, and never anything else', () => {
  const good = [
    raw({ answers: chain(3) }),
    answerTo(A_TEST, { rcode: 3, zone: { owner: host('test'), ttlS: 9, minimumS: 9 } }),
    ...BAD.map(([, bytes]) => bytes),
  ];
  const reasons = new Set(BAD.map(([reject]) => reject));
  const reached = new Set<string>();
  const change = fc.record({ at: fc.nat(4_200), octet: fc.nat(255) });
  fc.assert(
    fc.property(
      fc.nat(good.length - 1),
      fc.array(change, { maxLength: 2 }),
      fc.nat(200),
      (which, changes, cut) => {
        let bytes = (good[which] as Uint8Array).slice();
        for (const { at, octet } of changes) bytes[at % bytes.length] = octet;
        if (cut === 0) bytes = bytes.subarray(0, bytes.length >> 1);
        const verdict = decode(bytes);
        if (typeof verdict === 'string') reached.add(verdict);
        decodeQuery(bytes);
      },
    ),
    { numRuns: 5_000 },
  );
  expect([...reached].sort()).toEqual([...reasons].sort());
});
