import type { RandomStream } from './random.ts';

const U32 = 0x1_0000_0000;

/**
 * A number with the exponential distribution of mean 1, by comparisons alone (von Neumann 1951): logarithms differ
 * between machines. Of a falling run of uniform numbers the first is taken when the run has odd length; every even one
 * adds 1.
 */
export function exponential(random: RandomStream): number {
  for (let whole = 0; ; whole++) {
    const first = random.u32();
    let last = first;
    let length = 1;
    for (let next = random.u32(); next < last; next = random.u32()) {
      last = next;
      length += 1;
    }
    if (length % 2 === 1) return whole + first / U32;
  }
}
