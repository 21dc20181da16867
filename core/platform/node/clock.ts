import { uptime } from 'node:os';
import { performance } from 'node:perf_hooks';
import { WALL_STEP_MS } from '#core/base/limits.ts';
import { type Micros, US_PER_MS, US_PER_S, type WallMillis } from '#core/base/time.ts';

/** The clocks of a machine. Tests give others. */
export interface Clock {
  /** Microseconds of CLOCK_MONOTONIC: never set, stands still during sleep on Linux. */
  monotonicUs(): Micros;
  wallMs(): WallMillis;
  /** Seconds since the machine started, sleep included. May be whole seconds only. */
  bootS(): number;
}

/** How far the wall clock of a machine may be off, in milliseconds: nothing on the machine says. */
export const WALL_UNCERTAINTY_MS = 1_000;

/** Microseconds that reading two clocks may take and still be one moment. */
const ONE_MOMENT_US = 5_000;

/** The clocks of this machine. performance.now is process.hrtime as a number. */
export function systemClock(): Clock {
  return {
    monotonicUs: () => Math.floor(performance.now() * US_PER_MS),
    wallMs: () => Date.now(),
    bootS: uptime,
  };
}

type Moment = {
  readonly monotonicMs: number;
  readonly wallMs: WallMillis;
  readonly bootMs: number;
};

/**
 * Notices that the wall clock and the monotonic one went apart: somebody set the clock, or the machine slept.
 * Where CLOCK_MONOTONIC counts sleep (macOS), sleep is no event: deadlines have simply passed.
 */
export class WallWatch {
  readonly #clock: Clock;
  #last: Moment;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#last = readMoment(clock);
  }

  get wallMs(): WallMillis {
    return this.#clock.wallMs();
  }

  /** What happened since the last answer that was not undefined; the wall clock may slew a little unsaid. */
  check(): { readonly wallMs: WallMillis; readonly slept: boolean } | undefined {
    const now = readMoment(this.#clock);
    const monotonicMs = now.monotonicMs - this.#last.monotonicMs;
    const isCoarse = now.bootMs % 1_000 === 0 && this.#last.bootMs % 1_000 === 0;
    const sleptMs = now.bootMs - this.#last.bootMs - monotonicMs;
    const slept = sleptMs > WALL_STEP_MS + (isCoarse ? 1_000 : 0);
    const steppedMs = now.wallMs - this.#last.wallMs - monotonicMs;
    if (!slept && Math.abs(steppedMs) <= WALL_STEP_MS) return undefined;
    this.#last = now;
    return { wallMs: now.wallMs, slept };
  }
}

/** Reads three clocks as one moment: again when the process lost the processor in between. */
function readMoment(clock: Clock): Moment {
  for (let tries = 0; ; tries++) {
    const before = clock.monotonicUs();
    const wallMs = clock.wallMs();
    const bootMs = clock.bootS() * (US_PER_S / US_PER_MS);
    const after = clock.monotonicUs();
    if (after - before <= ONE_MOMENT_US || tries === 10)
      return { monotonicMs: before / US_PER_MS, wallMs, bootMs };
  }
}
