import fc from 'fast-check';
import { expect, test } from 'vitest';
import { END } from '#core/host/mod.ts';
import { concatBytes } from '../base/bytes.ts';
import {
  DNS_CACHE_MAX,
  DNS_LOOKUP_US,
  DNS_LOOKUPS_MAX,
  DNS_RETRY_MAX_US,
  DNS_RETRY_MIN_US,
  DNS_TICKETS_MAX,
} from '../base/limits.ts';
import { US_PER_S } from '../base/time.ts';
import { DnsCache } from './cache.ts';
import { encodeAnswer } from './encode.ts';
import { DOT_REJECTS, type DotReject } from './mod.ts';
import { BAD, host, queryOf, raw } from './octets.case.ts';
import { Retry } from './retry.ts';
import { Bench, framed, plainAnswer, testRandom, V4, V6 } from './upstream.case.ts';

/** A connection open, and these names asked about: two queries for each. */
function asking(...names: readonly string[]): Bench {
  const bench = new Bench();
  for (const [ticket, name] of names.entries()) bench.lookup(ticket, name);
  bench.open();
  return bench;
}

test('both kinds of address are asked for at once, and come by turns with the least time', () => {
  const bench = new Bench();
  bench.lookup(5, 'A.test.');
  expect([bench.dials, bench.pull(), bench.asked]).toEqual([1, 0, []]);
  bench.open();
  expect(bench.names()).toEqual(['\x01a\x04test 1', '\x01a\x04test 28']);
  const [a, aaaa] = bench.asked;
  const owner = host('a.test');
  const record = (address: Uint8Array, ttlS: number) => ({
    kind: 'address' as const,
    owner,
    ttlS,
    address,
  });
  const second = Uint8Array.of(192, 0, 2, 2);
  bench.send(
    framed(
      encodeAnswer(queryOf({ name: owner, type: 28 }, aaaa?.id), {
        rcode: 0,
        records: [record(V6, 40)],
      }),
    ),
  );
  expect(bench.answers).toEqual([]);
  bench.send(
    framed(
      encodeAnswer(queryOf({ name: owner, type: 1 }, a?.id), {
        rcode: 0,
        records: [record(V4, 30), record(second, 50)],
      }),
    ),
  );
  expect(bench.answers).toEqual([{ ticket: 5, addresses: [V4, V6, second], ttlS: 30 }]);
  expect(bench.stub.deadlineUs).toBe(Number.POSITIVE_INFINITY);
});

test('identical lookups ask once; later ones are answered from memory until it is too old', () => {
  const bench = asking('a.test', 'A.TEST', 'a.test.');
  expect(bench.asked).toHaveLength(2);
  bench.reply();
  bench.reply();
  expect(bench.answers.map(({ ticket }) => ticket)).toEqual([0, 1, 2]);
  bench.pass(10 * US_PER_S);
  bench.lookup(3, 'a.test');
  expect(bench.answers[3]).toEqual({ ticket: 3, addresses: [V4, V6], ttlS: 50 });
  bench.pass(50 * US_PER_S);
  bench.lookup(4, 'a.test');
  expect(bench.pull()).toBe(2 * 130);
});

test('no such name and no address are remembered for as long as the zone says, at most a minute', () => {
  const zone = { owner: host('test'), ttlS: 9_000, minimumS: 3_000 };
  const bench = asking('a.test', 'b.test', 'c.test');
  bench.reply(0, { rcode: 3, records: [], zone });
  bench.reply(0, { rcode: 3, records: [], zone });
  bench.reply(0, { records: [], zone: { ...zone, minimumS: 5 } });
  bench.reply(0, { records: [], zone });
  bench.reply(0, { records: [] });
  bench.reply(0, { records: [], zone });
  const failures = ['no-such-name', 'no-address', 'no-address'];
  expect(bench.answers).toEqual(failures.map((failure, ticket) => ({ ticket, failure })));
  bench.lookup(3, 'c.test');
  expect(bench.pull()).toBe(2 * 130);
  bench.reply();
  bench.reply();
  bench.pass(4 * US_PER_S);
  bench.lookup(4, 'a.test');
  bench.lookup(5, 'b.test');
  expect(bench.pull()).toBe(0);
  bench.pass(US_PER_S);
  bench.lookup(6, 'b.test');
  expect(bench.pull()).toBe(2 * 130);
  bench.pass(50 * US_PER_S);
  bench.lookup(7, 'a.test');
  expect(bench.answers.at(-1)).toEqual({ ticket: 7, failure: 'no-such-name' });
});

test('one half is enough for an answer, and half an answer is kept for a minute at most', () => {
  const bench = asking('a.test', 'b.test', 'c.test', 'd.test');
  const record = { kind: 'address' as const, owner: host('a.test'), ttlS: 3_000, address: V4 };
  bench.reply(0, { records: [record] });
  bench.reply(0, { rcode: 2, records: [] });
  expect(bench.answers).toEqual([{ ticket: 0, addresses: [V4], ttlS: 60 }]);
  // A broken server denies the name for one type: the address of the other is there all the same.
  bench.reply(0);
  bench.reply(0, { rcode: 3, records: [] });
  expect(bench.answers[1]).toEqual({ ticket: 1, addresses: [V4], ttlS: 60 });
  bench.reply(0, { rcode: 5, records: [] });
  bench.reply(0, { records: [] });
  expect(bench.answers[2]).toEqual({ ticket: 2, failure: 'server-failure' });
  bench.reply(0);
  bench.pass(DNS_LOOKUP_US);
  expect(bench.answers[3]).toEqual({ ticket: 3, addresses: [V4], ttlS: 60 });
});

test('what is no host name is never asked', () => {
  const bench = new Bench();
  for (const name of ['', 'a b', '192.0.2.1', `${'a'.repeat(64)}.test`]) bench.lookup(1, name);
  expect(bench.dials).toBe(0);
  expect(bench.answers).toEqual(new Array(4).fill({ ticket: 1, failure: 'no-such-name' }));
});

test('answers in any order and in any pieces are the same answers', () => {
  const names = ['a.test', 'b.test', 'c.test', 'd.test'];
  fc.assert(
    fc.property(
      fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7], { minLength: 8 }),
      fc.integer({ min: 1, max: 3_000 }),
      (order, cut) => {
        const bench = asking(...names);
        const replies = bench.asked.map((query) => plainAnswer(query));
        bench.send(concatBytes(...order.map((at) => replies[at] as Uint8Array)), cut);
        expect(bench.rejects.total).toBe(0);
        expect([...bench.answers].sort((a, b) => a.ticket - b.ticket)).toEqual(
          names.map((_, ticket) => ({ ticket, addresses: [V4, V6], ttlS: 60 })),
        );
      },
    ),
  );
});

test('ids are unique among the questions under way, whatever the source of randomness', () => {
  const bench = new Bench({ fill: (bytes) => bytes.fill(0xff) });
  for (let i = 0; i < DNS_LOOKUPS_MAX; i++) bench.lookup(i, `n${i}.test`);
  bench.open();
  expect(new Set(bench.asked.map(({ id }) => id)).size).toBe(2 * DNS_LOOKUPS_MAX);
});

test('an answer counts only for its id and its question', () => {
  const bench = asking('a.test');
  const [query] = bench.asked;
  const id = query?.id ?? 0;
  bench.send(plainAnswer(queryOf({ name: host('a.test'), type: 1 }, id ^ 1)));
  bench.send(plainAnswer(queryOf({ name: host('b.test'), type: 1 }, id)));
  bench.send(plainAnswer(queryOf({ name: host('a.test'), type: 28 }, id)));
  expect(bench.answers).toEqual([]);
  expect(bench.rejects.get('id-mismatch')).toBe(1);
  expect(bench.rejects.get('question-mismatch')).toBe(2);
  bench.reply();
  bench.reply();
  expect(bench.answers).toHaveLength(1);
});

test('an answer that cannot be is a failure at once, and not remembered', () => {
  const bench = asking('a.test');
  for (const { id, question } of bench.asked) {
    bench.send(framed(raw({ id, type: question.type, flags: 0x8380 })));
  }
  expect(bench.answers).toEqual([{ ticket: 0, failure: 'server-failure' }]);
  expect(bench.rejects.get('truncated')).toBe(2);
  bench.lookup(1, 'a.test');
  expect(bench.pull()).toBe(2 * 130);
});

test('the resolver can be refused for every reason there is, and the connection goes on', () => {
  const bench = new Bench();
  const reached = new Set<DotReject>();
  for (const [turn, [reject, octets]] of BAD.entries()) {
    bench.lookup(turn, 'a.test');
    if (turn === 0) bench.open();
    else bench.pull();
    const id = bench.asked.find(({ question }) => question.type === 1)?.id ?? 0;
    const before = bench.rejects.get(reject as DotReject);
    bench.send(framed(octets.with(0, id >> 8).with(1, id & 0xff)));
    expect(bench.rejects.get(reject as DotReject)).toBe(before + 1);
    reached.add(reject as DotReject);
    bench.reply();
    bench.reply();
    bench.pass(61 * US_PER_S);
  }
  bench.send(framed(raw({ id: 1 })));
  bench.lookup(99, 'b.test');
  bench.pull();
  bench.send(framed(raw({ id: bench.asked.at(-1)?.id ?? 0 })));
  bench.send(Uint8Array.of(0, 40, 1));
  bench.close();
  for (const reject of ['id-mismatch', 'question-mismatch', 'stream-cut'] as const) {
    if (bench.rejects.get(reject) > 0) reached.add(reject);
  }
  expect([...reached].sort()).toEqual([...DOT_REJECTS].sort());
  expect(bench.dials).toBe(2);
});

test('when the connection dies, what is owed is asked once more on the next, and then given up', () => {
  const bench = asking('a.test', 'b.test');
  bench.reply();
  bench.close('reset');
  expect([bench.dials, bench.answers]).toEqual([2, []]);
  bench.open();
  expect(bench.names()).toEqual(['\x01a\x04test 28', '\x01b\x04test 1', '\x01b\x04test 28']);
  bench.reply();
  bench.lookup(2, 'c.test');
  bench.pull();
  bench.close('ended');
  expect(bench.answers).toEqual([
    { ticket: 0, addresses: [V4, V6], ttlS: 60 },
    { ticket: 1, failure: 'server-failure' },
  ]);
  bench.open();
  expect(bench.names()).toEqual(['\x01c\x04test 1', '\x01c\x04test 28']);
});

test('the resolver ends its direction: we end ours, and ask elsewhere', () => {
  const bench = asking('a.test');
  bench.reply();
  bench.stub.ended(bench.nowUs, bench.id);
  expect(bench.woken.at(-1)).toBe(1);
  expect(bench.stub.transmit(bench.nowUs, 1, new Uint8Array(9_000), 0, 9_000)).toBe(END);
  bench.poll();
  bench.stub.closed(bench.nowUs, 1, 'ended');
  bench.open();
  expect(bench.names()).toEqual(['\x01a\x04test 28']);
});

test('an idle connection closed by the peer costs nothing: the next lookup opens one at once', () => {
  const bench = asking('a.test');
  bench.reply();
  bench.reply();
  bench.pass(100 * US_PER_S);
  bench.close();
  expect(bench.dials).toBe(1);
  bench.lookup(1, 'b.test');
  expect(bench.dials).toBe(2);
});

test('a resolver out of reach: two attempts with a pause between, then the truth, and soon at once', () => {
  const bench = new Bench();
  bench.lookup(0, 'a.test');
  bench.close('refused');
  expect([bench.dials, bench.answers]).toEqual([1, []]);
  bench.pass(DNS_RETRY_MIN_US - 1);
  expect(bench.dials).toBe(1);
  bench.pass(DNS_RETRY_MIN_US + 1);
  expect(bench.dials).toBe(2);
  bench.close('refused');
  expect(bench.answers).toEqual([{ ticket: 0, failure: 'unreachable' }]);
  for (let i = 1; i < 10; i++) {
    bench.lookup(i, 'a.test');
    bench.pass(DNS_LOOKUP_US - 1);
    if (!bench.isDown) bench.close('unreachable');
  }
  const { dials } = bench;
  bench.lookup(10, 'a.test');
  expect(bench.answers.at(-1)).toEqual({ ticket: 10, failure: 'unreachable' });
  bench.pass(DNS_RETRY_MAX_US);
  bench.lookup(11, 'a.test');
  expect(bench.dials).toBe(dials + 1);
});

test('an owner that cannot open a stream is asked again after a pause', () => {
  const bench = new Bench();
  bench.canDial = false;
  bench.lookup(0, 'a.test');
  expect(bench.dials).toBe(1);
  bench.pass(2 * DNS_RETRY_MIN_US);
  expect(bench.dials).toBe(2);
  expect(bench.answers).toEqual([{ ticket: 0, failure: 'unreachable' }]);
});

test('somebody else at the resolver: every lookup fails at once, and no octet was sent', () => {
  const bench = new Bench();
  bench.lookup(0, 'a.test');
  bench.lookup(1, 'b.test');
  expect(bench.pull()).toBe(0);
  bench.close('untrusted');
  expect(bench.answers).toEqual([0, 1].map((ticket) => ({ ticket, failure: 'untrusted' })));
});

test('a dial that meets silence, and a stream that falls silent, are aborted', () => {
  const bench = new Bench();
  bench.lookup(0, 'a.test');
  bench.pass(DNS_LOOKUP_US);
  expect([bench.aborted, bench.answers]).toEqual([[1], [{ ticket: 0, failure: 'timed-out' }]]);
  bench.stub.closed(bench.nowUs, 1, 'local');
  bench.pass(US_PER_S);
  bench.lookup(1, 'a.test');
  bench.open();
  bench.pass(DNS_LOOKUP_US - 1);
  bench.lookup(2, 'b.test');
  bench.pull();
  bench.pass(1);
  expect([bench.aborted, bench.answers.at(-1)]).toEqual([
    [1, 2],
    { ticket: 1, failure: 'timed-out' },
  ]);
  bench.pass(2 * US_PER_S);
  bench.open();
  expect(bench.names()).toEqual(['\x01b\x04test 1', '\x01b\x04test 28']);
});

test('one slow name does not cost the connection of the others', () => {
  const bench = asking('slow.test');
  bench.pass(US_PER_S);
  bench.lookup(1, 'b.test');
  bench.pull();
  bench.reply(2);
  bench.reply(2);
  bench.pass(DNS_LOOKUP_US);
  expect([bench.aborted, bench.dials]).toEqual([[], 1]);
  expect(bench.answers[1]).toEqual({ ticket: 0, failure: 'timed-out' });
  // The answer that comes too late belongs to nobody.
  bench.reply(0);
  expect(bench.rejects.get('id-mismatch')).toBe(1);
});

test('names and tickets beyond the bounds are refused at once', () => {
  const bench = new Bench();
  for (let i = 0; i < DNS_LOOKUPS_MAX; i++) bench.lookup(i, `n${i}.test`);
  bench.lookup(-1, 'more.test');
  expect(bench.answers).toEqual([{ ticket: -1, failure: 'overloaded' }]);
  for (let i = DNS_LOOKUPS_MAX; i < DNS_TICKETS_MAX; i++) bench.lookup(i, 'n0.test');
  expect(bench.answers).toHaveLength(1);
  bench.lookup(-2, 'n0.test');
  expect(bench.answers[1]).toEqual({ ticket: -2, failure: 'overloaded' });
  bench.close('untrusted');
  expect(bench.answers).toHaveLength(2 + DNS_TICKETS_MAX);
});

test('little credit: whole queries or none', () => {
  const bench = new Bench();
  bench.lookup(0, 'a.test');
  bench.stub.opened(0, 1);
  expect(bench.stub.transmit(0, 1, new Uint8Array(129), 0, 129)).toBe(0);
  expect(bench.stub.transmit(0, 1, new Uint8Array(300), 40, 299)).toBe(130);
  expect(bench.pull()).toBe(130);
});

test('streams that are not ours are none of our business', () => {
  const bench = asking('a.test');
  const octets = plainAnswer(bench.asked[0] ?? queryOf({ name: [], type: 1 }));
  expect(bench.stub.receive(0, 77, octets, 0, octets.length)).toBe(octets.length);
  bench.stub.ended(0, 77);
  bench.stub.closed(0, -1, 'reset');
  bench.stub.opened(0, 77);
  expect(bench.stub.transmit(0, 77, new Uint8Array(9_000), 0, 9_000)).toBe(END);
  bench.poll();
  expect([bench.answers, bench.dials]).toEqual([[], 1]);
});

test('pauses grow from 0.2 s to 30 s, and no two stubs keep step', () => {
  for (const [fill, from, to] of [
    [0, DNS_RETRY_MIN_US, DNS_RETRY_MAX_US / 2],
    [255, 2 * DNS_RETRY_MIN_US, DNS_RETRY_MAX_US],
  ] as const) {
    const retry = new Retry({ fill: (bytes) => bytes.fill(fill) });
    const pauses = Array.from({ length: 2_000 }, () => {
      retry.failed(0);
      return retry.atUs;
    });
    expect(Math.abs((pauses[0] as number) - from)).toBeLessThan(10);
    expect(pauses.every((us, i) => us >= (pauses[i - 1] ?? 0) && us <= to)).toBe(true);
    expect(to - (pauses.at(-1) as number)).toBeLessThan(500);
    retry.worked();
    expect(retry.atUs).toBe(0);
  }
  const [a, b] = [new Retry(testRandom(1)), new Retry(testRandom(2))];
  a.failed(0);
  b.failed(0);
  expect(a.atUs).not.toBe(b.atUs);
});

test('the memory of names has a bound, and forgets the oldest', () => {
  const cache = new DnsCache();
  const outcome = { addresses: [V4], keepS: 60 };
  for (let i = 0; i <= DNS_CACHE_MAX; i++) cache.put(0, `${i}`, outcome);
  expect(cache.size).toBe(DNS_CACHE_MAX);
  expect([cache.get(0, '0'), cache.get(0, '1')]).toEqual([undefined, outcome]);
  cache.put(0, '1', { failure: 'no-address', keepS: 0 });
  expect(cache.get(0, '1')).toBeUndefined();
  expect(cache.get(60 * US_PER_S, '2')).toBeUndefined();
  expect(cache.size).toBe(DNS_CACHE_MAX - 2);
});
