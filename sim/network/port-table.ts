import { assert } from '#core/base/assert.ts';
import { type Id, NO_ID } from '#core/base/slab.ts';
import type { Endpoint } from '#core/host/mod.ts';
import { type AddressTable, isLoopback, isUnspecified, NOWHERE } from './address-table.ts';

const FIRST_EPHEMERAL = 32_768;
const LAST_EPHEMERAL = 60_999;
const ANY = -1;

type Binding = { readonly id: Id; readonly address: number; readonly port: number };

/** Which local addresses and ports are bound, for one protocol of one host; and which address it sends from. */
export class PortTable {
  readonly #addresses: AddressTable;
  readonly #node: number;
  readonly #own: readonly number[];
  readonly #byPort = new Map<number, Binding[]>();
  readonly #byId = new Map<Id, Binding>();
  #nextEphemeral = FIRST_EPHEMERAL;

  constructor(addresses: AddressTable, node: number, ips: readonly Uint8Array[]) {
    this.#addresses = addresses;
    this.#node = node;
    this.#own = ips.map((ip) => addresses.find(node, ip));
  }

  /** The address and port that are bound now, or why not. */
  bind(id: Id, at: Endpoint): Endpoint | 'in-use' | 'denied' | 'limit' {
    assert(!this.#byId.has(id), 'an id is bound once');
    const address = isUnspecified(at.ip) ? ANY : this.#addresses.find(this.#node, at.ip);
    if (address !== ANY && this.#addresses.node(address) !== this.#node) return 'denied';
    const port = at.port === 0 ? this.ephemeral((free) => !this.#isTaken(address, free)) : at.port;
    if (port === 0) return 'limit';
    if (this.#isTaken(address, port)) return 'in-use';
    const binding = { id, address, port };
    this.#byId.set(id, binding);
    this.#byPort.set(port, [...(this.#byPort.get(port) ?? []), binding]);
    return { ip: at.ip.slice(), port };
  }

  unbind(id: Id): boolean {
    const binding = this.#byId.get(id);
    if (binding === undefined) return false;
    this.#byId.delete(id);
    const rest = (this.#byPort.get(binding.port) ?? []).filter((other) => other !== binding);
    if (rest.length > 0) this.#byPort.set(binding.port, rest);
    else this.#byPort.delete(binding.port);
    return true;
  }

  clear(): void {
    this.#byId.clear();
    this.#byPort.clear();
  }

  /** Who is bound to a local address and port. */
  find(address: number, port: number): Id | undefined {
    const bindings = this.#byPort.get(port);
    if (bindings === undefined) return undefined;
    for (const binding of bindings) {
      if (binding.address === address || binding.address === ANY) return binding.id;
    }
    return undefined;
  }

  portOf(id: Id): number | undefined {
    return this.#byId.get(id)?.port;
  }

  /** The own address to send from towards another, or from a bound id; NO_ID when there is none. */
  sourceFor(remote: number, id?: Id): number {
    const bound = id === undefined ? ANY : (this.#byId.get(id)?.address ?? ANY);
    if (bound !== ANY) return bound;
    const ip = this.#addresses.ip(remote);
    if (isLoopback(ip)) return remote;
    for (const own of this.#own) if (this.#addresses.ip(own).length === ip.length) return own;
    return NO_ID;
  }

  /** The next port that is free by that test; 0 when none is. */
  ephemeral(isFree: (port: number) => boolean): number {
    for (let tries = LAST_EPHEMERAL - FIRST_EPHEMERAL; tries >= 0; tries--) {
      const port = this.#nextEphemeral;
      this.#nextEphemeral = port === LAST_EPHEMERAL ? FIRST_EPHEMERAL : port + 1;
      if (isFree(port)) return port;
    }
    return 0;
  }

  state(): string {
    const lines = [...this.#byId.values()].map(
      ({ id, address, port }) => `${id} ${address}:${port}`,
    );
    return `${this.#nextEphemeral} ${lines.join(' ')}`;
  }

  #isTaken(address: number, port: number): boolean {
    const bindings = this.#byPort.get(port) ?? [];
    return bindings.some((b) => b.address === address || b.address === ANY || address === ANY);
  }
}

assert(NOWHERE < 0 && ANY < 0 && NO_ID < 0, 'marks are no addresses');
