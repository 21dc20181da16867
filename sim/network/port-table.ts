import { assert } from '#core/base/assert.ts';
import { type Id, NO_ID } from '#core/base/slab.ts';
import type { Endpoint } from '#core/host/mod.ts';
import { isUnspecified, NOWHERE } from './address-table.ts';
import type { Network } from './network.ts';

const FIRST_EPHEMERAL = 32_768;
const LAST_EPHEMERAL = 60_999;
const ANY = -1;
const NONE: readonly Binding[] = Object.freeze([]);
/** No packets: replaced by the first, never added to. */
export const NO_PACKETS: number[] = Object.freeze<number[]>([]) as number[];

/** What a program bound. Of a datagram socket, the packets that wait for it. */
export type Binding = {
  readonly id: Id;
  readonly address: number;
  readonly port: number;
  packets: number[];
};

/** Which local addresses and ports are bound, for one protocol of one host; and which address it sends from. */
export class PortTable {
  readonly #network: Network;
  readonly #node: number;
  /** Oldest first. Few, whatever runs: connections have no entry of their own. */
  #bindings: readonly Binding[] = NONE;
  #nextEphemeral = FIRST_EPHEMERAL;

  constructor(network: Network, node: number) {
    this.#network = network;
    this.#node = node;
  }

  /** The address and port that are bound now, or why not. */
  bind(id: Id, at: Endpoint): Endpoint | 'in-use' | 'denied' | 'limit' {
    assert(this.#bindingOf(id) === undefined, 'an id is bound once');
    const address = isUnspecified(at.ip) ? ANY : this.#network.addresses.find(this.#node, at.ip);
    if (address !== ANY && this.#network.addresses.node(address) !== this.#node) return 'denied';
    const port = at.port === 0 ? this.ephemeral((free) => !this.#isTaken(address, free)) : at.port;
    if (port === 0) return 'limit';
    if (this.#isTaken(address, port)) return 'in-use';
    this.#bindings = this.#bindings.concat({ id, address, port, packets: NO_PACKETS });
    return { ip: at.ip.slice(), port };
  }

  /** What is bound no more, if it was. */
  unbind(id: Id): Binding | undefined {
    const gone = this.#bindingOf(id);
    this.#bindings = this.#bindings.filter((binding) => binding !== gone);
    return gone;
  }

  /** All that were bound. */
  clear(): readonly Binding[] {
    const gone = this.#bindings;
    this.#bindings = NONE;
    return gone;
  }

  /** What is bound to a local address and port. */
  find(address: number, port: number): Binding | undefined {
    for (const binding of this.#bindings) {
      if (binding.port !== port) continue;
      if (binding.address === address || binding.address === ANY) return binding;
    }
    return undefined;
  }

  portOf(id: Id): number | undefined {
    return this.#bindingOf(id)?.port;
  }

  /** The own address to send from towards another, or from a bound id; NO_ID when there is none. */
  sourceFor(remote: number, id?: Id): number {
    const bound = id === undefined ? ANY : (this.#bindingOf(id)?.address ?? ANY);
    if (bound !== ANY) return bound;
    if (this.#network.addresses.isLoopback(remote)) return remote;
    const length = this.#network.addresses.lengthOf(remote);
    for (const own of this.#network.addressesOf(this.#node))
      if (this.#network.addresses.lengthOf(own) === length) return own;
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
    const lines = this.#bindings.map(
      ({ id, address, port, packets }) => `${id} ${address}:${port} ${packets.length}`,
    );
    return `${this.#nextEphemeral} ${lines.join(' ')}`;
  }

  #bindingOf(id: Id): Binding | undefined {
    return this.#bindings.find((binding) => binding.id === id);
  }

  #isTaken(address: number, port: number): boolean {
    return this.#bindings.some(
      (b) => b.port === port && (b.address === address || b.address === ANY || address === ANY),
    );
  }
}

assert(NOWHERE < 0 && ANY < 0 && NO_ID < 0, 'marks are no addresses');
