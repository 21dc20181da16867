import { assert } from '#core/base/assert.ts';
import { toHex } from '#core/base/bytes.ts';
import { formatIp } from '#core/wire/mod.ts';

/** An address that no node has. */
export const NOWHERE = -1;

const ADDRESS_LEN = 16;

/**
 * Addresses as small numbers, so that packets carry no octets of them. An address that was only ever asked
 * for gets a number too: packets towards it travel until a router says otherwise.
 */
export class AddressTable {
  /** Sixteen octets an address, of which it has so many. */
  #octets: Uint8Array = new Uint8Array(64 * ADDRESS_LEN);
  readonly #lengths: number[] = [];
  readonly #texts: (string | undefined)[] = [];
  readonly #nodes: number[] = [];
  readonly #v4 = new Map<number, number>();
  readonly #v6 = new Map<string, number>();
  /** Each node's own 127.0.0.1 and ::1. */
  readonly #loopbacks = new Map<string, number>();

  /** Its octets, not to be written to. */
  ip(address: number): Uint8Array {
    const at = address * ADDRESS_LEN;
    return this.#octets.subarray(at, at + this.lengthOf(address));
  }

  /** Octets of an address: 4 or 16. */
  lengthOf(address: number): number {
    return this.#lengths[address] as number;
  }

  isLoopback(address: number): boolean {
    const isV4 = this.lengthOf(address) === 4;
    return isV4 ? this.#octets[address * ADDRESS_LEN] === 127 : isLoopback(this.ip(address));
  }

  /** As people write it. */
  text(address: number): string {
    let text = this.#texts[address];
    if (text === undefined) {
      text = formatIp(this.ip(address));
      this.#texts[address] = text;
    }
    return text;
  }

  /** The node that has the address, or NOWHERE. */
  node(address: number): number {
    return this.#nodes[address] as number;
  }

  /** Gives the address to a node, or with NOWHERE takes it away. Answers its number. */
  assign(ip: Uint8Array, node: number): number {
    assert(isAssignable(ip), 'an address of the network is one of the network');
    const address = this.find(NOWHERE, ip);
    this.#nodes[address] = node;
    return address;
  }

  /** The number of an address as `node` understands it: loopback is its own. */
  find(node: number, ip: Uint8Array): number {
    assert(ip.length === 4 || ip.length === 16, 'an address has 4 or 16 octets');
    if (isLoopback(ip)) {
      const key = `${node}/${toHex(ip)}`;
      return this.#loopbacks.get(key) ?? this.#add(ip, node, this.#loopbacks, key);
    }
    if (ip.length === 4) {
      const key =
        (((ip[0] as number) * 256 + (ip[1] as number)) * 256 + (ip[2] as number)) * 256 +
        (ip[3] as number);
      return this.#v4.get(key) ?? this.#add(ip, NOWHERE, this.#v4, key);
    }
    const key = toHex(ip);
    return this.#v6.get(key) ?? this.#add(ip, NOWHERE, this.#v6, key);
  }

  #add<K>(ip: Uint8Array, node: number, index: Map<K, number>, key: K): number {
    const address = this.#lengths.length;
    const at = address * ADDRESS_LEN;
    if (at === this.#octets.length) {
      const larger = new Uint8Array(2 * at);
      larger.set(this.#octets);
      this.#octets = larger;
    }
    this.#octets.set(ip, at);
    this.#lengths.push(ip.length);
    this.#nodes.push(node);
    index.set(key, address);
    return address;
  }
}

/** Whether a node may have this address: one host's, and not its own word for itself. */
export function isAssignable(ip: Uint8Array): boolean {
  return !isLoopback(ip) && !isUnspecified(ip) && !isOfMany(ip);
}

/** Multicast (RFC 5771, RFC 4291 section 2.7), or everybody near by (RFC 919). */
function isOfMany(ip: Uint8Array): boolean {
  const [first = 0] = ip;
  if (ip.length === 16) return first === 0xff;
  return (first >= 224 && first < 240) || ip.every((octet) => octet === 0xff);
}

function isLoopback(ip: Uint8Array): boolean {
  if (ip.length === 4) return ip[0] === 127;
  return ip[15] === 1 && ip.every((octet, i) => octet === 0 || i === 15);
}

export function isUnspecified(ip: Uint8Array): boolean {
  return ip.every((octet) => octet === 0);
}
