import fc from 'fast-check';
import { expect, test } from 'vitest';
import { END } from '#core/host/mod.ts';
import { encodeDestination } from '#core/wire/mod.ts';
import { ChunkPool } from '../base/chunk-pool.ts';
import { STREAM_OUTBOX, STREAM_WINDOW, STREAMS_PER_CIRCUIT_MAX } from '../base/limits.ts';
import {
  MESSAGE_CREDIT,
  MESSAGE_DATA,
  MESSAGE_END,
  MESSAGE_OPEN,
  MESSAGE_OPENED,
  MESSAGE_RESET,
  writeMessageHead,
} from './message.ts';
import { CellPipe, messagesOf, StreamEnd, TO } from './streams.case.ts';
import { Streams } from './streams.ts';
import type { MessageReject } from './streams-user.ts';

const ROOM = 456;

function message(type: number, stream: number, body: Uint8Array = new Uint8Array(0)): Uint8Array {
  const octets = new Uint8Array(5 + body.length);
  writeMessageHead(octets, 0, type, stream, body.length);
  octets.set(body, 5);
  return octets;
}

/** What an end makes of these messages in one cell: why it refused, or undefined. */
function told(end: StreamEnd, ...messages: readonly Uint8Array[]): MessageReject | undefined {
  const cell = Uint8Array.from(messages.flatMap((one) => [...one]));
  return end.streams.receive(0, cell, 0, cell.length) ? undefined : end.streams.reject;
}

function opening(stream: number): Uint8Array {
  return message(MESSAGE_OPEN, stream, encodeDestination(TO));
}

/** The next cell's messages, by type and stream. */
function said(end: StreamEnd, room = ROOM): readonly string[] {
  const cell = new Uint8Array(room);
  if (end.streams.fill(0, cell, 0, room) < 0) return [];
  return messagesOf(cell).map(({ type, stream, body }) => `${type} ${stream} ${body.length}`);
}

function joined(): { client: StreamEnd; last: StreamEnd; up: CellPipe; down: CellPipe } {
  const [client, last] = [new StreamEnd(true), new StreamEnd(false)];
  return { client, last, up: new CellPipe(client, last), down: new CellPipe(last, client) };
}

test('OPEN carries the destination, data may follow at once, OPENED answers', () => {
  const { client, last, up, down } = joined();
  const stream = client.open();
  client.push(stream, 100);
  client.end(stream);
  expect(up.fill(ROOM, down)).toBe(true);
  up.deliver();
  expect(last.asks).toEqual([{ stream: 1, to: TO }]);
  expect([last.pull(1, 500, client), last.pull(1, 500, client)]).toEqual([100, END]);
  last.streams.granted(1);
  down.fill(ROOM, up);
  down.deliver();
  expect(client.side(1).isOpened).toBe(true);
  last.end(1);
  down.fill(ROOM, up);
  down.deliver();
  expect(client.pull(1, 1, last)).toBe(END);
  expect([client.streams.size, last.streams.size]).toEqual([0, 0]);
});

test('one cell says what several streams have to say, and the rest of it is zero', () => {
  const client = new StreamEnd(true);
  for (let n = 0; n < 3; n++) client.push(client.open(), 10);
  const cell = new Uint8Array(ROOM).fill(0xee);
  expect(client.streams.fill(0, cell, 0, ROOM)).toBe(30);
  const used = 3 * (5 + 2 + 8 + 2 + 5 + 10);
  expect(cell.subarray(used).every((octet) => octet === 0)).toBe(true);
  expect(messagesOf(cell)).toHaveLength(6);
  expect(client.streams.fill(0, cell, 0, ROOM)).toBe(-1);
});

test('OPENs go in the order of their numbers, however little fits and whatever was reset meanwhile', () => {
  const client = new StreamEnd(true);
  for (let n = 0; n < 40; n++) client.open({ host: `${'a'.repeat(50)}.test`, port: 1 });
  for (const stream of [1, 17, 40]) client.giveUp(stream, 'policy');
  const opened: string[] = [];
  for (let line = said(client); line.length > 0; line = said(client)) opened.push(...line);
  const opens = opened.filter((line) => line.startsWith('1 ')).map((line) => line.split(' ')[1]);
  expect(opens).toEqual(Array.from({ length: 40 }, (_, n) => `${n + 1}`));
  expect(opened.filter((line) => line.startsWith('5 '))).toEqual(['5 1 1', '5 17 1', '5 40 1']);
  expect(client.streams.size).toBe(37);
});

test('streams speak by turns', () => {
  const client = new StreamEnd(true);
  for (let n = 0; n < 4; n++) client.push(client.open(), 5000);
  said(client, 4000);
  const speakers = Array.from({ length: 8 }, () => said(client)[0]?.split(' ')[1]);
  expect(new Set(speakers.slice(0, 4)).size).toBe(4);
  expect(speakers.slice(4)).toEqual(speakers.slice(0, 4));
});

test('credit that is of no use any more keeps nobody waiting', () => {
  const { client, last, up, down } = joined();
  const [first, second] = [client.open(), client.open()];
  up.fill(ROOM, down);
  up.deliver();
  for (let left = STREAM_WINDOW / 2; left > 0; ) {
    left -= last.push(first, Math.min(left, STREAM_OUTBOX));
    while (down.fill(16_000, up)) down.deliver();
  }
  while (client.pull(first, 10_000, last) > 0);
  // The first owes credit, and before it can say so the far end has ended; the second must still be heard.
  last.end(first);
  down.fill(ROOM, up);
  down.deliver();
  client.push(second, 9);
  expect(said(client)).toEqual(['3 2 9']);
});

test('a reset is told once each way; what arrives for a stream that was reset is ignored', () => {
  const { client, last, up, down } = joined();
  const stream = client.open();
  up.fill(ROOM, down);
  up.deliver();
  last.push(stream, 2000);
  client.push(stream, 2000);
  client.giveUp(stream, 'timed-out');
  expect(client.pool.used).toBe(0);
  down.fill(ROOM, up);
  down.deliver();
  up.fill(ROOM, down);
  up.deliver();
  expect(last.side(stream).cause).toBe('timed-out');
  expect([client.streams.size, last.streams.size, last.pool.used]).toEqual([0, 0, 0]);
  for (const type of [2, 3, 4, 5, 6]) expect(told(client, message(type, stream))).toBeUndefined();
});

test('each cause crosses as itself; what the far end need not know as a reset', () => {
  const causes = ['reset', 'refused', 'unreachable', 'timed-out', 'limit', 'policy', 'untrusted'];
  for (const cause of [...causes, 'local', 'ended'] as const) {
    const { client, last, up, down } = joined();
    client.open();
    up.fill(ROOM, down);
    up.deliver();
    last.giveUp(1, cause as 'reset');
    down.fill(ROOM, up);
    down.deliver();
    expect(client.side(1).cause).toBe(causes.includes(cause) ? cause : 'reset');
  }
});

test('the end of a circuit resets every stream that is not over, once, and empties the pool', () => {
  const { client, last, up, down } = joined();
  for (let n = 0; n < 3; n++) client.push(client.open(), 3000);
  for (let turn = 0; turn < 9; turn++) {
    up.fill(ROOM, down);
    up.deliver();
  }
  last.giveUp(2, 'refused');
  last.streams.destroy(0, 'reset');
  client.streams.destroy(0, 'reset');
  expect([1, 2, 3].map((stream) => last.side(stream).cause)).toEqual(['reset', 'refused', 'reset']);
  for (const { pool, streams } of [client, last])
    expect([pool.used, streams.size, streams.hasToSay]).toEqual([0, 0, false]);
});

test('a client opens as many as it may, and no number twice', () => {
  const client = new StreamEnd(true);
  for (let n = 0; n < STREAMS_PER_CIRCUIT_MAX; n++) client.open();
  expect(client.streams.isSpent).toBe(true);
  expect(() => client.open()).toThrow('while it may');
  const many = new StreamEnd(true);
  for (let n = 1; n <= 65_535; n++) {
    expect(many.open()).toBe(n);
    many.giveUp(n, 'local');
    if (n % 16 === 0) while (said(many).length > 0);
  }
  while (said(many).length > 0);
  expect([many.streams.size, many.streams.isSpent]).toEqual([0, true]);
});

test('streams the client is done with do not count against those it opens', () => {
  const last = new StreamEnd(false);
  for (let n = 1; n <= STREAMS_PER_CIRCUIT_MAX + 9; n++) {
    expect(told(last, opening(n), message(MESSAGE_END, n))).toBeUndefined();
    last.end(n);
  }
});

test('a stream the pool has no room for is over, and says so', () => {
  const causes: string[] = [];
  const user = {
    asked: () => undefined,
    opened: () => undefined,
    stirred: () => undefined,
    reset: (_nowUs: number, _stream: number, cause: string) => causes.push(cause),
  };
  const streams = new Streams(true, user, new ChunkPool(8192), () => undefined);
  const stream = streams.open(TO);
  expect(streams.push(0, stream, new Uint8Array(9000), 0, 9000)).toBe(9000);
  expect(causes).toEqual(['limit']);
});

// ---- what is refused -------------------------------------------------------------------------------------

const zeros = (length: number): Uint8Array => new Uint8Array(length);
const credit = (octets: number): Uint8Array =>
  Uint8Array.of(octets >>> 24, octets >>> 16, octets >>> 8, octets);

/** At a last hop whose client has opened stream 1. */
const OFFENCES: readonly (readonly [MessageReject, string, readonly Uint8Array[]])[] =
  Object.freeze([
    ['message-malformed', 'an OPEN out of turn', [opening(3)]],
    ['message-malformed', 'an OPEN of a number in use', [opening(1)]],
    ['message-malformed', 'an OPEN of number 0', [opening(0)]],
    ['message-malformed', 'an OPEN without destination', [message(MESSAGE_OPEN, 2)]],
    [
      'message-malformed',
      'an OPEN with something behind its destination',
      [message(MESSAGE_OPEN, 2, Uint8Array.of(...encodeDestination(TO), 0))],
    ],
    ['message-malformed', 'OPENED by a client', [message(MESSAGE_OPENED, 1)]],
    ['message-malformed', 'data of no octet', [message(MESSAGE_DATA, 1)]],
    ['message-malformed', 'an END with content', [message(MESSAGE_END, 1, zeros(1))]],
    [
      'message-malformed',
      'data behind the END',
      [message(MESSAGE_END, 1), message(MESSAGE_DATA, 1, zeros(1))],
    ],
    ['message-malformed', 'a second END', [message(MESSAGE_END, 1), message(MESSAGE_END, 1)]],
    ['message-malformed', 'a RESET without cause', [message(MESSAGE_RESET, 1)]],
    ['message-malformed', 'a RESET of two causes', [message(MESSAGE_RESET, 1, zeros(2))]],
    ['message-malformed', 'a cause nobody knows', [message(MESSAGE_RESET, 1, Uint8Array.of(7))]],
    ['message-malformed', 'a CREDIT of three octets', [message(MESSAGE_CREDIT, 1, zeros(3))]],
    ['message-malformed', 'a type nobody knows', [message(7, 1)]],
    [
      'message-malformed',
      'a type nobody knows for a stream that was reset',
      [message(MESSAGE_RESET, 1, zeros(1)), message(9, 1)],
    ],
    [
      'message-malformed',
      'a length beyond the cell',
      [message(MESSAGE_DATA, 1, zeros(9)).slice(0, 9)],
    ],
    ['message-malformed', 'octets behind the last message', [zeros(20), Uint8Array.of(1)]],
    ['message-malformed', 'part of a head', [message(MESSAGE_END, 1), Uint8Array.of(3, 0, 1)]],
    ['stream-unknown', 'data of stream 0', [message(MESSAGE_DATA, 0, zeros(1))]],
    ['stream-unknown', 'data of a stream never opened', [message(MESSAGE_DATA, 2, zeros(1))]],
    [
      'stream-credit',
      'more credit than a number holds',
      [message(MESSAGE_CREDIT, 1, credit(0x8000_0000))],
    ],
    [
      'stream-credit',
      'more than the window',
      Array.from({ length: 5 }, () => message(MESSAGE_DATA, 1, zeros(60_000))),
    ],
    [
      'stream-limit',
      'streams without end',
      Array.from({ length: 2 * STREAMS_PER_CIRCUIT_MAX }, (_, n) => opening(n + 2)),
    ],
  ]);

test.each(OFFENCES)('%s: %s', (reject, _, messages) => {
  const last = new StreamEnd(false);
  expect(told(last, opening(1))).toBeUndefined();
  expect(told(last, ...messages)).toBe(reject);
});

test('a last hop opens nothing at a client', () => {
  expect(told(new StreamEnd(true), opening(1))).toBe('message-malformed');
});

test('a window of octets that the pool cannot hold ends the circuit', () => {
  const user = new StreamEnd(false);
  const streams = new Streams(false, user, new ChunkPool(8192), () => undefined);
  const cell = Uint8Array.of(...opening(1), ...message(MESSAGE_DATA, 1, zeros(9000)));
  expect([streams.receive(0, cell, 0, cell.length), streams.reject]).toEqual([
    false,
    'pool-exhausted',
  ]);
});

test('any octets, in any cut: taken or refused by name, and no more is held than the windows', () => {
  const known = fc.record({
    type: fc.nat(8),
    stream: fc.nat(4),
    body: fc.uint8Array({ maxLength: 40 }),
  });
  const part = fc.oneof(
    known.map(({ type, stream, body }) => message(type, stream, body)),
    fc.nat(5).map(opening),
    fc.nat(4).map((stream) => message(MESSAGE_CREDIT, stream, credit(0xffff_ffff))),
    fc.uint8Array({ maxLength: 12 }),
  );
  const seen = new Set<string>();
  fc.assert(
    fc.property(
      fc.array(fc.array(part, { maxLength: 6 }), { maxLength: 8 }),
      fc.boolean(),
      (cells, isClient) => {
        const end = new StreamEnd(isClient);
        if (isClient) for (let n = 0; n < 3; n++) end.open();
        for (const parts of cells) {
          const cell = Uint8Array.from(parts.flatMap((octets) => [...octets]));
          const isTaken = end.streams.receive(0, cell, 0, cell.length);
          seen.add(isTaken ? 'taken' : end.streams.reject);
          if (!isTaken) break;
        }
        expect(end.streams.size).toBeLessThanOrEqual(8);
        end.streams.destroy(0, 'reset');
        expect(end.pool.used).toBe(0);
      },
    ),
    { numRuns: 1000, seed: 7 },
  );
  expect([...seen].sort()).toEqual(
    ['message-malformed', 'stream-credit', 'stream-unknown', 'taken'].sort(),
  );
});
