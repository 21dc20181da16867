import { describe, expect, test } from 'vitest';
import { WindowSet } from './windows.ts';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));

/** Where a stranger's octets meet those of a set, nothing left out. */
function meets(own: string, other: string): number {
  const set = new WindowSet();
  set.add(bytes(own));
  return set.find(bytes(other), new WindowSet());
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
    const [set, told] = [new WindowSet(), new WindowSet()];
    for (const one of [set, told]) one.add(bytes('b0d08f35b4683381'));
    expect(set.find(bytes('b0d08f35b4683381'), told)).toBe(-1);
  });
});
