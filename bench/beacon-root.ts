import { type Id, NO_ID } from '#core/base/slab.ts';
import type { Micros } from '#core/base/time.ts';
import type { DatagramBatch, Endpoint, HostCommand, HostEvent, Root } from '#core/host/mod.ts';

const PORT = 7;
const SOCKET: Id = 1;
const PERIOD_US = 1_000_000;
const OCTETS = 32;
const TEXT: Uint8Array = new Uint8Array(OCTETS);

/** Tells one neighbour once a second that it is there, and counts what it hears: the smallest program there is. */
export class BeaconRoot implements Root {
  deadlineUs: Micros = Infinity;
  sent = 0;
  heard = 0;
  readonly #own: Uint8Array;
  readonly #neighbour: Uint8Array;
  readonly #phaseUs: Micros;
  #command: HostCommand | undefined;
  #isDue = false;

  /** `phaseUs`: when in its second it speaks. */
  constructor(own: Uint8Array, neighbour: Uint8Array, phaseUs: Micros) {
    this.#own = own;
    this.#neighbour = neighbour;
    this.#phaseUs = phaseUs;
  }

  handle(nowUs: Micros, event: HostEvent): void {
    if (event.kind === 'wall')
      this.#command = { kind: 'bind', id: SOCKET, at: { ip: this.#own, port: PORT } };
    if (event.kind === 'bound') this.deadlineUs = nowUs + this.#phaseUs;
  }

  handleTimeout(): void {
    this.deadlineUs += PERIOD_US;
    this.#isDue = true;
  }

  pollCommand(): HostCommand | undefined {
    const command = this.#command;
    this.#command = undefined;
    return command;
  }

  pollWake(): Id {
    return this.#isDue ? SOCKET : NO_ID;
  }

  transmitDatagrams(_nowUs: Micros, _id: Id, batch: DatagramBatch): void {
    if (!this.#isDue) return;
    this.#isDue = false;
    this.sent += 1;
    batch.push(this.#neighbour, PORT, TEXT, 0, OCTETS);
  }

  receiveDatagrams(_nowUs: Micros, _id: Id, batch: DatagramBatch): void {
    this.heard += batch.count;
  }

  accept(_nowUs: Micros, _listener: Id, _from: Endpoint): Id {
    return NO_ID;
  }

  opened(): void {
    // It has no streams.
  }

  receive(): number {
    return 0;
  }

  ended(): void {
    // It has no streams.
  }

  transmit(): number {
    return 0;
  }

  closed(): void {
    // It has no streams.
  }
}
