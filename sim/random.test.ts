import fc from 'fast-check';
import { expect, test } from 'vitest';
import { drawsHash, RandomStream } from './random.ts';

test('a stream depends on seed and name, and on nothing else', () => {
  const draw = (seed: string, name: string) => {
    const stream = new RandomStream(seed, name);
    return Array.from({ length: 8 }, () => stream.u32());
  };
  expect(draw('s', 'a')).toEqual(draw('s', 'a'));
  expect(draw('s', 'a')).not.toEqual(draw('s', 'b'));
  expect(draw('s', 'a')).not.toEqual(draw('t', 'a'));
  expect(draw('sa', '')).not.toEqual(draw('s', 'a'));
});

test('below stays below, and every value is about equally likely', () => {
  const stream = new RandomStream('s', 'below');
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 32 }), (n) => {
      const drawn = stream.below(n);
      return Number.isInteger(drawn) && drawn >= 0 && drawn < n;
    }),
  );
  const counts = new Array<number>(10).fill(0);
  for (let i = 0; i < 100_000; i++) (counts[stream.below(10)] as number)++;
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500);
});

test('chances come as often as they say; certain ones draw nothing', () => {
  const stream = new RandomStream('s', 'chance');
  expect([stream.chancePpm(0), stream.chancePpm(1_000_000), stream.count]).toEqual([
    false,
    true,
    0,
  ]);
  let hits = 0;
  for (let i = 0; i < 100_000; i++) if (stream.chancePpm(20_000)) hits += 1;
  expect(Math.abs(hits - 2_000)).toBeLessThan(200);
});

test('fill gives the words as little-endian octets, and a short rest', () => {
  const words = new RandomStream('s', 'x');
  const bytes = new Uint8Array(7);
  new RandomStream('s', 'x').fill(bytes);
  const view = new DataView(bytes.buffer);
  expect(view.getUint32(0, true)).toBe(words.u32());
  const second = words.u32();
  expect([bytes[4], bytes[5], bytes[6]]).toEqual([
    second & 255,
    (second >> 8) & 255,
    (second >> 16) & 255,
  ]);
});

test('the draws hash sees who drew how much, whatever the order of asking', () => {
  const make = (names: readonly string[]) => names.map((name) => new RandomStream('s', name));
  const streams = make(['a', 'b']);
  const before = drawsHash(streams);
  streams[0]?.u32();
  const after = drawsHash(streams);
  expect(after).not.toBe(before);
  expect(drawsHash([...streams].reverse())).toBe(after);
});
