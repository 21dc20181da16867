import { assert } from '#core/base/assert.ts';
import { CLASS } from '../event-queue.ts';
import type { Actor, World } from '../world.ts';
import { apply, type Undo } from './apply.ts';
import { describeFault, endMs, type Fault, type Phases } from './fault.ts';
import { conditionOf, firstDifference, type Ground } from './ground.ts';

const NS_PER_MS = 1_000_000;
const KIND = Object.freeze({ begin: 1, end: 2, heal: 3, quiet: 4 });

export type FaultPlay = {
  readonly faults: readonly Fault[];
  readonly phases?: Phases;
  /** World time that the plan's milliseconds count from. */
  readonly startNs: number;
  /** Is told when a fault begins, all are healed, and quiet begins. */
  readonly began?: (phase: 'fault' | 'heal' | 'quiet') => void;
  /** A fault that is not cleared when its time is over: only defects on purpose have one. */
  readonly forgets?: (fault: Fault) => boolean;
};

/** Lets faults begin and end at their times, and heals. What is in force is in a book, and at the end it is empty. */
export class FaultPlayer implements Actor {
  /** Faults that began. */
  begun = 0;
  /** What of a fault was left when quiet began, or is left now, in words. */
  leftover: string | undefined;
  /** What happened, in words, by virtual milliseconds. */
  readonly story: { readonly timeMs: number; readonly text: string }[] = [];
  readonly #world: World;
  readonly #ground: Ground;
  readonly #play: FaultPlay;
  readonly #inForce = new Map<Fault, Undo>();
  readonly #before: readonly string[];
  #isHealed = false;

  /** The faults are as `checkFaults` wants them. */
  constructor(world: World, ground: Ground, play: FaultPlay) {
    this.#world = world;
    this.#ground = ground;
    this.#play = play;
    this.#before = conditionOf(ground);
    const own = world.enter(this);
    const at = (ms: number, kind: number, index: number): void =>
      world.schedule(play.startNs + ms * NS_PER_MS, CLASS.control, own, own, kind, index, 0);
    for (const [index, fault] of play.faults.entries()) {
      at(fault.atMs, KIND.begin, index);
      const end = endMs(fault, play.phases);
      if (end > fault.atMs && end < (play.phases?.healMs ?? Number.POSITIVE_INFINITY))
        at(end, KIND.end, index);
    }
    if (play.phases === undefined) return;
    at(play.phases.healMs, KIND.heal, 0);
    at(play.phases.quietMs, KIND.quiet, 0);
  }

  /** Faults that began and are not over. */
  get inForce(): readonly Fault[] {
    return [...this.#inForce.keys()];
  }

  /** All was healed, and nothing of a fault is left. */
  get isHealed(): boolean {
    return this.#isHealed && this.leftover === undefined;
  }

  /** Clears every fault that is in force, the last one first. */
  heal(): void {
    for (const fault of [...this.#inForce.keys()].reverse()) this.#end(fault);
    assert(this.#inForce.size === 0, 'healing leaves no fault in force');
    this.#isHealed = true;
  }

  /** Looks whether the ground is as it was before the first fault. */
  inspect(): void {
    this.leftover ??= firstDifference(this.#before, conditionOf(this.#ground));
  }

  act(kind: number, index: number): void {
    const fault = this.#play.faults[index];
    if (kind === KIND.heal) {
      this.#say('heal');
      this.#play.began?.('heal');
      this.heal();
    } else if (kind === KIND.quiet) {
      this.#say('quiet');
      this.#play.began?.('quiet');
      this.inspect();
    } else if (fault === undefined) return;
    else if (kind === KIND.begin) this.#begin(fault);
    else if (this.#inForce.has(fault)) this.#end(fault);
  }

  #begin(fault: Fault): void {
    this.#say(describeFault(fault));
    this.begun += 1;
    this.#play.began?.('fault');
    if (fault.kind === 'restart') return this.#restart(fault.host);
    const undo = apply(this.#ground, fault);
    // What happens at one moment is over already.
    if (fault.kind !== 'rebinding') this.#inForce.set(fault, undo);
  }

  #restart(host: string): void {
    for (const fault of this.inForce)
      if (fault.kind === 'crash' && fault.host === host) this.#end(fault);
  }

  #end(fault: Fault): void {
    const undo = this.#inForce.get(fault);
    this.#inForce.delete(fault);
    if (this.#play.forgets?.(fault) === true) return;
    this.#say(`over: ${describeFault(fault)}`);
    undo?.();
  }

  #say(what: string): void {
    this.story.push({ timeMs: this.#world.nowNs / NS_PER_MS, text: what });
    this.#world.log(() => `fault: ${what}`);
    this.#world.verdict(`fault: ${what}`);
  }
}
