import { assert } from '#core/base/assert.ts';
import type { WallMillis } from '#core/base/time.ts';
import type { HostEvent } from '#core/host/mod.ts';
import type { World } from './world.ts';

const NS_PER_MS = 1_000_000;
const PPM = 1_000_000;

/** What a machine's clocks show. */
export type MachineReading = Pick<
  MachineClock,
  'nowNs' | 'wallMs' | 'wallOffsetMs' | 'driftPpm' | 'isAsleep' | 'awakeAtNs'
>;

/**
 * The two clocks of one machine: its own, which stands still while the machine sleeps and may run fast or slow, and
 * the wall clock, which goes on with the world's time and may be set.
 */
export class MachineClock {
  readonly #world: World;
  readonly #uncertaintyMs: number;
  /** Own time was #ownNs at world time #sinceNs, and goes on from there at #ppm above the world's pace. */
  #ownNs = 0;
  #sinceNs = 0;
  #ppm = 0;
  #awakeAtNs = 0;
  #wallOffsetMs = 0;

  constructor(world: World, uncertaintyMs: number) {
    this.#world = world;
    this.#uncertaintyMs = uncertaintyMs;
  }

  /** Own time in nanoseconds. */
  get nowNs(): number {
    const worldNs = this.#world.nowNs - this.#sinceNs;
    // Asleep, it goes on from the moment of waking.
    if (worldNs <= 0) return this.#ownNs;
    if (this.#ppm === 0) return this.#ownNs + worldNs;
    // In whole and rest of a million, so that nothing exceeds 2^53.
    const rest = worldNs % PPM;
    const gained = ((worldNs - rest) / PPM) * this.#ppm + Math.floor((rest * this.#ppm) / PPM);
    return this.#ownNs + worldNs + gained;
  }

  get isAsleep(): boolean {
    return this.#world.nowNs < this.#awakeAtNs;
  }

  /** World time at which the last sleep ends or ended, in nanoseconds; Infinity: until somebody wakes it. */
  get awakeAtNs(): number {
    return this.#awakeAtNs;
  }

  get wallMs(): WallMillis {
    return this.#world.epochMs + Math.floor(this.#world.nowNs / NS_PER_MS) + this.#wallOffsetMs;
  }

  /** Milliseconds by which the wall clock is ahead of the world's. */
  get wallOffsetMs(): number {
    return this.#wallOffsetMs;
  }

  /** By how many millionths its own time runs faster than the world's. */
  get driftPpm(): number {
    return this.#ppm;
  }

  /** The first world time at which own time is that much, as far as is known: a sleep or a drift moves it. */
  toWorldNs(ownNs: number): number {
    const aheadNs = ownNs - this.#ownNs;
    if (this.#ppm === 0) return this.#sinceNs + aheadNs;
    const pace = PPM + this.#ppm;
    const rest = aheadNs % pace;
    return this.#sinceNs + ((aheadNs - rest) / pace) * PPM + Math.ceil((rest * PPM) / pace);
  }

  /** Falls asleep for whole milliseconds, or with Infinity until it is woken. */
  sleep(ms: number): void {
    const isLong = ms === Number.POSITIVE_INFINITY || Number.isInteger(ms);
    assert(!this.isAsleep && isLong && ms > 0, 'an awake machine falls asleep');
    this.#goOnFrom(this.#world.nowNs + ms * NS_PER_MS);
    this.#awakeAtNs = this.#sinceNs;
  }

  /** Wakes it before its time. */
  wake(): void {
    assert(this.isAsleep, 'a sleeping machine wakes');
    this.#awakeAtNs = this.#world.nowNs;
    this.#sinceNs = this.#world.nowNs;
  }

  /** Runs faster from now on, or slower, by so many millionths. */
  drift(ppm: number): void {
    assert(Number.isInteger(ppm) && ppm > -PPM, 'a clock goes forward');
    this.#goOnFrom(Math.max(this.#world.nowNs, this.#sinceNs));
    this.#ppm = ppm;
  }

  stepWall(ms: number): void {
    this.#wallOffsetMs += ms;
  }

  /** What the root is told. */
  wallEvent(slept: boolean): HostEvent {
    return { kind: 'wall', wallMs: this.wallMs, uncertaintyMs: this.#uncertaintyMs, slept };
  }

  #goOnFrom(worldNs: number): void {
    this.#ownNs = this.nowNs;
    this.#sinceNs = worldNs;
  }
}
