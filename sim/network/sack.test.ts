import fc from 'fast-check';
import { expect, test } from 'vitest';
import { concatBytes, equalBytes } from '#core/base/bytes.ts';
import { SimHost } from '../host.ts';
import { ip, Pump, pattern } from '../pump.case.ts';
import { World } from '../world.ts';
import { type LinkOptions, Network } from './network.ts';
import { MSS, OPTIONS_MAX } from './packet.ts';
import { ReceiveBuffer } from './receive-buffer.ts';
import { RingPool } from './ring.ts';
import { DROP, PASS } from './rules.ts';
import { Scoreboard } from './scoreboard.ts';
import type { Sighting } from './tap.ts';

const MS = 1_000_000;
const S = 1000 * MS;
const RTT = 100 * MS;

/** a sends octets to b over one link; `judge` has a say about what enters it on that way. */
function upload(
  seed: string,
  link: LinkOptions,
  octets: number,
  judge: (seen: Sighting) => number = () => PASS,
) {
  const world = new World(seed);
  const network = new Network(world);
  const [a, b] = [1, 2].map((n) => new SimHost(network, { name: `${n}`, ips: [ip(n)] })) as [
    SimHost,
    SimHost,
  ];
  const { there, back } = network.addLink(a.node, b.node, link);
  network.rule({ pipes: [there], judge });
  const sent: { readonly from: number; readonly to: number; readonly ns: number }[] = [];
  const twice: string[] = [];
  const known = new Scoreboard();
  let acknowledged = 1;
  network.tapNode(a.node, ({ pipe, timeNs, seq, ack, start, end, blocks }) => {
    if (pipe === back) {
      acknowledged = Math.max(acknowledged, ack);
      for (const [from, to] of blocks) known.add(from, to);
      return;
    }
    const to = seq + end - start;
    if (end === start) return;
    if (seq < acknowledged || known.held(seq, to) > 0) twice.push(`${seq} to ${to} at ${timeNs}`);
    sent.push({ from: seq, to, ns: timeNs });
  });
  const pumps: { a?: Pump; b?: Pump } = {};
  const send = pattern(octets, 1);
  const listen = { ip: ip(2), port: 80 };
  b.start(({ random }) => (pumps.b = new Pump({ listen, send: pattern(0, 1), piece: 1 }, random)));
  world.run(1);
  a.start(({ random }) => (pumps.a = new Pump({ connect: listen, send, piece: 64 * MSS }, random)));
  world.run(2);
  const isWhole = () => equalBytes(concatBytes(...(pumps.b?.streams[0]?.got ?? [])), send);
  const isOver = () => [pumps.a, pumps.b].every((pump) => pump?.streams[0]?.cause !== undefined);
  return {
    world,
    network,
    sent,
    twice,
    isWhole,
    isOver,
    got: () => pumps.b?.streams[0]?.gotOctets ?? 0,
    cause: () => pumps.a?.streams[0]?.cause,
  };
}

test('ten of forty segments of one window are made good in two round trips, and no timer ran', () => {
  // The third round of slow start, 40 at once after 10 and 20: every fourth is lost, three come behind the last.
  const first = 1 + 30 * MSS;
  const end = first + 40 * MSS;
  const lost = new Set<number>();
  let startNs = 0;
  const { world, sent, twice, got } = upload('ten', { delayNs: RTT / 2 }, 200 * MSS, (seen) => {
    if (seen.seq < first || seen.seq >= end || seen.start === seen.end) return PASS;
    if (startNs === 0) startNs = seen.timeNs;
    if (((seen.seq - first) / MSS) % 4 !== 0 || lost.has(seen.seq)) return PASS;
    lost.add(seen.seq);
    return DROP;
  });
  world.runUntil(() => got() >= end - 1, 5 * S);
  expect(lost.size).toBe(10);
  // Sent, reported, sent again, arrived.
  expect(world.nowNs - startNs).toBeLessThanOrEqual(1.5 * RTT);
  const again = sent.filter(({ from }) => lost.has(from));
  expect(again).toHaveLength(20);
  world.run(world.nowNs + RTT / 2);
  expect(twice).toEqual([]);
  expect(sent.length).toBeGreaterThan(80);
});

test('a tail that is lost behind other losses is rescued without the timer', () => {
  const total = 70 * MSS;
  const isLost = (n: number) => n === 45 || n === 69;
  const dropped = new Set<number>();
  const { world, isWhole, isOver, twice } = upload('tail', { delayNs: RTT / 2 }, total, (seen) => {
    const n = (seen.seq - 1) / MSS;
    if (seen.start === seen.end || !isLost(n) || dropped.has(n)) return PASS;
    dropped.add(n);
    return DROP;
  });
  world.runUntil(isOver, 5 * S);
  expect([isWhole(), twice, dropped.size]).toEqual([true, [], 2]);
  // A handshake, three rounds, two of recovery, the end: a time-out would be 300 ms more.
  expect(world.nowNs).toBeLessThan(650 * MS);
});

test('whatever is lost: everything arrives, and nothing is sent again that was reported received', () => {
  const plan = fc.record({
    lossPpm: fc.integer({ min: 0, max: 150_000 }),
    bursts: fc.constantFrom(
      { beginPpm: 0, endPpm: 0, lossPpm: 0 },
      { beginPpm: 20_000, endPpm: 300_000, lossPpm: 600_000 },
    ),
    jitterNs: fc.constantFrom(0, 0, 20 * MS),
    keepsOrder: fc.boolean(),
    duplicatePpm: fc.constantFrom(0, 50_000),
    delayNs: fc.integer({ min: MS, max: 80 * MS }),
    rateBps: fc.constantFrom(0, 5_000_000, 50_000_000),
    queueBytes: fc.constantFrom(20_000, 200_000),
    mtu: fc.constantFrom(1500, 900),
  });
  fc.assert(
    fc.property(plan, fc.nat(400_000), fc.string(), (link, octets, seed) => {
      const { world, twice, isWhole, isOver, cause } = upload(seed, link, octets);
      expect(world.runUntil(isOver, 40_000 * S, 3_000_000)).toBe(true);
      expect(twice).toEqual([]);
      if (cause() !== 'timed-out') expect(isWhole()).toBe(true);
    }),
    { numRuns: 40 },
  );
});

test('a scoreboard is what a list of octets would be', () => {
  const LENGTH = 60;
  const block = fc.tuple(fc.nat(LENGTH - 1), fc.integer({ min: 1, max: 12 }));
  const range = fc.tuple(fc.nat(LENGTH), fc.nat(LENGTH));
  fc.assert(
    fc.property(fc.array(block, { maxLength: 12 }), range, fc.nat(8), (blocks, [x, y], mss) => {
      const board = new Scoreboard();
      const has = new Set<number>();
      for (const [from, length] of blocks) {
        const octets = Array.from({ length }, (_, i) => from + i);
        expect(board.add(from, from + length)).toBe(octets.some((octet) => !has.has(octet)));
        for (const octet of octets) has.add(octet);
      }
      const [from, to] = [Math.min(x, y), Math.max(x, y)];
      const held = [...has].filter((octet) => octet >= from && octet < to);
      expect(board.held(from, to)).toBe(held.length);
      let missing = from;
      while (has.has(missing)) missing += 1;
      expect(board.missing(from)).toBe(missing);
      const behind = [...has].filter((octet) => octet > missing);
      expect(board.gapEnd(missing)).toBe(Math.min(...behind));
      expect(board.top).toBe(has.size === 0 ? 0 : Math.max(...has) + 1);
      // RFC 6675, IsLost: octets of more than two segments behind it, or three runs.
      const size = mss + 1;
      const runs = behind.filter((octet) => !has.has(octet - 1)).length;
      const isLost = behind.length > 2 * size || runs >= 3;
      expect(missing < board.lostBefore(size)).toBe(isLost);
    }),
    { numRuns: 500 },
  );
});

test('a receiver reports the block that came last first, then those before it', () => {
  const buffer = new ReceiveBuffer(new RingPool(), 1, 100_000);
  const bytes = new Uint8Array(10);
  const reported = () => {
    const out = new Uint32Array(OPTIONS_MAX);
    const count = buffer.report(out, 0, OPTIONS_MAX / 2);
    return Array.from({ length: count }, (_, i) => [out[2 * i], out[2 * i + 1]]);
  };
  for (const at of [101, 201, 301, 401]) buffer.insert(at, bytes, 0, 10);
  expect(reported()).toEqual([
    [400, 410],
    [300, 310],
    [200, 210],
  ]);
  buffer.insert(111, bytes, 0, 10);
  expect(reported()).toEqual([
    [100, 120],
    [400, 410],
    [300, 310],
  ]);
  buffer.insert(1, new Uint8Array(100), 0, 100);
  expect(reported()[0]).toEqual([280, 290]);
});
