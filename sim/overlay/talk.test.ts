import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Talk, TalkAnswers, talkLengths } from './talk.ts';

const MESSAGES = fc.array(
  fc.record({
    afterMs: fc.nat(50),
    up: fc.nat(300),
    down: fc.integer({ min: 1, max: 300 }),
  }),
  { minLength: 1, maxLength: 8 },
);

/** What a talk says when all is due, in pieces of at most so many octets. */
function said(talk: Talk, pieces: readonly number[]): Uint8Array {
  const out = new Uint8Array(8_192);
  let at = 0;
  for (let i = 0; ; i++) {
    const room = pieces[i % pieces.length] as number;
    const length = talk.transmit(1e9, out, at, at + room);
    if (length === 0) return out.slice(0, at);
    at += length;
  }
}

test('whatever the pieces, the other side knows what it owes, and when all has come', () => {
  const pieces = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(MESSAGES, pieces, pieces, fc.nat(), (messages, out, parts, bad) => {
      const talk = new Talk(7, messages);
      talk.begin(0);
      const octets = said(talk, out);
      const { up, down } = talkLengths(messages);
      expect(octets.length).toBe(up);
      const answers = new TalkAnswers(7, messages.length);
      let wrong = 0;
      for (let at = 0, i = 0; at < up; i++) {
        expect(answers.isWhole).toBe(false);
        const end = Math.min(up, at + (parts[i % parts.length] as number));
        wrong += answers.receive(octets, at, end);
        at = end;
      }
      expect([answers.isWhole, answers.owed, wrong]).toEqual([true, down, 0]);
      // Content that was altered is counted; the head of the first message is not content.
      const first = messages[0]?.up ?? 0;
      if (first === 0) return;
      const at = 4 + (bad % first);
      octets[at] = (octets[at] as number) ^ 1;
      expect(new TalkAnswers(7, messages.length).receive(octets, 0, up)).toBe(1);
    }),
  );
});

test('messages go when they are due, and answers are timed from then', () => {
  const talk = new Talk(1, [
    { afterMs: 0, up: 10, down: 5 },
    { afterMs: 20, up: 10, down: 5 },
    { afterMs: 20, up: 0, down: 7 },
  ]);
  talk.begin(1_000);
  const out = new Uint8Array(100);
  expect(talk.transmit(1_000, out, 0, 100)).toBe(14);
  expect(talk.nextUs(1_000)).toBe(21_000);
  expect(talk.transmit(20_999, out, 0, 100)).toBe(0);
  expect(talk.transmit(21_000, out, 0, 100)).toBe(18);
  expect(talk.nextUs(21_000)).toBe(Infinity);
  talk.received(30_000, 4);
  expect(talk.latenciesUs).toEqual([]);
  talk.received(40_000, 5);
  talk.received(50_000, 17);
  expect(talk.latenciesUs).toEqual([39_000, 29_000, 29_000]);
});
