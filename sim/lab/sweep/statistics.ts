import { estimateOf } from '#sim/theory/mod.ts';

/** What independent values say of their mean. Without an interval when there is only one. */
export type Interval = {
  readonly n: number;
  readonly mean: number;
  /** Half the width of the 95 % interval; null when there are fewer than two values. */
  readonly halfWidth: number | null;
  readonly min: number;
  readonly max: number;
};

const CONFIDENCE = 0.95;
/** Student's t of one degree is 12.706; of endlessly many it is 1.960. */
const T_MIN = 1.9;
const T_MAX = 13;
/** Each halves the error: 2^-50 of the range is what a double holds. */
const HALVINGS = 50;

/** Mean of at least one value with Student's 95 % interval. */
export function intervalOf(values: readonly number[]): Interval {
  const n = values.length;
  const min = values.reduce((a, b) => Math.min(a, b));
  const max = values.reduce((a, b) => Math.max(a, b));
  // One value over and over is exactly that: sums would say it with an error of rounding.
  if (min === max) return { n, mean: min, halfWidth: n === 1 ? null : 0, min, max };
  const { mean, standardError } = estimateOf(values);
  return { n, mean, halfWidth: quantileOf(n - 1) * standardError, min, max };
}

/** The interval of b - a, pair by pair: what is common to a pair, as the same seed makes it, falls out. */
export function pairedInterval(a: readonly number[], b: readonly number[]): Interval {
  return intervalOf(b.map((value, i) => value - (a[i] as number)));
}

/** True where the mean is known to within `share` of itself. A value that never varies is. */
export function isNarrow({ mean, halfWidth }: Interval, share: number): boolean {
  return halfWidth !== null && halfWidth <= share * Math.abs(mean);
}

/** Beyond it lie 5 % of all deviates of Student's t with so many degrees of freedom, both tails together. */
export function quantileOf(degrees: number): number {
  let low = T_MIN;
  let high = T_MAX;
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    if (within(middle, degrees) < CONFIDENCE) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The chance that a deviate lies in -t to t: a finite sum for whole degrees (Abramowitz and Stegun 26.7.3, 26.7.4). */
function within(t: number, degrees: number): number {
  const angle = Math.atan(t / Math.sqrt(degrees));
  const sine = Math.sin(angle);
  const cosine = Math.cos(angle);
  const isOdd = degrees % 2 === 1;
  let term = isOdd ? cosine : 1;
  let sum = degrees === 1 ? 0 : term;
  for (let i = isOdd ? 3 : 2; i < degrees; i += 2) {
    term *= ((i - 1) / i) * cosine * cosine;
    sum += term;
  }
  return isOdd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum;
}
