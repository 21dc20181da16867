import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Cause, SOCKS_REPLY } from '#core/host/mod.ts';
import { formatIp, parseIp } from '#core/wire/mod.ts';
import { asciiBytes, concatBytes, toHex } from '../base/bytes.ts';
import { CONNECT_HEAD_MAX } from '../base/limits.ts';
import { ENTRY_REJECTS, Entry, type EntryReject } from './mod.ts';
import {
  BAD,
  base64,
  credentials,
  GOOD,
  hex,
  http,
  latin1Octets,
  socksName,
} from './talks.case.ts';

const CAUSES = Object.keys(SOCKS_REPLY) as Cause[];

/** Everything an observer can tell about an entry after some octets. */
type Seen = {
  readonly taken: number;
  readonly reply: string;
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly isolation: string | undefined;
  readonly reject: EntryReject | undefined;
};

function talk(octets: Uint8Array, cuts: readonly number[] = []): Seen & { readonly entry: Entry } {
  const entry = new Entry();
  let taken = 0;
  let reply = '';
  for (let turn = 0, start = 0; start < octets.length; turn++) {
    const end = Math.min(octets.length, start + (cuts[turn % cuts.length] ?? octets.length));
    const took = entry.receive(octets, start, end);
    taken += took;
    reply += toHex(entry.takeReply() ?? new Uint8Array(0));
    if (took < end - start) break;
    start = end;
  }
  const host = entry.request?.destination.host;
  return {
    entry,
    taken,
    reply,
    host: host instanceof Uint8Array ? formatIp(host) : host,
    port: entry.request?.destination.port,
    isolation: entry.request?.isolation,
    reject: entry.reject,
  };
}

test.each(GOOD)('%s is understood', (_, octets, host, port, isolation) => {
  expect(talk(octets)).toMatchObject({
    taken: octets.length,
    host,
    port,
    isolation,
    reject: undefined,
  });
});

test.each(BAD)('%s is %s', (_, reject, octets, start) => {
  const seen = talk(octets);
  const expected = start.startsWith('HTTP') ? toHex(asciiBytes(start)) : start;
  expect(seen.entry.request).toBeUndefined();
  expect(seen.reject).toBe(reject);
  expect(seen.reply.slice(0, expected.length)).toBe(expected);
  expect(expected === '' ? seen.reply : '').toBe('');
});

test('a SOCKS5 talk, message by message', () => {
  const entry = new Entry();
  const say = (text: string): string => {
    const octets = hex(text);
    expect(entry.receive(octets, 0, octets.length)).toBe(octets.length);
    return toHex(entry.takeReply() ?? new Uint8Array(0));
  };
  expect(say('05 02 00 02')).toBe('0502');
  expect(say('01 01 75 01 70')).toBe('0100');
  expect(say(socksName('a.b'))).toBe('');
  expect(toHex(entry.granted())).toBe('05000001000000000000');
});

test('nothing behind the request is taken, and its answer comes behind what is still owed', () => {
  const entry = new Entry();
  const request = hex(`05 01 00 ${socksName('a.b')}`);
  const octets = concatBytes(request, asciiBytes('early'));
  expect(entry.receive(octets, 0, octets.length)).toBe(request.length);
  expect(entry.receive(octets, request.length, octets.length)).toBe(0);
  expect(toHex(entry.refused('policy'))).toBe(`0500${'05020001000000000000'}`);
  expect(entry.takeReply()).toBeUndefined();
  expect(() => entry.granted()).toThrow('one answer');
});

test('after a reject everything is taken and nothing more is said', () => {
  for (const [, reject, octets] of BAD) {
    const { entry } = talk(octets);
    const more = new Uint8Array(10_000).fill(0x47);
    expect(entry.receive(more, 5, more.length)).toBe(more.length - 5);
    expect([entry.reject, entry.request, entry.takeReply()]).toEqual([
      reject,
      undefined,
      undefined,
    ]);
  }
});

test('every cause has its SOCKS code; none of a refusal is success', () => {
  const codes = CAUSES.map((cause) => {
    const { entry } = talk(hex(`05 01 00 ${socksName('a.b')}`));
    return [cause, entry.refused(cause)[1]];
  });
  expect(Object.fromEntries(codes)).toEqual({ ...SOCKS_REPLY, ended: 1 });
});

test('every cause has its HTTP status and names itself', () => {
  const text = (octets: Uint8Array): string => String.fromCharCode(...octets);
  const open = (): Entry => talk(http('CONNECT a.b:1 HTTP/1.0')).entry;
  expect(text(open().granted())).toBe('HTTP/1.1 200 Connection Established\r\n\r\n');
  const statuses = CAUSES.map((cause) => {
    const reply = text(open().refused(cause));
    expect(reply).toContain(`\r\nProxy-Status: spn; error=`);
    expect(reply).toContain(
      `; details="${cause}"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
    );
    return [cause, Number(reply.slice(9, 12))];
  });
  expect(Object.fromEntries(statuses)).toEqual({
    ended: 502,
    local: 500,
    reset: 502,
    refused: 502,
    unreachable: 502,
    'timed-out': 504,
    limit: 503,
    policy: 403,
    untrusted: 502,
  });
});

test('the replies that owe a field have it', () => {
  const reply = (octets: Uint8Array): string => talk(octets).reply;
  expect(reply(http('GET / HTTP/1.1'))).toContain(toHex(asciiBytes('\r\nAllow: CONNECT\r\n')));
  expect(reply(http('CONNECT a.b:1 HTTP/1.0', ...credentials('x')))).toContain(
    toHex(asciiBytes('\r\nProxy-Authenticate: Basic realm="isolation"\r\n')),
  );
});

test('a head may have 8 KiB, in one line or in many, and not an octet more', () => {
  const start = 'CONNECT a.b:1 HTTP/1.0\r\n';
  const long = (length: number): Uint8Array =>
    asciiBytes(`${start}A:${'x'.repeat(length - start.length - 6)}\r\n\r\n`);
  expect(talk(long(CONNECT_HEAD_MAX))).toMatchObject({ taken: 8192, port: 1 });
  expect(talk(long(CONNECT_HEAD_MAX + 1)).reject).toBe('http-head-too-large');
  expect(talk(asciiBytes('A'.repeat(9000))).reject).toBe('http-head-too-large');
  expect(talk(asciiBytes(start + 'A:\r\n'.repeat(3000))).reject).toBe('http-head-too-large');
});

test('credentials make the same label by SOCKS and by HTTP, and different ones differ', () => {
  const latin = fc.string({
    unit: fc.nat(255).map((code) => String.fromCharCode(code)),
    maxLength: 40,
  });
  const username = latin.map((text) => text.replaceAll(':', ';'));
  const bySocks = (user: string, password: string): string | undefined => {
    const name = concatBytes(Uint8Array.of(1, user.length), latin1Octets(user));
    const secret = concatBytes(Uint8Array.of(password.length), latin1Octets(password));
    return talk(concatBytes(hex('050102'), name, secret, hex(socksName('a.b')))).isolation;
  };
  fc.assert(
    fc.property(username, latin, username, latin, (userA, passwordA, userB, passwordB) => {
      const label = bySocks(userA, passwordA);
      const field = credentials(base64(`${userA}:${passwordA}`));
      expect(talk(http('CONNECT a.b:1 HTTP/1.0', ...field)).isolation).toBe(label);
      expect(bySocks(userB, passwordB) === label).toBe(userA === userB && passwordA === passwordB);
      // The same octets, divided elsewhere.
      if (userA !== '') expect(bySocks(userA.slice(1), userA[0] + passwordA)).not.toBe(label);
    }),
  );
});

test('any cut of the octets ends in the same state', () => {
  const cuts = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 6 });
  const any = fc.constantFrom(...GOOD.map(([, octets]) => octets), ...BAD.map((row) => row[2]));
  fc.assert(
    fc.property(any, fc.uint8Array({ maxLength: 20 }), cuts, (octets, behind, pieces) => {
      const all = concatBytes(octets, behind);
      const { entry: _whole, ...whole } = talk(all);
      const { entry: _pieces, ...inPieces } = talk(all, pieces);
      expect(inPieces).toEqual(whole);
      expect(whole.taken).toBe(whole.reject === undefined ? octets.length : all.length);
    }),
    { numRuns: 500 },
  );
});

test('any octets are a request, a reject or not enough; never a throw, and every reject is reached', () => {
  const reached = new Set<EntryReject>();
  const seed = fc.constantFrom(...GOOD.map(([, octets]) => octets), ...BAD.map((row) => row[2]));
  const spoiled = fc
    .tuple(seed, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 }), fc.nat())
    .map(([octets, changes, keep]) => {
      const copy = octets.slice(0, keep % 3 === 0 ? keep % (octets.length + 1) : octets.length);
      for (const [at, octet] of changes) if (copy.length > 0) copy[at % copy.length] = octet;
      return copy;
    });
  const tooLong = fc
    .integer({ min: 8_180, max: 9_000 })
    .map((length) => asciiBytes(`C${'x'.repeat(length)}`));
  const input = fc.oneof(
    { weight: 20, arbitrary: spoiled },
    { weight: 2, arbitrary: fc.uint8Array({ maxLength: 600 }) },
    { weight: 1, arbitrary: tooLong },
  );
  fc.assert(
    fc.property(input, (octets) => {
      const seen = talk(octets, [7, 1, 300]);
      if (seen.reject !== undefined) reached.add(seen.reject);
      expect(seen.reject !== undefined && seen.entry.request !== undefined).toBe(false);
      expect(seen.taken).toBeLessThanOrEqual(octets.length);
      if (seen.host?.includes(':')) expect(parseIp(seen.host)).toHaveLength(16);
      if (seen.entry.request !== undefined) expect(seen.entry.granted().length).toBeGreaterThan(9);
    }),
    { numRuns: 5000, seed: 3 },
  );
  expect([...reached].sort()).toEqual([...ENTRY_REJECTS].sort());
});
