import type { Connection } from './connection.ts';
import { FLAG } from './flags.ts';
import type { Network } from './network.ts';
import { BLOCK_LEN, BLOCKS_HEAD, OPTIONS_MAX, PROTOCOL, SYN_OPTIONS } from './packet.ts';

/** The scale of windows is told by the SYN, and does not hold for it yet (RFC 7323, 2.2). */
const SYN_WINDOW_MAX = 65_535;

/** Writes segments of one host into packets and sends them. */
export class SegmentWriter {
  readonly #network: Network;
  readonly #node: number;

  constructor(network: Network, node: number) {
    this.#network = network;
    this.#node = node;
  }

  /** A segment of a connection, with `length` octets of its send ring from `seq` on. */
  emit(connection: Connection, flags: number, seq: number, length: number): void {
    const { local, localPort, remote, remotePort } = connection.tuple;
    // From an address that the host has no longer nothing leaves.
    if (this.#network.addresses.node(local) !== this.#node) return;
    const packet = this.#packet(local, localPort, remote, remotePort, flags);
    const { packets } = this.#network;
    packets.seq[packet] = seq;
    packets.ack[packet] = (flags & FLAG.ack) !== 0 ? connection.expected : 0;
    packets.window[packet] = connection.advertise();
    if ((flags & FLAG.syn) !== 0) {
      packets.optionOctets[packet] = SYN_OPTIONS;
      packets.options[OPTIONS_MAX * packet] = connection.ownSegment;
      packets.window[packet] = Math.min(packets.window[packet] as number, SYN_WINDOW_MAX);
    }
    // What came too early is told where there is nothing else to tell.
    if (flags === FLAG.ack && length === 0 && connection.receiver.hasGap) {
      const at = OPTIONS_MAX * packet;
      const blocks = connection.receiver.report(packets.options, at, OPTIONS_MAX / 2);
      packets.optionOctets[packet] = BLOCKS_HEAD + BLOCK_LEN * blocks;
    }
    packets.length[packet] = length;
    if (length > 0) {
      connection.sender.ring.read(seq, length, packets.page(packet), packets.payloadAt(packet));
    }
    this.#network.send(this.#node, packet);
  }

  /** The answer to a segment that belongs to no connection. */
  refuse(packet: number): void {
    const { packets } = this.#network;
    const reset = this.#packet(
      packets.dest[packet] as number,
      packets.destPort[packet] as number,
      packets.source[packet] as number,
      packets.sourcePort[packet] as number,
      FLAG.rst | FLAG.ack,
    );
    packets.seq[reset] = packets.ack[packet] as number;
    packets.ack[reset] = (packets.seq[packet] as number) + (packets.length[packet] as number);
    packets.window[reset] = 0;
    packets.length[reset] = 0;
    this.#network.send(this.#node, reset);
  }

  #packet(
    local: number,
    localPort: number,
    remote: number,
    remotePort: number,
    flags: number,
  ): number {
    const { packets } = this.#network;
    const packet = packets.take();
    packets.source[packet] = local;
    packets.sourcePort[packet] = localPort;
    packets.dest[packet] = remote;
    packets.destPort[packet] = remotePort;
    packets.protocol[packet] = PROTOCOL.tcp;
    packets.flags[packet] = flags;
    return packet;
  }
}
