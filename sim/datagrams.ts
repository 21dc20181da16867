import type { Id } from '#core/base/slab.ts';
import { NO_ID } from '#core/base/slab.ts';
import type { DatagramBatch, Endpoint } from '#core/host/mod.ts';
import type { HostClock, Network } from './network/mod.ts';
import { type Binding, NO_PACKETS, PortTable, PROTOCOL } from './network/mod.ts';

/** Datagrams a socket keeps for a program that has not looked yet; more are dropped. */
const RECEIVE_QUEUE = 256;

const ADDRESS_LEN = 16;

/** Who is told of datagrams: the driver. */
export interface DatagramReports {
  datagrams(id: Id, batch: DatagramBatch): void;
}

/** The datagram sockets of one host. Packets wait in the slab until the program is asked to look. */
export class Datagrams {
  /** Datagrams that found a full socket. */
  dropped = 0;
  readonly #network: Network;
  readonly #node: number;
  readonly #clock: HostClock;
  readonly #ports: PortTable;
  #user: DatagramReports | undefined;

  constructor(network: Network, node: number, clock: HostClock) {
    this.#network = network;
    this.#node = node;
    this.#clock = clock;
    this.#ports = new PortTable(network, node);
  }

  attach(user: DatagramReports): void {
    this.#user = user;
  }

  /** The program is gone, and its sockets with it. */
  detach(): void {
    this.#user = undefined;
    for (const socket of this.#ports.clear()) this.#discard(socket);
  }

  bind(id: Id, at: Endpoint): Endpoint | 'in-use' | 'denied' | 'limit' {
    return this.#ports.bind(id, at);
  }

  /** Whether there was such a socket. */
  unbind(id: Id): boolean {
    const socket = this.#ports.unbind(id);
    if (socket !== undefined) this.#discard(socket);
    return socket !== undefined;
  }

  /** Sends every datagram of the batch. What has no way is lost. */
  send(id: Id, batch: DatagramBatch): void {
    const port = this.#ports.portOf(id);
    if (port === undefined) return;
    const { addresses, packets } = this.#network;
    for (let i = 0; i < batch.count; i++) {
      const ipAt = i * ADDRESS_LEN;
      const ip = batch.ip.subarray(ipAt, ipAt + (batch.ipLength[i] as number));
      const dest = addresses.find(this.#node, ip);
      const source = this.#ports.sourceFor(dest, id);
      if (source === NO_ID || addresses.node(source) !== this.#node) continue;
      const length = batch.lengthOf(i);
      const start = batch.startOf(i);
      const packet = packets.take();
      packets.source[packet] = source;
      packets.sourcePort[packet] = port;
      packets.dest[packet] = dest;
      packets.destPort[packet] = batch.portOf(i);
      packets.protocol[packet] = PROTOCOL.udp;
      packets.flags[packet] = 0;
      packets.seq[packet] = 0;
      packets.ack[packet] = 0;
      packets.window[packet] = 0;
      packets.length[packet] = length;
      packets
        .page(packet)
        .set(batch.bytes.subarray(start, start + length), packets.payloadAt(packet));
      this.#network.send(this.#node, packet);
    }
  }

  /** A datagram arrived. Takes the packet over. */
  deliver(packet: number): void {
    const { packets } = this.#network;
    const socket = this.#ports.find(
      packets.dest[packet] as number,
      packets.destPort[packet] as number,
    );
    if (socket === undefined || socket.packets.length >= RECEIVE_QUEUE) {
      this.dropped += 1;
      packets.release(packet);
      return;
    }
    if (socket.packets.length > 0) {
      socket.packets.push(packet);
      return;
    }
    socket.packets = [packet];
    this.#clock.later(() => this.#flush(socket));
  }

  state(): string {
    return `${this.#ports.state()} ${this.dropped}`;
  }

  #flush(socket: Binding): void {
    const { addresses, packets } = this.#network;
    while (socket.packets.length > 0) {
      const batch = this.#network.datagrams;
      batch.clear();
      // What is not shown at once stays; an empty list holds no memory.
      const shown = socket.packets;
      socket.packets = shown.length > batch.capacity ? shown.slice(batch.capacity) : NO_PACKETS;
      for (let i = 0; i < shown.length && i < batch.capacity; i++) {
        const packet = shown[i] as number;
        const start = packets.payloadAt(packet);
        const ip = addresses.ip(packets.source[packet] as number);
        const end = start + (packets.length[packet] as number);
        batch.push(ip, packets.sourcePort[packet] as number, packets.page(packet), start, end);
        packets.release(packet);
      }
      this.#user?.datagrams(socket.id, batch);
    }
  }

  #discard(socket: Binding): void {
    for (const packet of socket.packets) this.#network.packets.release(packet);
    socket.packets = NO_PACKETS;
  }
}
