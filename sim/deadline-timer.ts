import type { MachineClock } from './machine-clock.ts';

/** Who lets an event happen at a time of the world, in nanoseconds. */
export interface Waker {
  wakeAt(worldNs: number): void;
}

/**
 * The one timer of a root. Holds one event at most for the deadline that counts: a deadline that moves away
 * keeps the earlier event, which then finds that it is not due and moves on.
 */
export class DeadlineTimer {
  readonly #clock: MachineClock;
  readonly #grainNs: number;
  readonly #waker: Waker;
  /** What is asked for, and when the event for it comes, both in own time. */
  #deadlineNs = Infinity;
  #eventNs = Infinity;

  /** Deadlines are rounded up to `grainNs` from when they are asked for; 0 keeps them exact. */
  constructor(clock: MachineClock, grainNs: number, waker: Waker) {
    this.#clock = clock;
    this.#grainNs = grainNs;
    this.#waker = waker;
  }

  /** Replaces the deadline, in own nanoseconds. Infinity: none. */
  ask(deadlineNs: number): void {
    const { nowNs } = this.#clock;
    const waitNs = Math.max(deadlineNs - nowNs, 0);
    const grainNs = this.#grainNs;
    this.#deadlineNs = nowNs + (grainNs === 0 ? waitNs : Math.ceil(waitNs / grainNs) * grainNs);
    this.#arm();
  }

  /** An event came. True, once, when the deadline is reached. */
  isDue(): boolean {
    const { nowNs } = this.#clock;
    if (this.#eventNs > nowNs) return false;
    this.#eventNs = Infinity;
    if (this.#deadlineNs <= nowNs) {
      this.#deadlineNs = Infinity;
      return true;
    }
    this.#arm();
    return false;
  }

  /** The clock stood still: the event under way comes too early. */
  rearm(): void {
    this.#eventNs = Infinity;
    this.#arm();
  }

  /** Forgets deadline and event. */
  clear(): void {
    this.#deadlineNs = Infinity;
    this.#eventNs = Infinity;
  }

  #arm(): void {
    const worldNs = this.#clock.toWorldNs(this.#deadlineNs);
    // Beyond what a world can count to, a deadline never comes.
    if (this.#deadlineNs >= this.#eventNs || worldNs > Number.MAX_SAFE_INTEGER) return;
    this.#eventNs = this.#deadlineNs;
    this.#waker.wakeAt(worldNs);
  }
}
