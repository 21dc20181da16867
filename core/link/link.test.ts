import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  CLOSE_US,
  HANDSHAKE_US,
  KEEPALIVE_US,
  RECORD_PAYLOAD_MAX,
  REKEY_GRACE,
  REKEY_OCTETS,
  REKEY_US,
  SILENCE_US,
} from '../base/limits.ts';
import { exchange, feed, IO_LEN, idOfKeys, makePair, PlainUser, pull } from './pair.case.ts';
import { RECORD_MAX } from './record.ts';

function counted(length: number, from = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i + from) & 0xff);
}

test('a client and a node become a link, and octets cross in order both ways', () => {
  const pair = makePair();
  pair.dialler.user.outbox = counted(100_000);
  pair.answerer.user.outbox = counted(40_000, 9);
  exchange(pair);
  expect(pair.dialler.user.log).toEqual(['opened']);
  expect(pair.answerer.user.log).toEqual(['opened']);
  expect(Uint8Array.from(pair.answerer.user.received)).toEqual(counted(100_000));
  expect(Uint8Array.from(pair.dialler.user.received)).toEqual(counted(40_000, 9));
  expect(pair.dialler.link.peerId).toEqual(idOfKeys(pair.keys));
  expect(pair.answerer.link.peerId).toBeUndefined();
});

test('a node that dials proves which node it is', () => {
  const pair = makePair(1, true);
  exchange(pair);
  expect(pair.answerer.link.peerId).toHaveLength(32);
  expect(pair.answerer.link.peerId).not.toEqual(idOfKeys(pair.keys));
});

test('any pieces, any appetite: the same octets, no more memory than one record', () => {
  const pieces = fc.array(fc.integer({ min: 1, max: 40_000 }), { minLength: 1, maxLength: 8 });
  const appetite = fc.integer({ min: 1, max: 20_000 });
  fc.assert(
    fc.property(pieces, appetite, fc.nat(70_000), (cuts, taken, length) => {
      const pair = makePair();
      pair.answerer.user.appetite = taken;
      pair.dialler.user.outbox = counted(length);
      pair.dialler.user.endAfter = true;
      let turn = 0;
      exchange(pair, () => cuts[turn++ % cuts.length] as number);
      expect(pair.answerer.user.received).toHaveLength(length);
      expect(Uint8Array.from(pair.answerer.user.received)).toEqual(counted(length));
      expect(pair.answerer.user.log).toEqual(['opened', 'ended']);
    }),
    { numRuns: 40 },
  );
});

test('half-close: one direction ends, the other goes on, and the end is proven by a record', () => {
  const pair = makePair();
  pair.dialler.user.endAfter = true;
  exchange(pair);
  expect(pair.answerer.user.log).toEqual(['opened', 'ended']);
  pair.answerer.link.ended();
  expect(pair.answerer.link.failure).toBeUndefined();
  pair.answerer.user.outbox = counted(5);
  pair.answerer.user.endAfter = true;
  exchange(pair);
  expect(pair.dialler.user.received).toEqual([0, 1, 2, 3, 4]);
  expect(pair.dialler.user.log).toEqual(['opened', 'ended']);
});

test('a stream that ends without an END record was cut', () => {
  const pair = makePair();
  exchange(pair);
  pair.answerer.link.ended();
  expect(pair.answerer.link.failure).toBe('reset');
  expect(pair.answerer.rejects.get('truncated')).toBe(1);
});

test('the same octets never go twice under one key, and equal content looks different', () => {
  const pair = makePair();
  exchange(pair);
  pair.dialler.user.outbox = new Uint8Array(64);
  const first = pull(pair, pair.dialler);
  pair.dialler.user.outbox = new Uint8Array(64);
  const second = pull(pair, pair.dialler);
  expect(first).toHaveLength(second.length);
  expect(first).not.toEqual(second);
});

test('the sender changes keys by octets and by time; the receiver follows', () => {
  const pair = makePair();
  exchange(pair);
  pair.dialler.user.outbox = counted(10);
  exchange(pair);
  expect(pair.dialler.link.deadlineUs).toBeLessThanOrEqual(REKEY_US);
  pair.nowUs = REKEY_US;
  pair.dialler.link.handleTimeout(pair.nowUs);
  const rekey = pull(pair, pair.dialler);
  expect(rekey).toHaveLength(35);
  expect(pair.dialler.link.deadlineUs).toBeGreaterThan(REKEY_US);
  feed(pair, pair.answerer, rekey);
  pair.dialler.user.outbox = counted(10, 10);
  exchange(pair);
  expect(pair.answerer.user.received).toEqual([...counted(20)]);
});

test('64 MiB under one key: a rekey comes by itself', () => {
  const pair = makePair();
  exchange(pair);
  const user = new (class extends PlainUser {})();
  user.appetite = Number.POSITIVE_INFINITY;
  let received = 0;
  pair.answerer.user.receive = (_now, _id, _bytes, start, end) => {
    received += end - start;
    return end - start;
  };
  const total = REKEY_OCTETS + 4 * RECORD_PAYLOAD_MAX;
  let left = total;
  pair.dialler.user.transmit = (_now, _id, out, start, end) => {
    const length = Math.min(left, end - start);
    out.fill(1, start, start + length);
    left -= length;
    return length;
  };
  const out = new Uint8Array(4 * RECORD_MAX);
  let octets = 0;
  let sealedBeforeRekey = 0;
  for (;;) {
    const written = pair.dialler.link.transmit(0, out, 0, out.length);
    if (written === 0) break;
    octets += written;
    if (written % RECORD_MAX === 0 && octets % RECORD_MAX === 0) sealedBeforeRekey = octets;
    expect(pair.answerer.link.receive(0, out, 0, written)).toBe(written);
  }
  expect(received).toBe(total);
  expect(octets % RECORD_MAX).toBe(35);
  expect(sealedBeforeRekey).toBeLessThanOrEqual(REKEY_OCTETS);
});

test('a handshake that does not come, and a close that does not finish, have an end', () => {
  const pair = makePair();
  expect(pair.answerer.link.deadlineUs).toBe(HANDSHAKE_US);
  pair.answerer.link.handleTimeout(HANDSHAKE_US - 1);
  expect(pair.answerer.link.failure).toBeUndefined();
  pair.answerer.link.handleTimeout(HANDSHAKE_US);
  expect(pair.answerer.link.failure).toBe('timed-out');

  const closing = makePair();
  closing.dialler.user.endAfter = true;
  closing.answerer.user.endAfter = true;
  exchange(closing);
  expect(closing.dialler.link.deadlineUs).toBe(CLOSE_US);
  closing.dialler.link.handleTimeout(CLOSE_US);
  expect(closing.dialler.rejects.get('close-overdue')).toBe(1);
});

test('a reader that stalls for minutes does not lose the link to the age of a key', () => {
  const pair = makePair();
  exchange(pair);
  pair.answerer.user.appetite = 0;
  pair.dialler.user.outbox = counted(2 * RECORD_PAYLOAD_MAX);
  const octets = pull(pair, pair.dialler);
  const taken = pair.answerer.link.receive(0, octets, 0, octets.length);
  expect(taken).toBeLessThan(octets.length);
  pair.nowUs = 3 * REKEY_GRACE * REKEY_US;
  pair.answerer.user.appetite = Number.POSITIVE_INFINITY;
  pair.answerer.link.resume(pair.nowUs);
  pair.answerer.link.receive(pair.nowUs, octets, taken, octets.length);
  expect(pair.answerer.link.failure).toBeUndefined();
  expect(pair.answerer.user.received).toHaveLength(2 * RECORD_PAYLOAD_MAX);
});

test('a dial that meets silence ends in the time of an opening', () => {
  const { dialler } = makePair();
  dialler.link.handleTimeout(HANDSHAKE_US);
  expect(dialler.link.failure).toBe('timed-out');
});

test('a link that has nothing to say pads into the silence, and both ends stay', () => {
  const pair = makePair();
  exchange(pair);
  for (pair.nowUs = KEEPALIVE_US; pair.nowUs < 2 * SILENCE_US; pair.nowUs += KEEPALIVE_US) {
    for (const { link } of [pair.dialler, pair.answerer]) link.handleTimeout(pair.nowUs);
    exchange(pair);
  }
  for (const { link, user } of [pair.dialler, pair.answerer]) {
    expect(link.failure).toBeUndefined();
    expect(user.log).toEqual(['opened']);
    expect(user.received).toHaveLength(0);
  }
});

test('what a user aborts in the middle of a chunk brings nothing more of that chunk', () => {
  const pair = makePair();
  exchange(pair);
  pair.dialler.user.outbox = counted(3 * RECORD_PAYLOAD_MAX);
  const octets = pull(pair, pair.dialler);
  let offered = 0;
  pair.answerer.user.receive = (_now, _id, _bytes, start, end) => {
    offered += 1;
    pair.answerer.link.abort();
    return end - start;
  };
  pair.answerer.link.receive(0, octets, 0, octets.length);
  expect(offered).toBe(1);
  expect(pair.answerer.link.failure).toBe('local');
  expect(pair.answerer.rejects.total).toBe(0);
});

test('a user that aborts where it is asked for content says nothing more', () => {
  const pair = makePair();
  exchange(pair);
  pair.dialler.user.transmit = () => {
    pair.dialler.link.abort();
    return 5;
  };
  const out = new Uint8Array(IO_LEN);
  expect(pair.dialler.link.transmit(0, out, 0, out.length)).toBe(0);
  expect(pair.dialler.link.failure).toBe('local');
});

test('keys are wiped as soon as their direction, or their link, is over', () => {
  const pair = makePair();
  exchange(pair);
  expect(pair.keysAlive()).toBe(4);
  pair.dialler.user.endAfter = true;
  exchange(pair);
  expect(pair.keysAlive()).toBe(2);
  pair.answerer.link.ended();
  feed(pair, pair.answerer, counted(1));
  expect(pair.answerer.link.failure).toBe('reset');
  expect(pair.keysAlive()).toBe(1);
  pair.dialler.link.abort();
  expect(pair.keysAlive()).toBe(0);
});

test('a change of key destroys the key before', () => {
  const pair = makePair();
  exchange(pair);
  for (let i = 1; i <= 3; i++) {
    pair.nowUs = i * REKEY_US;
    pair.dialler.user.outbox = counted(1);
    exchange(pair);
  }
  expect(pair.answerer.user.received).toHaveLength(3);
  expect(pair.keysAlive()).toBe(4);
});

test('a slow path may take minutes to carry what both ends have said; a quarter of an hour is enough', () => {
  for (const endsFirst of ['dialler', 'answerer'] as const) {
    const pair = makePair();
    exchange(pair);
    pair[endsFirst].user.endAfter = true;
    exchange(pair);
    pair.dialler.user.endAfter = true;
    pair.answerer.user.endAfter = true;
    exchange(pair);
    for (const { link } of [pair.dialler, pair.answerer]) {
      link.handleTimeout(CLOSE_US - 1);
      expect(link.failure).toBeUndefined();
      link.handleTimeout(CLOSE_US);
      expect(link.failure).toBe('timed-out');
    }
  }
});

test('the close has an end also when the host never asks for ours', () => {
  const pair = makePair();
  exchange(pair);
  pair.dialler.user.endAfter = true;
  exchange(pair);
  pair.answerer.user.endAfter = true;
  const out = new Uint8Array(IO_LEN);
  expect(pair.answerer.link.transmit(0, out, 0, out.length)).toBeGreaterThan(0);
  expect(pair.answerer.link.deadlineUs).toBe(CLOSE_US);
});
