import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fakeRecord } from './fake.case.ts';
import { digestOf, type SweepRun } from './record.ts';
import { FolderShelf } from './shelf.ts';

const TOKEN = 'v1:0123456789ab:7:two-nodes';

describe('a folder of results', () => {
  let folder = '';

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'spn-shelf-'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  /** The one file of a shelf. */
  const file = (): string => join(folder, 'runs', readdirSync(join(folder, 'runs'))[0] ?? '');

  test('gives back what it was given, to whoever opens it, and nothing else', () => {
    const record = fakeRecord(TOKEN);
    new FolderShelf(folder).put(TOKEN, record);
    const shelf = new FolderShelf(folder);
    expect(shelf.take(TOKEN)).toEqual(record);
    expect(shelf.take(`${TOKEN},octets=1`)).toBeUndefined();
    expect(shelf.spoiled).toBe(0);
    expect(readdirSync(join(folder, 'runs'))).toHaveLength(1);
  });

  test('whatever is cut off or changed is noticed', () => {
    new FolderShelf(folder).put(TOKEN, fakeRecord(TOKEN));
    const octets = readFileSync(file());
    const taken: number[] = [];
    for (let at = 0; at < octets.length; at += 11) {
      const changed = Buffer.from(octets);
      changed[at] = (changed[at] ?? 0) ^ 1;
      for (const spoiled of [octets.subarray(0, at), changed]) {
        writeFileSync(file(), spoiled);
        if (new FolderShelf(folder).take(TOKEN) !== undefined) taken.push(at);
      }
    }
    expect(taken).toEqual([]);
  });

  test('a file that is as it was sealed, and no result of a run, is noticed', () => {
    const shelf = new FolderShelf(folder);
    const { run } = fakeRecord(TOKEN);
    const assertions = [{ name: 'delivered', kind: 'always' }];
    const strange = [
      ...[null, 7, [], {}, { token: TOKEN }, { ...run, metrics: undefined }],
      ...[
        { ...run, metrics: { wide: { value: '7', unit: 'ms' } } },
        { ...run, metrics: { a: 1 } },
      ],
      ...[
        { ...run, assertions: undefined },
        { ...run, assertions },
        { ...run, params: null },
      ],
      { ...run, hashes: undefined },
    ];
    for (const one of strange) {
      const text = JSON.stringify(one);
      shelf.put(TOKEN, { sha256: digestOf(text), run: one as unknown as SweepRun });
      expect(shelf.take(TOKEN), text).toBeUndefined();
    }
    expect(shelf.spoiled).toBe(strange.length);
  });

  test('a result under the name of another is noticed', () => {
    const shelf = new FolderShelf(folder);
    shelf.put(TOKEN, fakeRecord('v1:0123456789ab:8:two-nodes'));
    expect([shelf.take(TOKEN), shelf.spoiled]).toEqual([undefined, 1]);
  });
});
