import { expect, test } from 'vitest';
import { BufferPool } from '#core/base/buffer-pool.ts';
import { createNativeSuite } from '#core/crypto/native/mod.ts';
import { ADMISSION_REJECTS, LINK_REJECTS, UNIT_MAX } from '#core/link/mod.ts';
import { RandomStream } from '../random.ts';
import { spoilSuite } from '../scenario/mod.ts';
import { misbehave, mutateDecoders } from './mod.ts';
import { KNOWN_OPENING, makeKnownVictim, PeerSealer } from './peer.ts';

test('mutated transcripts give a value or a verdict, and never an octet nobody sent', () => {
  const { reports, rejects } = mutateDecoders(createNativeSuite(), '1', 400);
  for (const report of reports) {
    expect(report.values + report.verdicts, report.decoder).toBe(report.runs);
    expect(report.verdicts, report.decoder).toBeGreaterThan(0);
    expect(report.forgeries, report.decoder).toBe(0);
  }
  expect(rejects.get('length-forged')).toBeGreaterThan(0);
  expect(rejects.get('truncated')).toBeGreaterThan(0);
});

test('the same check finds forgeries when records are not sealed', () => {
  const { reports } = mutateDecoders(spoilSuite(createNativeSuite(), 'skip-seal'), '1', 100);
  expect(reports.find(({ decoder }) => decoder === 'records')?.forgeries).toBeGreaterThan(0);
});

test('every offence is counted as what it is, once, and every counter has its offence', () => {
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
