// Arithmetic of the charts: from values to places, round marks on axes, fewer points that look the same.
import { VALUE_MAX } from './limits.ts';

/** A straight way from values to coordinates. */
export type Scale = {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly number[];
  readonly at: (value: number) => number;
};

/** Finite and of a size that can be drawn. */
export function isDrawable(value: number): boolean {
  return Math.abs(value) <= VALUE_MAX;
}

/** An axis from `low` to at least `high`, widened to its next mark, onto `from` to `to`. About `marks` ticks. */
export function scaleOf(
  [low, high]: readonly [number, number],
  [from, to]: readonly [number, number],
  marks: number,
): Scale {
  // Neighbouring numbers far from zero lie further apart than a fine step: the axis is as coarse as they are.
  const finest = Math.max(Math.abs(low), Math.abs(high), 1) * 1e-12;
  const step = stepOf(Math.max(high > low ? (high - low) / marks : 1 / marks, finest));
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9));
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
  const bottom = first * step;
  const top = last * step;
  return {
    low: bottom,
    high: top,
    ticks,
    at: (value) => from + ((value - bottom) / (top - bottom)) * (to - from),
  };
}

/** The least of 1, 2, 5, 10, 20, 50, ... (and their fractions) that is not below `raw`; `raw` is above 0. */
export function stepOf(raw: number): number {
  let power = 1;
  while (power * 10 <= raw) power *= 10;
  while (power > raw && power > 1 / VALUE_MAX) power /= 10;
  for (const factor of [1, 2, 5]) if (factor * power >= raw * (1 - 1e-9)) return factor * power;
  return 10 * power;
}

/** At most `most` points: of each run of neighbours the lowest and the highest. */
export function thin<P extends readonly [number, number]>(
  points: readonly P[],
  most: number,
): readonly P[] {
  if (points.length <= most) return points;
  const runs = Math.floor(most / 2);
  const kept: P[] = [];
  for (let run = 0; run < runs; run++) {
    const start = Math.floor((run * points.length) / runs);
    const end = Math.floor(((run + 1) * points.length) / runs);
    let low = start;
    let high = start;
    for (let i = start; i < end; i++) {
      if ((points[i] as P)[1] < (points[low] as P)[1]) low = i;
      if ((points[i] as P)[1] > (points[high] as P)[1]) high = i;
    }
    kept.push(points[Math.min(low, high)] as P);
    if (low !== high) kept.push(points[Math.max(low, high)] as P);
  }
  return kept;
}
