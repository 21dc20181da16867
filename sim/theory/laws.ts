import { CLASS } from '../event-queue.ts';
import { type LinkOptions, Network, PROTOCOL, UDP_HEADERS } from '../network/mod.ts';
import type { Ground } from './ground.ts';

// Worlds that are alike but for one thing: what laws compare.

/** Packets on their way through a chain: when each is sent, and how long it is, headers included. */
export type Sent = { readonly atNs: number; readonly octets: number };

export type Surroundings = {
  /** Names of source, routers and sink. */
  readonly names?: (place: number) => string;
  /** What else is in the world. */
  readonly beside?: (network: Network, ground: Ground) => void;
};

const SOURCE_IP: readonly number[] = Object.freeze([10, 0, 0, 1]);
const SINK_IP: readonly number[] = Object.freeze([10, 0, 0, 2]);
const LONG_ENOUGH_NS = 1e12;

/** When each packet arrives; undefined for those that do not. The last copy counts. */
export function arrivals(
  ground: Ground,
  pipes: readonly LinkOptions[],
  sent: readonly Sent[],
  { names = (place) => `node ${place}`, beside }: Surroundings = {},
): readonly (number | undefined)[] {
  const world = ground.world();
  const network = new Network(world);
  const arrived: (number | undefined)[] = sent.map(() => undefined);
  const source = network.addNode(names(0), [Uint8Array.from(SOURCE_IP)]);
  const routers = pipes.slice(1).map((_, i) => network.addNode(names(i + 1)));
  const sink = network.addNode(names(pipes.length), [Uint8Array.from(SINK_IP)], {
    deliver: (packet) => {
      arrived[network.packets.seq[packet] as number] = world.nowNs;
      network.packets.release(packet);
    },
  });
  const nodes = [source, ...routers, sink];
  for (const [i, pipe] of pipes.entries())
    ground.laid(network.addLink(nodes[i] as number, nodes[i + 1] as number, pipe), pipe);
  beside?.(network, ground);
  const sender = world.enter({
    act: (_kind, number) => send(network, source, [0, 1], number, (sent[number] as Sent).octets),
  });
  for (const [number, { atNs }] of sent.entries())
    world.schedule(atNs, CLASS.timer, sender, sender, 1, number, 0);
  world.run(LONG_ENOUGH_NS);
  return arrived;
}

function send(
  network: Network,
  node: number,
  [from, to]: readonly [number, number],
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

/** Chances that make packets differ. */
export const TROUBLES: Partial<LinkOptions> = Object.freeze({
  lossPpm: 100_000,
  jitterNs: 300_000,
  duplicatePpm: 50_000,
});

/** Two more nodes, a link with troubles, and traffic on it. */
export function strangers(network: Network, ground: Ground): void {
  const ips = [Uint8Array.of(10, 0, 0, 8), Uint8Array.of(10, 0, 0, 9)] as const;
  const a = network.addNode('stranger', [ips[0]]);
  const b = network.addNode('another', [ips[1]], {
    deliver: (packet) => network.packets.release(packet),
  });
  const options = { delayNs: 1000, rateBps: 1_000_000, ...TROUBLES };
  ground.laid(network.addLink(a, b, options), options);
  const [from, to] = ips.map((ip) => network.addresses.find(a, ip)) as [number, number];
  for (let n = 0; n < 50; n++) send(network, a, [from, to], n, 100);
}

/** The same chain, at half the rate and twice the delay. */
export const slowed = (pipes: readonly LinkOptions[]): readonly LinkOptions[] =>
  pipes.map((pipe) => ({
    ...pipe,
    delayNs: 2 * pipe.delayNs,
    ...(pipe.rateBps === undefined ? {} : { rateBps: pipe.rateBps / 2 }),
  }));

/** The same wire as two in a row: `firstNs` of its delay, and the rest. */
export const cut = (pipe: LinkOptions, firstNs: number): readonly LinkOptions[] => [
  { ...pipe, delayNs: firstNs },
  { delayNs: pipe.delayNs - firstNs },
];
