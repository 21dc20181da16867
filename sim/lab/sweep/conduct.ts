import type { SweepEngine } from './engine.ts';
import { type Grid, type GridPoint, seedCount, tokenAt } from './grid.ts';
import { Ledger } from './ledger.ts';
import type { RunRecord } from './record.ts';
import { intervalOf, isNarrow } from './statistics.ts';

/** Seeds that a point begins together. Whether it needs more is asked when they are done, and at no other time. */
export const BATCH = 16;
/** Tokens a shard has at most, and shards there are at least: so that all workers end at about the same time. */
const SHARD_MAX = 4;
const SHARDS_MIN = 64;
/** Tokens an engine has at a time. */
const BACKLOG = 256;

/** Batches of every point before any is asked whether it needs more: of a few seeds an interval says too little. */
const OPENING = 2;

/**
 * When a point has seeds enough: the 95 % interval of every metric, or of one, is that narrow. A metric that never
 * varied at a point is known there unless it varied at another in its opening.
 */
export type Until = {
  /** Of the mean, to either side. */
  readonly share: number;
  readonly metric: string | undefined;
};

/** Results that were there before. */
export type Shelf = {
  /** What it has of a token, if that is as it was written. */
  readonly take: (token: string) => RunRecord | undefined;
  readonly put: (token: string, record: RunRecord) => void;
};

export type Conducted = {
  readonly ledger: Ledger;
  /** The tokens of each point, in the order of seeds: those that were needed. */
  readonly tokens: readonly (readonly string[])[];
  /** False when it was cancelled before all was done. */
  readonly isComplete: boolean;
  /** Runs that the shelf had. */
  readonly kept: number;
};

/** A point, as far as it was begun. */
type Progress = { readonly point: GridPoint; readonly tokens: string[]; waits: number };

/**
 * Runs a grid on an engine. What it comes to depends on nothing but the grid: not on which worker was faster, died, or
 * how much the shelf had. Throws Disagreement.
 */
export async function conduct(
  grid: Grid,
  engine: SweepEngine,
  options: {
    readonly until?: Until | undefined;
    readonly shelf?: Shelf | undefined;
    /** After every answer that is new. */
    readonly heard?: ((ledger: Ledger, token: string) => void) | undefined;
  } = {},
): Promise<Conducted> {
  const conductor = new Conductor(grid, engine, options);
  for (;;) {
    conductor.begin();
    const answer = await engine.next();
    if (answer === undefined) return conductor.result;
    conductor.settle(answer);
  }
}

type Options = NonNullable<Parameters<typeof conduct>[2]>;

class Conductor {
  readonly #grid: Grid;
  readonly #engine: SweepEngine;
  readonly #options: Options;
  readonly #ledger = new Ledger();
  readonly #points: readonly Progress[];
  /** Points that may begin a batch. */
  readonly #ready: Progress[];
  readonly #owners = new Map<string, Progress>();
  /** At most so many. */
  readonly #runs: number;
  /** Metrics that varied at some point in its opening; undefined until all openings are done. */
  #varying: ReadonlySet<string> | undefined;
  #submitted = 0;
  #kept = 0;
  #isChecked = false;

  constructor(grid: Grid, engine: SweepEngine, options: Options) {
    this.#grid = grid;
    this.#runs = grid.points.length * seedCount(grid);
    this.#engine = engine;
    this.#options = options;
    this.#points = grid.points.map((point) => ({ point, tokens: [], waits: 0 }));
    this.#ready = [...this.#points];
  }

  get result(): Conducted {
    return {
      ledger: this.#ledger,
      tokens: this.#points.map(({ tokens }) => tokens),
      isComplete: this.#ready.length === 0 && this.#points.every(({ waits }) => waits === 0),
      kept: this.#kept,
    };
  }

  /** Begins batches while the engine has room. */
  begin(): void {
    while (this.#submitted < BACKLOG) {
      const progress = this.#ready.shift();
      if (progress === undefined) return;
      this.#beginBatch(progress);
    }
  }

  settle(answer: Parameters<Ledger['enter']>[0]): void {
    this.#submitted -= 1;
    const { token } = answer;
    if (!this.#ledger.enter(answer)) return;
    if ('record' in answer) this.#options.shelf?.put(token, answer.record);
    this.#options.heard?.(this.#ledger, token);
    const progress = this.#owners.get(token);
    if (progress === undefined) return;
    this.#owners.delete(token);
    progress.waits -= 1;
    this.#goOn(progress);
  }

  #beginBatch(progress: Progress): void {
    const first = progress.tokens.length;
    const end = Math.min(first + BATCH, seedCount(this.#grid));
    const fresh: string[] = [];
    for (let i = first; i < end; i++) {
      const token = tokenAt(this.#grid, progress.point, i);
      progress.tokens.push(token);
      const record = this.#options.shelf?.take(token);
      if (record !== undefined) this.#takeKept(token, record);
      else {
        fresh.push(token);
        this.#owners.set(token, progress);
      }
    }
    progress.waits += fresh.length;
    const size = Math.min(SHARD_MAX, Math.ceil(this.#runs / SHARDS_MIN));
    for (let i = 0; i < fresh.length; i += size) this.#submit(fresh.slice(i, i + size));
    // Without a condition nothing has to be known to go on.
    if (this.#options.until === undefined && end < seedCount(this.#grid))
      this.#ready.unshift(progress);
    else if (fresh.length === 0) this.#goOn(progress);
  }

  /** The first is run again: what is kept is of no use if this code gives something else. */
  #takeKept(token: string, record: RunRecord): void {
    this.#ledger.enter({ token, record });
    this.#kept += 1;
    this.#options.heard?.(this.#ledger, token);
    if (!this.#isChecked) this.#submit([token]);
    this.#isChecked = true;
  }

  #submit(tokens: readonly string[]): void {
    this.#submitted += tokens.length;
    this.#engine.submit({ tokens });
  }

  /** The next batch of a point whose batch is done, if it needs one. */
  #goOn(progress: Progress): void {
    const { until } = this.#options;
    if (progress.waits > 0 || until === undefined) return;
    const opening = Math.min(OPENING * BATCH, seedCount(this.#grid));
    if (progress.tokens.length < opening) this.#ready.push(progress);
    else if (this.#varying !== undefined) this.#extend(progress, until, this.#varying);
    else if (this.#points.every(({ tokens, waits }) => waits === 0 && tokens.length >= opening)) {
      this.#varying = new Set(this.#points.flatMap(({ tokens }) => this.#varyingOf(tokens)));
      for (const point of this.#points) this.#extend(point, until, this.#varying);
    }
  }

  #extend(progress: Progress, until: Until, varying: ReadonlySet<string>): void {
    const { tokens } = progress;
    if (tokens.length < seedCount(this.#grid) && !this.#isKnown(tokens, until, varying))
      this.#ready.push(progress);
  }

  #isKnown(
    tokens: readonly string[],
    { share, metric }: Until,
    varying: ReadonlySet<string>,
  ): boolean {
    const names = metric === undefined ? this.#metricsOf(tokens) : [metric];
    return names.every((name) => {
      const values = this.#valuesOf(tokens, name);
      if (values.length < 2) return false;
      const interval = intervalOf(values);
      const isOpen = interval.min === interval.max && varying.has(name);
      return !isOpen && isNarrow(interval, share);
    });
  }

  #varyingOf(tokens: readonly string[]): readonly string[] {
    return this.#metricsOf(tokens).filter((name) => new Set(this.#valuesOf(tokens, name)).size > 1);
  }

  #metricsOf(tokens: readonly string[]): readonly string[] {
    const run = tokens.map((token) => this.#ledger.run(token)).find((one) => one !== undefined);
    return Object.keys(run?.metrics ?? {});
  }

  #valuesOf(tokens: readonly string[], name: string): readonly number[] {
    return tokens.flatMap((token) => this.#ledger.run(token)?.metrics[name]?.value ?? []);
  }
}
