import { ip } from '../pump.case.ts';
import { World } from '../world.ts';
import { Nat, type NatOptions } from './nat.ts';
import { Network } from './network.ts';
import { PROTOCOL } from './packet.ts';

// A box with people inside and servers outside, all of whom only note what they get.

/** An end: an address by its name in the scene, and a port. */
export type End = readonly [who: string, port: number];
export type Got = {
  readonly at: string;
  readonly from: string;
  readonly to: string;
  readonly protocol: number;
};

/** Insiders are p and q; outsiders are a and b; the box's outside addresses are x and y. */
export const ADDRESSES: { readonly [name: string]: Uint8Array } = Object.freeze({
  p: ip(1),
  q: ip(2),
  a: Uint8Array.of(192, 0, 2, 1),
  b: Uint8Array.of(192, 0, 2, 2),
  x: Uint8Array.of(198, 51, 100, 1),
  y: Uint8Array.of(198, 51, 100, 2),
  z: Uint8Array.of(198, 51, 100, 3),
  nobody: Uint8Array.of(203, 0, 113, 1),
});

function nameOf(address: Uint8Array): string {
  return Object.keys(ADDRESSES).find((name) => ADDRESSES[name]?.join() === address.join()) ?? '?';
}

/** What a test does with it. */
type Scene = {
  readonly world: World;
  readonly network: Network;
  readonly nat: Nat;
  readonly nodes: { readonly [name: string]: number };
  /** Sends and waits. Answers what was got, where: a packet has at most one receiver. */
  readonly send: (from: End, to: End, protocol?: number, flags?: number) => Got | undefined;
  readonly wait: (seconds: number) => void;
};

export function scene(options: Partial<NatOptions> = {}, seed = 'nat'): Scene {
  const world = new World(seed);
  const network = new Network(world);
  const got: Got[] = [];
  const { packets, addresses } = network;
  const text = (address: number, port: number): string =>
    `${nameOf(addresses.ip(address))}:${port}`;
  const host = (name: string): number =>
    network.addNode(name, [ADDRESSES[name] as Uint8Array], {
      deliver: (packet) => {
        got.push({
          at: name,
          from: text(packets.source[packet] ?? 0, packets.sourcePort[packet] ?? 0),
          to: text(packets.dest[packet] ?? 0, packets.destPort[packet] ?? 0),
          protocol: packets.protocol[packet] as number,
        });
        packets.release(packet);
      },
    });
  const internet = network.addNode('internet');
  const lan = network.addNode('lan');
  const nat = new Nat(network, {
    name: 'box',
    ips: [ADDRESSES['x'] as Uint8Array],
    ...options,
  });
  nat.attach(internet, { delayNs: 0 });
  network.addLink(lan, nat.node, { delayNs: 0 });
  const nodes: { readonly [name: string]: number } = Object.fromEntries(
    ['p', 'q', 'a', 'b'].map((name, i) => {
      const node = host(name);
      network.addLink(node, i < 2 ? lan : internet, { delayNs: 0 });
      return [name, node];
    }),
  );
  const send = (
    from: End,
    to: End,
    protocol: number = PROTOCOL.udp,
    flags = 0,
  ): Got | undefined => {
    const node = nodes[from[0]] as number;
    const packet = packets.take();
    packets.source[packet] = addresses.find(node, ADDRESSES[from[0]] as Uint8Array);
    packets.sourcePort[packet] = from[1];
    packets.dest[packet] = addresses.find(node, ADDRESSES[to[0]] as Uint8Array);
    packets.destPort[packet] = to[1];
    packets.protocol[packet] = protocol;
    packets.flags[packet] = flags;
    packets.length[packet] = 8;
    got.length = 0;
    network.send(node, packet);
    world.run(world.nowNs);
    return got[0];
  };
  const wait = (seconds: number): void => world.run(world.nowNs + seconds * 1e9);
  return { world, network, nat, nodes, send, wait };
}

/** `x:4711` as an end. */
export function endOf(text: string): End {
  const [who = '', port = ''] = text.split(':');
  return [who, Number(port)];
}
