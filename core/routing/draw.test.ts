import fc from 'fast-check';
import { expect, test } from 'vitest';
import { repeatableRandom } from '#core/directory/network.case.ts';
import { drawBelow, drawByWeight } from './draw.ts';

/** Octets in the order given, then zeros. */
function scripted(...octets: readonly number[]) {
  let at = 0;
  return {
    fill: (bytes: Uint8Array) => {
      for (let i = 0; i < bytes.length; i++) bytes[i] = octets[at++] ?? 0;
    },
    drawn: () => at,
  };
}

test('a draw is an integer below its bound, for any bound', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 53 - 1 }), fc.nat(), (n, seed) => {
      const drawn = drawBelow(repeatableRandom(seed), n);
      expect(Number.isSafeInteger(drawn) && drawn >= 0 && drawn < n).toBe(true);
    }),
  );
  expect(drawBelow(scripted(255, 255, 255, 255, 255, 255, 255), 2 ** 53)).toBe(2 ** 53 - 1);
  expect(() => drawBelow(repeatableRandom(1), 0)).toThrow('1 to 2^53');
});

test('what would favour the small ones is drawn again', () => {
  // 2^53 - 1 is the one value too many for thirds and sevenths of anything: 2^53 mod 3 = 2, mod 7 = 4.
  for (const n of [3, 7]) {
    const random = scripted(255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 2);
    expect(drawBelow(random, n)).toBe(2);
    expect(random.drawn()).toBe(14);
  }
  const even = scripted(255, 255, 255, 255, 255, 255, 255);
  expect(drawBelow(even, 8)).toBe(7);
  expect(even.drawn()).toBe(7);
});

test('each weight has its own stretch of the sum', () => {
  const items = [{ weight: 2 }, { weight: 1 }, { weight: 3 }];
  const at = (u: number) =>
    items.indexOf(drawByWeight(scripted(0, 0, 0, 0, 0, 0, u), items) as never);
  expect([0, 1, 2, 3, 4, 5].map(at)).toEqual([0, 0, 1, 2, 2, 2]);
});
