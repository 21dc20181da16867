import { assert } from '#core/base/assert.ts';
import { isSharp } from './case.ts';

/** Batches below which their spread says little. */
const BATCHES_MIN = 32;
const BATCHES_MAX = 4096;

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
    // Twice as sharp as it has to be: an interval that is just narrow enough is so by luck.
    return count >= BATCHES_MAX || isSharp(mean, 2 * standardError);
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
