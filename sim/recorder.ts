import type { EventQueue } from './event-queue.ts';
import type { Network, Pipe } from './network/mod.ts';
import type { Actor, World } from './world.ts';

/**
 * What becomes of a packet: its host sends it, it enters a pipe, is dropped by the queue, lost, damaged or doubled by
 * the wire, arrives at the far end; or there is no way on, and it returns as a notice.
 */
export const FATE: {
  readonly sent: 1;
  readonly entered: 2;
  readonly dropped: 3;
  readonly lost: 4;
  readonly damaged: 5;
  readonly doubled: 6;
  readonly arrived: 7;
  readonly returned: 8;
} = Object.freeze({
  sent: 1,
  entered: 2,
  dropped: 3,
  lost: 4,
  damaged: 5,
  doubled: 6,
  arrived: 7,
  returned: 8,
});

/**
 * Is shown a run as it happens, each thing before its effects. Must not touch the world: with a recorder or without,
 * a run is the same. Events are numbered from 1, over all worlds of a run. This one writes nothing down.
 */
export abstract class Recorder {
  /** Events that have begun. */
  protected events = 0;
  /** The event under way; 0 when something outside the world acts. */
  protected current = 0;
  /** World and network of what is shown. A run may have several, one after the other. */
  protected world: World | undefined;
  protected network: Network | undefined;

  /** A world begins: nothing is in it. */
  begins(world: World): void {
    this.world = world;
  }

  /** A network is made in it. */
  connects(network: Network): void {
    this.network = network;
  }

  /** An event was put into a slot of the queue, by the event under way. */
  scheduled(_slot: number): void {
    // Most do not ask.
  }

  /** An event begins; its fields can be read from the queue until anything is scheduled. */
  event(_queue: EventQueue, _slot: number): void {
    this.events += 1;
    this.current = this.events;
  }

  /** That event is over. */
  over(): void {
    this.current = 0;
  }

  /** Something becomes of a packet that is alive: one of FATE. `pipe` is missing where a host sends. */
  packet(_fate: number, _packet: number, _pipe?: Pipe): void {
    // Most do not ask.
  }

  /** A conclusion that is part of the trace. */
  verdict(_text: string): void {
    // Most do not ask.
  }
}

/** An actor whose events are shown before it acts: a world without a recorder asks for none, event by event. */
export class Shown implements Actor {
  readonly #actor: Actor;
  readonly #recorder: Recorder;
  readonly #queue: EventQueue;

  constructor(actor: Actor, recorder: Recorder, queue: EventQueue) {
    this.#actor = actor;
    this.#recorder = recorder;
    this.#queue = queue;
  }

  get name(): string {
    return this.#actor.name ?? 'an actor without a name';
  }

  act(kind: number, a: number, b: number, source: number): void {
    this.#recorder.event(this.#queue, this.#queue.poppedSlot);
    this.#actor.act(kind, a, b, source);
    this.#recorder.over();
  }

  inWords(kind: number, a: number, b: number): string {
    return this.#actor.inWords?.(kind, a, b) ?? `event of kind ${kind} (${a}, ${b})`;
  }
}

/** Shows a run to several. */
export class Recorders extends Recorder {
  readonly #all: readonly Recorder[];

  constructor(all: readonly Recorder[]) {
    super();
    this.#all = all;
  }

  override begins(world: World): void {
    for (const one of this.#all) one.begins(world);
  }

  override connects(network: Network): void {
    for (const one of this.#all) one.connects(network);
  }

  override scheduled(slot: number): void {
    for (const one of this.#all) one.scheduled(slot);
  }

  override event(queue: EventQueue, slot: number): void {
    for (const one of this.#all) one.event(queue, slot);
  }

  override over(): void {
    for (const one of this.#all) one.over();
  }

  override packet(fate: number, packet: number, pipe?: Pipe): void {
    for (const one of this.#all) one.packet(fate, packet, pipe);
  }

  override verdict(text: string): void {
    for (const one of this.#all) one.verdict(text);
  }
}
