import type { AddressTable } from './address-table.ts';
import { FLAG } from './flags.ts';
import type { Pipe } from './link.ts';
import { OPTIONS_MAX, type PacketSlab } from './packet.ts';

/** What someone with a hand on the wire sees. Must not touch the world: a tap changes no hash. */
export type Observer = (seen: Sighting) => void;

/** One packet at one place. One object for all: borrowed, like its octets, for the call. */
export class Sighting {
  /** World time in nanoseconds. */
  timeNs = 0;
  /** Which link, and which way. */
  pipe: Pipe | undefined;
  /** One of PROTOCOL. */
  protocol = 0;
  sourcePort = 0;
  destPort = 0;
  /** TCP's flags, position and acknowledgement. */
  flags = 0;
  seq = 0;
  ack = 0;
  /** Octets on the wire, headers included. */
  wireOctets = 0;
  /** The payload is `bytes` from `start` to `end`. */
  bytes: Uint8Array;
  start = 0;
  end = 0;
  readonly #packets: PacketSlab;
  readonly #addresses: AddressTable;
  /** The packet's number: its own for as long as it lives. */
  packet = 0;

  constructor(packets: PacketSlab, addresses: AddressTable) {
    this.#packets = packets;
    this.#addresses = addresses;
    this.bytes = packets.page(0);
  }

  /** What a TCP segment reports behind gaps: positions of the stream, each block's first and the one behind it. */
  get blocks(): readonly (readonly [from: number, to: number])[] {
    const { options } = this.#packets;
    if ((this.flags & FLAG.syn) !== 0) return [];
    return Array.from({ length: this.#packets.blocks(this.packet) }, (_, i) => {
      const at = OPTIONS_MAX * this.packet + 2 * i;
      return [this.ack + (options[at] as number), this.ack + (options[at + 1] as number)];
    });
  }

  /** Sender's address. */
  get from(): Uint8Array {
    return this.#addresses.ip(this.#packets.source[this.packet] as number);
  }

  /** Receiver's address. */
  get to(): Uint8Array {
    return this.#addresses.ip(this.#packets.dest[this.packet] as number);
  }

  /** Both as people write them. */
  get fromText(): string {
    return this.#addresses.text(this.#packets.source[this.packet] as number);
  }

  get toText(): string {
    return this.#addresses.text(this.#packets.dest[this.packet] as number);
  }

  /** For the network: shows this packet next. */
  point(timeNs: number, pipe: Pipe, packet: number): void {
    const packets = this.#packets;
    this.timeNs = timeNs;
    this.pipe = pipe;
    this.packet = packet;
    this.protocol = packets.protocol[packet] as number;
    this.sourcePort = packets.sourcePort[packet] as number;
    this.destPort = packets.destPort[packet] as number;
    this.flags = packets.flags[packet] as number;
    this.seq = packets.seq[packet] as number;
    this.ack = packets.ack[packet] as number;
    this.wireOctets = packets.wireOctets(packet);
    this.bytes = packets.page(packet);
    this.start = packets.payloadAt(packet);
    this.end = this.start + (packets.length[packet] as number);
  }
}

/** Puts an observer on the list of a pipe. Answers how to take it off. */
export function subscribe(
  list: (Observer[] | undefined)[],
  pipe: number,
  observer: Observer,
): () => void {
  list[pipe] = [...(list[pipe] ?? []), observer];
  return () => {
    const rest = (list[pipe] ?? []).filter((other) => other !== observer);
    list[pipe] = rest.length > 0 ? rest : undefined;
  };
}
