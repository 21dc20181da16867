import { type Id, NO_ID } from '#core/base/slab.ts';
import { NS_PER_S } from '#core/base/time.ts';
import type { Cause, Endpoint } from '#core/host/mod.ts';
import { type Congestion, type CongestionKind, congestionOf } from './congestion.ts';
import { Connection } from './connection.ts';
import { ConnectionTable } from './connection-table.ts';
import { FLAG } from './flags.ts';
import type { Network } from './network.ts';
import { OPTIONS_MAX, TCP_HEADERS } from './packet.ts';
import type { Below, Exit, HostClock, Phase, StreamReports, Tuple } from './parts.ts';
import { PortTable } from './port-table.ts';
import type { RingPool } from './ring.ts';
import { SegmentWriter } from './segment-writer.ts';

/** How long an ended connection answers for itself: two lifetimes of a segment (Linux). */
const TIME_WAIT_NS: number = 60 * NS_PER_S;

/**
 * The byte streams of one host: finds the connection a segment belongs to, opens and accepts connections,
 * and remembers ended ones for a while. Told of everything else by Connection.
 */
export class Transport implements Below {
  /** Octets each connection keeps for its reader: BUFFER_MIN to BUFFER_MAX. */
  readonly receiveBuffer: number;
  readonly #congestion: CongestionKind;
  readonly #network: Network;
  readonly #node: number;
  readonly #clock: HostClock;
  readonly #ports: PortTable;
  readonly #segments: SegmentWriter;
  readonly #table = new ConnectionTable();
  #user: StreamReports | undefined;

  constructor(
    network: Network,
    node: number,
    clock: HostClock,
    congestion: CongestionKind,
    receiveBuffer: number,
  ) {
    this.receiveBuffer = receiveBuffer;
    this.#congestion = congestion;
    this.#network = network;
    this.#node = node;
    this.#clock = clock;
    this.#segments = new SegmentWriter(network, node);
    this.#ports = new PortTable(network, node);
  }

  get nowNs(): number {
    return this.#clock.nowNs;
  }

  /** The buffer lent to whoever writes. */
  get scratch(): Uint8Array {
    return this.#network.scratch;
  }

  get pool(): RingPool {
    return this.#network.rings;
  }

  segmentTo(remote: number): number {
    return this.#network.firstMtu(this.#node, remote) - TCP_HEADERS;
  }

  congestion(): Congestion {
    return congestionOf(this.#congestion);
  }

  /** Connections that are not forgotten yet. */
  get connections(): number {
    return this.#table.count;
  }

  /** All of them, for whoever looks on. */
  all(): readonly Connection[] {
    return this.#table.all();
  }

  state(): string {
    return `${this.#ports.state()}\n${this.#table.state()}`;
  }

  // ---- the host's side -----------------------------------------------------------------------------------

  /** A program starts: its streams report to `user`. */
  attach(user: StreamReports): void {
    this.#user = user;
  }

  /** The program is gone: see Exit. */
  detach(exit: Exit): void {
    this.#user = undefined;
    this.#ports.clear();
    for (const connection of this.#table.all()) {
      if (exit === 'power cut') this.remove(connection);
      else if (exit === 'killed' || connection.user === undefined) connection.orphan();
      else connection.abort();
    }
  }

  listen(id: Id, at: Endpoint): Endpoint | 'in-use' | 'denied' | 'limit' {
    return this.#ports.bind(id, at);
  }

  /** Whether there was such a listener. */
  unlisten(id: Id): boolean {
    return this.#ports.unbind(id) !== undefined;
  }

  connect(id: Id, to: Endpoint): Connection {
    const remote = this.#network.addresses.find(this.#node, to.ip);
    const local = this.#ports.sourceFor(remote);
    const localPort = local === NO_ID ? 0 : this.#freePort(local, remote, to.port);
    const tuple = { local, localPort, remote, remotePort: to.port };
    const connection = this.#add(tuple, 'syn-sent', local !== NO_ID && localPort !== 0);
    connection.user = this.#user;
    connection.id = id;
    if (local === NO_ID) this.#failLater(connection, 'unreachable');
    else if (localPort === 0) this.#failLater(connection, 'limit');
    else connection.greet();
    return connection;
  }

  /** A TCP segment for this host. Borrowed. */
  deliver(packet: number): void {
    const { packets } = this.#network;
    const connection = this.#table.find(
      packets.dest[packet] as number,
      packets.destPort[packet] as number,
      packets.source[packet] as number,
      packets.sourcePort[packet] as number,
    );
    const flags = packets.flags[packet] as number;
    if (connection === undefined) this.#unknown(packet, flags);
    else if (connection.phase === 'time-wait') this.#late(connection, packet, flags);
    else if ((flags & FLAG.rst) !== 0) this.#wasReset(connection);
    else if ((flags & FLAG.syn) !== 0) this.#greeted(connection, packet, flags);
    else this.#segment(connection, packet, flags);
  }

  /** A segment of ours came no further. Where there is no way, only a connection that is not open yet gives up. */
  notice(packet: number): void {
    const { packets } = this.#network;
    const connection = this.#table.find(
      packets.dest[packet] as number,
      packets.sourcePort[packet] as number,
      packets.source[packet] as number,
      packets.destPort[packet] as number,
    );
    const mtu = packets.ack[packet] as number;
    if (mtu > 0) connection?.narrow(packets.seq[packet] as number, mtu - TCP_HEADERS);
    else if (connection?.phase === 'syn-sent') connection.fail('unreachable');
  }

  /** A timer event. It may have been overtaken. */
  timer(slot: number, serial: number): void {
    const connection = this.#table.at(slot, serial);
    if (connection === undefined || connection.timerNs > this.nowNs) return;
    connection.timerNs = Infinity;
    if (connection.deadlineNs <= this.nowNs) connection.expire();
    else this.arm(connection);
  }

  /** The host's clock stood still: what was armed comes too early now. */
  rearm(): void {
    for (const connection of this.#table.all()) {
      connection.timerNs = Infinity;
      this.arm(connection);
    }
  }

  // ---- the connections' side -----------------------------------------------------------------------------

  /** Makes sure that an event comes no later than the connection's deadline. */
  arm(connection: Connection): void {
    const deadlineNs = connection.deadlineNs;
    if (deadlineNs >= connection.timerNs || connection.phase === 'dead') return;
    connection.timerNs = deadlineNs;
    this.#clock.timer(deadlineNs, connection.slot, connection.serial);
  }

  /** Runs an action after the present event, at the same time. */
  later(action: () => void): void {
    this.#clock.later(action);
  }

  emit(connection: Connection, flags: number, seq: number, length: number): void {
    this.#segments.emit(connection, flags, seq, length);
  }

  /** Sends an acknowledgement without octets. */
  acknowledge(connection: Connection): void {
    connection.acknowledges();
    this.emit(connection, FLAG.ack, connection.sender.next, 0);
  }

  reset(connection: Connection): void {
    this.emit(connection, FLAG.rst | FLAG.ack, connection.sender.next, 0);
  }

  /** Forgets a connection. */
  remove(connection: Connection): void {
    if (connection.phase === 'dead') return;
    connection.phase = 'dead';
    connection.sender.ring.clear();
    connection.receiver.clear();
    this.#table.remove(connection);
  }

  /** The connection is over, and stays a while to answer for a last acknowledgement that got lost. */
  wait(connection: Connection): void {
    if (connection.phase === 'time-wait') return;
    connection.phase = 'time-wait';
    connection.sender.ring.clear();
    connection.receiver.clear();
    connection.expiresNs = this.nowNs + TIME_WAIT_NS;
    for (const expired of this.#table.wait(connection, this.nowNs)) this.remove(expired);
  }

  // ---- segments ------------------------------------------------------------------------------------------

  #segment(connection: Connection, packet: number, flags: number): void {
    const { packets } = this.#network;
    const seq = packets.seq[packet] as number;
    const length = packets.length[packet] as number;
    const isEnd = (flags & FLAG.fin) !== 0;
    if (connection.phase === 'syn-sent') return;
    if (connection.phase === 'syn-received') {
      connection.establish(packets.window[packet] as number);
      if (!this.#accept(connection)) return;
    }
    const blocks = packets.blocks(packet);
    if (blocks > 0) this.#reported(connection, packet, blocks);
    connection.acknowledged(
      packets.ack[packet] as number,
      seq,
      packets.window[packet] as number,
      length === 0 && !isEnd,
    );
    if (isDead(connection) || (length === 0 && !isEnd)) return;
    const start = packets.payloadAt(packet);
    connection.arrived(seq, packets.page(packet), start, start + length, isEnd);
    if (!connection.owesAck || isDead(connection)) return;
    if (connection.ackWaits) this.arm(connection);
    else this.acknowledge(connection);
  }

  /** The peer has these behind gaps. */
  #reported(connection: Connection, packet: number, blocks: number): void {
    const { ack, options } = this.#network.packets;
    const base = ack[packet] as number;
    const first = OPTIONS_MAX * packet;
    for (let at = first; at < first + 2 * blocks; at += 2)
      connection.sender.reported(
        base + (options[at] as number),
        base + (options[at + 1] as number),
      );
  }

  /** A SYN for a connection that exists: its answer, or one that was sent again. */
  #greeted(connection: Connection, packet: number, flags: number): void {
    const isAnswer = (flags & FLAG.ack) !== 0;
    if (connection.phase === 'syn-sent' && isAnswer) {
      connection.heard(this.#network.packets.options[OPTIONS_MAX * packet] as number);
      connection.establish(this.#network.packets.window[packet] as number);
      connection.owesAck = true;
      connection.user?.opened(connection.id);
      if (!isDead(connection)) connection.push();
    } else if (connection.phase === 'syn-received') connection.greet();
    else if (connection.phase === 'open') connection.owesAck = true;
    if (connection.owesAck && !isDead(connection)) this.acknowledge(connection);
  }

  #accept(connection: Connection): boolean {
    const { listener, tuple } = connection;
    const from = { ip: this.#network.addresses.ip(tuple.remote).slice(), port: tuple.remotePort };
    const user = this.#user;
    const isWanted =
      user !== undefined &&
      listener !== undefined &&
      user.accepted(listener, from, (id) => {
        connection.user = user;
        connection.id = id;
        return connection;
      });
    if (!isWanted) connection.abort();
    return isWanted && !isDead(connection);
  }

  #wasReset(connection: Connection): void {
    // When everything has crossed both ways there is nothing left to reset.
    if (connection.peerIsDone && connection.sender.isDone) return;
    connection.fail(connection.phase === 'syn-sent' ? 'refused' : 'reset');
  }

  /** A segment for a connection that has ended. */
  #late(connection: Connection, packet: number, flags: number): void {
    if ((flags & FLAG.rst) !== 0) return;
    const isNew = (flags & FLAG.syn) !== 0 && (flags & FLAG.ack) === 0;
    if (isNew || connection.expiresNs <= this.nowNs) {
      this.remove(connection);
      this.#unknown(packet, flags);
    } else if ((flags & FLAG.fin) !== 0) this.acknowledge(connection);
  }

  /** No such connection: a new one for a listener, or a reset. */
  #unknown(packet: number, flags: number): void {
    const { packets } = this.#network;
    if ((flags & FLAG.rst) !== 0) return;
    const local = packets.dest[packet] as number;
    const localPort = packets.destPort[packet] as number;
    const remote = packets.source[packet] as number;
    const remotePort = packets.sourcePort[packet] as number;
    const isSyn = (flags & FLAG.syn) !== 0 && (flags & FLAG.ack) === 0;
    const listener = isSyn ? this.#ports.find(local, localPort)?.id : undefined;
    if (listener !== undefined) {
      const connection = this.#add({ local, localPort, remote, remotePort }, 'syn-received', true);
      connection.listener = listener;
      connection.heard(packets.options[OPTIONS_MAX * packet] as number);
      connection.greet();
      return;
    }
    this.#segments.refuse(packet);
  }

  // ---- the table -----------------------------------------------------------------------------------------

  #add(tuple: Tuple, phase: Phase, isFindable: boolean): Connection {
    const make = (slot: number, serial: number): Connection =>
      new Connection(this, tuple, phase, slot, serial);
    return this.#table.add(make, isFindable);
  }

  #freePort(local: number, remote: number, remotePort: number): number {
    return this.#ports.ephemeral((localPort) => {
      const taken = this.#table.find(local, localPort, remote, remotePort);
      if (taken === undefined) return true;
      if (taken.phase !== 'time-wait' || taken.expiresNs > this.nowNs) return false;
      this.remove(taken);
      return true;
    });
  }

  #failLater(connection: Connection, cause: Cause): void {
    this.#clock.later(() => {
      if (!isDead(connection)) connection.fail(cause);
    });
  }
}

function isDead(connection: Connection): boolean {
  return connection.phase === 'dead';
}
