import { assert } from '#core/base/assert.ts';
import type { WallMillis } from '#core/base/time.ts';
import type { HostEvent } from '#core/host/mod.ts';
import type { World } from './world.ts';

const NS_PER_MS = 1_000_000;

/**
 * The two clocks of one machine: its own, which stands still while the machine sleeps, and the wall clock,
 * which goes on and may be set.
 */
export class MachineClock {
  readonly #world: World;
  readonly #uncertaintyMs: number;
  /** World time is own time and this. */
  #pausedNs = 0;
  #awakeAtNs = 0;
  #wallOffsetMs = 0;

  constructor(world: World, uncertaintyMs: number) {
    this.#world = world;
    this.#uncertaintyMs = uncertaintyMs;
  }

  /** Own time in nanoseconds. */
  get nowNs(): number {
    const { nowNs } = this.#world;
    return (nowNs < this.#awakeAtNs ? this.#awakeAtNs : nowNs) - this.#pausedNs;
  }

  get isAsleep(): boolean {
    return this.#world.nowNs < this.#awakeAtNs;
  }

  /** World time at which the last sleep ends or ended, in nanoseconds. */
  get awakeAtNs(): number {
    return this.#awakeAtNs;
  }

  get wallMs(): WallMillis {
    return this.#world.epochMs + Math.floor(this.#world.nowNs / NS_PER_MS) + this.#wallOffsetMs;
  }

  /** World time of an own time, as far as is known: another sleep moves it. Nanoseconds. */
  toWorldNs(ownNs: number): number {
    return ownNs + this.#pausedNs;
  }

  /** Falls asleep for whole milliseconds. */
  sleep(ms: number): void {
    assert(!this.isAsleep && Number.isInteger(ms) && ms > 0, 'an awake machine falls asleep');
    this.#pausedNs += ms * NS_PER_MS;
    this.#awakeAtNs = this.#world.nowNs + ms * NS_PER_MS;
  }

  stepWall(ms: number): void {
    this.#wallOffsetMs += ms;
  }

  /** What the root is told. */
  wallEvent(slept: boolean): HostEvent {
    return { kind: 'wall', wallMs: this.wallMs, uncertaintyMs: this.#uncertaintyMs, slept };
  }
}
