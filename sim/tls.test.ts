import { expect, test } from 'vitest';
import { createSeededSuite } from '#core/crypto/seeded/mod.ts';
import {
  TEST_ONLY_ANCHOR,
  TEST_ONLY_EXPIRED_CHAIN,
  TEST_ONLY_GOOD_CHAIN,
  TEST_ONLY_STRANGER_CHAIN,
} from '#core/host/fixtures/test-only-tls.case.ts';
import { certificates, clientHello, decodeChain, finished, serverHello } from './tls-handshake.ts';
import { RecordSeal } from './tls-records.ts';
import { chainDer, judge } from './tls-verdict.ts';

const SUITE = createSeededSuite();
const RANDOM = new Uint8Array(32).fill(7);
const NOW_MS = 1_767_225_600_000;

function seals() {
  const make = () => new RecordSeal(SUITE, 'world', 'up', RANDOM, RANDOM);
  return { ours: make(), theirs: make() };
}

test('messages have the sizes of TLS 1.3', () => {
  const { ours } = seals();
  const der = chainDer(TEST_ONLY_GOOD_CHAIN);
  expect(clientHello(RANDOM, 'node.test').length).toBe(1540);
  expect(serverHello(RANDOM).length + certificates(der, ours).length).toBe(
    1300 + (der[0]?.length ?? 0),
  );
  expect(finished(ours).length).toBe(74);
  expect(ours.seal(23, new Uint8Array(100)).length).toBe(5 + 100 + 1 + 16);
});

test('records open in their order, once, untouched, and in their world only', () => {
  const { ours, theirs } = seals();
  const [first, second] = [ours.seal(23, RANDOM), ours.seal(23, RANDOM)];
  expect(theirs.open(first)?.content).toEqual(RANDOM);
  expect(theirs.open(first)).toBe(undefined);
  const broken = second.slice();
  broken[20] = (broken[20] as number) ^ 1;
  expect(seals().theirs.open(broken)).toBe(undefined);
  expect(new RecordSeal(SUITE, 'other', 'up', RANDOM, RANDOM).open(first)).toBe(undefined);
  expect(Buffer.from(first).includes(Buffer.from(RANDOM))).toBe(false);
});

test('a chain crosses in pieces, however long it is', () => {
  const chain = Array.from({ length: 40 }, (_, i) => new Uint8Array(900).fill(i));
  const { ours, theirs } = seals();
  const flight = certificates(chain, ours);
  let body = new Uint8Array(0);
  for (let at = 0; at < flight.length; ) {
    const end = at + 5 + ((flight[at + 3] as number) << 8) + (flight[at + 4] as number);
    const content = theirs.open(flight.slice(at, end))?.content ?? new Uint8Array(0);
    expect(decodeChain(body)).toBe(undefined);
    body = new Uint8Array([...body, ...content]);
    at = end;
  }
  expect(decodeChain(body)).toEqual(chain);
});

test.each([
  ['ok', TEST_ONLY_GOOD_CHAIN, 'node.test', TEST_ONLY_ANCHOR, NOW_MS],
  ['wrong-name', TEST_ONLY_GOOD_CHAIN, 'other.test', TEST_ONLY_ANCHOR, NOW_MS],
  ['wrong-name', TEST_ONLY_GOOD_CHAIN, '10.0.0.1', TEST_ONLY_ANCHOR, NOW_MS],
  ['unknown-issuer', TEST_ONLY_STRANGER_CHAIN, 'node.test', TEST_ONLY_ANCHOR, NOW_MS],
  ['unknown-issuer', TEST_ONLY_GOOD_CHAIN, 'node.test', '', NOW_MS],
  ['expired', TEST_ONLY_EXPIRED_CHAIN, 'node.test', TEST_ONLY_ANCHOR, NOW_MS],
  ['expired', TEST_ONLY_GOOD_CHAIN, 'node.test', TEST_ONLY_ANCHOR, 0],
  ['other', 'no certificate', 'node.test', TEST_ONLY_ANCHOR, NOW_MS],
] as const)('%s', (verdict, chainPem, name, anchorsPem, wallMs) => {
  expect(judge(chainDer(chainPem), name, anchorsPem, wallMs).verdict).toBe(verdict);
});
