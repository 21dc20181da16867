import { expect, test } from 'vitest';
import { REKEY_EARN_US, REKEY_OCTETS, REKEY_US, REKEYS_AT_ONCE } from '../base/limits.ts';
import { KeyChain } from './key-chain.ts';
import { createNobleSuite } from './noble/mod.ts';

const zeros = new Uint8Array(32);

test('the secret behind a key is overwritten with the next one, and wiped at the end', () => {
  const secret = new Uint8Array(32).fill(7);
  const chain = new KeyChain(0, createNobleSuite(), secret, 'test');
  const seen = [secret.slice()];
  const first = chain.key;
  chain.advance();
  seen.push(secret.slice());
  expect(seen[0]).not.toEqual(new Uint8Array(32).fill(7));
  expect(seen[1]).not.toEqual(seen[0]);
  expect(() => first.seal(0, zeros, 0, 1, new Uint8Array(40), 0)).toThrow('destroyed');
  chain.destroy();
  expect(secret).toEqual(zeros);
});

test('a sender is due before it would pass 64 MiB, and after a minute of use', () => {
  const chain = new KeyChain(0, createNobleSuite(), new Uint8Array(32), 'test');
  expect(chain.dueUs(100)).toBe(Number.POSITIVE_INFINITY);
  chain.used(5, REKEY_OCTETS - 100);
  expect(chain.dueUs(100)).toBe(5 + REKEY_US);
  expect(chain.dueUs(101)).toBe(0);
});

test('changes of key are earned by time and octets, beyond a first few', () => {
  const chain = new KeyChain(0, createNobleSuite(), new Uint8Array(32), 'test');
  for (let i = 0; i < REKEYS_AT_ONCE; i++) expect(chain.mayAdvance(0)).toBe(true);
  expect(chain.mayAdvance(0)).toBe(false);
  expect(chain.mayAdvance(2 * REKEY_EARN_US)).toBe(true);
  chain.used(0, REKEY_OCTETS);
  expect(chain.mayAdvance(2 * REKEY_EARN_US)).toBe(true);
});

test('another label gives another key', () => {
  const keys = ['a', 'b'].map((label) => {
    const chain = new KeyChain(0, createNobleSuite(), new Uint8Array(32), label);
    const out = new Uint8Array(17);
    chain.key.seal(0, zeros, 0, 1, out, 0);
    return out;
  });
  expect(keys[0]).not.toEqual(keys[1]);
});
