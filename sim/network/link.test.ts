import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Actor, World } from '../world.ts';
import { Pipe, type PipeOptions } from './link.ts';
import { PacketSlab, PROTOCOL, UDP_HEADERS } from './packet.ts';

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
  pipe.it = new Pipe(world, packets, 0, 'pipe', to, to, options);
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

test('what was sent is delivered, lost, dropped or under way, at any time', () => {
  const options = fc.record({
    delayNs: fc.nat(3_000_000),
    rateBps: fc.constantFrom(0, 1_000_000, 20_000_000),
    lossPpm: fc.nat(500_000),
    queueBytes: fc.integer({ min: 1500, max: 20_000 }),
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
