import { assert } from '#core/base/assert.ts';
import { isSharp } from './case.ts';

/** Batches below which their spread says little. */
const BATCHES_MIN = 32;
/** Values after which sharp enough is enough, and after which no more are taken. */
const VALUES_ENOUGH = 3_000_000;
const VALUES_MAX = 40_000_000;

export type Estimate = { readonly mean: number; readonly standardError: number };

/**
 * The mean of a series whose neighbours depend on each other, by the means of long batches of it, which hardly do
 * (Law and Kelton, batch means).
 */
export class BatchMeans {
  readonly #length: number;
  readonly #means: number[] = [];
  #sum = 0;
  #count = 0;
  #skips: number;

  /** `length`: values a batch, many times as many as a value is felt. The first batch is left out: it warms up. */
  constructor(length: number) {
    assert(Number.isInteger(length) && length > 0, 'a batch has a length');
    this.#length = length;
    this.#skips = length;
  }

  add(value: number): void {
    if (this.#skips > 0) {
      this.#skips -= 1;
      return;
    }
    this.#sum += value;
    this.#count += 1;
    if (this.#count < this.#length) return;
    this.#means.push(this.#sum / this.#count);
    this.#sum = 0;
    this.#count = 0;
  }

  get estimate(): Estimate {
    return estimateOf(this.#means);
  }

  /** Known well enough, or as well as can be had for the time. */
  get isDone(): boolean {
    const count = this.#means.length;
    if (count < BATCHES_MIN || count % BATCHES_MIN !== 0) return false;
    const { mean, standardError } = this.estimate;
    const values = count * this.#length;
    // Twice as sharp as it has to be finds a formula that is off by 5 %; an interval that just will do does so by luck.
    const margin = values >= VALUES_ENOUGH ? 1.2 : 2;
    return values >= VALUES_MAX || isSharp(mean, margin * standardError);
  }
}

/** Mean of independent values, and its standard error. */
export function estimateOf(values: readonly number[]): Estimate {
  const count = values.length;
  assert(count > 1, 'one value has no spread');
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const squares = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  return { mean, standardError: Math.sqrt(squares / (count - 1) / count) };
}

/** A ratio of two sums over the same periods, and its standard error (Cochran 1977, the ratio estimator). */
export function ratioOf(above: Float64Array, below: Float64Array): Estimate {
  const count = above.length;
  const sum = (values: Float64Array): number => values.reduce((all, value) => all + value, 0);
  const mean = sum(above) / sum(below);
  const off = Array.from(above, (value, i) => value - mean * (below[i] as number));
  return { mean, standardError: (estimateOf(off).standardError * count) / sum(below) };
}

/** The mean of values, less what a control of mean 0 that they follow says (Law and Kelton, control variates). */
export function controlled(values: readonly number[], controls: readonly number[]): Estimate {
  const [value, control] = [estimateOf(values).mean, estimateOf(controls).mean];
  let [both, square] = [0, 0];
  for (const [i, own] of controls.entries()) {
    both += (own - control) * ((values[i] as number) - value);
    square += (own - control) * (own - control);
  }
  const slope = square === 0 ? 0 : both / square;
  return estimateOf(values.map((one, i) => one - slope * (controls[i] as number)));
}
