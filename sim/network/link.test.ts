import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Actor, World } from '../world.ts';
import { Pipe } from './link.ts';
import { PacketSlab, PROTOCOL, UDP_HEADERS } from './packet.ts';
import type { PipeOptions } from './pipe-options.ts';

const share = fc.nat(1_000_000);

/** A pipe that ends in an actor which notes arrivals. */
function bench(options: PipeOptions) {
  const world = new World('link', { audited: false });
  const packets = new PacketSlab();
  const arrivals: number[] = [];
  const last = { ns: 0 };
  const pipe: { it?: Pipe } = {};
  const receiver: Actor = {
    act: (_kind, packet) => {
      last.ns = world.nowNs;
      if (arrivals.length < 10) arrivals.push(world.nowNs);
      if (pipe.it !== undefined) pipe.it.delivered += 1;
      packets.release(packet);
    },
  };
  const to = world.enter(receiver);
  pipe.it = new Pipe(world, packets, 0, 0, to, to, options);
  const send = (octets: number) => {
    const packet = packets.take();
    packets.protocol[packet] = PROTOCOL.udp;
    packets.length[packet] = octets - UDP_HEADERS;
    return pipe.it?.send(packet);
  };
  return { world, packets, pipe: pipe.it, arrivals, last, send };
}

test('a packet takes its octets at the rate and then the delay', () => {
  const { world, arrivals, send } = bench({ delayNs: 1000, rateBps: 8_000_000 });
  send(100);
  send(50);
  world.run(1_000_000);
  expect(arrivals).toEqual([101_000, 151_000]);
});

test('serialisation does not drift in two million packets', () => {
  const { world, pipe, packets, last } = bench({
    delayNs: 0,
    rateBps: 7_000_003,
    queueBytes: 1e12,
  });
  const count = 2_000_000;
  for (let i = 0; i < count; i++) {
    const packet = packets.take();
    packets.protocol[packet] = PROTOCOL.udp;
    packets.length[packet] = 1;
    pipe.send(packet);
    // A little less than the packet takes, so that the next one finds the serialiser busy.
    if (i % 1000 === 999) world.run(world.nowNs + 55_000_000);
  }
  world.run(world.nowNs + 1_000_000_000_000);
  const exact = (BigInt(count) * 49n * 8_000_000_000n) / 7_000_003n;
  expect(BigInt(last.ns)).toBe(exact);
});

test('the queue drops what does not fit, by octets not yet serialised', () => {
  const { world, pipe, send } = bench({ delayNs: 0, rateBps: 8_000_000, queueBytes: 3000 });
  expect([send(1500), send(1500), send(1500)]).toEqual([true, true, false]);
  world.run(750_000);
  expect([send(750), send(100)]).toEqual([true, false]);
  world.run(10_000_000);
  expect([pipe.sent, pipe.dropped, pipe.delivered]).toEqual([5, 2, 3]);
});

/** Sends packets one a microsecond, each with its number in its first two octets; answers what arrives. */
function numbered(options: Partial<PipeOptions>, count: number) {
  const world = new World('numbered', { audited: false });
  const packets = new PacketSlab();
  const arrived: { readonly number: number; readonly isDamaged: boolean; readonly ns: number }[] =
    [];
  const to = world.enter({
    act: (_kind, packet) => {
      const at = packets.payloadAt(packet);
      const page = packets.page(packet);
      const number = (page[at] as number) * 256 + (page[at + 1] as number);
      arrived.push({ number, isDamaged: packets.damaged[packet] === 1, ns: world.nowNs });
      packets.release(packet);
    },
  });
  const pipe = new Pipe(world, packets, 0, 0, to, to, { delayNs: 1000, ...options });
  for (let n = 0; n < count; n++) {
    world.run(n * 1000);
    const packet = packets.take();
    packets.protocol[packet] = PROTOCOL.udp;
    packets.length[packet] = 2;
    packets.page(packet)[packets.payloadAt(packet)] = n >> 8;
    packets.page(packet)[packets.payloadAt(packet) + 1] = n;
    pipe.send(packet);
  }
  world.run(world.nowNs + 1_000_000_000);
  return { pipe, arrived, numbers: arrived.map(({ number }) => number) };
}

const isSorted = (numbers: readonly number[]): boolean =>
  numbers.every((number, i) => i === 0 || number >= (numbers[i - 1] as number));

test('jitter delays by no more than it says, and overtakes only where it may', () => {
  const kept = numbered({ jitterNs: 50_000 }, 2000);
  expect(kept.numbers).toHaveLength(2000);
  expect(isSorted(kept.numbers)).toBe(true);
  const loose = numbered({ jitterNs: 50_000, keepsOrder: false }, 2000);
  expect(isSorted(loose.numbers)).toBe(false);
  for (const { number, ns } of loose.arrived) {
    expect(ns - number * 1000).toBeGreaterThanOrEqual(1000);
    expect(ns - number * 1000).toBeLessThanOrEqual(51_000);
  }
});

test('a duplicate is the packet again, and a damaged one differs by one bit and says so', () => {
  const twice = numbered({ duplicatePpm: 1_000_000 }, 100);
  expect(twice.numbers).toEqual(Array.from({ length: 200 }, (_, i) => i >> 1));
  expect([twice.pipe.duplicated, twice.pipe.sent]).toEqual([100, 100]);
  for (const [n, { number, isDamaged }] of numbered(
    { damagePpm: 1_000_000 },
    100,
  ).arrived.entries()) {
    const changed = n ^ number;
    expect([isDamaged, changed !== 0 && (changed & (changed - 1)) === 0]).toEqual([true, true]);
  }
});

test('a bad wire loses what comes while it is bad', () => {
  const always = { beginPpm: 1_000_000, endPpm: 0, lossPpm: 1_000_000 };
  expect(numbered({ bursts: always }, 100).numbers).toEqual([]);
  // Bad and good by turns: every second packet.
  const turns = { ...always, endPpm: 1_000_000 };
  expect(numbered({ bursts: turns }, 10).numbers).toEqual([1, 3, 5, 7, 9]);
});

test('one kind of trouble more changes nothing of the others', () => {
  const lossy = numbered({ lossPpm: 300_000 }, 500).numbers;
  const more = numbered(
    { lossPpm: 300_000, jitterNs: 10, damagePpm: 1000, duplicatePpm: 100_000 },
    500,
  );
  const bursty = { beginPpm: 1000, endPpm: 1000, lossPpm: 0 };
  expect([...new Set(more.numbers)].length).toBeGreaterThan(0);
  expect(500 - more.pipe.lost).toBe(lossy.length);
  expect(numbered({ lossPpm: 300_000, bursts: bursty }, 500).numbers).toEqual(lossy);
});

test.each([
  { lossPpm: -1 },
  { lossPpm: 1_000_001 },
  { duplicatePpm: 0.5 },
  { damagePpm: Number.NaN },
  { jitterNs: -1 },
  { jitterNs: 2 ** 32 },
  { bursts: { beginPpm: 2e6, endPpm: 0, lossPpm: 0 } },
])('%j is refused', (options) => {
  expect(() => numbered(options, 1)).toThrow(/is 0 to|is whole/);
});

test('what was sent is delivered, lost, dropped or under way, at any time', () => {
  const options = fc.record({
    delayNs: fc.nat(3_000_000),
    rateBps: fc.constantFrom(0, 1_000_000, 20_000_000),
    lossPpm: fc.nat(500_000),
    bursts: fc.record({ beginPpm: share, endPpm: share, lossPpm: share }),
    jitterNs: fc.nat(5_000_000),
    keepsOrder: fc.boolean(),
    duplicatePpm: fc.nat(500_000),
    damagePpm: fc.nat(500_000),
    queueBytes: fc.integer({ min: 1500, max: 20_000 }),
    queue: fc.constantFrom('drop-tail' as const, 'codel' as const, 'fq-codel' as const),
  });
  fc.assert(
    fc.property(
      options,
      fc.array(fc.integer({ min: 48, max: 1500 }), { maxLength: 200 }),
      (link, sizes) => {
        const { world, pipe, packets, send } = bench(link);
        for (const [i, octets] of sizes.entries()) {
          send(octets);
          if (i % 3 === 0) world.run(world.nowNs + octets * 400);
          expect(pipe.inFlight).toBe(packets.used);
        }
        world.run(world.nowNs + 10_000_000_000);
        expect([pipe.inFlight, packets.used]).toEqual([0, 0]);
        expect(pipe.sent).toBe(sizes.length);
      },
    ),
  );
});

test('a packet is freed exactly once', () => {
  const packets = new PacketSlab();
  const packet = packets.take();
  packets.release(packet);
  expect(() => packets.release(packet)).toThrow('freed exactly once');
});

test('a pipe that is changed keeps count of its losses, and its order', () => {
  const { pipe, send, world } = bench({ delayNs: 0, lossEvery: 5 });
  for (let n = 0; n < 40; n++) {
    if (n % 4 === 0) pipe.change({ delayNs: 0, lossEvery: 5 });
    send(100);
  }
  expect(pipe.lost).toBe(8);
  const [late, changed] = [{ delayNs: 50_000_000, jitterNs: 1 }, { delayNs: 0 }];
  pipe.change(late);
  const before = world.nowNs;
  send(100);
  pipe.change(changed);
  send(100);
  world.run(before + 40_000_000);
  expect(pipe.inFlight).toBe(2);
});
