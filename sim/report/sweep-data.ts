// What a page about many runs is made of: means over seeds at each choice of parameters, with their intervals.
import type { AssertionRow } from './data.ts';

export type SweepData = {
  readonly title: string;
  readonly about: string;
  /** The command line that repeats the sweep. */
  readonly command: string;
  /** What went in, in words: names and texts. */
  readonly facts: readonly (readonly [name: string, text: string])[];
  readonly runs: number;
  /** Choices of parameters, in order; the others are compared with the first. */
  readonly points: readonly SweepPoint[];
  /** The parameter along the charts; undefined when points have no order but their own. */
  readonly axis: { readonly name: string; readonly unit: string } | undefined;
  readonly metrics: readonly SweepMetric[];
  readonly assertions: readonly SweepAssertion[];
  /** What else keeps the sweep from having held. */
  readonly faults: readonly string[];
};

/** One choice of parameters. `curve`: what it shares with those it is joined with; `x`: its place on the axis. */
export type SweepPoint = { readonly label: string; readonly curve: string; readonly x: number };

export type SweepMetric = {
  readonly name: string;
  readonly unit: string;
  /** One for each point; undefined where no run measured it. */
  readonly values: readonly (SweepValue | undefined)[];
};

/** A mean and half its 95 % interval; null where one run is all there is. */
export type Mean = { readonly n: number; readonly mean: number; readonly halfWidth: number | null };

export type SweepValue = Mean & {
  readonly min: number;
  readonly max: number;
  /** What the point has more than the first, seed by seed. */
  readonly againstFirst?: Mean;
};

export type SweepAssertion = Omit<AssertionRow, 'ok' | 'detail'> & {
  readonly ok: boolean;
  readonly runs: number;
  readonly failed: number;
  /** The command that repeats the first run in which it failed. */
  readonly command: string;
};
