import fc from 'fast-check';
import { expect, test } from 'vitest';
import { concatBytes } from '../base/bytes.ts';
import { DNS_MESSAGE_MAX } from '../base/limits.ts';
import { FRAME_HEAD_LEN } from './frame.ts';
import { FrameReader, writeFrame } from './mod.ts';

function framed(message: Uint8Array): Uint8Array {
  const out = new Uint8Array(FRAME_HEAD_LEN + message.length);
  expect(writeFrame(message, out, 0)).toBe(out.length);
  return out;
}

/** What comes out, message by message, when the stream comes in pieces. */
function read(stream: Uint8Array, cuts: readonly number[]): (Uint8Array | 'too-long')[] {
  const frames = new FrameReader();
  const out: (Uint8Array | 'too-long')[] = [];
  let turn = 0;
  for (let at = 0; at < stream.length; ) {
    const end = Math.min(stream.length, at + (cuts[turn++ % cuts.length] as number));
    // A piece lives only as long as the call that offers it.
    const piece = stream.slice(at, end);
    for (let used = 0; used < piece.length; ) {
      used += frames.offer(piece, used, piece.length);
      if (frames.isTooLong) out.push('too-long');
      if (frames.message !== undefined) out.push(frames.message.slice());
    }
    piece.fill(0xee);
    at = end;
  }
  expect(frames.isInside).toBe(false);
  return out;
}

test('any cut of the octets gives the same messages, and passes over those too long', () => {
  const length = fc.oneof(
    fc.nat(300),
    fc.constantFrom(0, DNS_MESSAGE_MAX, DNS_MESSAGE_MAX + 1, 0xffff),
  );
  const messages = fc.array(
    length.map((size) => Uint8Array.from({ length: size }, (_, i) => i * 7)),
    { maxLength: 6 },
  );
  const cuts = fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(messages, cuts, (sent, sizes) => {
      const got = read(concatBytes(...sent.map(framed)), sizes);
      expect(got).toEqual(
        sent.map((message) => (message.length > DNS_MESSAGE_MAX ? 'too-long' : message)),
      );
    }),
  );
});

test('an end inside a message is known as one, and forgotten on request', () => {
  const frames = new FrameReader();
  expect(frames.isInside).toBe(false);
  frames.offer(Uint8Array.of(0), 0, 1);
  expect(frames.isInside).toBe(true);
  frames.offer(Uint8Array.of(3, 1), 0, 2);
  expect([frames.isInside, frames.message]).toEqual([true, undefined]);
  frames.reset();
  frames.offer(Uint8Array.of(0, 1, 5), 0, 3);
  expect([frames.isInside, frames.message]).toEqual([false, Uint8Array.of(5)]);
});
