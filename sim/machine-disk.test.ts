import fc from 'fast-check';
import { expect, test } from 'vitest';
import { asciiBytes } from '#core/base/bytes.ts';
import { MachineDisk } from './machine-disk.ts';
import { RandomStream } from './random.ts';
import { octetsOnDisk, type StoreCommand } from './store.ts';

function append(text: string): StoreCommand {
  return { kind: 'append', log: 'log', bytes: asciiBytes(text) };
}

function random(): RandomStream {
  return new RandomStream('1', 'disk');
}

function textsOf(disk: MachineDisk): readonly string[] {
  const log = disk.store.snapshot().logs.get('log') ?? [];
  return log.map((record) => new TextDecoder().decode(record));
}

test.each([false, true])(
  'of a record that is torn no octet is ever read, wherever it was cut (zeros behind it: %s)',
  (isZeroed) => {
    const next = append('second');
    for (let torn = 0; torn <= octetsOnDisk(next); torn++) {
      const disk = new MachineDisk();
      disk.ask(append('first'), 0, 5);
      disk.answer();
      disk.ask(next, 0, 5);
      disk.settle('power cut', { whole: 0, torn, isZeroed }, random);
      const isWhole = torn === octetsOnDisk(next);
      expect(disk.store.torn).toBe(torn > 0 || isZeroed ? 1 : 0);
      expect(textsOf(disk)).toEqual(isWhole ? ['first', 'second'] : ['first']);
      expect([disk.store.torn, disk.store.mended]).toEqual([
        0,
        !isWhole && (torn > 0 || isZeroed) ? 1 : 0,
      ]);
      // The log goes on where it was cut.
      expect(disk.store.append('log', asciiBytes('x'))).toBe(isWhole ? 2 : 1);
    }
  },
);

test('of a value that is torn the one before it stays', () => {
  const disk = new MachineDisk();
  const put = (text: string): StoreCommand => ({
    kind: 'put',
    key: 'key',
    bytes: asciiBytes(text),
  });
  disk.ask(put('old'), 0, 5);
  disk.answer();
  disk.ask(put('new'), 0, 5);
  disk.settle('power cut', { whole: 0, torn: 2 }, random);
  expect(disk.store.torn).toBe(1);
  expect(disk.store.snapshot().values.get('key')).toEqual(asciiBytes('old'));
});

test('whatever was answered is there, and of the rest the first ones, whole', () => {
  let torn = 0;
  fc.assert(
    fc.property(fc.nat(8), fc.nat(8), fc.string(), (asked, answered, seed) => {
      const disk = new MachineDisk();
      const texts = Array.from({ length: asked }, (_, i) => `record ${i}`);
      for (const text of texts) disk.ask(append(text), 0, 5);
      for (let i = 0; i < answered; i++) disk.answer();
      disk.settle('power cut', undefined, () => new RandomStream(seed, 'disk'));
      torn += disk.store.torn;
      const kept = textsOf(disk);
      expect(kept.length).toBeGreaterThanOrEqual(Math.min(asked, answered));
      expect(kept).toEqual(texts.slice(0, kept.length));
    }),
  );
  expect(torn).toBeGreaterThan(0);
});

test('a slow disk holds up what comes behind, and one that fails answers so and keeps nothing', () => {
  const disk = new MachineDisk();
  expect(disk.ask(append('a'), 0, 5)).toBe(5);
  disk.trouble = { slowMs: 1, fails: false };
  expect(disk.ask(append('b'), 0, 5)).toBe(1_000_005);
  disk.trouble = { slowMs: 0, fails: false };
  expect(disk.ask(append('c'), 10, 5)).toBe(1_000_005);
  disk.trouble = { slowMs: 0, fails: true };
  expect(disk.answer()).toEqual({ kind: 'storage-failed', name: 'log', reason: 'EIO' });
  disk.settle('killed', undefined, random);
  expect(textsOf(disk)).toEqual([]);
});
