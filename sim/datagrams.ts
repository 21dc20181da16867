import type { Id } from '#core/base/slab.ts';
import { NO_ID } from '#core/base/slab.ts';
import type { DatagramBatch, Endpoint } from '#core/host/mod.ts';
import type { HostClock, Network } from './network/mod.ts';
import { PortTable, PROTOCOL } from './network/mod.ts';

/** Datagrams a socket keeps for a program that has not looked yet; more are dropped. */
const RECEIVE_QUEUE = 256;

const ADDRESS_LEN = 16;

/** Who is told of datagrams: the driver. */
export interface DatagramReports {
  datagrams(id: Id, batch: DatagramBatch): void;
}

/** The datagram sockets of one host. Packets wait in the slab until the program is asked to look. */
export class Datagrams {
  /** Datagrams that found a full queue. */
  dropped = 0;
  readonly #network: Network;
  readonly #node: number;
  readonly #clock: HostClock;
  readonly #ports: PortTable;
  readonly #queues = new Map<Id, number[]>();
  #user: DatagramReports | undefined;

  constructor(network: Network, node: number, ips: readonly Uint8Array[], clock: HostClock) {
    this.#network = network;
    this.#node = node;
    this.#clock = clock;
    this.#ports = new PortTable(network.addresses, node, ips);
  }

  attach(user: DatagramReports): void {
    this.#user = user;
  }

  /** The program is gone, and its sockets with it. */
  detach(): void {
    this.#user = undefined;
    for (const queue of this.#queues.values()) this.#discard(queue);
    this.#queues.clear();
    this.#ports.clear();
  }

  bind(id: Id, at: Endpoint): Endpoint | 'in-use' | 'denied' | 'limit' {
    const bound = this.#ports.bind(id, at);
    if (typeof bound !== 'string') this.#queues.set(id, []);
    return bound;
  }

  /** Whether there was such a socket. */
  unbind(id: Id): boolean {
    this.#discard(this.#queues.get(id) ?? []);
    this.#queues.delete(id);
    return this.#ports.unbind(id);
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
      if (source === NO_ID) continue;
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
    const id = this.#ports.find(packets.dest[packet] as number, packets.destPort[packet] as number);
    const queue = id === undefined ? undefined : this.#queues.get(id);
    if (id === undefined || queue === undefined || queue.length >= RECEIVE_QUEUE) {
      this.dropped += 1;
      packets.release(packet);
      return;
    }
    queue.push(packet);
    if (queue.length === 1) this.#clock.later(() => this.#flush(id, queue));
  }

  state(): string {
    const queues = [...this.#queues].map(([id, queue]) => `${id} ${queue.length}`);
    return `${this.#ports.state()} ${this.dropped} ${queues.join(' ')}`;
  }

  #flush(id: Id, queue: number[]): void {
    const { addresses, packets } = this.#network;
    while (queue.length > 0) {
      const batch = this.#network.datagrams;
      batch.clear();
      for (const packet of queue.splice(0, batch.capacity)) {
        const start = packets.payloadAt(packet);
        const ip = addresses.ip(packets.source[packet] as number);
        const end = start + (packets.length[packet] as number);
        batch.push(ip, packets.sourcePort[packet] as number, packets.page(packet), start, end);
        packets.release(packet);
      }
      this.#user?.datagrams(id, batch);
    }
  }

  #discard(queue: number[]): void {
    for (const packet of queue.splice(0)) this.#network.packets.release(packet);
  }
}
