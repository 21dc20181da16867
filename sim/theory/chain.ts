import { CLASS } from '../event-queue.ts';
import { type Link, Network, type PipeOptions, PROTOCOL, UDP_HEADERS } from '../network/mod.ts';
import type { RandomStream } from '../random.ts';
import type { World } from '../world.ts';
import type { Ground } from './ground.ts';

/** Octets of the shortest packet there is. */
export const OCTETS_MIN: number = UDP_HEADERS;
const SOURCE_IP: readonly number[] = Object.freeze([10, 0, 0, 1]);
const SINK_IP: readonly number[] = Object.freeze([10, 0, 0, 2]);

/** A host, routers and a host in a row; packets of chosen lengths go from the first to the last. */
export class Chain {
  readonly world: World;
  readonly network: Network;
  readonly links: readonly Link[];
  readonly #source: number;
  readonly #actor: number;
  readonly #actions = new Map<number, () => void>();
  #nextAction = 0;

  /** `arrived`: the number a packet was sent with, and whether a bit of it was changed. */
  constructor(
    ground: Ground,
    pipes: readonly PipeOptions[],
    arrived: (number: number, isDamaged: boolean) => void,
  ) {
    this.world = ground.world();
    const network = new Network(this.world);
    this.network = network;
    this.#source = network.addNode('source', [Uint8Array.from(SOURCE_IP)]);
    const routers = pipes.slice(1).map((_, i) => network.addNode(`router ${i + 1}`));
    const sink = network.addNode('sink', [Uint8Array.from(SINK_IP)], {
      deliver: (packet) => {
        const number = network.packets.seq[packet] as number;
        const isDamaged = network.packets.damaged[packet] === 1;
        network.packets.release(packet);
        arrived(number, isDamaged);
      },
    });
    const nodes = [this.#source, ...routers, sink];
    this.links = pipes.map((pipe, i) =>
      ground.laid(network.addLink(nodes[i] as number, nodes[i + 1] as number, pipe), pipe),
    );
    this.#actor = this.world.enter({
      act: (_kind, action) => {
        const then = this.#actions.get(action);
        this.#actions.delete(action);
        then?.();
      },
    });
  }

  get nowNs(): number {
    return this.world.nowNs;
  }

  random(name: string): RandomStream {
    return this.world.random(name);
  }

  /** Sends a packet of so many octets on the wire, headers included. Flows differ by their port. */
  send(number: number, octets: number, flow = 0): void {
    const { packets } = this.network;
    const packet = packets.take();
    packets.source[packet] = 0;
    packets.dest[packet] = 1;
    packets.protocol[packet] = PROTOCOL.udp;
    packets.length[packet] = octets - UDP_HEADERS;
    packets.sourcePort[packet] = flow;
    packets.destPort[packet] = 0;
    packets.seq[packet] = number;
    this.network.send(this.#source, packet);
  }

  at(ns: number, action: () => void): void {
    const number = this.#nextAction++;
    this.#actions.set(number, action);
    this.world.schedule(ns, CLASS.timer, this.#actor, this.#actor, 1, number, 0);
  }

  /** Calls again and again, `nextNs` after each call. */
  every(nextNs: () => number, action: () => void): void {
    const again = (): void => {
      action();
      this.at(this.nowNs + nextNs(), again);
    };
    this.at(this.nowNs + nextNs(), again);
  }

  runUntil(isDone: () => boolean): void {
    this.world.runUntil(isDone, Number.MAX_SAFE_INTEGER);
  }
}

/** Nanoseconds that octets take to be serialised. */
export function serialisedNs(octets: number, rateBps: number): number {
  return (octets * 8e9) / rateBps;
}
