import { assert } from '#core/base/assert.ts';
import { NS_PER_S } from '#core/base/time.ts';
import { Counters } from '#core/observe/mod.ts';
import type { RandomStream } from '../random.ts';
import { NOWHERE } from './address-table.ts';
import { FLAG } from './flags.ts';
import { type Dependence, NatTable } from './nat-table.ts';
import type { Link, LinkOptions, Network, Receiver } from './network.ts';
import { PROTOCOL } from './packet.ts';
import { NOBODY } from './routes.ts';
import { NO_SLOT } from './slot-index.ts';

export type NatOptions = {
  readonly name: string;
  /** Outside addresses, at least one. An inside address keeps to one of them (RFC 4787 REQ-2). */
  readonly ips: readonly Uint8Array[];
  /** When the same outside end is used again. Default endpoint-independent (REQ-1). */
  readonly mapping?: Dependence;
  /** Who may send inwards. Default address-and-port-dependent. */
  readonly filtering?: Dependence;
  /** The outside port is the inside port where that is free. Default false. */
  readonly preservesPorts?: boolean;
  /** Outside ports, the first and the last. Default 1024 to 65535. */
  readonly ports?: readonly [number, number];
  /** Nanoseconds a UDP session lives without traffic from inside. Default 5 minutes (REQ-5). */
  readonly udpNs?: number;
};

/** Why a packet did not pass: its sender may not, nothing is mapped, or there was no port for it. */
export type NatReject = 'filtered' | 'no-mapping' | 'exhausted';

const UDP_NS: number = 300 * NS_PER_S;
const FIRST_PORT = 1024;
const LAST_PORT = 65_535;
const PORT_SPAN = 65_536;
const PROTOCOL_SPAN = 256;
const NO_PIPE = -2;

/**
 * A box between an inside and an outside that translates ends of UDP and TCP (RFC 4787, RFC 5382) and notices about
 * them (RFC 5508). No port is shared by two mappings. Traffic from inside keeps a UDP session alive (REQ-6), traffic
 * either way one of TCP. A TCP mapping begins with a SYN: segments of connections it forgot are dropped, as behind a
 * box that started again. What is sent from inside to the box's own outside goes back in, from an outside end
 * (REQ-9). Inside addresses are of one world: two homes do not have the same ones.
 */
export class Nat implements Receiver {
  readonly name: string;
  /** Its number in the network. */
  readonly node: number;
  /** The neighbour outside: what comes from there goes nowhere but to the box itself. */
  outside: number = NOBODY;
  readonly rejects: Counters<NatReject> = new Counters<NatReject>([
    'filtered',
    'no-mapping',
    'exhausted',
  ]);
  readonly #network: Network;
  readonly #random: RandomStream;
  readonly #table: NatTable;
  readonly #first: number;
  readonly #last: number;
  readonly #preserves: boolean;
  readonly #udpNs: number;
  #outPipe = NO_PIPE;
  #inPipe = NO_PIPE;
  #addresses: readonly number[] = [];
  /** Which outside address an inside one keeps to. */
  readonly #pairs = new Map<number, number>();
  /** Outside ends in use before it started again: not used while there are others. */
  #retired: ReadonlySet<number> = new Set<number>();

  constructor(network: Network, options: NatOptions) {
    const { name, ips, ports: [first, last] = [FIRST_PORT, LAST_PORT] } = options;
    const { mapping = 'endpoint-independent', filtering = 'address-and-port-dependent' } = options;
    assert(0 < first && first <= last && last < PORT_SPAN, 'ports are 1 to 65535, in order');
    this.name = name;
    this.#network = network;
    this.#random = network.world.random(`nat ${name}`);
    this.#table = new NatTable(mapping, filtering);
    this.#first = first;
    this.#last = last;
    this.#preserves = options.preservesPorts ?? false;
    this.#udpNs = options.udpNs ?? UDP_NS;
    this.node = network.addNode(name, [], this);
    this.setOutside(ips);
    network.world.contribute(this);
  }

  /** Links the box to its outside. Whatever else it is linked to is inside. */
  attach(outside: number, options: LinkOptions): Link {
    assert(this.outside === NOBODY, 'a box has one outside');
    const link = this.#network.addLink(this.node, outside, options);
    this.outside = outside;
    this.#outPipe = link.there.number;
    this.#inPipe = link.back.number;
    return link;
  }

  /** Mappings that are alive. */
  get mappings(): number {
    this.#table.sweep(this.#network.world.nowNs);
    return this.#table.count;
  }

  /** Forgets all mappings, as after a power cut, and uses other outside ports from now on. */
  rebind(): void {
    this.#table.sweep(this.#network.world.nowNs);
    const retired = new Set<number>();
    this.#table.forEach((at, protocol) => {
      retired.add(
        endOf(protocol, this.#table.outside[at] as number, this.#table.outsidePort[at] as number),
      );
    });
    this.#retired = retired;
    this.#table.clear();
    this.#pairs.clear();
  }

  /** Has other outside addresses from now on, and forgets all mappings. */
  setOutside(ips: readonly Uint8Array[]): void {
    const { addresses } = this.#network;
    assert(ips.length > 0, 'a box has an outside address');
    for (const address of this.#addresses) addresses.assign(addresses.ip(address), NOWHERE);
    this.#addresses = ips.map((ip) => addresses.assign(ip, this.node));
    this.rebind();
  }

  get stateName(): string {
    return `nat ${this.name}`;
  }

  /** For the world's state hash. */
  state(): string {
    const pairs = [...this.#pairs].map(([inside, outside]) => `${inside} ${outside}`);
    const counts = this.rejects.names.map((name) => this.rejects.get(name));
    const ends = [...this.#retired].sort((a, b) => a - b);
    const own = [this.#addresses.join(' '), pairs.join(', '), counts.join(' '), ends.join(' ')];
    return [...own, this.#table.state()].join('\n');
  }

  /** A packet reached the box by a pipe; below 0 it comes from the box itself. Takes it over. */
  deliver(packet: number, pipe: number): void {
    const network = this.#network;
    if (pipe < 0 || pipe === this.#inPipe) return this.#inwards(packet);
    const dest = network.packets.dest[packet] as number;
    const isBack = network.addresses.node(dest) === this.node;
    const isOut = network.wayTo(this.node, dest) === this.#outPipe;
    if ((isBack || isOut) && !this.#outwards(packet)) return;
    if (isBack) this.#inwards(packet);
    else network.send(this.node, packet);
  }

  /** Gives a packet from inside its outside end. False: it is gone. */
  #outwards(packet: number): boolean {
    const { packets, world } = this.#network;
    const table = this.#table;
    const protocol = packets.protocol[packet] as number;
    if (protocol === PROTOCOL.icmp) return this.#noticeOutwards(packet);
    const [source, port] = [packets.source[packet] ?? 0, packets.sourcePort[packet] ?? 0];
    const [dest, destPort] = [packets.dest[packet] ?? 0, packets.destPort[packet] ?? 0];
    const flags = packets.flags[packet] as number;
    let mapping = table.byInside(protocol, source, port, dest, destPort, world.nowNs);
    if (mapping === NO_SLOT) {
      if (protocol === PROTOCOL.tcp && (flags & FLAG.syn) === 0)
        return this.#reject(packet, 'no-mapping');
      if (table.makeRoom(world.nowNs)) mapping = this.#map(protocol, source, port, dest, destPort);
    }
    if (mapping === NO_SLOT || !this.#touch(mapping, dest, destPort, protocol, flags)) {
      this.rejects.add('exhausted');
      this.#network.unreachable(this.node, packet);
      return false;
    }
    packets.source[packet] = table.outside[mapping] as number;
    packets.sourcePort[packet] = table.outsidePort[mapping] as number;
    return true;
  }

  /** Something was sent to a far end: that keeps the session alive, or begins it. False: there is no room. */
  #touch(
    mapping: number,
    dest: number,
    destPort: number,
    protocol: number,
    flags: number,
  ): boolean {
    const table = this.#table;
    const { nowNs } = this.#network.world;
    let session = table.session(mapping, dest, destPort, nowNs);
    if (session === NO_SLOT) {
      if (!table.makeRoom(nowNs)) return false;
      session = table.begin(mapping, dest, destPort);
    }
    const restNs = protocol === PROTOCOL.tcp ? table.segment(session, flags, true) : this.#udpNs;
    table.refresh(mapping, session, nowNs + restNs);
    return true;
  }

  /** Gives a packet from outside its inside end, and sends it there, if it may pass. */
  #inwards(packet: number): void {
    const { packets, world } = this.#network;
    const table = this.#table;
    const protocol = packets.protocol[packet] as number;
    if (protocol === PROTOCOL.icmp) return this.#noticeInwards(packet);
    const [source, port] = [packets.source[packet] ?? 0, packets.sourcePort[packet] ?? 0];
    const mapping = table.byOutside(
      protocol,
      packets.dest[packet] as number,
      packets.destPort[packet] as number,
      world.nowNs,
    );
    if (mapping === NO_SLOT) return void this.#reject(packet, 'no-mapping');
    if (!table.lets(mapping, source, port, world.nowNs))
      return void this.#reject(packet, 'filtered');
    const inside = table.inside[mapping] as number;
    if (this.#network.wayTo(this.node, inside) < 0)
      return this.#network.unreachable(this.node, packet);
    if (protocol === PROTOCOL.tcp) {
      const session = table.session(mapping, source, port, world.nowNs);
      if (session !== NO_SLOT) {
        const restNs = table.segment(session, packets.flags[packet] as number, false);
        table.refresh(mapping, session, world.nowNs + restNs);
      }
    }
    packets.dest[packet] = inside;
    packets.destPort[packet] = table.insidePort[mapping] as number;
    this.#network.send(this.node, packet);
  }

  /** A notice about something that was sent from inside: its own ends are those of what it is about, turned round. */
  #noticeInwards(packet: number): void {
    const { packets, world } = this.#network;
    const table = this.#table;
    const [own, ownPort] = [packets.dest[packet] ?? 0, packets.sourcePort[packet] ?? 0];
    const [far, farPort] = [packets.source[packet] ?? 0, packets.destPort[packet] ?? 0];
    const mapping = table.byOutside(packets.flags[packet] as number, own, ownPort, world.nowNs);
    if (mapping === NO_SLOT || table.session(mapping, far, farPort, world.nowNs) === NO_SLOT)
      return void this.#reject(packet, 'no-mapping');
    packets.dest[packet] = table.inside[mapping] as number;
    packets.sourcePort[packet] = table.insidePort[mapping] as number;
    this.#network.send(this.node, packet);
  }

  /** A notice from inside about something that came from outside. False: it is gone. */
  #noticeOutwards(packet: number): boolean {
    const { packets, world } = this.#network;
    const table = this.#table;
    const mapping = table.byInside(
      packets.flags[packet] as number,
      packets.source[packet] as number,
      packets.destPort[packet] as number,
      packets.dest[packet] as number,
      packets.sourcePort[packet] as number,
      world.nowNs,
    );
    if (mapping === NO_SLOT) return this.#reject(packet, 'no-mapping');
    packets.source[packet] = table.outside[mapping] as number;
    packets.destPort[packet] = table.outsidePort[mapping] as number;
    return true;
  }

  /** A new mapping, or NO_SLOT when no port is left. */
  #map(protocol: number, source: number, port: number, dest: number, destPort: number): number {
    const outside = this.#pairOf(source);
    const outsidePort = outside === NOWHERE ? 0 : this.#port(protocol, outside, port);
    if (outsidePort === 0) return NO_SLOT;
    return this.#table.add(protocol, source, port, dest, destPort, outside, outsidePort);
  }

  /** The outside address of an inside one, of its own family; NOWHERE when there is none. */
  #pairOf(inside: number): number {
    const known = this.#pairs.get(inside);
    if (known !== undefined) return known;
    const { addresses } = this.#network;
    const length = addresses.lengthOf(inside);
    const pool = this.#addresses.filter((address) => addresses.lengthOf(address) === length);
    const pair = pool.length < 2 ? pool[0] : pool[this.#random.below(pool.length)];
    this.#pairs.set(inside, pair ?? NOWHERE);
    return pair ?? NOWHERE;
  }

  /** A free outside port: the inside one if it is to be kept, else one by chance. 0 when there is none. */
  #port(protocol: number, outside: number, wanted: number): number {
    const table = this.#table;
    const { nowNs } = this.#network.world;
    const size = this.#last - this.#first + 1;
    if (table.taken(protocol, outside) >= size) table.sweep(nowNs);
    if (table.taken(protocol, outside) >= size) return 0;
    const isFree = (port: number): boolean =>
      table.byOutside(protocol, outside, port, nowNs) === NO_SLOT;
    const isNew = (port: number): boolean => !this.#retired.has(endOf(protocol, outside, port));
    const mayKeep = this.#preserves && this.#first <= wanted && wanted <= this.#last;
    if (mayKeep && isNew(wanted) && isFree(wanted)) return wanted;
    const start = this.#random.below(size);
    let second = 0;
    for (let i = 0; i < size; i++) {
      const port = this.#first + ((start + i) % size);
      if (!isFree(port)) continue;
      if (isNew(port)) return port;
      if (second === 0) second = port;
    }
    return second;
  }

  #reject(packet: number, why: NatReject): false {
    this.rejects.add(why);
    this.#network.packets.release(packet);
    return false;
  }
}

/** An outside end as one number. */
function endOf(protocol: number, address: number, port: number): number {
  return (address * PORT_SPAN + port) * PROTOCOL_SPAN + protocol;
}
