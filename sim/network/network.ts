import { assert } from '#core/base/assert.ts';
import { IO_CHUNK } from '#core/base/limits.ts';
import type { Suite } from '#core/crypto/mod.ts';
import { createSeededSuite } from '#core/crypto/seeded/mod.ts';
import { DatagramBatch } from '#core/host/mod.ts';
import { CLASS } from '../event-queue.ts';
import { FATE, type Recorder } from '../recorder.ts';
import type { Actor, World } from '../world.ts';
import { AddressTable, NOWHERE } from './address-table.ts';
import { Pipe } from './link.ts';
import { ARRIVAL, MTU, OPTIONS_MAX, PacketSlab, PROTOCOL } from './packet.ts';
import { Partings } from './partings.ts';
import type { PipeOptions } from './pipe-options.ts';
import { RingPool } from './ring.ts';
import { type Edge, EVERYBODY, NOBODY, Routes } from './routes.ts';
import { type Rule, Rules } from './rules.ts';
import { type Observer, Sighting, subscribe } from './tap.ts';
import { packetInWords } from './words.ts';

/** What sits behind a node's addresses. It owns the packet it is given, and releases it. */
export interface Receiver {
  /** `pipe` is the number of the pipe it came by; below 0 it came from the node itself. */
  deliver(packet: number, pipe: number): void;
  /**
   * Makes the node a box that others' packets go through, but for those from this neighbour, which may only come to
   * itself. It is shown all of them. Absent: the node forwards nothing.
   */
  readonly outside?: number;
}

/** Options of a link: the same both ways, or its own for the way back. */
export type LinkOptions = PipeOptions & { readonly back?: PipeOptions };

/** A link: the pipe towards its second node, and the one back. */
export type Link = { readonly there: Pipe; readonly back: Pipe };

/** A host or a router. */
class Node implements Actor {
  readonly name: string;
  readonly actor: number;
  addresses: readonly number[];
  receiver: Receiver | undefined;
  readonly #ground: Ground;
  readonly #number: number;

  constructor(
    number: number,
    name: string,
    world: World,
    addresses: readonly number[],
    ground: Ground,
  ) {
    this.#number = number;
    this.name = name;
    this.actor = world.enter(this);
    this.addresses = addresses;
    this.#ground = ground;
  }

  act(_kind: number, packet: number, pipe: number): void {
    this.#ground.arrive(this.#number, packet, pipe);
  }

  inWords(_kind: number, packet: number, pipe: number): string {
    return this.#ground.inWords(packet, pipe);
  }
}

/** What its nodes know of a network. */
type Ground = {
  arrive(node: number, packet: number, pipe: number): void;
  inWords(packet: number, pipe: number): string;
};

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
  readonly outgoing: DatagramBatch = new DatagramBatch();
  /** Memory the connections of this network share. */
  readonly rings: RingPool = new RingPool();
  /** What its hosts' simulated TLS seals with. */
  readonly suite: Suite = createSeededSuite();
  readonly #nodes: Node[] = [];
  readonly #edges: Edge[][] = [];
  readonly #ground: Ground = {
    arrive: (node, packet, pipe) => this.#arrive(node, packet, pipe),
    inWords: (packet, pipe) => {
      const way = pipe === LOOPBACK ? 'itself' : this.pipes[pipe]?.name;
      return `comes from ${way}: ${packetInWords(this, packet)}`;
    },
  };
  #routes: Routes | undefined;
  readonly #entering: (Observer[] | undefined)[] = [];
  readonly #arriving: (Observer[] | undefined)[] = [];
  readonly #sighting: Sighting;
  readonly #recorder: Recorder | undefined;
  /** Whether anybody ever looks on. */
  #isWatched: boolean;
  readonly #rules: Rules;
  /** Nodes that hear nothing of others. */
  readonly partings: Partings = new Partings();

  constructor(world: World) {
    this.world = world;
    this.#sighting = new Sighting(this.packets, this.addresses);
    this.#rules = new Rules(this.pipes, (pipe, packet) => this.#point(pipe, packet));
    world.contribute(this);
    this.#recorder = world.recorder;
    this.#recorder?.connects(this);
    this.#isWatched = this.#recorder !== undefined;
  }

  /** A host or a router; a router has no receiver. Answers the node's number. */
  addNode(name: string, ips: readonly Uint8Array[] = [], receiver?: Receiver): number {
    const node = this.#nodes.length;
    const addresses = ips.map((ip) => this.addresses.assign(ip, node));
    const made = new Node(node, name, this.world, addresses, this.#ground);
    made.receiver = receiver;
    this.#nodes.push(made);
    this.#edges.push(NO_EDGES);
    this.#routes = undefined;
    return node;
  }

  nameOf(node: number): string {
    return this.#node(node).name;
  }

  /** As numbers of `addresses`. */
  addressesOf(node: number): readonly number[] {
    return this.#node(node).addresses;
  }

  ipsOf(node: number): readonly Uint8Array[] {
    return this.#node(node).addresses.map((address) => this.addresses.ip(address));
  }

  /** A node has another address in place of one of its own. */
  readdress(node: number, from: Uint8Array, to: Uint8Array): void {
    const before = this.addresses.assign(from, NOWHERE);
    const after = this.addresses.assign(to, node);
    const entry = this.#node(node);
    entry.addresses = entry.addresses.map((address) => (address === before ? after : address));
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

  /** Sends a packet whose fields are set, as `node`; a box sends others' on. It may be gone when this returns. */
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
      if ((packets.optionOctets[packet] as number) > 0) this.#auditOptions(packet);
      const start = packets.payloadAt(packet);
      world.audit.octets(packets.page(packet), start, start + (packets.length[packet] as number));
    }
    if (this.#recorder !== undefined) this.#recorder.packet(FATE.sent, packet);
    const { origin } = packets;
    if ((origin[packet] as number) < 0) origin[packet] = node;
    const dest = this.addresses.node(packets.dest[packet] as number);
    if (this.partings.count > 0 && this.partings.keep(origin[packet] as number, dest)) {
      if (this.#recorder !== undefined) this.#recorder.packet(FATE.dropped, packet);
      packets.release(packet);
    } else this.#forward(node, packet);
  }

  /** A rule that holds until it is disposed of: `using rule = network.rule({ change: { lossPpm: 100_000 } })`. */
  rule(rule: Rule): Disposable {
    return this.#rules.add(rule);
  }

  /** How many rules hold now. */
  get rules(): number {
    return this.#rules.count;
  }

  /** The pipe by which a node sends towards an address that is not its own; below 0 when there is no way. */
  wayTo(node: number, address: number): number {
    const dest = this.addresses.node(address);
    return dest === NOWHERE ? this.#gateway(node) : this.#next(node, dest);
  }

  /** The pipes that lead from a node to an address now; undefined where none do. */
  path(node: number, address: number): readonly Pipe[] | undefined {
    const pipes: Pipe[] = [];
    const dest = this.addresses.node(address);
    if (dest === NOWHERE) return undefined;
    for (let at = node; at !== dest; ) {
      const next = this.#next(at, dest);
      if (next < 0) return undefined;
      pipes.push(this.pipes[next] as Pipe);
      at = this.#edgesOf(at).find(({ pipe }) => pipe === next)?.to ?? dest;
    }
    return pipes;
  }

  /** Octets of the longest packet that a node's own link takes on the way to an address. */
  firstMtu(node: number, address: number): number {
    if (this.addresses.node(address) === node) return MTU;
    return this.pipes[this.wayTo(node, address)]?.mtu ?? MTU;
  }

  /**
   * Turns the packet into a notice to its sender (ICMP): the ports stay, `flags` names the protocol. `ack` is the
   * largest packet that would have gone on (RFC 1191, 4; RFC 4443, 3.2), or 0 where there is no way.
   */
  unreachable(node: number, packet: number, mtu: number = 0): void {
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
    packets.ack[packet] = mtu;
    packets.length[packet] = 0;
    packets.origin[packet] = node;
    if (this.#recorder !== undefined) this.#recorder.packet(FATE.returned, packet);
    if (this.addresses.node(sender) === node) this.#loop(node, packet, 0);
    else this.#forward(node, packet);
  }

  /** Shows every packet that enters this pipe to an observer. Answers how to stop. */
  tapPipe(pipe: Pipe, observer: Observer): () => void {
    this.#isWatched = true;
    return subscribe(this.#entering, pipe.number, observer);
  }

  /** Shows every packet that arrives by this pipe. Answers how to stop. */
  tapArrivals(pipe: Pipe, observer: Observer): () => void {
    this.#isWatched = true;
    return subscribe(this.#arriving, pipe.number, observer);
  }

  /** Shows every packet that leaves or reaches a node by its links. Answers how to stop. */
  tapNode(node: number, observer: Observer): () => void {
    const { actor } = this.#node(node);
    const stops = this.pipes.flatMap((pipe) => [
      ...(pipe.from === actor ? [this.tapPipe(pipe, observer)] : []),
      ...(pipe.to === actor ? [this.tapArrivals(pipe, observer)] : []),
    ]);
    return () => {
      for (const stop of stops) stop();
    };
  }

  #auditOptions(packet: number): void {
    const { options, optionOctets } = this.packets;
    const numbers = this.packets.saidCount(packet);
    const at = OPTIONS_MAX * packet;
    const said = (i: number): number => (i < numbers ? (options[at + i] as number) : 0);
    this.world.audit.event(optionOctets[packet] as number, said(0), said(1), said(2), said(3));
    if (numbers > 4) this.world.audit.event(said(4), said(5), 0, 0, 0);
  }

  #arrive(node: number, packet: number, pipeNumber: number): void {
    if (pipeNumber !== LOOPBACK) {
      const pipe = this.pipes[pipeNumber] as Pipe;
      pipe.delivered += 1;
      if (this.#isWatched) this.#show(this.#arriving, pipe, packet, FATE.arrived);
    }
    const { receiver } = this.#node(node);
    const isForUs = this.addresses.node(this.packets.dest[packet] as number) === node;
    if (receiver === undefined) {
      if (isForUs) this.packets.release(packet);
      else this.#forward(node, packet);
    } else if (isForUs || receiver.outside !== undefined) receiver.deliver(packet, pipeNumber);
    else this.unreachable(node, packet); // hosts do not forward
  }

  #forward(node: number, packet: number): void {
    const dest = this.packets.dest[packet] as number;
    if (this.addresses.node(dest) === node) return this.#loop(node, packet, LOOPBACK_NS);
    const pipeNumber = this.wayTo(node, dest);
    if (pipeNumber < 0) return this.unreachable(node, packet);
    const pipe = this.pipes[pipeNumber] as Pipe;
    if (pipe.mtu < MTU && this.packets.wireOctets(packet) > pipe.mtu) {
      pipe.refuse();
      return this.unreachable(node, packet, pipe.mtu);
    }
    if (this.#isWatched) this.#show(this.#entering, pipe, packet, FATE.entered);
    pipe.send(packet);
  }

  #next(node: number, dest: number): number {
    this.#routes ??= new Routes(this.#edges, (other) => {
      const { receiver } = this.#node(other);
      return receiver === undefined ? NOBODY : (receiver.outside ?? EVERYBODY);
    });
    return this.#routes.next(node, dest);
  }

  /** Where a host sends what it knows nothing about: its only link. Routers know everything. */
  #gateway(node: number): number {
    const edges = this.#edgesOf(node);
    const isHost = this.#node(node).receiver !== undefined;
    return isHost && edges.length === 1 ? (edges[0] as Edge).pipe : -1;
  }

  #loop(node: number, packet: number, delayNs: number): void {
    const { actor } = this.#node(node);
    const atNs = this.world.nowNs + delayNs;
    this.world.schedule(atNs, CLASS.packet, actor, actor, ARRIVAL, packet, LOOPBACK);
  }

  /** Shows a packet to whoever taps the pipe, then to the recorder: as it goes on. */
  #show(taps: readonly (Observer[] | undefined)[], pipe: Pipe, packet: number, fate: number): void {
    const observers = taps[pipe.number];
    if (observers !== undefined) {
      const seen = this.#point(pipe, packet);
      for (const observer of observers) observer(seen);
    }
    this.#recorder?.packet(fate, packet, pipe);
  }

  #point(pipe: Pipe, packet: number): Sighting {
    this.#sighting.point(this.world.nowNs, pipe, packet);
    return this.#sighting;
  }

  #addPipe(a: number, b: number, options: PipeOptions): Pipe {
    const from = this.#node(a);
    const to = this.#node(b);
    const number = this.pipes.length;
    const edges = this.#edgesOf(a);
    const twins = edges.filter((edge) => edge.to === b).length;
    const pipe = new Pipe(this.world, this.packets, number, twins, from.actor, to.actor, options);
    this.pipes.push(pipe);
    this.#rules.made(pipe);
    const edge = { to: b, pipe: number, costNs: options.costNs ?? options.delayNs };
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

  get stateName(): string {
    return 'network';
  }

  /** For the state hash. */
  state(): string {
    return `${this.packets.used}\n${this.pipes
      .map((pipe) => pipe.state())
      .sort()
      .join('\n')}`;
  }
}
