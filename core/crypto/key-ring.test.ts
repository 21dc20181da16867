import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EPOCH_MS, KEY_OVERLAP_MS } from '../base/limits.ts';
import {
  epochOf,
  isCertified,
  isStatementOf,
  isTimely,
  makeIdentity,
  nodeIdOf,
} from './identity.ts';
import { KeyRing } from './key-ring.ts';
import { createNobleSuite } from './noble/mod.ts';

const RANDOM = Object.freeze({ fill: (bytes: Uint8Array) => bytes.fill(9) });
const EPOCH = 100;

test('an epoch brings new keys; the old ones live on for an hour, then no more', () => {
  const suite = createNobleSuite();
  const identity = makeIdentity(suite, RANDOM, new Uint8Array(32), EPOCH + 9);
  const ring = new KeyRing(suite, RANDOM, identity, 3);
  expect(ring.live).toEqual([]);
  expect(ring.nextMs).toBe(Number.POSITIVE_INFINITY);
  expect(ring.turn(EPOCH * EPOCH_MS + 5)).toBe(true);
  expect(ring.turn(EPOCH * EPOCH_MS + 6)).toBe(false);
  const nextMs = (EPOCH + 1) * EPOCH_MS;
  expect(ring.nextMs).toBe(nextMs);
  expect(ring.turn(nextMs)).toBe(true);
  expect(ring.live.map(({ statement }) => [statement.epoch, statement.boot])).toEqual([
    [EPOCH + 1, 3],
    [EPOCH, 3],
  ]);
  expect(ring.nextMs).toBe(nextMs + KEY_OVERLAP_MS);
  const old = ring.live[1];
  expect(ring.turn(nextMs + KEY_OVERLAP_MS)).toBe(false);
  expect(ring.live).toHaveLength(1);
  expect(() => old?.onion.decapsulate(new Uint8Array(1120))).toThrow('destroyed');
  expect(() => old?.link.decapsulate(new Uint8Array(1120))).toThrow('destroyed');
  // A clock that jumps far forward leaves nothing of the past.
  expect(ring.turn(nextMs + 5 * EPOCH_MS)).toBe(true);
  expect(ring.live).toHaveLength(1);
});

test('a statement is good from an hour before its epoch to an hour behind it', () => {
  const suite = createNobleSuite();
  const identity = makeIdentity(suite, RANDOM, new Uint8Array(32), EPOCH);
  const ring = new KeyRing(suite, RANDOM, identity, 0);
  ring.turn(EPOCH * EPOCH_MS);
  const statement = ring.live[0]?.statement;
  if (statement === undefined) throw new Error('there is one');
  const [beginMs, endMs] = [EPOCH * EPOCH_MS, (EPOCH + 1) * EPOCH_MS];
  const good = [beginMs - KEY_OVERLAP_MS, beginMs, endMs, endMs + KEY_OVERLAP_MS - 1];
  const bad = [beginMs - KEY_OVERLAP_MS - 1, endMs + KEY_OVERLAP_MS];
  expect(good.map((wallMs) => isTimely(statement, wallMs))).toEqual([true, true, true, true]);
  expect(bad.map((wallMs) => isTimely(statement, wallMs))).toEqual([false, false]);
  const id = nodeIdOf(suite, identity.certificate.identityKey);
  expect(isStatementOf(suite, statement, id, endMs)).toBe(true);
  expect(isStatementOf(suite, { ...statement, boot: 1 }, id, endMs)).toBe(false);
  expect(isStatementOf(suite, statement, id, endMs + KEY_OVERLAP_MS)).toBe(false);
});

test('a certificate ends with its last epoch, give or take an hour', () => {
  const suite = createNobleSuite();
  const { certificate } = makeIdentity(suite, RANDOM, new Uint8Array(32), EPOCH);
  const endMs = (EPOCH + 1) * EPOCH_MS;
  expect(isCertified(suite, certificate, endMs + KEY_OVERLAP_MS - 1)).toBe(true);
  expect(isCertified(suite, certificate, endMs + KEY_OVERLAP_MS)).toBe(false);
});

test('a clock that was wrong costs one epoch at most, and no epoch is signed twice', () => {
  const suite = createNobleSuite();
  const identity = makeIdentity(suite, RANDOM, new Uint8Array(32), EPOCH + 9_999);
  const ring = new KeyRing(suite, RANDOM, identity, 0);
  const signed: number[] = [];
  const turn = (wallMs: number): void => {
    if (ring.turn(wallMs)) signed.push(ring.live[0]?.statement.epoch ?? -1);
    for (const { statement } of ring.live) expect(isTimely(statement, wallMs)).toBe(true);
    expect(ring.nextMs).toBeGreaterThan(wallMs);
    expect(ring.nextMs - wallMs).toBeLessThanOrEqual(EPOCH_MS);
  };
  const nowMs = (EPOCH + 0.5) * EPOCH_MS;
  for (const offsetMs of [
    0,
    120 * EPOCH_MS,
    1,
    2,
    EPOCH_MS,
    -3 * EPOCH_MS,
    EPOCH_MS + 1,
    2 * EPOCH_MS,
  ])
    turn(nowMs + offsetMs);
  expect(new Set(signed).size).toBe(signed.length);
  expect(ring.live.length).toBeGreaterThan(0);
});

test('whatever the clock does: a new count of starts brings keys of this epoch, and no statement has a twin', () => {
  const suite = createNobleSuite();
  const identity = makeIdentity(suite, RANDOM, new Uint8Array(32), EPOCH + 9_999);
  const nowMs = (EPOCH + 0.1) * EPOCH_MS;
  const glitch = fc.integer({ min: -12, max: 12 }).map((halfHours) => halfHours * (EPOCH_MS / 6));
  let spent = 0;
  fc.assert(
    fc.property(fc.array(glitch, { minLength: 1, maxLength: 6 }), (offsets) => {
      let boot = 1;
      const ring = new KeyRing(suite, RANDOM, identity, boot);
      const signed = new Set<string>();
      const turn = (wallMs: number): void => {
        const known = new Set(ring.live.map(({ statement }) => statement));
        expect(ring.turn(wallMs)).toBe(ring.live.some(({ statement }) => !known.has(statement)));
        for (const { statement } of ring.live) {
          if (known.has(statement)) continue;
          const name = `${statement.epoch} ${statement.boot}`;
          expect(signed.has(name)).toBe(false);
          signed.add(name);
        }
        const isThere = ring.live.some(({ statement }) => statement.epoch >= epochOf(wallMs));
        expect(ring.isSpent).toBe(!isThere);
      };
      for (const offsetMs of offsets) {
        turn(nowMs + offsetMs);
        turn(nowMs);
        if (!ring.isSpent) continue;
        spent += 1;
        ring.begin(++boot);
        turn(nowMs);
        expect(ring.isSpent).toBe(false);
      }
    }),
    { numRuns: 12, seed: 4 },
  );
  expect(spent).toBeGreaterThan(5);
});
