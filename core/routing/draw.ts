import type { Random } from '#core/host/mod.ts';
import { assert, unreachable } from '../base/assert.ts';

const TWO_53 = 0x20_0000_0000_0000;

/** An integer from 0 to `n - 1`, each equally likely. `n` is 1 to 2^53. Draws 53 bits, again in the unfair rest. */
export function drawBelow(random: Random, n: number): number {
  assert(Number.isInteger(n) && n >= 1 && n <= TWO_53, 'drawBelow takes 1 to 2^53');
  const fair = TWO_53 - (TWO_53 % n);
  const octets = new Uint8Array(7);
  for (;;) {
    random.fill(octets);
    octets[0] = (octets[0] as number) & 0x1f;
    let drawn = 0;
    for (const octet of octets) drawn = drawn * 0x100 + octet;
    if (drawn < fair) return drawn % n;
  }
}

/** One of them, each as likely as its weight. At least one; weights are integers that add up to at most 2^53. */
export function drawByWeight<Item extends { readonly weight: number }>(
  random: Random,
  items: readonly Item[],
): Item {
  let left = drawBelow(random, sumOfWeights(items));
  for (const item of items) {
    left -= item.weight;
    if (left < 0) return item;
  }
  return unreachable('the draw is below the sum');
}

export function sumOfWeights(items: readonly { readonly weight: number }[]): number {
  return items.reduce((sum, { weight }) => sum + weight, 0);
}
