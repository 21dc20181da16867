import { assert } from '#core/base/assert.ts';
import type { Connection } from './connection.ts';

const PORT_SPAN = 65_536;

/** The connections of one host: by slot for timers, by their two ends for segments, by age once they ended. */
export class ConnectionTable {
  /** By local address, then by remote address and both ports. */
  readonly #byTuple = new Map<number, Map<number, Connection>>();
  readonly #slots: (Connection | undefined)[] = [];
  readonly #freeSlots: number[] = [];
  /** Ended connections, oldest first. */
  readonly #waiting = new Set<Connection>();
  #serial = 0;

  get count(): number {
    return this.#slots.length - this.#freeSlots.length;
  }

  state(): string {
    return this.#slots.map((connection) => connection?.state ?? '-').join('\n');
  }

  /** A copy: connections may come and go meanwhile. */
  all(): readonly Connection[] {
    return this.#slots.filter((connection) => connection !== undefined);
  }

  /** The connection in a slot, unless the slot has another one by now. */
  at(slot: number, serial: number): Connection | undefined {
    const connection = this.#slots[slot];
    return connection?.serial === serial ? connection : undefined;
  }

  find(
    local: number,
    localPort: number,
    remote: number,
    remotePort: number,
  ): Connection | undefined {
    return this.#byTuple.get(local)?.get(keyOf(localPort, remote, remotePort));
  }

  /** `isFindable` is false for a connection that will never have segments. */
  add(make: (slot: number, serial: number) => Connection, isFindable: boolean): Connection {
    const slot = this.#freeSlots.pop() ?? this.#slots.length;
    const connection = make(slot, ++this.#serial);
    this.#slots[slot] = connection;
    if (!isFindable) return connection;
    const { local, localPort, remote, remotePort } = connection.tuple;
    const others = this.#byTuple.get(local) ?? new Map<number, Connection>();
    const key = keyOf(localPort, remote, remotePort);
    assert(!others.has(key), 'two ends have one connection');
    this.#byTuple.set(local, others.set(key, connection));
    return connection;
  }

  remove(connection: Connection): void {
    this.#waiting.delete(connection);
    this.#slots[connection.slot] = undefined;
    this.#freeSlots.push(connection.slot);
    const { local, localPort, remote, remotePort } = connection.tuple;
    const others = this.#byTuple.get(local);
    const key = keyOf(localPort, remote, remotePort);
    if (others?.get(key) === connection) others.delete(key);
  }

  /** The connection has ended and waits. Answers those that have waited long enough. */
  wait(connection: Connection, nowNs: number): readonly Connection[] {
    this.#waiting.add(connection);
    const expired: Connection[] = [];
    for (const oldest of this.#waiting) {
      if (oldest.expiresNs > nowNs) break;
      expired.push(oldest);
    }
    return expired;
  }
}

/** Below 2^53 for up to two million addresses. */
function keyOf(localPort: number, remote: number, remotePort: number): number {
  return (remote * PORT_SPAN + remotePort) * PORT_SPAN + localPort;
}
