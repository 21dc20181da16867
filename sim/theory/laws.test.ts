// Laws that hold whatever the figures are: what is true of one world says what must be true of another.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type LinkOptions,
  Network,
  type PipeOptions,
  PROTOCOL,
  UDP_HEADERS,
} from '../network/mod.ts';
import { ip } from '../pump.case.ts';
import { World } from '../world.ts';

/** Packets on their way through a chain: when each is sent, and how long it is. */
type Sent = { readonly atNs: number; readonly octets: number };

type Bench = {
  /** Names of source, routers and sink: what they are called is nobody's business. */
  readonly names?: (place: number) => string;
  /** What else is in the world. */
  readonly beside?: (network: Network) => void;
};

/** When each packet arrives; undefined for those that do not. */
function arrivals(
  pipes: readonly LinkOptions[],
  sent: readonly Sent[],
  { names = (place) => `node ${place}`, beside }: Bench = {},
): readonly (number | undefined)[] {
  const world = new World('laws');
  const network = new Network(world);
  const arrived: (number | undefined)[] = sent.map(() => undefined);
  const source = network.addNode(names(0), [ip(1)]);
  const routers = pipes.slice(1).map((_, i) => network.addNode(names(i + 1)));
  const sink = network.addNode(names(pipes.length), [ip(2)], {
    deliver: (packet) => {
      arrived[network.packets.seq[packet] as number] = world.nowNs;
      network.packets.release(packet);
    },
  });
  const nodes = [source, ...routers, sink];
  for (const [i, pipe] of pipes.entries())
    network.addLink(nodes[i] as number, nodes[i + 1] as number, pipe);
  beside?.(network);
  for (const [number, { atNs, octets }] of sent.entries()) {
    world.run(atNs);
    send(network, source, 0, 1, number, octets);
  }
  world.run(world.nowNs + 1e12);
  return arrived;
}

function send(
  network: Network,
  node: number,
  from: number,
  to: number,
  number: number,
  octets: number,
): void {
  const { packets } = network;
  const packet = packets.take();
  packets.source[packet] = from;
  packets.dest[packet] = to;
  packets.protocol[packet] = PROTOCOL.udp;
  packets.length[packet] = octets - UDP_HEADERS;
  packets.seq[packet] = number;
  network.send(node, packet);
}

const loads = fc
  .array(fc.record({ gapNs: fc.nat(2_000_000), octets: fc.integer({ min: 48, max: 1500 }) }), {
    minLength: 1,
    maxLength: 60,
  })
  .map((steps) => {
    let atNs = 0;
    return steps.map(({ gapNs, octets }): Sent => {
      atNs += gapNs;
      return { atNs, octets };
    });
  });
/** Rates by which octets take whole nanoseconds, so that scaled times are exact. */
const rates = fc.constantFrom(1_000_000, 8_000_000, 40_000_000);
const pipe = fc.record({
  delayNs: fc.nat(5_000_000),
  rateBps: rates,
  queueBytes: fc.integer({ min: 1500, max: 20_000 }),
});
const chain = fc.array(pipe, { minLength: 1, maxLength: 4 });
const troubles: Partial<PipeOptions> = {
  lossPpm: 100_000,
  jitterNs: 300_000,
  duplicatePpm: 50_000,
};

test('what is beside changes nothing: more nodes, links and packets leave all others as they were', () => {
  fc.assert(
    fc.property(chain, loads, (pipes, sent) => {
      const troubled = pipes.map((one) => ({ ...one, ...troubles }));
      const beside = (network: Network): void => {
        const a = network.addNode('stranger', [ip(8)]);
        const b = network.addNode('another', [ip(9)], {
          deliver: (packet) => network.packets.release(packet),
        });
        network.addLink(a, b, { delayNs: 1000, rateBps: 1_000_000, ...troubles });
        for (let n = 0; n < 50; n++) send(network, a, 2, 3, n, 100);
      };
      expect(arrivals(troubled, sent, { beside })).toEqual(arrivals(troubled, sent));
    }),
  );
});

test('time scales: at half the rate, twice the delay and twice the gaps all comes at twice the time', () => {
  fc.assert(
    fc.property(chain, loads, (pipes, sent) => {
      const slow = pipes.map(({ delayNs, rateBps, queueBytes }) => ({
        delayNs: 2 * delayNs,
        rateBps: rateBps / 2,
        queueBytes,
      }));
      const later = sent.map(({ atNs, octets }) => ({ atNs: 2 * atNs, octets }));
      const twice = arrivals(pipes, sent).map((ns) => (ns === undefined ? ns : 2 * ns));
      expect(arrivals(slow, later)).toEqual(twice);
    }),
  );
});

test('a wire may be cut in two anywhere', () => {
  fc.assert(
    fc.property(pipe, loads, fc.double({ min: 0, max: 1, noNaN: true }), (one, sent, part) => {
      const firstNs = Math.floor(one.delayNs * part);
      const rest = { delayNs: one.delayNs - firstNs };
      expect(arrivals([{ ...one, delayNs: firstNs }, rest], sent)).toEqual(arrivals([one], sent));
    }),
  );
});

test('names mean nothing where nothing is left to chance', () => {
  fc.assert(
    fc.property(chain, loads, (pipes, sent) => {
      const names = (place: number): string => `${'zyxwv'[place]}`;
      expect(arrivals(pipes, sent, { names })).toEqual(arrivals(pipes, sent));
    }),
  );
});

test('one stream of chance for two wires is found by the first of these laws', () => {
  const lossy = { delayNs: 1000, lossPpm: 300_000 };
  const sent = Array.from({ length: 100 }, (_, i) => ({ atNs: 1000 * i, octets: 100 }));
  const beside = (network: Network): void => {
    // A wire called as the one that is watched draws from its stream.
    const stream = network.world.random('pipe node 0>node 1');
    for (let n = 0; n < 50; n++) stream.u32();
  };
  expect(arrivals([lossy], sent, { beside })).not.toEqual(arrivals([lossy], sent));
});
