import { expect, test } from 'vitest';
import { RECORD_PAYLOAD_MAX } from '../base/limits.ts';
import { Liar } from './liar.case.ts';
import { feed } from './pair.case.ts';
import { RECORD_DATA, RECORD_END, RECORD_PADDING, RECORD_REKEY } from './record.ts';

test.each([
  ['whole', 66_000],
  ['in pieces', 1_000],
])('a record of the full length is taken, one octet more is refused: %s', (_how, cut) => {
  for (const type of [RECORD_DATA, RECORD_PADDING]) {
    const honest = new Liar();
    feed(honest.pair, honest.pair.answerer, honest.record(type, RECORD_PAYLOAD_MAX), () => cut);
    expect(honest.pair.answerer.link.failure).toBeUndefined();
    const length = type === RECORD_DATA ? RECORD_PAYLOAD_MAX : 0;
    expect(honest.pair.answerer.user.received).toHaveLength(length);
    const liar = new Liar();
    const { answerer } = liar.pair;
    feed(liar.pair, answerer, liar.record(type, RECORD_PAYLOAD_MAX + 1), () => cut);
    expect(answerer.rejects.get('length-invalid')).toBe(1);
    expect(answerer.user.received).toHaveLength(0);
  }
});

test.each([
  ['an end', RECORD_END],
  ['a rekey', RECORD_REKEY],
])('%s has no content', (_name, type) => {
  for (const length of [0, 1, RECORD_PAYLOAD_MAX]) {
    const liar = new Liar();
    const { answerer } = liar.pair;
    feed(liar.pair, answerer, liar.record(type, length));
    expect(answerer.rejects.get('record-unexpected')).toBe(length === 0 ? 0 : 1);
    const hasEnded = type === RECORD_END && length === 0;
    expect(answerer.user.log).toEqual(hasEnded ? ['opened', 'ended'] : ['opened']);
  }
});
