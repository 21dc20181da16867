import { assert } from '#core/base/assert.ts';
import { enlarged } from '../event-queue.ts';
import { FLAG } from './flags.ts';

/** Octets of a packet on a wire, headers included: Ethernet's. */
export const MTU = 1500;
export const PROTOCOL: { readonly icmp: 1; readonly tcp: 6; readonly udp: 17 } = Object.freeze({
  icmp: 1,
  tcp: 6,
  udp: 17,
});
/** Octets of the IPv6 header, and of TCP's and UDP's behind it. IPv4 is charged the same. */
export const TCP_HEADERS: number = 40 + 20;
export const UDP_HEADERS: number = 40 + 8;
/** Payload octets of one TCP segment. */
export const MSS: number = MTU - TCP_HEADERS;

/** Octets of the options of a SYN: segment size, window scale, selective acknowledgements, padding. */
export const SYN_OPTIONS = 12;
/** Octets of the option of blocks, padding and all, and of each block in it (RFC 2018, 3). */
export const BLOCKS_HEAD = 4;
export const BLOCK_LEN = 8;
/** Numbers of options a packet has room for: three blocks. */
export const OPTIONS_MAX = 6;
/** Kind of the event that a packet reaches the far end of a pipe. */
export const ARRIVAL = 1;
const PAGE_PACKETS = 256;
const PAGE_BITS = 8;

/**
 * Every packet in flight, as a structure of arrays. A packet is a number; its fields are read and written
 * in place. Payloads live in pages that never move, so a page can be borrowed while packets come and go.
 */
export class PacketSlab {
  /** Sender and receiver, as numbers of the network's address table. */
  source: Int32Array = new Int32Array(PAGE_PACKETS);
  dest: Int32Array = new Int32Array(PAGE_PACKETS);
  sourcePort: Uint16Array = new Uint16Array(PAGE_PACKETS);
  destPort: Uint16Array = new Uint16Array(PAGE_PACKETS);
  protocol: Uint8Array = new Uint8Array(PAGE_PACKETS);
  /** TCP's; see FLAG. */
  flags: Uint8Array = new Uint8Array(PAGE_PACKETS);
  /** Octets since the start of the connection: they do not wrap. */
  seq: Float64Array = new Float64Array(PAGE_PACKETS);
  ack: Float64Array = new Float64Array(PAGE_PACKETS);
  window: Float64Array = new Float64Array(PAGE_PACKETS);
  /** Octets of TCP's options on the wire; 0 for none. */
  optionOctets: Uint8Array = new Uint8Array(PAGE_PACKETS);
  /**
   * What they say, OPTIONS_MAX numbers a packet. A SYN: the payload octets its sender takes in a segment. Else where
   * blocks that came too early begin and end, counted from `ack` (RFC 2018).
   */
  options: Uint32Array = new Uint32Array(OPTIONS_MAX * PAGE_PACKETS);
  /** The node that sent it first, whatever boxes make of its ends on the way; below 0 before it is sent. */
  origin: Int32Array = new Int32Array(PAGE_PACKETS);
  /** Octets of payload. */
  length: Uint16Array = new Uint16Array(PAGE_PACKETS);
  /** 1: a bit was changed on the way, and the checksum does not hold. */
  damaged: Uint8Array = new Uint8Array(PAGE_PACKETS);
  /** When it is on the wire of its pipe, in nanoseconds; negative for a duplicate, which took no time of its own. */
  departNs: Float64Array = new Float64Array(PAGE_PACKETS);
  #live: Uint8Array = new Uint8Array(PAGE_PACKETS);
  #free: Int32Array = new Int32Array(PAGE_PACKETS);
  readonly #pages: Uint8Array[] = [];
  #capacity = 0;
  #used = 0;

  constructor() {
    this.#addPage();
  }

  /** Packets alive: 0 when nothing is under way and nothing has leaked. */
  get used(): number {
    return this.#used;
  }

  take(): number {
    if (this.#used === this.#capacity) this.#addPage();
    const packet = this.#free[this.#used++] as number;
    this.#live[packet] = 1;
    this.damaged[packet] = 0;
    this.optionOctets[packet] = 0;
    this.origin[packet] = -1;
    return packet;
  }

  /** Another packet, the same in everything. */
  copy(packet: number): number {
    const twin = this.take();
    for (const field of this.#fields) field[twin] = field[packet] as number;
    const said = OPTIONS_MAX * packet;
    this.options.copyWithin(OPTIONS_MAX * twin, said, said + OPTIONS_MAX);
    const at = this.payloadAt(packet);
    const end = at + (this.length[packet] as number);
    this.page(twin).set(this.page(packet).subarray(at, end), this.payloadAt(twin));
    return twin;
  }

  /** Changes one bit of the payload, or, where there is none, something in the headers. */
  damage(packet: number, bit: number): void {
    this.damaged[packet] = 1;
    if (this.length[packet] === 0) return;
    const page = this.page(packet);
    const at = this.payloadAt(packet) + (bit >> 3);
    page[at] = (page[at] as number) ^ (1 << (bit & 7));
  }

  release(packet: number): void {
    assert(this.#live[packet] === 1, 'a packet is freed exactly once');
    this.#live[packet] = 0;
    this.#free[--this.#used] = packet;
  }

  isLive(packet: number): boolean {
    return this.#live[packet] === 1;
  }

  /** The page that holds the payload, from `payloadAt` on. */
  page(packet: number): Uint8Array {
    return this.#pages[packet >> PAGE_BITS] as Uint8Array;
  }

  payloadAt(packet: number): number {
    return (packet & (PAGE_PACKETS - 1)) * MTU;
  }

  /** Octets on the wire. */
  wireOctets(packet: number): number {
    const headers = this.protocol[packet] === PROTOCOL.tcp ? TCP_HEADERS : UDP_HEADERS;
    return headers + (this.optionOctets[packet] as number) + (this.length[packet] as number);
  }

  /** Blocks a segment reports that is no SYN. */
  blocks(packet: number): number {
    return Math.floor((this.optionOctets[packet] as number) / BLOCK_LEN);
  }

  /** Numbers of `options` that a packet has. */
  saidCount(packet: number): number {
    if (this.optionOctets[packet] === 0) return 0;
    const isSyn = ((this.flags[packet] as number) & FLAG.syn) !== 0;
    return isSyn ? 1 : 2 * this.blocks(packet);
  }

  /** Those, for people and onlookers. */
  said(packet: number): Uint32Array {
    const at = OPTIONS_MAX * packet;
    return this.options.subarray(at, at + this.saidCount(packet));
  }

  get #fields(): readonly (Int32Array | Uint16Array | Uint8Array | Float64Array)[] {
    const addresses = [this.source, this.dest, this.sourcePort, this.destPort, this.origin];
    const positions = [this.seq, this.ack, this.window];
    return [
      ...addresses,
      ...positions,
      this.protocol,
      this.flags,
      this.length,
      this.optionOctets,
      this.damaged,
    ];
  }

  #addPage(): void {
    const first = this.#capacity;
    this.#pages.push(new Uint8Array(PAGE_PACKETS * MTU));
    this.#capacity += PAGE_PACKETS;
    if (this.#capacity > this.source.length) this.#grow(2 * this.source.length);
    for (let i = first; i < this.#capacity; i++) this.#free[i] = i;
  }

  #grow(capacity: number): void {
    this.source = enlarged(new Int32Array(capacity), this.source);
    this.dest = enlarged(new Int32Array(capacity), this.dest);
    this.sourcePort = enlarged(new Uint16Array(capacity), this.sourcePort);
    this.destPort = enlarged(new Uint16Array(capacity), this.destPort);
    this.protocol = enlarged(new Uint8Array(capacity), this.protocol);
    this.flags = enlarged(new Uint8Array(capacity), this.flags);
    this.seq = enlarged(new Float64Array(capacity), this.seq);
    this.ack = enlarged(new Float64Array(capacity), this.ack);
    this.window = enlarged(new Float64Array(capacity), this.window);
    this.origin = enlarged(new Int32Array(capacity), this.origin);
    this.length = enlarged(new Uint16Array(capacity), this.length);
    this.damaged = enlarged(new Uint8Array(capacity), this.damaged);
    this.optionOctets = enlarged(new Uint8Array(capacity), this.optionOctets);
    this.options = enlarged(new Uint32Array(OPTIONS_MAX * capacity), this.options);
    this.departNs = enlarged(new Float64Array(capacity), this.departNs);
    this.#live = enlarged(new Uint8Array(capacity), this.#live);
    this.#free = enlarged(new Int32Array(capacity), this.#free);
  }
}
