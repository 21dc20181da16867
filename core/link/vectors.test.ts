import { expect, test } from 'vitest';
import { createNativeSuite } from '#core/crypto/native/mod.ts';
import { encodeStatement } from '#core/wire/mod.ts';
import { toHex } from '../base/bytes.ts';
import { feed, makePair, pull } from './pair.case.ts';
import { LINK_VECTORS } from './vectors/link.ts';

test('every message of a link is octet for octet what it was', () => {
  const suite = createNativeSuite();
  const digest = (octets: Uint8Array): [number, string] => [
    octets.length,
    toHex(suite.hash(octets)),
  ];
  const pair = makePair(1, true);
  const first = pull(pair, pair.dialler);
  feed(pair, pair.answerer, first);
  const second = pull(pair, pair.answerer);
  feed(pair, pair.dialler, second);
  const introduction = pull(pair, pair.dialler);
  feed(pair, pair.answerer, introduction);
  pair.dialler.user.outbox = Uint8Array.from({ length: 100 }, (_, i) => i);
  const record = pull(pair, pair.dialler);
  feed(pair, pair.answerer, record);
  pair.answerer.user.outbox = Uint8Array.from({ length: 20_000 }, (_, i) => i & 0xff);
  pair.answerer.user.endAfter = true;
  const end = pull(pair, pair.answerer);
  expect({
    statement: digest(encodeStatement(pair.keys.statement)),
    first: digest(first),
    second: digest(second),
    introduction: digest(introduction),
    record: [record.length, toHex(record)],
    end: digest(end),
  }).toEqual(LINK_VECTORS);
});
