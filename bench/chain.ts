import { CLASS, Network, PROTOCOL, World } from '#sim/mod.ts';
import type { Rate } from './simulator.ts';

// The same figures as bench/ns3/chain.cc.
const LINKS = 3;
const PAYLOAD = 512;
const BURST = 8;
const BURST_GAP_NS = 40_000;
const LINK: {
  readonly delayNs: number;
  readonly rateBps: number;
  readonly queueBytes: number;
  readonly lossPpm: number;
} = Object.freeze({
  delayNs: 1_000_000,
  rateBps: 1_000_000_000,
  queueBytes: 1_000_000,
  lossPpm: 1000,
});

/** Bursts of packets over links with rate, queue and loss, with the audit on: packet-hops. */
export function measureChain(packets: number): Rate {
  const world = new World('bench');
  const network = new Network(world);
  const source = network.addNode('source', [Uint8Array.of(10, 0, 0, 1)]);
  const routers = Array.from({ length: LINKS - 1 }, (_, i) => network.addNode(`router ${i}`));
  const sink = network.addNode('sink', [Uint8Array.of(10, 0, 0, 2)], {
    deliver: (packet) => network.packets.release(packet),
  });
  const nodes = [source, ...routers, sink];
  for (const [i, node] of nodes.slice(1).entries()) network.addLink(nodes[i] as number, node, LINK);
  let left = packets;
  const sender: number = world.enter({
    act: () => {
      for (let n = 0; n < BURST; n++) send(network, source);
      left -= BURST;
      if (left > 0)
        world.schedule(world.nowNs + BURST_GAP_NS, CLASS.timer, sender, sender, 1, 0, 0);
    },
  });
  world.schedule(0, CLASS.timer, sender, sender, 1, 0, 0);
  const startNs = process.hrtime.bigint();
  world.run(Number.MAX_SAFE_INTEGER - 1);
  const tookNs = Number(process.hrtime.bigint() - startNs);
  const count = network.pipes.reduce((sum, pipe) => sum + pipe.delivered, 0);
  return { count, perSecond: (count / tookNs) * 1e9 };
}

function send(network: Network, node: number): void {
  const { packets } = network;
  const packet = packets.take();
  packets.source[packet] = 0;
  packets.dest[packet] = 1;
  packets.protocol[packet] = PROTOCOL.udp;
  packets.length[packet] = PAYLOAD;
  network.send(node, packet);
}
