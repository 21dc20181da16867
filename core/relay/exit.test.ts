import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Streams, type StreamsUser } from '#core/circuit/mod.ts';
import { END } from '#core/host/mod.ts';
import { CONNECT_BURST, CONNECT_EARN_US, CONNECT_TRIES_MAX } from '../base/limits.ts';
import { ExitScene, NODE, OTHER, WEB } from './exit-scene.case.ts';
import { EXIT_REJECTS, type ExitCount } from './mod.ts';

test('an address is dialled at once, a name once it is resolved; octets and ends both ways', () => {
  const world = new ExitScene();
  const [a, b] = [world.ask(WEB), world.ask('web.test', 80)];
  expect([world.dialled, world.lookups]).toEqual([
    ['203.0.114.9:443'],
    [{ ticket: 1, name: 'web.test' }],
  ]);
  world.answer(OTHER);
  expect(world.dialled).toEqual(['203.0.114.9:443', '203.0.114.10:80']);
  world.opens(1);
  world.opens(2);
  expect([a, b].map((stream) => world.client.side(stream).isOpened)).toEqual([true, true]);
  world.client.push(b, 100);
  world.client.end(b);
  world.run();
  const out = new Uint8Array(500);
  expect(world.exit.transmit(0, 2, out, 0, 500)).toBe(100);
  expect([world.exit.transmit(0, 2, out, 0, 500), world.exit.transmit(0, 1, out, 0, 500)]).toEqual([
    END,
    0,
  ]);
  const { last } = world;
  expect(world.exit.receive(0, 2, Uint8Array.of(1, 2), 0, 2)).toBe(2);
  world.exit.ended(0, 2);
  world.run();
  expect(world.client.streams.pull(b, out, 0, 500)).toBe(2);
  expect(world.client.streams.pull(b, out, 0, 500)).toBe(END);
  world.dies(2, 'ended');
  world.dies(1, 'reset');
  expect([last.size, world.exit.connected, world.causeOf(a), world.causeOf(b)]).toEqual([
    0,
    0,
    'reset',
    undefined,
  ]);
});

test('what a name resolves to is judged, and nothing of it is dialled that is refused', () => {
  const cases: readonly (readonly [ExitCount, Uint8Array, number])[] = [
    ['loopback', Uint8Array.of(127, 0, 0, 1), 443],
    ['private', Uint8Array.of(10, 1, 2, 3), 443],
    ['link-local', Uint8Array.of(169, 254, 1, 1), 443],
    ['metadata', Uint8Array.of(169, 254, 169, 254), 80],
    ['multicast', Uint8Array.of(224, 0, 0, 1), 443],
    ['loopback', Uint8Array.of(...new Uint8Array(15), 1), 443],
    ['re-entry', NODE, 9001],
    ['closed-port', WEB, 25],
  ];
  for (const [reject, ip, port] of cases)
    for (const host of ['inside.test', ip]) {
      const world = new ExitScene();
      const stream = world.ask(host, port);
      if (typeof host === 'string') world.answer(ip);
      expect(world.causeOf(stream)).toBe('policy');
      expect([world.exit.rejects.get(reject), world.exit.rejects.total]).toEqual([1, 1]);
      expect(world.dialled).toEqual([]);
    }
});

test('of several addresses those that are allowed are tried in turn, a few at most; the last cause is told', () => {
  const world = new ExitScene();
  const stream = world.ask('many.test');
  const good = [1, 2, 3, 4, 5].map((n) => Uint8Array.of(203, 0, 114, n));
  world.answer(Uint8Array.of(10, 0, 0, 1), ...good);
  for (const [n, cause] of (['refused', 'unreachable', 'timed-out'] as const).entries()) {
    expect([world.dialled.length, world.causeOf(stream)]).toEqual([n + 1, undefined]);
    world.dies(n + 1, cause);
  }
  expect(world.dialled).toHaveLength(CONNECT_TRIES_MAX);
  expect(world.causeOf(stream)).toBe('timed-out');
  expect(world.exit.rejects.get('private')).toBe(1);

  const second = new ExitScene();
  const late = second.ask('many.test');
  second.answer(...good);
  second.dies(1, 'refused');
  second.opens(2);
  expect([second.client.side(late).isOpened, second.dialled.length]).toEqual([true, 2]);
});

test('a name that has no address, and a host that has no room', () => {
  const world = new ExitScene();
  const nowhere = world.ask('nowhere.test');
  world.answer();
  expect([world.causeOf(nowhere), world.exit.rejects.get('unresolved')]).toEqual([
    'unreachable',
    1,
  ]);
  world.isFull = true;
  const full = world.ask(WEB);
  expect(world.causeOf(full)).toBe('limit');
});

test('a client that gives up during the lookup, or the dial: nothing is dialled, or no more', () => {
  const world = new ExitScene();
  const [named, dialled] = [world.ask('web.test'), world.ask(WEB)];
  for (const stream of [named, dialled]) world.client.giveUp(stream, 'timed-out');
  world.run();
  expect(world.aborted).toEqual([1]);
  world.answer(OTHER);
  world.dies(1, 'local');
  expect([world.dialled.length, world.last.size]).toEqual([1, 0]);
});

test('a circuit that is gone: lookups, dials and connections are given up, those of another go on', () => {
  const world = new ExitScene();
  world.ask('web.test');
  world.ask(WEB);
  world.ask(OTHER);
  world.opens(2);
  const user = world.exit.circuit(new Streams(false, IDLE, world.pool, () => undefined));
  user.asked(0, 1, { host: WEB, port: 80 });
  world.last.destroy(0, 'reset');
  expect(world.aborted.sort()).toEqual([1, 2]);
  world.exit.resolved(0, 1, [WEB]);
  for (const id of [1, 2]) world.exit.closed(0, id, 'local');
  expect([world.dialled.length, world.exit.connected, world.pool.used]).toEqual([3, 0, 0]);
});

const IDLE: StreamsUser = Object.freeze({
  asked: () => undefined,
  opened: () => undefined,
  stirred: () => undefined,
  reset: () => undefined,
});

test('a circuit asks for so many connections at once, and then at its pace; the next circuit has its own', () => {
  const world = new ExitScene();
  for (let n = 0; n < CONNECT_BURST; n++) world.ask(WEB);
  expect(world.dialled).toHaveLength(CONNECT_BURST);
  for (let n = 0; n < 5; n++) expect(world.causeOf(world.ask(WEB))).toBe('limit');
  expect(world.exit.rejects.get('connect-rate')).toBe(5);
  world.nowUs = CONNECT_EARN_US;
  expect(world.causeOf(world.ask(WEB))).toBeUndefined();
  expect(world.causeOf(world.ask(WEB))).toBe('limit');
  const user = world.exit.circuit(new Streams(false, IDLE, world.pool, () => undefined));
  user.asked(world.nowUs, 1, { host: WEB, port: 80 });
  expect(world.dialled).toHaveLength(CONNECT_BURST + 2);
});

test('what the host says of connections it made up is ignored', () => {
  const world = new ExitScene();
  world.exit.opened(0, 77);
  world.exit.ended(0, 77);
  world.exit.closed(0, 77, 'reset');
  world.exit.resolved(0, 77, [WEB]);
  expect(world.exit.receive(0, 77, new Uint8Array(5), 0, 5)).toBe(5);
  expect(world.exit.transmit(0, 77, new Uint8Array(5), 0, 5)).toBe(0);
  expect(world.exit.rejects.total).toBe(0);
});

const anything = fc.tuple(
  fc.constantFrom(
    'ip',
    'name',
    'answer',
    'opens',
    'refused',
    'reset',
    'local',
    'give-up',
    'push',
    'wait',
  ),
  fc.nat(300),
);

test('any addresses, in any order of answers: every reject is counted by name, and what is dialled is allowed', () => {
  const seen = new Set<string>();
  const addresses = [
    ...[WEB, OTHER, NODE],
    ...['127.0.0.1', '10.0.0.1', '169.254.1.1', '169.254.169.254', '224.0.0.1', '255.255.255.255']
      .concat('0.0.0.0', '192.0.2.1', '198.18.0.1', '240.0.0.1', '192.88.99.2', '192.0.0.8')
      .map((text) => Uint8Array.from(text.split('.'), Number)),
    ...[
      '0064ff9b',
      '20010000',
      '2002c633',
      'fe800000',
      '3fff0000',
      '01000000',
      '00000000',
      '40000000',
    ].map((head) => v6(head)),
    v6('00000000', 'ffffcb007207'),
    v6('00000000', '0000cb007207'),
    v6('0064ff9b', '0000cb007207'),
    new Uint8Array(7),
  ];
  fc.assert(
    fc.property(fc.array(anything, { maxLength: 80 }), (steps) => {
      const world = new ExitScene({ isOwn: (ip) => ip.join() === OTHER.join() });
      for (const [what, n] of steps) {
        const ip = addresses[n % addresses.length] as Uint8Array;
        const streams = [...world.client.sides.keys()];
        const stream = streams[n % Math.max(streams.length, 1)] ?? 0;
        const id = 1 + (n % Math.max(world.dialled.length, 1));
        if (what === 'ip' && canonical(ip)) world.ask(ip, n % 7 === 0 ? 25 : 443);
        else if (what === 'name') for (let k = 0; k < n % 40; k++) world.ask('web.test');
        else if (what === 'answer')
          world.answer(...addresses.slice(n % addresses.length).slice(0, n % 4));
        else if (what === 'opens') world.opens(id);
        else if (what === 'refused' || what === 'reset' || what === 'local') world.dies(id, what);
        else if (what === 'give-up' && stream > 0) world.client.giveUp(stream, 'local');
        else if (what === 'push' && stream > 0) world.client.push(stream, n);
        else if (what === 'wait') world.nowUs += n * 1000;
        world.run();
      }
      for (const [name, count] of Object.entries(world.exit.rejects.toJSON()))
        if (count > 0) seen.add(name);
      // Of all these addresses two may be dialled.
      for (const to of world.dialled) expect(to).toMatch(/^(?:203\.0\.114\.9|64\.0(?:\.0)*):/);
      world.last.destroy(0, 'reset');
      expect(world.pool.used).toBe(0);
    }),
    { numRuns: 300, seed: 5 },
  );
  const all = [...EXIT_REJECTS, 'connect-rate', 'unresolved'];
  expect(all.filter((name) => !seen.has(name))).toEqual([]);
});

function v6(head: string, tail = ''): Uint8Array {
  const hex = head + '0'.repeat(32 - head.length - tail.length) + tail;
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** What an OPEN can carry. */
function canonical(ip: Uint8Array): boolean {
  const isMapped = ip.length === 16 && ip[10] === 255 && ip[11] === 255 && ip[0] === 0;
  return (ip.length === 4 || ip.length === 16) && !isMapped;
}
