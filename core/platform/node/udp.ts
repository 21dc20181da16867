import { createSocket, type Socket } from 'node:dgram';
import { DATAGRAM_MAX } from '#core/base/limits.ts';
import type { Id } from '#core/base/slab.ts';
import { DatagramBatch, type Driver, type Endpoint } from '#core/host/mod.ts';
import { formatIp } from '#core/wire/mod.ts';
import { AddressPrinter, AddressReader, octetsOf } from './address.ts';
import { unboundCauseOf } from './causes.ts';

/** A datagram socket: reports `bound` or `unbound`, then what arrives, a batch a turn. */
export class UdpSocket {
  /** Datagrams lost here: too long, of no address, or not taken by the system. */
  lost = 0;
  readonly #id: Id;
  readonly #driver: Driver;
  readonly #socket: Socket;
  readonly #onGone: () => void;
  readonly #batch = new DatagramBatch();
  readonly #reader = new AddressReader();
  readonly #printer: AddressPrinter;
  readonly #isIpv6: boolean;
  readonly #onSent = (error: Error | null): void => {
    if (error !== null) this.lost += 1;
  };
  #isBound = false;
  #isClosing = false;
  /** Nothing is reported any more. */
  #isOver = false;

  /** `onGone` comes once, just before `unbound` is reported. */
  constructor(id: Id, at: Endpoint, driver: Driver, onGone: () => void) {
    this.#id = id;
    this.#driver = driver;
    this.#onGone = onGone;
    this.#isIpv6 = at.ip.length === 16;
    this.#printer = new AddressPrinter(this.#isIpv6);
    this.#socket = createSocket({
      type: this.#isIpv6 ? 'udp6' : 'udp4',
      // Addresses are never names, so nothing is looked up, and a send stays one call.
      lookup: (address, _options, found) => found(null, address, this.#isIpv6 ? 6 : 4),
    });
    // Without a lookup Node binds, or fails to, within the call.
    this.#socket.on('listening', () => process.nextTick(() => this.#bound()));
    this.#socket.on('message', (bytes, from) => this.#arrived(bytes, from.address, from.port));
    this.#socket.on('error', (error) => {
      if (this.#isBound) this.lost += 1;
      else process.nextTick(() => this.#unbound(unboundCauseOf(error)));
    });
    this.#socket.bind({ address: formatIp(at.ip), port: at.port, exclusive: true });
  }

  /** Copies what it sends. */
  send(batch: DatagramBatch): void {
    if (this.#isClosing) return;
    for (let i = 0; i < batch.count; i++) {
      const ip = batch.ipOf(i);
      const port = batch.portOf(i);
      if (port === 0 || (ip.length === 16 && !this.#isIpv6)) {
        this.lost += 1;
        continue;
      }
      const length = batch.lengthOf(i);
      const copy = Buffer.allocUnsafe(length);
      copy.set(batch.bytes.subarray(batch.startOf(i), batch.startOf(i) + length));
      this.#socket.send(copy, 0, length, port, this.#printer.text(ip), this.#onSent);
    }
  }

  unbind(): void {
    if (this.#isOver || this.#isClosing) return;
    this.#isClosing = true;
    this.#socket.close();
    setImmediate(() => this.#unbound('local'));
  }

  /** Without a word to the driver. The answer comes when the handle is gone. */
  destroy(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#isOver = true;
    if (this.#isClosing) setImmediate(resolve);
    else this.#socket.close(() => resolve());
    this.#isClosing = true;
    return promise;
  }

  #bound(): void {
    if (this.#isOver || this.#isClosing) return;
    const address = this.#socket.address();
    const ip = octetsOf(address.address);
    if (ip === undefined) return;
    this.#isBound = true;
    this.#driver.event({ kind: 'bound', id: this.#id, at: { ip, port: address.port } });
  }

  #unbound(cause: ReturnType<typeof unboundCauseOf>): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (!this.#isClosing) this.#socket.close();
    this.#isClosing = true;
    this.#onGone();
    this.#driver.event({ kind: 'unbound', id: this.#id, cause });
  }

  #arrived(bytes: Uint8Array, address: string, port: number): void {
    const ip = this.#reader.octets(address);
    if (this.#isOver || this.#isClosing || ip === undefined || bytes.length > DATAGRAM_MAX) {
      this.lost += 1;
      return;
    }
    if (this.#batch.count === 0) setImmediate(() => this.#flush());
    this.#batch.push(ip, port, bytes, 0, bytes.length);
    if (this.#batch.count === this.#batch.capacity) this.#flush();
  }

  #flush(): void {
    if (this.#isOver || this.#isClosing || this.#batch.count === 0) return;
    this.#driver.datagrams(this.#id, this.#batch);
    this.#batch.clear();
  }
}
