import { expect, test } from 'vitest';
import { BufferPool } from '#core/base/buffer-pool.ts';
import type { Suite } from '#core/crypto/mod.ts';
import { createNativeSuite } from '#core/crypto/native/mod.ts';
import { ADMISSION_REJECTS, LINK_REJECTS, UNIT_MAX } from '#core/link/mod.ts';
import { RandomStream } from '../random.ts';
import { spoilSuite } from '../scenario/mod.ts';
import { isSound, misbehave, mutateDecoders } from './mod.ts';
import { KNOWN_OPENING, makeKnownVictim, PeerSealer } from './peer.ts';

/** Decoders that took what was forged, or refused what was genuine, under a suite. */
function unsound(suite: Suite, runs: number): readonly string[] {
  const { reports } = mutateDecoders(suite, '1', runs);
  return reports.filter((report) => !isSound(report)).map(({ decoder }) => decoder);
}

test('mutated transcripts give a value or a verdict, nothing forged, and hit every counter of a link', () => {
  const { reports, rejects } = mutateDecoders(createNativeSuite(), '1', 1_000);
  for (const report of reports) expect(isSound(report), JSON.stringify(report)).toBe(true);
  // 128 MiB under one key are no mutation, and what a peer takes is nothing it says: misbehave.ts commits both.
  expect(LINK_REJECTS.filter((reject) => rejects.get(reject) === 0)).toEqual([
    'key-overdue',
    'unread',
  ]);
});

test.each([
  [
    'records that are not sealed',
    spoilSuite(createNativeSuite(), 'skip-seal'),
    ['first message', 'second message', 'records'],
  ],
  [
    'signatures that nobody checks',
    { ...createNativeSuite(), verify: () => true },
    ['certificate', 'statement', 'introduction'],
  ],
  [
    'signatures that never hold',
    { ...createNativeSuite(), verify: () => false },
    ['certificate', 'statement', 'introduction'],
  ],
])('the same check finds %s', (_, suite, decoders) => {
  expect(unsound(suite, 300)).toEqual(decoders);
});

test('every offence is counted as what it is, once, and every counter has its offence', {
  timeout: 180_000,
}, () => {
  const seen = misbehave(createNativeSuite(), new RandomStream('1', 'misbehave'));
  for (const { reject, counted, total } of seen)
    expect([reject, counted, total]).toEqual([reject, 1, 1]);
  const names = seen.map(({ reject }) => reject).sort();
  expect(names).toEqual([...LINK_REJECTS, ...ADMISSION_REJECTS].sort());
});

test('a stranger may send nothing but its introduction, not even a rekey', () => {
  const suite = createNativeSuite();
  const victim = makeKnownVictim(suite, new BufferPool(UNIT_MAX, 1));
  victim.link.receive(0, Uint8Array.from(KNOWN_OPENING), 0, KNOWN_OPENING.length);
  const rekey = new PeerSealer(suite).record(2, new Uint8Array(0));
  victim.link.receive(0, rekey, 0, rekey.length);
  expect(victim.rejects.get('record-unexpected')).toBe(1);
});
