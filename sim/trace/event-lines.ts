import type { EventQueue } from '../event-queue.ts';
import { endsOf, flagsInWords, type Pipe, PROTOCOL } from '../network/mod.ts';
import { FATE, Recorder } from '../recorder.ts';
import { Origins } from './origins.ts';
import { tell } from './telling.ts';

/** Characters that are handed over at once. */
const CHUNK: number = 64 * 1024;
const CLASSES: readonly string[] = Object.freeze(['packet', 'timer', 'turn', 'control']);
/** By the numbers of FATE. */
const FATES: readonly string[] = Object.freeze([
  ...['', 'sent', 'entered', 'dropped', 'lost', 'damaged', 'doubled', 'arrived', 'returned'],
]);

/**
 * Everything that happens in a run as JSON, an object a line, in the order in which it happens. The first line says
 * what was run. Then `type` is
 *
 * - `event`: an event begins. `event` is its number, from 1, `ns` when it happens, in nanoseconds since the world
 *   began, `class` what it is of (packet, timer, turn, control), `who` acts, `by` who scheduled it, `words` what it
 *   is about, `cause` the number of the event in which it was scheduled, 0 for none.
 * - `packet`: something becomes of a packet during event `event` (0: outside of any). `fate` is sent (by its host),
 *   entered (a pipe), dropped (by its queue), lost, damaged or doubled (on its wire), arrived (at its far end), or
 *   returned (no way: it goes back as a notice). `at` is the pipe, missing for sent and returned. `since` is the event
 *   in which it entered the pipe. Then `packet`, a number it has while it is alive, `protocol`, `from`, `to`, `length`
 *   in octets of payload, `wire` in octets with headers; of TCP `flags`, `seq`, `ack` and `window`, in octets since the
 *   start of the stream.
 * - `verdict`: a conclusion in `words`.
 */
export class EventLines extends Recorder {
  readonly #sink: (text: string) => void;
  readonly #origins = new Origins();
  #pending = '';

  /** `head` becomes the first line. `sink` is given whole lines, in pieces. */
  constructor(sink: (text: string) => void, head: object) {
    super();
    this.#sink = sink;
    this.#write({ type: 'run', schemaVersion: 1, ...head });
  }

  override scheduled(slot: number): void {
    this.#origins.scheduled(slot, this.current);
  }

  override event(queue: EventQueue, slot: number): void {
    super.event(queue, slot);
    const { world } = this;
    if (world === undefined) return;
    const { event, ns, who, words } = tell(world, this.current, queue, slot);
    const by = world.nameOf(queue.sourceAt(slot));
    const cause = this.#origins.ofEvent(slot);
    const ofClass = CLASSES[queue.classAt(slot)];
    this.#write({ type: 'event', event, ns, class: ofClass, who, by, words, cause });
  }

  override packet(fate: number, packet: number, pipe?: Pipe): void {
    const { network, world } = this;
    if (network === undefined || world === undefined) return;
    if (fate === FATE.entered || fate === FATE.doubled) this.#origins.entered(packet, this.current);
    const { packets } = network;
    const { name, from, to } = endsOf(network, packet);
    const isTcp = packets.protocol[packet] === PROTOCOL.tcp;
    this.#write({
      type: 'packet',
      event: this.current,
      ns: world.nowNs,
      fate: FATES[fate],
      ...(pipe === undefined ? {} : { at: pipe.name, since: this.#origins.ofPacket(packet) }),
      packet,
      protocol: name,
      from,
      to,
      length: packets.length[packet],
      wire: packets.wireOctets(packet),
      ...(isTcp
        ? {
            flags: flagsInWords(packets.flags[packet] as number),
            seq: packets.seq[packet],
            ack: packets.ack[packet],
            window: packets.window[packet],
          }
        : {}),
      ...(packets.damaged[packet] === 1 ? { damaged: true } : {}),
    });
  }

  override verdict(words: string): void {
    this.#write({ type: 'verdict', event: this.current, ns: this.world?.nowNs ?? 0, words });
  }

  /** Hands over what is left. */
  end(): void {
    if (this.#pending.length > 0) this.#sink(this.#pending);
    this.#pending = '';
  }

  #write(line: object): void {
    this.#pending += `${JSON.stringify(line)}\n`;
    if (this.#pending.length >= CHUNK) this.end();
  }
}
