import { type Grid, seedCount } from './grid.ts';
import type { SweepRun } from './record.ts';

const SHOW_MS = 500;

/** What the machine had to do with a sweep: nothing of it is in the result. */
export type Machine = {
  readonly workers: number;
  readonly wallSeconds: number;
  readonly runs: number;
  /** Of these, the ones that were there before. */
  readonly kept: number;
  readonly runsPerSecond: number;
  readonly seedsPerHour: number;
  readonly virtualSecondsPerSecond: number;
};

/** Counts runs as they come, and says so on a terminal. */
export class Meter {
  readonly #all: number;
  readonly #workers: number;
  readonly #startMs: number = performance.now();
  #shownMs = 0;
  #runs = 0;
  #virtual = 0;

  constructor(grid: Grid, workers: number) {
    this.#all = grid.points.length * seedCount(grid);
    this.#workers = workers;
  }

  /** Undefined is a run without result. */
  count(run: SweepRun | undefined): void {
    this.#runs += 1;
    this.#virtual += run?.virtualSeconds ?? 0;
    const nowMs = performance.now();
    if (process.stderr.isTTY !== true || nowMs - this.#shownMs < SHOW_MS) return;
    this.#shownMs = nowMs;
    const rate = this.#runs / ((nowMs - this.#startMs) / 1000);
    process.stderr.write(
      `\r\u001b[K${this.#runs} of ${this.#all} runs, ${rate.toFixed(1)} a second`,
    );
  }

  /** Takes what was shown off the terminal. */
  clear(): void {
    if (this.#shownMs > 0) process.stderr.write('\r\u001b[K');
    this.#shownMs = 0;
  }

  stop(kept: number): Machine {
    this.clear();
    const seconds = (performance.now() - this.#startMs) / 1000;
    const ran = this.#runs - kept;
    return {
      workers: this.#workers,
      wallSeconds: Math.round(seconds * 1000) / 1000,
      runs: this.#runs,
      kept,
      runsPerSecond: ran / seconds,
      seedsPerHour: Math.round((3600 * ran) / seconds),
      virtualSecondsPerSecond: this.#virtual / seconds,
    };
  }
}
