import { assert } from '#core/base/assert.ts';
import type { Id } from '#core/base/slab.ts';
import type { Driver } from '#core/host/mod.ts';
import { Datagrams } from './datagrams.ts';
import {
  BUFFER_MAX,
  BUFFER_MIN,
  type CongestionKind,
  type Exit,
  type HostClock,
  type Network,
  PROTOCOL,
  Transport,
} from './network/mod.ts';

/** A machine's kernel: its streams and its datagram sockets. It outlives programs, and ends at a power cut. */
export class Kernel {
  /** Packets whose checksum did not hold: dropped before anybody hears of them. */
  damaged = 0;
  readonly #network: Network;
  readonly #node: number;
  readonly #clock: HostClock;
  readonly #congestion: CongestionKind;
  readonly #receiveBuffer: number;
  /** Made when first asked for: most of many hosts never open a stream. */
  #transport: Transport | undefined;
  #sockets: Datagrams | undefined;
  #user: Driver | undefined;

  /** `receiveBuffer`: octets each stream keeps for a reader. */
  constructor(
    network: Network,
    node: number,
    clock: HostClock,
    congestion: CongestionKind,
    receiveBuffer: number,
  ) {
    assert(
      Number.isInteger(receiveBuffer) && receiveBuffer >= BUFFER_MIN && receiveBuffer <= BUFFER_MAX,
      'a receive buffer is 4 KiB to 1 GiB',
    );
    this.#receiveBuffer = receiveBuffer;
    this.#network = network;
    this.#node = node;
    this.#clock = clock;
    this.#congestion = congestion;
  }

  get transport(): Transport {
    if (this.#transport === undefined) {
      this.#transport = new Transport(
        this.#network,
        this.#node,
        this.#clock,
        this.#congestion,
        this.#receiveBuffer,
      );
      if (this.#user !== undefined) this.#transport.attach(this.#user);
    }
    return this.#transport;
  }

  get sockets(): Datagrams {
    if (this.#sockets === undefined) {
      this.#sockets = new Datagrams(this.#network, this.#node, this.#clock);
      if (this.#user !== undefined) this.#sockets.attach(this.#user);
    }
    return this.#sockets;
  }

  /** A program starts, and is told of everything. */
  attach(user: Driver): void {
    this.#user = user;
    this.#transport?.attach(user);
    this.#sockets?.attach(user);
  }

  /** The program is gone. */
  detach(exit: Exit): void {
    this.#user = undefined;
    this.#sockets?.detach();
    this.#transport?.detach(exit);
  }

  /** The host's clock stood still, or runs at another pace. */
  rearm(): void {
    this.#transport?.rearm();
  }

  /** Whether a listener or a socket had this id. */
  unbind(id: Id): boolean {
    return (this.#transport?.unlisten(id) ?? false) || (this.#sockets?.unbind(id) ?? false);
  }

  timer(slot: number, serial: number): void {
    this.#transport?.timer(slot, serial);
  }

  /** A packet for this machine, which may be asleep. Takes it over. */
  deliver(packet: number, isAsleep: boolean): void {
    const { packets } = this.#network;
    if (packets.damaged[packet] === 1) {
      this.damaged += 1;
      return packets.release(packet);
    }
    const protocol = packets.protocol[packet] as number;
    if (protocol === PROTOCOL.udp && !isAsleep) return this.sockets.deliver(packet);
    if (!isAsleep) {
      if (protocol === PROTOCOL.tcp) this.transport.deliver(packet);
      else if (packets.flags[packet] === PROTOCOL.tcp) this.transport.notice(packet);
    }
    packets.release(packet);
  }

  state(): string {
    return `${this.#transport?.state() ?? ''}\n${this.#sockets?.state() ?? ''}`;
  }
}
