import { assert } from '../base/assert.ts';
import { BATCH_DATAGRAMS, DATAGRAM_MAX } from '../base/limits.ts';
import { isAddress } from './endpoint.ts';

const ADDRESS_LEN = 16;

/**
 * Datagrams as a structure of arrays over one slab, allocated once. Slot `i` holds `length[i]` octets at
 * `i * DATAGRAM_MAX`, and the other end's address: sender on receive, destination on transmit.
 */
export class DatagramBatch {
  readonly capacity: number;
  readonly bytes: Uint8Array;
  readonly length: Uint16Array;
  /** 16 octets a slot; IPv4 as its 4 octets followed by zeros. */
  readonly ip: Uint8Array;
  /** 4 or 16. */
  readonly ipLength: Uint8Array;
  readonly port: Uint16Array;
  count = 0;

  constructor(capacity: number = BATCH_DATAGRAMS) {
    this.capacity = capacity;
    this.bytes = new Uint8Array(capacity * DATAGRAM_MAX);
    this.length = new Uint16Array(capacity);
    this.ip = new Uint8Array(capacity * ADDRESS_LEN);
    this.ipLength = new Uint8Array(capacity);
    this.port = new Uint16Array(capacity);
  }

  /** Copies one datagram in. False, and nothing taken, when the batch is full. */
  push(ip: Uint8Array, port: number, bytes: Uint8Array, start: number, end: number): boolean {
    if (this.count === this.capacity) return false;
    const i = this.count;
    assert(end - start <= DATAGRAM_MAX && isAddress(ip), 'datagram fits its slot');
    for (let k = start, at = i * DATAGRAM_MAX; k < end; k++, at++)
      this.bytes[at] = bytes[k] as number;
    this.ip.fill(0, i * ADDRESS_LEN, (i + 1) * ADDRESS_LEN);
    this.ip.set(ip, i * ADDRESS_LEN);
    this.ipLength[i] = ip.length;
    this.port[i] = port;
    this.length[i] = end - start;
    this.count += 1;
    return true;
  }

  startOf(i: number): number {
    return i * DATAGRAM_MAX;
  }

  lengthOf(i: number): number {
    return this.length[i] as number;
  }

  portOf(i: number): number {
    return this.port[i] as number;
  }

  /** A copy, for the control plane and for hosts that need an object anyway. */
  ipOf(i: number): Uint8Array {
    return this.ip.slice(i * ADDRESS_LEN, i * ADDRESS_LEN + (this.ipLength[i] as number));
  }

  clear(): void {
    this.count = 0;
  }
}
