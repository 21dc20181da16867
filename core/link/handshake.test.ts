import { expect, test } from 'vitest';
import {
  linkPrologue,
  makeIdentity,
  makeNodeKeys,
  PqnkInitiator,
  PqnkResponder,
} from '#core/crypto/mod.ts';
import { createNobleSuite } from '#core/crypto/noble/mod.ts';
import { BufferPool } from '../base/buffer-pool.ts';
import { AnswerHandshake, dialHandshake } from './handshake.ts';
import { EPOCH, testRandom, wallAt } from './pair.case.ts';
import { UnitReader } from './unit-reader.ts';

const suite = createNobleSuite();
const random = testRandom(1);
const nothing = new Uint8Array(0);

test('handshake messages carry nothing: one that does is forged, at either end', () => {
  const identity = makeIdentity(suite, random, new Uint8Array(32).fill(7), EPOCH);
  const keys = makeNodeKeys(suite, random, identity, EPOCH);
  const prologue = linkPrologue(suite, keys.statement);
  for (const length of [0, 1, 100]) {
    const payload = new Uint8Array(length);
    const kindOf = (isGood: boolean): string => (isGood ? 'keys' : 'reject');
    const initiator = new PqnkInitiator(suite, keys.link.publicKey, prologue);
    const answering = new AnswerHandshake(suite, random, { live: [keys] }, wallAt(EPOCH));
    const first = initiator.writeFirst(random, payload) ?? nothing;
    expect(answering.receive(first).kind).toBe(kindOf(length === 0));

    const dialling = dialHandshake(suite, random, keys.statement, undefined);
    const responder = new PqnkResponder(suite, keys.link, prologue);
    responder.readFirst(dialling?.start() ?? nothing);
    const second = responder.writeSecond(random, payload)?.message ?? nothing;
    expect(dialling?.receive(second).kind).toBe(kindOf(length === 0));
    expect(dialling?.introduced(0, nothing)).toBe('introduction-malformed');
  }
});

test('whoever sends one octet of a short unit holds no buffer for a long one', () => {
  let lent = 0;
  const pool = new (class extends BufferPool {
    override take(): Uint8Array {
      lent += 1;
      return super.take();
    }
    override giveBack(buffer: Uint8Array): void {
      lent -= 1;
      super.giveBack(buffer);
    }
  })(16_401, 4);
  const units = new UnitReader(pool);
  for (const [length, held] of [
    [18, 0],
    [2_352, 0],
    [16_401, 1],
  ] as const) {
    units.length = length;
    units.offer(new Uint8Array(1), 0, 1);
    expect([length, lent]).toEqual([length, held]);
    units.offer(new Uint8Array(length), 0, length - 1);
    expect(units.isComplete).toBe(true);
    units.next();
    expect(lent).toBe(0);
  }
});
