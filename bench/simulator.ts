import { type Actor, CLASS, Network, PROTOCOL, World } from '#sim/mod.ts';

/** How fast the simulator is, in what happens per wall second. */
export type Rate = { readonly perSecond: number; readonly count: number };

const LINKS = 3;
const PACKET_OCTETS = 512;
const IN_FLIGHT = 64;

/** Bare events: `pending` actors, each of which schedules its next event a drawn time ahead (the hold model). */
export function measureEvents(events: number, audited: boolean, pending = 1_000): Rate {
  const world = new World('bench', { audited });
  const random = world.random('hold');
  for (let i = 0; i < pending; i++) {
    const actor: Actor & { number: number } = {
      number: 0,
      act: () =>
        world.schedule(
          world.nowNs + 1 + random.below(1_000_000),
          CLASS.timer,
          actor.number,
          actor.number,
          1,
          0,
          0,
        ),
    };
    actor.number = world.enter(actor);
    world.schedule(random.below(1_000_000), CLASS.timer, actor.number, actor.number, 1, 0, 0);
  }
  return timed(() => {
    world.runUntil(() => false, Number.MAX_SAFE_INTEGER, events);
    return events;
  });
}

/** Packets of 512 octets over a chain of three links through the network that scenarios use. */
export function measurePacketHops(packets: number, audited: boolean): Rate {
  const world = new World('bench', { audited });
  const network = new Network(world);
  const source = network.addNode('source', [Uint8Array.of(10, 0, 0, 1)]);
  let left = packets;
  const send = (): void => {
    const packet = network.packets.take();
    network.packets.source[packet] = 0;
    network.packets.dest[packet] = 1;
    network.packets.protocol[packet] = PROTOCOL.udp;
    network.packets.length[packet] = PACKET_OCTETS;
    network.send(source, packet);
    left -= 1;
  };
  const routers = Array.from({ length: LINKS - 1 }, (_, i) => network.addNode(`router ${i}`));
  const sink = network.addNode('sink', [Uint8Array.of(10, 0, 0, 2)], {
    deliver: (packet) => {
      network.packets.release(packet);
      if (left > 0) send();
    },
  });
  const chain = [source, ...routers, sink];
  chain.slice(1).forEach((node, i) => {
    network.addLink(chain[i] as number, node, { delayNs: 1_000_000, rateBps: 1_000_000_000 });
  });
  for (let i = 0; i < IN_FLIGHT; i++) send();
  return timed(() => {
    world.run(Number.MAX_SAFE_INTEGER - 1);
    return network.pipes.reduce((sum, pipe) => sum + pipe.delivered, 0);
  });
}

function timed(work: () => number): Rate {
  const startNs = process.hrtime.bigint();
  const count = work();
  return { count, perSecond: (count / Number(process.hrtime.bigint() - startNs)) * 1e9 };
}
