import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mapOf } from '#core/circuit/map.case.ts';
import type { Cause } from '#core/host/mod.ts';
import { ENTRIES_MAX, ENTRY_US } from '../base/limits.ts';
import { type App, ascii, CONNECT, credentials, Door, GREETING } from './apps.case.ts';
import type { Ask } from './bench.case.ts';

/** A door with circuits behind it. */
function open(): Door {
  const door = new Door();
  door.bench.started();
  return door;
}

function lastAsk(door: Door): Ask {
  const ask = door.bench.asks.at(-1);
  if (ask === undefined) throw new Error('something was asked for');
  return ask;
}

/** An application whose stream is there; what it was told is forgotten. */
function joined(door: Door): { readonly app: App; readonly ask: Ask } {
  const app = door.guest().say(GREETING, CONNECT);
  door.run();
  const ask = lastAsk(door);
  ask.far.streams.granted(ask.stream);
  door.run();
  app.received = new Uint8Array(0);
  return { app, ask };
}

/** What the far end has of a stream. */
function arrived({ far, stream }: Ask): readonly number[] {
  const out = new Uint8Array(300_000);
  const given = far.streams.pull(stream, out, 0, out.length);
  return given < 0 ? [-1] : [...out.subarray(0, given)];
}

test('SOCKS: asked, granted, and octets both ways, with each end by itself', () => {
  const door = open();
  const app = door.guest().say(GREETING);
  door.run();
  expect([...app.received]).toEqual([5, 0]);
  app.say(CONNECT);
  door.run();
  const ask = lastAsk(door);
  expect(ask.to).toEqual({ host: 'web.test', port: 443 });
  expect(app.received).toHaveLength(2);
  ask.far.streams.granted(ask.stream);
  door.run();
  expect([...app.received.subarray(2, 4)]).toEqual([5, 0]);
  expect([app.received.length, door.front.open]).toEqual([12, 1]);
  app.say([1, 2, 3]).endsAfter = true;
  door.run();
  expect([arrived(ask), arrived(ask)]).toEqual([[1, 2, 3], [-1]]);
  ask.far.streams.push(0, ask.stream, Uint8Array.of(7, 8), 0, 2);
  ask.far.streams.end(ask.stream);
  door.run();
  expect([[...app.received.subarray(12)], app.sawEnd, app.closed]).toEqual([[7, 8], true, 'ended']);
  expect([door.front.open, door.front.counts.total]).toEqual([0, 0]);
});

test('everything said at once: each reply comes, in order, and no octet of the data is lost', () => {
  const door = open();
  const app = door.guest().say(credentials(0x61), CONNECT, [9, 9, 9]);
  app.isDeaf = true;
  door.run();
  const ask = lastAsk(door);
  ask.far.streams.granted(ask.stream);
  door.run();
  app.isDeaf = false;
  door.run();
  expect([...app.received.subarray(0, 6)]).toEqual([5, 2, 1, 0, 5, 0]);
  expect(arrived(ask)).toEqual([9, 9, 9]);
});

test('no path: who said everything at once hears every reply, and the refusal behind them', () => {
  const door = new Door();
  door.bench.circuits.use(0, mapOf(door.bench.entries.slice(0, 1)));
  const app = door.guest().say(GREETING, CONNECT);
  app.endsAfter = true;
  door.run();
  expect([...app.received.subarray(0, 4)]).toEqual([5, 0, 5, 4]);
  expect([app.sawEnd, app.closed]).toEqual([true, 'ended']);
});

test('who came before the first map waits for it; who waits when it shows no path hears so', () => {
  const door = new Door();
  const [first, second] = [
    door.guest().say(GREETING, CONNECT),
    door.guest().say(GREETING, CONNECT),
  ];
  door.run();
  expect(door.bench.asks).toHaveLength(0);
  door.bench.started();
  door.run();
  expect(door.bench.asks).toHaveLength(2);
  for (const app of [first, second]) expect([...app.received]).toEqual([5, 0]);

  const late = new Door();
  const app = late.guest().say(GREETING, CONNECT);
  late.run();
  late.bench.circuits.use(0, mapOf([]));
  late.run();
  expect([...app.received.subarray(2, 4)]).toEqual([5, 4]);
});

test('HTTP: asked, granted with 2xx, refused with anything else', () => {
  const door = open();
  const app = door
    .guest()
    .say(ascii('CONNECT web.test:443 HTTP/1.1\r\nHost: web.test\r\n\r\n'), [7]);
  door.run();
  const ask = lastAsk(door);
  ask.far.streams.granted(ask.stream);
  door.run();
  expect(String.fromCharCode(...app.received)).toMatch(/^HTTP\/1\.1 200 /);
  expect(arrived(ask)).toEqual([7]);
  const other = door.guest().say(ascii('CONNECT web.test:443 HTTP/1.1\r\nHost: web.test\r\n\r\n'));
  door.run();
  lastAsk(door).far.streams.reset(lastAsk(door).stream, 'policy');
  door.run();
  expect(String.fromCharCode(...other.received)).toMatch(/^HTTP\/1\.1 [45]/);
  expect(other.sawEnd).toBe(true);
});

const SAID: { readonly [cause in Cause]?: number } = Object.freeze({
  reset: 5,
  refused: 5,
  unreachable: 4,
  'timed-out': 6,
  limit: 1,
  policy: 2,
  untrusted: 1,
});

test.each(Object.entries(SAID))(
  'the exit says %s: SOCKS says %i, once, and ends',
  (cause, code) => {
    const door = open();
    const app = door.guest().say(GREETING, CONNECT);
    door.run();
    const { far, stream } = lastAsk(door);
    far.streams.reset(stream, cause as Cause);
    door.run();
    expect([...app.received.subarray(2, 4), app.received.length]).toEqual([5, code, 12]);
    expect([app.sawEnd, door.front.open]).toEqual([true, 0]);
  },
);

test('octets nobody understands are counted, answered and ended', () => {
  const door = open();
  const app = door.guest().say([0, 1, 2, 3]);
  app.endsAfter = true;
  door.run();
  expect([door.front.counts.get('unknown-protocol'), app.closed]).toEqual([1, 'ended']);
});

test('classes of applications never share a circuit; applications of one class do', () => {
  const door = open();
  for (const letter of [0x61, 0x62, 0x61, 0x63]) {
    door.guest().say(credentials(letter), CONNECT);
    door.run();
  }
  const [a, b, again, c] = door.bench.asks.map(({ far }) => far);
  expect(again).toBe(a);
  expect(new Set([a, b, c]).size).toBe(3);
});

test('who does not say what it wants is gone in time, who gets nothing hears that it took too long', () => {
  const door = open();
  const silent = door.guest();
  const half = door.guest().say(GREETING);
  const waiting = door.guest().say(GREETING, CONNECT);
  door.run();
  const { far, stream } = lastAsk(door);
  door.wait(ENTRY_US - 1);
  for (const app of [silent, half, waiting])
    expect([app.closed, app.sawEnd]).toEqual([undefined, false]);
  door.wait(1);
  expect([silent.closed, half.closed]).toEqual(['local', 'local']);
  expect([...waiting.received.subarray(2, 4), waiting.sawEnd]).toEqual([5, 6, true]);
  expect(door.front.counts.get('entry-overdue')).toBe(3);
  // Granted too late: it is of no use to anybody.
  far.streams.granted(stream);
  door.run();
  expect([far.streams.size, door.front.open]).toEqual([0, 0]);
  door.wait(ENTRY_US);
  expect([waiting.closed, door.front.deadlineUs]).toEqual(['local', Number.POSITIVE_INFINITY]);
});

test('who never reads that it was granted is gone in time, and its stream with it', () => {
  const door = open();
  const app = door.guest().say(GREETING, CONNECT);
  app.isDeaf = true;
  door.run();
  const { far, stream } = lastAsk(door);
  far.streams.granted(stream);
  door.wait(ENTRY_US);
  expect([app.closed, far.streams.size, door.front.counts.get('entry-overdue')]).toEqual([
    'local',
    0,
    1,
  ]);
});

test('a stream that is reset between the grant and the reply: nothing false is said', () => {
  const door = open();
  const app = door.guest().say(GREETING, CONNECT);
  door.run();
  app.isDeaf = true;
  const { far, stream } = lastAsk(door);
  far.streams.granted(stream);
  door.run();
  far.streams.reset(stream, 'reset');
  door.run();
  expect([app.closed, app.received.length, door.front.deadlineUs]).toEqual([
    'local',
    2,
    Number.POSITIVE_INFINITY,
  ]);
});

test('an application that leaves, at whatever point: its stream is reset, and nobody waits for it', () => {
  for (const said of [[], GREETING, [...GREETING, ...CONNECT]]) {
    const door = open();
    const app = door.guest().say(said);
    door.run();
    door.leave(app);
    expect(door.bench.alive.every(({ streams }) => streams.size === 0)).toBe(true);
    expect(door.front.deadlineUs).toBe(Number.POSITIVE_INFINITY);
  }
  const door = open();
  const { app, ask } = joined(door);
  door.leave(app);
  expect([ask.far.streams.size, door.front.open]).toEqual([0, 0]);
  // It ended before it had said what it wanted: nothing can become of it.
  for (const said of [[], GREETING, GREETING.concat(CONNECT.slice(0, -1))]) {
    const ended = door.guest().say(said);
    ended.endsAfter = true;
    door.run();
    expect(ended.closed).toBe('local');
  }
});

test('an application may end its direction any time after its request: the far end hears it behind its octets', () => {
  const http = ascii('CONNECT web.test:443 HTTP/1.1\r\nHost: web.test\r\n\r\n');
  for (const request of [GREETING.concat(CONNECT), http])
    for (const said of [[], [1, 2, 3]])
      for (const when of ['before a circuit', 'before the grant', 'behind the grant']) {
        const door = new Door();
        if (when !== 'before a circuit') door.bench.started();
        const app = door.guest().say(request, said);
        app.endsAfter = when !== 'behind the grant';
        door.run();
        if (when === 'before a circuit') door.bench.started();
        door.run();
        const ask = lastAsk(door);
        expect([app.closed, arrived(ask)]).toEqual([undefined, []]);
        ask.far.streams.granted(ask.stream);
        door.run();
        app.endsAfter = true;
        app.received = new Uint8Array(0);
        door.run();
        if (said.length > 0) expect(arrived(ask)).toEqual(said);
        expect(arrived(ask)).toEqual([-1]);
        // The far end goes on: this is a half that has ended.
        ask.far.streams.push(0, ask.stream, Uint8Array.of(4, 5), 0, 2);
        door.run();
        ask.far.streams.end(ask.stream);
        door.run();
        expect([[...app.received], app.closed, door.front.open]).toEqual([[4, 5], 'ended', 0]);
      }
});

test('an application that has ended hears a refusal, or that it took too long', () => {
  for (const cause of ['refused', 'timed-out'] as const) {
    const door = open();
    const app = door.guest().say(GREETING, CONNECT);
    app.endsAfter = true;
    door.run();
    const { far, stream } = lastAsk(door);
    if (cause === 'refused') far.streams.reset(stream, cause);
    else door.wait(ENTRY_US);
    door.run();
    expect([app.received[3], app.closed]).toEqual([cause === 'refused' ? 5 : 6, 'ended']);
    expect([far.streams.size, door.front.deadlineUs]).toEqual([0, Number.POSITIVE_INFINITY]);
  }
});

test('what the exit resets, and the loss of a circuit, cut the application off, and no other', () => {
  for (const isCircuit of [false, true]) {
    const door = open();
    const { app, ask } = joined(door);
    const other = door.guest().say(credentials(0x62), CONNECT);
    door.run();
    if (isCircuit) ask.far.leave();
    else ask.far.streams.reset(ask.stream, 'reset');
    door.run();
    expect([app.closed, other.closed]).toEqual(['local', undefined]);
  }
});

test('back-pressure: an application that does not read stops its far end at the window', () => {
  const door = open();
  const { app, ask } = joined(door);
  app.isDeaf = true;
  const octets = new Uint8Array(50_000).fill(3);
  let pushed = 0;
  for (let turn = 0; turn < 40; turn++) {
    pushed += ask.far.streams.push(0, ask.stream, octets, 0, octets.length);
    door.run();
  }
  expect(pushed).toBeLessThan(400_000);
  app.isDeaf = false;
  door.run();
  expect(app.received).toHaveLength(pushed);
});

test('as many as there may be wait at the door, and one more is turned away', () => {
  const door = open();
  for (let n = 0; n < ENTRIES_MAX; n++) expect(door.come()).toBeDefined();
  expect([door.come(), door.front.counts.get('entry-limit')]).toEqual([undefined, 1]);
  door.wait(ENTRY_US);
  expect([door.apps.size, door.front.counts.get('entry-overdue')]).toEqual([0, ENTRIES_MAX]);
  expect(door.come()).toBeDefined();
});

const step = fc.tuple(
  fc.constantFrom(
    'come',
    'say',
    'say',
    'say',
    'end',
    'leave',
    'deaf',
    'grant',
    'reset',
    'lose',
    'wait',
  ),
  fc.nat(30),
);

test('any applications, any exits, any time: none is told two things, none outstays its time, nothing is left', () => {
  const parts = [GREETING, credentials(0x61), CONNECT, [1, 2, 3], [0], GREETING.concat(CONNECT)];
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const door = open();
      const all: App[] = [];
      for (const [what, n] of steps) {
        const app = all[n % Math.max(all.length, 1)];
        const ask = door.bench.asks[n % Math.max(door.bench.asks.length, 1)];
        if (what === 'come') all.push(door.guest());
        else if (what === 'say') app?.say(parts[n % parts.length] ?? []);
        else if (what === 'end' && app !== undefined) app.endsAfter = true;
        else if (what === 'deaf' && app !== undefined) app.isDeaf = !app.isDeaf;
        else if (what === 'leave' && app !== undefined) door.leave(app);
        else if (what === 'grant') ask?.far.streams.granted(ask.stream);
        else if (what === 'reset') ask?.far.streams.reset(ask.stream, 'refused');
        else if (what === 'lose' && n < 4) ask?.far.leave();
        else if (what === 'wait') door.wait(n * 1_000_000);
        door.run();
      }
      door.wait(3 * ENTRY_US);
      expect(door.front.deadlineUs).toBe(Number.POSITIVE_INFINITY);
      for (const app of door.apps.values()) {
        app.isDeaf = false;
        app.endsAfter = true;
      }
      for (const { far, stream } of door.bench.asks) far.streams.end(stream);
      for (const { far, stream } of door.bench.asks)
        while (arrived({ far, stream } as Ask).length > 0) door.run();
      door.run();
      expect([door.front.open, door.apps.size]).toEqual([0, 0]);
    }),
    { numRuns: 40 },
  );
});
