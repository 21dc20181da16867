import type { EventQueue } from '../event-queue.ts';
import { packetInWords } from '../network/mod.ts';
import { FATE, Recorder } from '../recorder.ts';
import type { World } from '../world.ts';
import { Halt } from './halt.ts';
import type { Told } from './telling.ts';

const FIRST_FACTOR = 0x85eb_ca6b;
const SECOND_FACTOR = 0xc2b2_ae35;

/**
 * The records of a trace as the audit has them: an event begins, a packet is sent, a conclusion is drawn. With a
 * running digest of 64 bits: where SHA-256 says that two runs differ, this says from which record on.
 */
export abstract class TraceReader extends Recorder {
  /** Records so far. */
  records = 0;
  /** Digest of all of them: two halves of 32 bits. */
  first = 0;
  second = 0;
  readonly #double = new Float64Array(1);
  readonly #halves = new Uint32Array(this.#double.buffer);
  #who = '';
  #isEnough = false;

  get seen(): number {
    return this.events;
  }

  /** A record was added. `words` puts it into words, during the call. */
  protected abstract added(words: () => Told): void;

  /** Nothing more is wanted: the run is left before its next event. */
  protected enough(): void {
    this.#isEnough = true;
  }

  override begins(world: World): void {
    super.begins(world);
    this.#mix(world.epochMs);
  }

  override event(queue: EventQueue, slot: number): void {
    if (this.#isEnough) throw new Halt();
    super.event(queue, slot);
    const { world } = this;
    if (world === undefined) return;
    const [dest, kind] = [queue.destAt(slot), queue.kindAt(slot)];
    const [a, b] = [queue.aAt(slot), queue.bAt(slot)];
    this.#who = world.nameOf(dest);
    for (const number of [world.nowNs, queue.rankAt(slot), kind, a, b]) this.#mix(number);
    this.#add(() => world.inWords(dest, kind, a, b));
  }

  override over(): void {
    super.over();
    this.#who = '';
  }

  override packet(fate: number, packet: number): void {
    const { network } = this;
    if (fate !== FATE.sent || network === undefined) return;
    const { packets } = network;
    for (const field of [packets.source, packets.sourcePort, packets.dest, packets.destPort])
      this.#mix(field[packet] as number);
    for (const field of [packets.protocol, packets.flags, packets.seq, packets.ack])
      this.#mix(field[packet] as number);
    for (const field of [packets.window, packets.length]) this.#mix(field[packet] as number);
    this.#mix(packets.optionOctets[packet] as number);
    for (const number of packets.said(packet)) this.#mix(number);
    const start = packets.payloadAt(packet);
    this.#octets(packets.page(packet), start, start + (packets.length[packet] as number));
    this.#add(() => `sends ${packetInWords(network, packet)}`);
  }

  override verdict(text: string): void {
    const octets = new TextEncoder().encode(text);
    this.#octets(octets, 0, octets.length);
    this.#add(() => `it is concluded: ${text}`);
  }

  #add(words: () => string): void {
    this.records += 1;
    this.added(() => ({
      event: this.current,
      ns: this.world?.nowNs ?? 0,
      who: this.#who,
      words: words(),
    }));
  }

  #octets(bytes: Uint8Array, start: number, end: number): void {
    let [first, second] = [this.first, this.second];
    for (let i = start; i < end; i++) {
      first = mixed(first ^ (bytes[i] as number), FIRST_FACTOR);
      second = mixed(second ^ (bytes[i] as number), SECOND_FACTOR);
    }
    this.first = first;
    this.second = second;
  }

  #mix(number: number): void {
    this.#double[0] = number;
    for (const half of this.#halves) {
      this.first = mixed(this.first ^ half, FIRST_FACTOR);
      this.second = mixed(this.second ^ half, SECOND_FACTOR);
    }
  }
}

function mixed(number: number, factor: number): number {
  const product = Math.imul(number, factor);
  return product ^ (product >>> 15);
}
