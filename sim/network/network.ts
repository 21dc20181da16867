import { assert } from '#core/base/assert.ts';
import { IO_CHUNK } from '#core/base/limits.ts';
import type { Suite } from '#core/crypto/mod.ts';
import { createSeededSuite } from '#core/crypto/seeded/mod.ts';
import { DatagramBatch } from '#core/host/mod.ts';
import { CLASS } from '../event-queue.ts';
import type { Actor, World } from '../world.ts';
import { AddressTable, NOWHERE } from './address-table.ts';
import { ARRIVAL, Pipe, type PipeOptions } from './link.ts';
import { PacketSlab, PROTOCOL } from './packet.ts';
import { RingPool } from './ring.ts';
import { type Edge, Routes } from './routes.ts';
import { type Observer, Sighting } from './tap.ts';

/** What sits behind a node's addresses. It owns the packet it is given, and releases it. */
export interface Receiver {
  deliver(packet: number): void;
}

/** Options of a link: the same both ways, or its own for the way back. */
export type LinkOptions = PipeOptions & { readonly back?: PipeOptions };

/** A link: the pipe towards its second node, and the one back. */
export type Link = { readonly there: Pipe; readonly back: Pipe };

/** A host or a router. */
class Node implements Actor {
  readonly name: string;
  readonly actor: number;
  readonly addresses: readonly number[];
  receiver: Receiver | undefined;
  readonly #arrive: Arrive;
  readonly #number: number;

  constructor(
    number: number,
    name: string,
    world: World,
    addresses: readonly number[],
    arrive: Arrive,
  ) {
    this.#number = number;
    this.name = name;
    this.actor = world.enter(this);
    this.addresses = addresses;
    this.#arrive = arrive;
  }

  act(_kind: number, packet: number, pipe: number): void {
    this.#arrive(this.#number, packet, pipe);
  }
}

type Arrive = (node: number, packet: number, pipe: number) => void;

/** Nanoseconds a packet takes from a node to itself. */
const LOOPBACK_NS = 10_000;
const LOOPBACK = -1;
const PORT_SPAN = 65_536;
const NO_EDGES: Edge[] = Object.freeze<Edge[]>([]) as Edge[];

/** Nodes, links between them, and packets that are forwarded hop by hop along shortest paths. */
export class Network {
  readonly world: World;
  readonly packets: PacketSlab = new PacketSlab();
  readonly addresses: AddressTable = new AddressTable();
  readonly pipes: Pipe[] = [];
  /** What programs write into, and datagrams are shown in: borrowed for a call, so one for all hosts will do. */
  readonly scratch: Uint8Array = new Uint8Array(IO_CHUNK);
  readonly datagrams: DatagramBatch = new DatagramBatch();
  /** Memory the connections of this network share. */
  readonly rings: RingPool = new RingPool();
  /** What its hosts' simulated TLS seals with. */
  readonly suite: Suite = createSeededSuite();
  readonly #nodes: Node[] = [];
  readonly #edges: Edge[][] = [];
  readonly #arrive: Arrive = (node, packet, pipe) => this.#arrived(node, packet, pipe);
  #routes: Routes | undefined;
  readonly #entering: (Observer[] | undefined)[] = [];
  readonly #arriving: (Observer[] | undefined)[] = [];
  readonly #sighting: Sighting;

  constructor(world: World) {
    this.world = world;
    this.#sighting = new Sighting(this.packets, this.addresses);
    world.contribute('network', this);
  }

  /** A host or a router; a router has no receiver. Answers the node's number. */
  addNode(name: string, ips: readonly Uint8Array[] = [], receiver?: Receiver): number {
    const node = this.#nodes.length;
    const addresses = ips.map((ip) => this.addresses.assign(ip, node));
    const made = new Node(node, name, this.world, addresses, this.#arrive);
    made.receiver = receiver;
    this.#nodes.push(made);
    this.#edges.push(NO_EDGES);
    this.#routes = undefined;
    return node;
  }

  setReceiver(node: number, receiver: Receiver): void {
    this.#node(node).receiver = receiver;
  }

  nameOf(node: number): string {
    return this.#node(node).name;
  }

  /** As numbers of `addresses`. */
  addressesOf(node: number): readonly number[] {
    return this.#node(node).addresses;
  }

  /** The number by which events and pipes know a node. */
  actorOf(node: number): number {
    return this.#node(node).actor;
  }

  addLink(a: number, b: number, options: LinkOptions): Link {
    assert(a !== b, 'a link has two ends');
    const link = {
      there: this.#addPipe(a, b, options),
      back: this.#addPipe(b, a, options.back ?? options),
    };
    this.#routes = undefined;
    return link;
  }

  /** Sends a packet whose fields are set, as `node`. It may be gone when this returns. */
  send(node: number, packet: number): void {
    const { packets, world } = this;
    assert(packets.isLive(packet), 'only a live packet is sent');
    if (world.audited) {
      const kind = (packets.flags[packet] as number) * 256 + (packets.protocol[packet] as number);
      const ports =
        (packets.sourcePort[packet] as number) * PORT_SPAN + (packets.destPort[packet] as number);
      world.audit.event(
        packets.seq[packet] as number,
        packets.ack[packet] as number,
        (packets.window[packet] as number) * PORT_SPAN + kind,
        ports,
        (packets.source[packet] as number) * 0x1_0000_0000 + (packets.dest[packet] as number),
      );
      const start = packets.payloadAt(packet);
      world.audit.octets(packets.page(packet), start, start + (packets.length[packet] as number));
    }
    this.#forward(node, packet);
  }

  /** Shows every packet that enters this pipe to an observer. Answers how to stop. */
  tapPipe(pipe: Pipe, observer: Observer): () => void {
    return subscribe(this.#entering, pipe.number, observer);
  }

  /** Shows every packet that arrives by this pipe. Answers how to stop. */
  tapArrivals(pipe: Pipe, observer: Observer): () => void {
    return subscribe(this.#arriving, pipe.number, observer);
  }

  /** Shows every packet that leaves or reaches a node by its links. Answers how to stop. */
  tapNode(node: number, observer: Observer): () => void {
    const { actor } = this.#node(node);
    const stops: (() => void)[] = [];
    for (const pipe of this.pipes) {
      if (pipe.from === actor) stops.push(subscribe(this.#entering, pipe.number, observer));
      if (pipe.to === actor) stops.push(subscribe(this.#arriving, pipe.number, observer));
    }
    return () => {
      for (const stop of stops) stop();
    };
  }

  #arrived(node: number, packet: number, pipeNumber: number): void {
    if (pipeNumber !== LOOPBACK) {
      (this.pipes[pipeNumber] as Pipe).delivered += 1;
      const observers = this.#arriving[pipeNumber];
      if (observers !== undefined) this.#show(observers, pipeNumber, packet);
    }
    const { receiver } = this.#node(node);
    const isForUs = this.addresses.node(this.packets.dest[packet] as number) === node;
    if (receiver === undefined) {
      if (isForUs) this.packets.release(packet);
      else this.#forward(node, packet);
    } else if (isForUs) receiver.deliver(packet);
    else this.#unreachable(node, packet); // hosts do not forward
  }

  #forward(node: number, packet: number): void {
    const dest = this.addresses.node(this.packets.dest[packet] as number);
    if (dest === node) return this.#loop(node, packet, LOOPBACK_NS);
    const pipeNumber = dest === NOWHERE ? this.#gateway(node) : this.#next(node, dest);
    if (pipeNumber < 0) return this.#unreachable(node, packet);
    const observers = this.#entering[pipeNumber];
    if (observers !== undefined) this.#show(observers, pipeNumber, packet);
    (this.pipes[pipeNumber] as Pipe).send(packet);
  }

  #next(node: number, dest: number): number {
    this.#routes ??= new Routes(this.#edges, (other) => this.#node(other).receiver === undefined);
    return this.#routes.next(node, dest);
  }

  /** Where a host sends what it knows nothing about: its only link. Routers know everything. */
  #gateway(node: number): number {
    const edges = this.#edgesOf(node);
    const isHost = this.#node(node).receiver !== undefined;
    return isHost && edges.length === 1 ? (edges[0] as Edge).pipe : -1;
  }

  /** Turns the packet into a notice to its sender: the ports stay, `flags` names the protocol. */
  #unreachable(node: number, packet: number): void {
    const { packets } = this;
    const protocol = packets.protocol[packet] as number;
    const sender = packets.source[packet] as number;
    if (protocol === PROTOCOL.icmp || this.addresses.node(sender) === NOWHERE) {
      packets.release(packet);
      return;
    }
    packets.source[packet] = packets.dest[packet] as number;
    packets.dest[packet] = sender;
    packets.flags[packet] = protocol;
    packets.protocol[packet] = PROTOCOL.icmp;
    packets.length[packet] = 0;
    if (this.addresses.node(sender) === node) this.#loop(node, packet, 0);
    else this.#forward(node, packet);
  }

  #loop(node: number, packet: number, delayNs: number): void {
    const { actor } = this.#node(node);
    this.world.schedule(
      this.world.nowNs + delayNs,
      CLASS.packet,
      actor,
      actor,
      ARRIVAL,
      packet,
      LOOPBACK,
    );
  }

  #show(observers: readonly Observer[], pipeNumber: number, packet: number): void {
    this.#sighting.point(this.world.nowNs, this.pipes[pipeNumber] as Pipe, packet);
    for (const observer of observers) observer(this.#sighting);
  }

  #addPipe(a: number, b: number, options: PipeOptions): Pipe {
    const from = this.#node(a);
    const to = this.#node(b);
    const number = this.pipes.length;
    const edges = this.#edgesOf(a);
    const twin = edges.filter((edge) => edge.to === b).length;
    // Joined: a template would keep its parts.
    const name = ['pipe ', from.name, '>', to.name, twin > 0 ? `#${twin}` : ''].join('');
    const pipe = new Pipe(this.world, this.packets, number, name, from.actor, to.actor, options);
    this.pipes.push(pipe);
    const edge = { to: b, pipe: number, costNs: options.delayNs };
    // Most nodes have one: a list that grows has room for many.
    if (edges.length === 0) this.#edges[a] = [edge];
    else edges.push(edge);
    return pipe;
  }

  #edgesOf(node: number): Edge[] {
    return this.#edges[node] as Edge[];
  }

  #node(node: number): Node {
    const found = this.#nodes[node];
    assert(found !== undefined, 'a node is in the network');
    return found;
  }

  /** For the state hash. */
  state(): string {
    return `${this.packets.used}\n${this.pipes
      .map((pipe) => pipe.state())
      .sort()
      .join('\n')}`;
  }
}

function subscribe(list: (Observer[] | undefined)[], pipe: number, observer: Observer): () => void {
  list[pipe] = [...(list[pipe] ?? []), observer];
  return () => {
    const rest = (list[pipe] ?? []).filter((other) => other !== observer);
    list[pipe] = rest.length > 0 ? rest : undefined;
  };
}
