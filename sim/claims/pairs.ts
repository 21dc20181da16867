import type { Id } from '#core/base/slab.ts';
import type { SimHost } from '../host.ts';
import type { Connection } from '../network/mod.ts';
import type { World } from '../world.ts';
import type { Account, Ledger } from './ledger.ts';

/** One end of a stream between two hosts, as its kernel and its program have it. */
export type End = {
  readonly host: SimHost;
  readonly connection: Connection;
  readonly account: Account;
  /** The other end, while it is there and nobody on the way gives addresses other names. */
  peer: End | undefined;
};

/** Which two ends are one stream: found by their addresses, and remembered for as long as an end lives. */
export class Pairs {
  readonly #world: World;
  readonly #hosts: ReadonlyMap<string, SimHost>;
  readonly #ledger: Ledger;
  #ends = new Map<Connection, End>();
  readonly #byAccount = new Map<Account, End>();
  #event = -1;

  constructor(world: World, hosts: ReadonlyMap<string, SimHost>, ledger: Ledger) {
    this.#world = world;
    this.#hosts = hosts;
    this.#ledger = ledger;
  }

  /** All ends that programs have, and those that kernels see through for programs that closed them. */
  now(): Iterable<End> {
    if (this.#event !== this.#world.events) this.#refresh();
    return this.#ends.values();
  }

  /** This end of a stream of a host's program. */
  endOf(host: string, id: Id): End | undefined {
    if (this.#event !== this.#world.events) this.#refresh();
    const account = this.#ledger.of(host, id);
    return account && this.#byAccount.get(account);
  }

  #refresh(): void {
    this.#event = this.#world.events;
    const ends = new Map<Connection, End>();
    const byTuple = new Map<string, End>();
    this.#byAccount.clear();
    for (const host of this.#hosts.values()) {
      for (const connection of host.kernel.transport.all()) {
        const end = this.#ends.get(connection) ?? this.#endOf(host, connection);
        if (end === undefined || connection.phase !== 'open') continue;
        ends.set(connection, end);
        this.#byAccount.set(end.account, end);
        if (end.peer !== undefined) continue;
        const { local, localPort, remote, remotePort } = connection.tuple;
        const opposite = byTuple.get(`${remote}:${remotePort} ${local}:${localPort}`);
        byTuple.set(`${local}:${localPort} ${remote}:${remotePort}`, end);
        if (opposite !== undefined) join(end, opposite);
      }
    }
    for (const end of ends.values())
      if (end.peer !== undefined && !ends.has(end.peer.connection)) end.peer = undefined;
    this.#ends = ends;
  }

  #endOf(host: SimHost, connection: Connection): End | undefined {
    if (connection.user === undefined) return undefined;
    const account = this.#ledger.of(host.name, connection.id);
    return account && { host, connection, account, peer: undefined };
  }
}

function join(one: End, other: End): void {
  one.peer = other;
  other.peer = one;
  one.account.peer = other.account;
  other.account.peer = one.account;
}
