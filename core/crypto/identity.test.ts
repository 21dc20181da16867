import { expect, test } from 'vitest';
import { encodeStatement, STATEMENT_LEN, type Statement } from '#core/wire/mod.ts';
import { asciiBytes, concatBytes } from '../base/bytes.ts';
import { EPOCH_MS } from '../base/limits.ts';
import { flip } from './fixture.case.ts';
import { isStatementOf, makeIdentity, makeNodeKeys, nodeIdOf } from './identity.ts';
import { createNobleSuite } from './noble/mod.ts';
import { SIGNATURE_LEN } from './suite.ts';

const EPOCH = 100;
const NOW_MS = (EPOCH + 0.5) * EPOCH_MS;
const RANDOM = Object.freeze({ fill: (bytes: Uint8Array) => bytes.fill(9) });

test('a statement whose own signature holds is refused for whatever else is wrong with it', () => {
  const suite = createNobleSuite();
  const { certificate, signer } = makeIdentity(suite, RANDOM, new Uint8Array(32), EPOCH);
  const expired = makeIdentity(suite, RANDOM, new Uint8Array(32), EPOCH - 1);
  const forged = { ...certificate, signature: flip(certificate.signature, 0) };
  const statement = makeNodeKeys(suite, RANDOM, { certificate, signer }, EPOCH).statement;
  /** The same node says something else, and signs it as PROTOCOL has it. */
  const said = (change: Partial<Statement>): Statement => {
    const draft = { ...statement, ...change };
    const body = encodeStatement(draft).subarray(0, STATEMENT_LEN - SIGNATURE_LEN);
    const signature = signer.sign(concatBytes(asciiBytes('spn-statement-v1'), body));
    return { ...draft, signature };
  };
  const id = nodeIdOf(suite, certificate.identityKey);
  const isGood = (one: Statement, nodeId = id): boolean =>
    isStatementOf(suite, one, nodeId, NOW_MS);
  expect(isGood(said({}))).toBe(true);
  expect(isGood(said({ boot: 7 }))).toBe(true);
  expect(isGood(said({ suite: 2 }))).toBe(false);
  expect(isGood(said({ suite: 0 }))).toBe(false);
  expect(isGood(said({ epoch: EPOCH + 2 }))).toBe(false);
  expect(isGood(said({ epoch: EPOCH - 2 }))).toBe(false);
  expect(isGood(said({ certificate: expired.certificate }))).toBe(false);
  expect(isGood(said({ certificate: forged }))).toBe(false);
  expect(isGood(said({}), flip(id, 3))).toBe(false);
  expect(isGood({ ...said({}), boot: 7 })).toBe(false);
});
