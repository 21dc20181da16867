import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CANARY, fillContent, wrongContent } from './content.ts';

function content(flow: number, isUp: boolean, at: number, length: number): Uint8Array {
  const out = new Uint8Array(length);
  fillContent(flow, isUp, at, out, 0, length);
  return out;
}

const flows = fc.integer({ min: 0, max: 0xffff_ffff });

test('any cut of a content is that content, and any other octet is counted', () => {
  fc.assert(
    fc.property(
      flows,
      fc.boolean(),
      fc.nat(2 ** 31 - 1000),
      fc.nat(300),
      fc.nat(300),
      fc.integer({ min: 1, max: 255 }),
      (flow, isUp, at, length, cut, other) => {
        const whole = content(flow, isUp, at, length);
        const from = Math.min(cut, length);
        expect(content(flow, isUp, at + from, length - from)).toEqual(whole.slice(from));
        expect(wrongContent(flow, isUp, at + from, whole, from, length)).toBe(0);
        if (from === length) return;
        whole[from] = (whole[from] as number) ^ other;
        expect(wrongContent(flow, isUp, at, whole, 0, length)).toBe(1);
      },
    ),
  );
});

test('another flow, direction or place is other content, but for the canary', () => {
  const length = 4096;
  const whole = content(7, true, 0, length);
  const least = (length * 3) / 4 - 100;
  expect(wrongContent(7, false, 0, whole, 0, length)).toBeGreaterThan(least);
  expect(wrongContent(8, true, 0, whole, 0, length)).toBeGreaterThan(least);
  for (const shift of [64, 4096, 1_000_000 * 64])
    expect(wrongContent(7, true, shift, whole, 0, length)).toBeGreaterThan(least);
});

test('every stretch of 79 octets has the canary whole', () => {
  const text = Buffer.from(content(3, false, 0, 1000));
  for (let at = 0; at + 79 <= text.length; at++)
    expect(text.subarray(at, at + 79).includes(Uint8Array.from(CANARY))).toBe(true);
});
