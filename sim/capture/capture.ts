import type { EventQueue } from '../event-queue.ts';
import type { Pipe } from '../network/mod.ts';
import { FATE, Recorder } from '../recorder.ts';
import { HEADERS_MAX, writeFrame } from './frame.ts';
import { PcapngWriter, type Sink } from './pcapng.ts';

const NONE = -1;

/**
 * The packets of a run as a pcapng file, an interface a pipe. A packet is in it once, where its sender put it on the
 * wire, so that what Wireshark says about streams is right; and once more, with a comment, where something happened
 * to it later: it was dropped, lost, damaged (its checksum is wrong then) or doubled. What happened in the same pipe
 * at the same moment is a comment on the packet itself. What a host says to itself is on no wire.
 */
export class Capture extends Recorder {
  readonly #writer: PcapngWriter;
  /** Numbers of interfaces by number of pipe, of the present network. */
  #interfaces: number[] = [];
  /** The packet that is about to enter its first pipe. */
  #fresh = NONE;
  /** The packet that is written last, of how many octets, and what is to be said about it. */
  #open = NONE;
  #octets = 0;
  #openNs = 0;
  #pipe: Pipe | undefined;
  #comment: string | undefined;

  /** `about` is said of the whole file. `sink` is lent its octets, in order. */
  constructor(sink: Sink, about: string) {
    super();
    this.#writer = new PcapngWriter(sink, 'spn lab', about);
  }

  override connects(...network: Parameters<Recorder['connects']>): void {
    super.connects(...network);
    this.#settle();
    this.#interfaces = [];
  }

  override event(queue: EventQueue, slot: number): void {
    super.event(queue, slot);
    this.#fresh = NONE;
  }

  override packet(fate: number, packet: number, pipe?: Pipe): void {
    if (pipe === undefined) this.#fresh = packet;
    else if (fate === FATE.entered) {
      if (packet !== this.#fresh) return;
      this.#fresh = NONE;
      this.#write(packet, pipe, undefined);
    } else this.#mishap(fate, packet, pipe);
  }

  /** Hands over what is left. */
  end(): void {
    this.#settle();
    this.#writer.flush();
  }

  #mishap(fate: number, packet: number, pipe: Pipe): void {
    const words = wordsOf(fate, pipe.name);
    if (words === undefined) return;
    const isOpen = this.#pipe === pipe && this.#openNs === this.world?.nowNs;
    // A copy has a number of its own, and what is damaged has other octets than what was sent.
    const isSame = packet === this.#open || fate === FATE.doubled;
    if (!isOpen || !isSame || fate === FATE.damaged) this.#write(packet, pipe, words);
    else this.#comment = this.#comment === undefined ? words : `${this.#comment}; ${words}`;
  }

  #write(packet: number, pipe: Pipe, comment: string | undefined): void {
    const { world, network } = this;
    if (world === undefined || network === undefined) return;
    this.#settle();
    let on = this.#interfaces[pipe.number];
    if (on === undefined) {
      on = this.#writer.addInterface(pipe.name.replace(/^pipe /, ''), pipe.name);
      this.#interfaces[pipe.number] = on;
    }
    const room = HEADERS_MAX + (network.packets.length[packet] as number);
    const at = this.#writer.open(on, world.epochMs, world.nowNs, room);
    this.#octets = writeFrame(network, packet, this.#writer.bytes, at);
    this.#open = packet;
    this.#openNs = world.nowNs;
    this.#pipe = pipe;
    this.#comment = comment;
  }

  #settle(): void {
    if (this.#open === NONE) return;
    this.#writer.close(this.#octets, this.#comment);
    this.#open = NONE;
    this.#pipe = undefined;
  }
}

function wordsOf(fate: number, pipe: string): string | undefined {
  if (fate === FATE.dropped) return `dropped before ${pipe}`;
  if (fate === FATE.lost) return `lost in ${pipe}`;
  if (fate === FATE.damaged) return `damaged in ${pipe}`;
  return fate === FATE.doubled ? `doubled in ${pipe}` : undefined;
}
