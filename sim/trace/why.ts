import type { EventQueue } from '../event-queue.ts';
import { FATE, Recorder } from '../recorder.ts';
import { Halt, type Play, playUntilHalt } from './halt.ts';
import { Origins, withRoom } from './origins.ts';
import { type Told, tell } from './telling.ts';

/** Why an event came to be. */
export type Chain = {
  /** Events from this one back to the first that something outside the world caused, both included. */
  readonly depth: number;
  /** This event and those behind it, newest first: at most as many as were asked for. */
  readonly newest: readonly Told[];
  /** Where it began, where that is further back. */
  readonly first: Told | undefined;
};

/** There is no such event: they are numbered from 1 to this. */
export type Beyond = { readonly events: number };

/**
 * What caused an event, and what caused that. A packet's arrival is caused by the event in which it entered its last
 * pipe; any other event by the one that scheduled it. Plays twice up to the event: for causes, a number an event, and
 * for words.
 */
export function why(play: Play<Recorder>, event: number, atMost: number): Chain | Beyond {
  const causes = new Causes(event);
  playUntilHalt(play, causes);
  if (causes.seen < event) return { events: causes.seen };
  const chain = causes.chainOf(event);
  const shown = new Set(chain.slice(0, atMost));
  const first = chain.at(-1) as number;
  const words = new Words(new Set([...shown, first]), event);
  playUntilHalt(play, words);
  const told = (one: number): Told => words.told.get(one) as Told;
  return {
    depth: chain.length,
    newest: [...shown].map(told),
    first: shown.has(first) ? undefined : told(first),
  };
}

/** Remembers what caused each event, up to the one that is asked for. */
class Causes extends Recorder {
  readonly #last: number;
  readonly #origins = new Origins();
  #causes: Uint32Array = new Uint32Array(1024);

  constructor(last: number) {
    super();
    this.#last = last;
  }

  get seen(): number {
    return this.events;
  }

  /** The event, its cause, the cause of that, and so on. */
  chainOf(event: number): readonly number[] {
    const chain: number[] = [];
    for (let at = event; at > 0; at = this.#causes[at] as number) chain.push(at);
    return chain;
  }

  override scheduled(slot: number): void {
    this.#origins.scheduled(slot, this.current);
  }

  override event(queue: EventQueue, slot: number): void {
    // What causes the last one is known when it is over.
    if (this.events >= this.#last) throw new Halt();
    super.event(queue, slot);
    this.#causes = withRoom(this.#causes, this.current);
    this.#causes[this.current] = this.#origins.ofEvent(slot);
  }

  override packet(fate: number, packet: number): void {
    if (fate === FATE.arrived) this.#causes[this.current] = this.#origins.ofPacket(packet);
    else if (fate === FATE.entered || fate === FATE.doubled)
      this.#origins.entered(packet, this.current);
  }
}

/** Puts the chosen events into words. */
class Words extends Recorder {
  readonly told = new Map<number, Told>();
  readonly #chosen: ReadonlySet<number>;
  readonly #last: number;

  constructor(chosen: ReadonlySet<number>, last: number) {
    super();
    this.#chosen = chosen;
    this.#last = last;
  }

  override event(queue: EventQueue, slot: number): void {
    super.event(queue, slot);
    if (this.current > this.#last) throw new Halt();
    if (this.world === undefined || !this.#chosen.has(this.current)) return;
    this.told.set(this.current, tell(this.world, this.current, queue, slot));
  }
}
