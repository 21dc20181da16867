import fc from 'fast-check';
import { expect, test } from 'vitest';
import { concatBytes, equalBytes } from '#core/base/bytes.ts';
import { SimHost } from '../host.ts';
import { ip, Pump, type PumpPlan, pattern } from '../pump.case.ts';
import { World } from '../world.ts';

import { FLAG } from './flags.ts';
import { type LinkOptions, Network } from './network.ts';
import { MSS } from './packet.ts';

const MS = 1_000_000;
const S = 1000 * MS;

function pair(seed: string, link: LinkOptions, client: PumpPlan, server: PumpPlan) {
  const world = new World(seed);
  const network = new Network(world);
  const a = new SimHost(network, { name: 'a', ips: [ip(1)] });
  const b = new SimHost(network, { name: 'b', ips: [ip(2)] });
  const between = network.addLink(a.node, b.node, link);
  const pumps: { a?: Pump; b?: Pump } = {};
  b.start(({ random }) => (pumps.b = new Pump(server, random)));
  world.run(1);
  a.start(({ random }) => (pumps.a = new Pump(client, random)));
  world.run(2);
  const [pumpA, pumpB] = [pumps.a, pumps.b];
  if (pumpA === undefined || pumpB === undefined) throw new Error('started');
  return { world, network, a, b, pumpA, pumpB, ...between };
}

const SERVER: PumpPlan = { listen: { ip: ip(2), port: 80 }, send: pattern(5000, 2), piece: 700 };
const CLIENT: PumpPlan = { connect: { ip: ip(2), port: 80 }, send: pattern(3000, 1), piece: 1000 };

test('octets cross both ways and both ends end', () => {
  const { world, network, pumpA, pumpB, a, b } = pair('x', { delayNs: 10 * MS }, CLIENT, SERVER);
  world.run(5 * S);
  for (const [pump, sent] of [
    [pumpA, SERVER.send],
    [pumpB, CLIENT.send],
  ] as const) {
    const [stream] = pump.streams;
    expect(stream?.cause).toBe('ended');
    expect(equalBytes(concatBytes(...(stream?.got ?? [])), sent)).toBe(true);
  }
  expect(network.packets.used).toBe(0);
  // Who ended first waits for a last acknowledgement that might have got lost.
  expect([a.kernel.transport.connections, b.kernel.transport.connections]).toEqual([1, 0]);
});

test('any loss, trouble, delay, rate, pattern and appetite: octets arrive once, in order, and it ends', () => {
  const plan = fc.record({
    lossPpm: fc.nat(100_000),
    jitterNs: fc.constantFrom(0, 1 * MS, 50 * MS),
    keepsOrder: fc.boolean(),
    duplicatePpm: fc.constantFrom(0, 100_000),
    damagePpm: fc.constantFrom(0, 50_000),
    bursts: fc.constantFrom(
      { beginPpm: 0, endPpm: 0, lossPpm: 0 },
      { beginPpm: 5000, endPpm: 200_000, lossPpm: 500_000 },
    ),
    delayNs: fc.nat(200 * MS),
    rateBps: fc.constantFrom(0, 2_000_000, 50_000_000),
    queueBytes: fc.constantFrom(15_000, 100_000, 1_000_000),
    up: fc.oneof(fc.nat(4000), fc.nat(700_000)),
    down: fc.oneof(fc.nat(4000), fc.nat(700_000)),
    piece: fc.integer({ min: 1, max: 65_536 }),
    appetite: fc.option(fc.integer({ min: 500, max: 60_000 }), { nil: undefined }),
    seed: fc.string(),
  });
  fc.assert(
    fc.property(plan, ({ up, down, piece: wanted, appetite, seed, ...link }) => {
      const piece = Math.max(wanted, Math.ceil(Math.max(up, down) / 500));
      const slow =
        appetite === undefined ? {} : { appetite: Math.max(appetite, Math.ceil(up / 100)) };
      const { world, network, pumpA, pumpB } = pair(
        seed,
        link,
        { ...CLIENT, send: pattern(up, 3), piece },
        { ...SERVER, send: pattern(down, 5), piece, ...slow },
      );
      const [stream] = pumpA.streams;
      const isOver = () =>
        stream?.cause !== undefined && pumpB.streams.every((s) => s.cause !== undefined);
      const ended = world.runUntil(isOver, 40_000 * S, 3_000_000);
      expect(ended).toBe(true);
      if (stream?.cause === 'timed-out') return;
      const [other] = pumpB.streams;
      expect([stream?.cause, other?.cause]).toEqual(['ended', 'ended']);
      expect(equalBytes(concatBytes(...(stream?.got ?? [])), pattern(down, 5))).toBe(true);
      expect(equalBytes(concatBytes(...(other?.got ?? [])), pattern(up, 3))).toBe(true);
      world.run(world.nowNs + 3000 * S);
      expect(network.packets.used).toBe(0);
    }),
    { numRuns: 60 },
  );
});

test('nobody listens: refused; no such address: unreachable; nobody answers: timed out', () => {
  const refused = pair(
    'x',
    { delayNs: MS },
    { ...CLIENT, connect: { ip: ip(2), port: 81 } },
    SERVER,
  );
  refused.world.run(S);
  expect(refused.pumpA.streams[0]?.cause).toBe('refused');
  const nowhere = pair(
    'x',
    { delayNs: MS },
    { ...CLIENT, connect: { ip: ip(9), port: 80 } },
    SERVER,
  );
  nowhere.world.run(S);
  expect(nowhere.pumpA.streams[0]?.cause).toBe('unreachable');
  const silent = pair('x', { delayNs: MS, lossPpm: 1_000_000 }, CLIENT, SERVER);
  silent.world.run(126 * S);
  expect(silent.pumpA.streams[0]?.cause).toBe(undefined);
  silent.world.run(128 * S);
  expect(silent.pumpA.streams[0]?.cause).toBe('timed-out');
});

test('a program that exits sends what its kernel holds; a reset reaches the peer', () => {
  const exit = pair('x', { delayNs: MS }, { ...CLIENT, send: pattern(100_000, 1) }, SERVER);
  exit.world.run(6 * MS);
  exit.a.stop('killed');
  exit.world.run(S);
  expect(['reset', 'ended']).toContain(exit.pumpB.streams[0]?.cause);
  const slow = { delayNs: MS, rateBps: 10_000_000 };
  const cut = pair('x', slow, { ...CLIENT, send: pattern(1_000_000, 1), piece: 65_536 }, SERVER);
  cut.world.run(400 * MS);
  const [stream] = cut.pumpB.streams;
  cut.b.stop('power cut');
  cut.b.start(({ random }) => new Pump(SERVER, random));
  cut.world.run(3 * S);
  expect(stream?.cause).toBe(undefined);
  expect(cut.pumpA.streams[0]?.cause).toBe('reset');
});

test('a full pipe is used: 256 KiB a round trip at least', () => {
  const big = pattern(8_000_000, 1);
  const link = { delayNs: 10 * MS, rateBps: 100_000_000 };
  const { world, pumpB } = pair('x', link, { ...CLIENT, send: big, piece: 65_536 }, SERVER);
  world.runUntil(() => pumpB.streams[0]?.ended === true, 60 * S);
  expect(world.nowNs / MS).toBeLessThan(900);
  expect(pumpB.streams[0]?.gotOctets).toBe(big.length);
});

test('the first segments are acknowledged each, then every second', () => {
  const segments = 301;
  const send = pattern(segments * MSS, 1);
  const silent = { ...SERVER, send: pattern(0, 1) };
  const link = { delayNs: 10 * MS, rateBps: 50_000_000 };
  const { world, network, pumpB, back, there } = pair(
    'x',
    link,
    { ...CLIENT, send, piece: 64 * MSS },
    silent,
  );
  const acks: number[] = [];
  const data: number[] = [];
  network.tapPipe(back, ({ timeNs, start, end }) => {
    if (start === end) acks.push(timeNs);
  });
  network.tapPipe(there, ({ timeNs, start, end }) => {
    if (end > start) data.push(timeNs);
  });
  world.runUntil(() => pumpB.streams[0]?.gotOctets === send.length, S);
  world.run(world.nowNs + S);
  expect(data.length).toBeGreaterThanOrEqual(segments);
  // Sixteen at once, then one for two.
  expect(acks.length).toBeGreaterThan(segments / 2);
  expect(acks.length).toBeLessThan(segments / 2 + 40);
});

test('an acknowledgement alone waits 40 ms and no longer', () => {
  // A segment takes 100 ms to come: none of them has a second beside it.
  const link = { delayNs: 10 * MS, rateBps: 120_000 };
  const silent = { ...SERVER, send: pattern(0, 1) };
  const send = pattern(40 * MSS, 1);
  const { world, network, b, pumpB, there } = pair('x', link, { ...CLIENT, send }, silent);
  const waited: number[] = [];
  let cameNs = 0;
  network.tapNode(b.node, ({ pipe, timeNs, flags, start, end }) => {
    if (pipe === there) cameNs = timeNs;
    else if (start === end && flags === FLAG.ack) waited.push((timeNs - cameNs) / MS);
  });
  world.runUntil(() => pumpB.streams[0]?.gotOctets === send.length, 20 * S);
  expect(Math.max(...waited)).toBe(40);
  expect(waited.filter((ms) => ms === 40).length).toBeGreaterThan(10);
});
