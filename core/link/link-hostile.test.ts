import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KeyChain } from '#core/crypto/mod.ts';
import { createNobleSuite } from '#core/crypto/noble/mod.ts';
import { INTRODUCTION_LEN } from '#core/wire/mod.ts';
import {
  CLOSE_US,
  RECORD_PAYLOAD_MAX,
  RECORDS_PER_CALL,
  REKEY_GRACE,
  REKEY_OCTETS,
  REKEY_US,
  SILENCE_US,
  UNREAD_US,
} from '../base/limits.ts';
import { EPOCH, exchange, feed, makePair, type Pair, pull } from './pair.case.ts';
import {
  RECORD_DATA,
  RECORD_END,
  RECORD_INTRODUCTION,
  RECORD_MAX,
  RECORD_PADDING,
  RECORD_REKEY,
  RecordSealer,
} from './record.ts';

function counted(length: number, from = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i + from) & 0xff);
}

function overusedChain(): { readonly chain: KeyChain; readonly full: number } {
  const chain = new KeyChain(0, createNobleSuite(), new Uint8Array(32), 'test');
  return { chain, full: RECORD_MAX };
}

test('a peer that never changes its key is cut off after twice its octets, however fast, and never by time', () => {
  const pair = makePair();
  exchange(pair);
  pair.dialler.user.outbox = counted(2);
  const slow = pull(pair, pair.dialler);
  pair.nowUs = 100 * REKEY_US;
  feed(pair, pair.answerer, slow.subarray(0, 30));
  pair.nowUs = 200 * REKEY_US;
  feed(pair, pair.answerer, slow.subarray(30));
  expect(pair.answerer.user.received).toHaveLength(2);
  const { chain, full } = overusedChain();
  for (let octets = 0; octets <= REKEY_GRACE * REKEY_OCTETS; octets += full) {
    expect(chain.isOverdue).toBe(false);
    chain.used(0, full);
  }
  expect(chain.isOverdue).toBe(true);
});

test('every octet of a handshake and of a record is authenticated: one flipped bit ends the link', () => {
  const victims: readonly ((pair: Pair) => readonly [Uint8Array, 'dialler' | 'answerer'])[] = [
    (pair) => [pull(pair, pair.dialler), 'answerer'],
    (pair) => {
      feed(pair, pair.answerer, pull(pair, pair.dialler));
      return [pull(pair, pair.answerer), 'dialler'];
    },
    (pair) => {
      feed(pair, pair.answerer, pull(pair, pair.dialler));
      feed(pair, pair.dialler, pull(pair, pair.answerer));
      return [pull(pair, pair.dialler), 'answerer'];
    },
    (pair) => {
      exchange(pair);
      pair.dialler.user.outbox = counted(100);
      return [pull(pair, pair.dialler), 'answerer'];
    },
  ];
  fc.assert(
    fc.property(fc.nat(3), fc.nat(100_000), fc.nat(7), (which, where, bit) => {
      const pair = makePair(3, true);
      const [octets, to] = (victims[which] as (typeof victims)[0])(pair);
      octets[where % octets.length] = (octets[where % octets.length] as number) ^ (1 << bit);
      const before = pair[to].user.received.length;
      feed(pair, pair[to], octets);
      const failedNow = pair[to].link.failure !== undefined;
      // A flipped ephemeral key can pass the KEM's own check and is then caught by the other end.
      if (!failedNow) feed(pair, pair.dialler, pull(pair, pair.answerer));
      expect(failedNow || pair.dialler.link.failure !== undefined).toBe(true);
      expect(pair[to].user.received.length).toBe(before);
    }),
    { numRuns: 120 },
  );
});

test('records dropped, doubled, swapped or from another link are refused', () => {
  const spoil: readonly ((records: Uint8Array[], other: Uint8Array) => Uint8Array[])[] = [
    ([, b]) => [b as Uint8Array],
    ([a]) => [a as Uint8Array, a as Uint8Array],
    ([a, b]) => [b as Uint8Array, a as Uint8Array],
    (_, other) => [other],
  ];
  for (const change of spoil) {
    const pair = makePair(5);
    const stranger = makePair(6);
    exchange(pair);
    exchange(stranger);
    stranger.dialler.user.outbox = counted(3);
    const records = [1, 2].map((from) => {
      pair.dialler.user.outbox = counted(3, from);
      return pull(pair, pair.dialler);
    });
    for (const record of change(records, pull(stranger, stranger.dialler))) {
      feed(pair, pair.answerer, record);
    }
    expect(pair.answerer.rejects.get('length-forged')).toBe(1);
    expect(pair.answerer.link.failure).toBe('reset');
  }
});

test('a first message made for another node, or for another statement, opens nothing', () => {
  const pair = makePair(11);
  const other = makePair(12);
  feed(other, other.answerer, pull(pair, pair.dialler));
  expect(other.answerer.rejects.get('first-forged')).toBe(1);
  expect(EPOCH).toBe(pair.keys.statement.epoch);
});

test('a peer that falls silent is gone after three minutes, but not while we do not read', () => {
  const pair = makePair();
  exchange(pair);
  pair.dialler.link.handleTimeout(SILENCE_US - 1);
  expect(pair.dialler.link.failure).toBeUndefined();
  pair.dialler.link.handleTimeout(pair.dialler.link.deadlineUs);
  expect(pair.dialler.link.failure).toBe('timed-out');
  expect(pair.dialler.rejects.get('silent')).toBe(1);

  const stalled = makePair();
  exchange(stalled);
  stalled.answerer.user.appetite = 0;
  stalled.dialler.user.outbox = counted(10);
  feed(stalled, stalled.answerer, pull(stalled, stalled.dialler));
  stalled.answerer.link.handleTimeout(3 * SILENCE_US);
  expect(stalled.answerer.link.failure).toBeUndefined();
});

test('a flood of changes of key ends the link; an honest pace of them does not', () => {
  const pair = makePair();
  exchange(pair);
  for (let i = 1; i <= 200; i++) {
    pair.nowUs = i * REKEY_US;
    pair.dialler.user.outbox = counted(1);
    for (const { link } of [pair.dialler, pair.answerer]) link.handleTimeout(pair.nowUs);
    exchange(pair);
  }
  expect(pair.answerer.link.failure).toBeUndefined();
  expect(pair.answerer.user.received).toHaveLength(200);
});

test('before its introduction a dialler may say nothing else, and the answerer says nothing at all', () => {
  for (const [type, length, reject] of [
    [RECORD_DATA, INTRODUCTION_LEN, 'record-unexpected'],
    [RECORD_PADDING, INTRODUCTION_LEN, 'record-unexpected'],
    [RECORD_DATA, 3, 'introduction-malformed'],
    [RECORD_END, 0, 'introduction-malformed'],
    [RECORD_REKEY, 0, 'introduction-malformed'],
  ] as const) {
    const { pair, sealer } = halfOpened();
    pair.answerer.user.outbox = counted(50);
    expect(pull(pair, pair.answerer)).toHaveLength(0);
    const record = new Uint8Array(RECORD_MAX);
    feed(pair, pair.answerer, record.subarray(0, sealer.seal(0, type, record, 0, length)));
    expect([type, pair.answerer.rejects.get(reject)]).toEqual([type, 1]);
    expect(pair.answerer.user.log).toEqual([]);
    expect(pair.answerer.user.received).toHaveLength(0);
  }
});

test('an introduction may not come twice, and data may not be empty', () => {
  for (const type of [RECORD_INTRODUCTION, RECORD_DATA]) {
    const { pair, sealer, introduce } = halfOpened();
    introduce();
    const record = new Uint8Array(RECORD_MAX);
    feed(pair, pair.answerer, record.subarray(0, sealer.seal(0, type, record, 0, 0)));
    expect([type, pair.answerer.rejects.get('record-unexpected')]).toEqual([type, 1]);
  }
});

/** A link whose answerer waits for the introduction, and the dialler's keys in the test's hands. */
function halfOpened(): {
  readonly pair: Pair;
  readonly sealer: RecordSealer;
  introduce(): void;
} {
  const sealers: Uint8Array[] = [];
  const pair = makePair(4, false, (secret) => sealers.push(secret.slice()));
  feed(pair, pair.answerer, pull(pair, pair.dialler));
  feed(pair, pair.dialler, pull(pair, pair.answerer));
  const introduction = pull(pair, pair.dialler);
  const sealer = new RecordSealer(0, createNobleSuite(), sealers[0] as Uint8Array);
  const introduce = (): void => {
    const skipped = new Uint8Array(RECORD_MAX);
    sealer.seal(0, RECORD_INTRODUCTION, skipped, 0, 256);
    feed(pair, pair.answerer, introduction);
    expect(pair.answerer.user.log).toEqual(['opened']);
  };
  return { pair, sealer, introduce };
}

test('small records do not keep the others waiting: a call opens so many, then asks to be woken', () => {
  const pair = makePair();
  exchange(pair);
  const octets: number[] = [];
  for (let i = 0; i < 3 * RECORDS_PER_CALL; i++) {
    pair.dialler.user.outbox = counted(1, i);
    octets.push(...pull(pair, pair.dialler));
  }
  const chunk = Uint8Array.from(octets);
  const wakes = pair.answerer.wakes();
  const taken = pair.answerer.link.receive(0, chunk, 0, chunk.length);
  expect(pair.answerer.user.received).toHaveLength(RECORDS_PER_CALL);
  expect(pair.answerer.wakes()).toBeGreaterThan(wakes);
  pair.answerer.link.receive(0, chunk, taken, chunk.length);
  expect(pair.answerer.user.received).toHaveLength(2 * RECORDS_PER_CALL);
});

test('a stranger gets no room for more than an introduction', () => {
  const { pair, sealer } = halfOpened();
  const record = new Uint8Array(RECORD_MAX);
  const length = sealer.seal(0, RECORD_INTRODUCTION, record, 0, RECORD_PAYLOAD_MAX);
  expect(length).toBe(RECORD_MAX);
  feed(pair, pair.answerer, record.subarray(0, 20));
  expect(pair.answerer.rejects.get('introduction-malformed')).toBe(1);
});

test('a half-closed link whose peer reads nothing has an end', () => {
  const pair = makePair();
  exchange(pair);
  pair.dialler.user.endAfter = true;
  exchange(pair);
  const { link } = pair.answerer;
  let nowUs = 0;
  // The host has no credit: nothing is ever pulled.
  for (let turn = 0; turn < 5_000 && link.failure === undefined; turn++) {
    nowUs = Math.max(nowUs + 1, link.deadlineUs);
    link.handleTimeout(nowUs);
  }
  expect(link.failure).toBe('timed-out');
  expect(pair.answerer.rejects.get('close-overdue')).toBe(1);
  expect(nowUs).toBeLessThan(2 * CLOSE_US);
});

test('a peer that goes on speaking and takes nothing is given up where all is always read, and nowhere else', () => {
  for (const isAlwaysRead of [true, false])
    for (const [takesEveryUs, isGiven] of [
      [Number.POSITIVE_INFINITY, isAlwaysRead],
      [UNREAD_US - 2e6, false],
    ] as const) {
      const pair = makePair(1, false, undefined, isAlwaysRead);
      exchange(pair);
      const { link, rejects } = pair.answerer;
      let takesUs = takesEveryUs;
      for (; pair.nowUs < 4 * UNREAD_US && link.failure === undefined; pair.nowUs += 1e6) {
        pair.dialler.user.outbox = new Uint8Array(1);
        feed(pair, pair.answerer, pull(pair, pair.dialler));
        if (link.deadlineUs <= pair.nowUs) link.handleTimeout(pair.nowUs);
        if (pair.nowUs < takesUs) continue;
        pull(pair, pair.answerer);
        takesUs += takesEveryUs;
      }
      expect([link.failure, rejects.get('unread')]).toEqual(
        isGiven ? ['timed-out', 1] : [undefined, 0],
      );
      if (isGiven) expect(pair.nowUs).toBeLessThan(UNREAD_US + 4e6);
    }
});

test('opened after the end of it all re-arms nothing', () => {
  const pair = makePair();
  pair.dialler.link.abort();
  pair.dialler.link.opened(5);
  expect(pair.dialler.link.deadlineUs).toBe(Number.POSITIVE_INFINITY);
});
