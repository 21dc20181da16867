import { Given, type Quantity, WITHIN_95 } from './case.ts';
import type { Ground } from './ground.ts';

export type Axis = { readonly name: string; readonly unit: string };
export type Point = readonly [x: number, y: number];

/** The formula's curve, and what was measured of it. */
export type Picture = {
  readonly x: Axis;
  readonly y: Axis;
  readonly formula: readonly Point[];
  readonly measured: readonly Point[];
  /** Half of each point's 95 % interval; empty where nothing is left to chance. */
  readonly halfWidths: readonly number[];
  /** Whether what was measured goes on between its points. */
  readonly isLine?: true;
};

/** Points of a formula's curve: enough that it looks round. */
const CURVE = 80;

/** One quantity of a case while one of its parameters goes from `low` to `high` in `steps` steps. */
export function sweep(
  measure: (given: Given, ground: Ground) => readonly Quantity[],
  formula: (given: Given) => number,
  axes: { readonly x: Axis; readonly y: Axis },
  { over, low, high, steps }: Range,
): (given: Given, ground: Ground) => Picture {
  return (given, ground) => {
    const at = (x: number): Given => new Given({ ...given.values, [over]: x });
    const found = evenly(low, high, steps).map((x): readonly [number, Quantity] => [
      x,
      measure(at(x), ground)[0] as Quantity,
    ]);
    return {
      ...axes,
      formula: evenly(low, high, CURVE).map((x): Point => [x, formula(at(x))]),
      measured: found.map(([x, { measured }]): Point => [x, measured]),
      halfWidths: found.map(([, { standardError }]) => WITHIN_95 * standardError),
    };
  };
}

/** Which parameter, and where it goes. */
type Range = {
  readonly over: string;
  readonly low: number;
  readonly high: number;
  readonly steps: number;
};

/** Numbers from `low` to `high`, in thousandths of the way. */
function evenly(low: number, high: number, steps: number): readonly number[] {
  return Array.from(
    { length: steps + 1 },
    (_, i) => low + Math.round((1000 * i) / steps) * ((high - low) / 1000),
  );
}
