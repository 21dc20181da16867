import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { WindowSet } from './windows.ts';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));

/** Where a stranger's octets meet those of a set, nothing left out. */
function meets(own: string, other: string): number {
  return new WindowSet([bytes(own)]).find(bytes(other), new WindowSet([]));
}

describe('what two strangers must not share', () => {
  test.each([
    ['eight random octets', 'b0d08f35b4683381'],
    ['a number of four random octets behind a counter', '00000001abcdef93'],
    ['the same before one', 'abcdef9300000001'],
    ['a number of four octets within a head', '0001abcdef930300'],
  ])('%s', (_, shared) => {
    expect(meets(`ffff${shared}eeee`, `11${shared}22`)).toBe(1);
  });

  test.each([
    ['the head of a frame on circuit 1 behind three octets', '7d0b930000000103'],
    ['the same head before three octets, a small one among them', '00000001036207f1'],
    ['padding', '0000000000000000'],
    ['a counter', '0001020304050607'],
  ])('and what anybody may have: %s', (_, shared) => {
    expect(meets(shared, shared)).toBe(-1);
  });

  test('but not what everybody was told', () => {
    const told = new WindowSet([bytes('b0d08f35b4683381')]);
    expect(told.find(bytes('b0d08f35b4683381'), told)).toBe(-1);
  });
});

test('of any strings it finds what a search place by place finds', () => {
  const octets = fc.array(fc.nat(9), { maxLength: 60 }).map((ranks) => {
    // Few different windows, so that some are shared: stretches of one string of random octets.
    const random = bytes('b0d08f35b4683381abcdef93c7215a6e'.repeat(2));
    return Uint8Array.from(ranks.flatMap((rank) => [...random.subarray(rank, rank + 5)]));
  });
  const windowsOf = (string: Uint8Array): readonly string[] =>
    Array.from({ length: Math.max(0, string.length - 7) }, (_, at) =>
      string.subarray(at, at + 8).toHex(),
    );
  fc.assert(
    fc.property(fc.array(octets, { maxLength: 4 }), octets, octets, (own, other, told) => {
      const ours = new Set(own.flatMap(windowsOf));
      const known = new Set(windowsOf(told));
      const expected = windowsOf(other).findIndex(
        (window) =>
          ours.has(window) && !known.has(window) && new Set(window.match(/../g)).size >= 6,
      );
      expect(new WindowSet(own).find(other, new WindowSet([told]))).toBe(expected);
    }),
  );
});
