import { assert } from '#core/base/assert.ts';
import { frozen } from '#core/base/frozen.ts';
import { exponential } from '../exponential.ts';
import type { RandomStream } from '../random.ts';

const U32 = 0x1_0000_0000;

/**
 * Sizes with a heavy tail: Pareto's distribution with exponent 4/3 between `least` and `least * span^3`, in whole
 * octets. Sizes of what the web and file stores hold have exponents of 1.1 to 1.5 (Crovella and Bestavros 1997); of
 * these, 4/3 needs only square roots, which all machines round alike.
 */
export type HeavyTail = { readonly least: number; readonly span: number };

/** Least and most of both. */
export const HEAVY_RANGES: {
  readonly [field in keyof HeavyTail]: readonly [least: number, most: number];
} = frozen({ least: [1, 1_000_000], span: [2, 100] });

/**
 * One draw by the inverse of the distribution: least / u^(3/4), for u between span^-4 and 1. The fraction of an octet
 * is dropped.
 */
export function drawHeavy({ least, span }: HeavyTail, random: RandomStream): number {
  const floor = 1 / (span * span * span * span);
  const u = floor + (1 - floor) * ((random.u32() + 1) / U32);
  const root = Math.sqrt(u);
  const size = Math.floor(least / (root * Math.sqrt(root)));
  return Math.min(Math.max(size, least), least * span * span * span);
}

/** Its mean before fractions are dropped: 4 least (1 - 1/span) / (1 - 1/span^4). */
export function meanHeavy({ least, span }: HeavyTail): number {
  return (4 * least * (1 - 1 / span)) / (1 - 1 / (span * span * span * span));
}

/** Values and how often each comes, in parts that are added up. */
export type Table = readonly (readonly [value: number, weight: number])[];

export function drawTable(table: Table, random: RandomStream): number {
  let left = random.below(table.reduce((sum, [, weight]) => sum + weight, 0));
  for (const [value, weight] of table) {
    if (left < weight) return value;
    left -= weight;
  }
  assert(false, 'a draw lies in its table');
}

export function meanTable(table: Table): number {
  const all = table.reduce((sum, [, weight]) => sum + weight, 0);
  return table.reduce((sum, [value, weight]) => sum + value * weight, 0) / all;
}

/** A time with the exponential distribution, in whole milliseconds; the fraction is dropped. */
export function drawGap(meanMs: number, random: RandomStream): number {
  return Math.floor(meanMs * exponential(random));
}

/** From `least` to `most`, each as likely. */
export function drawBetween(least: number, most: number, random: RandomStream): number {
  return least + random.below(most - least + 1);
}
