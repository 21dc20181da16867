import fs from 'node:fs';
import promises, { type FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { asciiBytes } from '#core/base/bytes.ts';
import type { HostEvent } from '#core/host/mod.ts';
import { createKeyFile } from './key-file.ts';
import { FileStore } from './store.ts';
import { decodeRecords, logPath } from './store-files.ts';

// What reaches the disk, in which order, and what is left when the disk refuses once. The calls are noted where
// the code under test takes them from Node; nothing of it knows.

let folder = '';
let calls: string[] = [];
/** Calls that fail, once each. */
const refused = new Set<string>();
const names = new Map<number, string>();

function done(call: string): void {
  calls.push(call);
  if (refused.delete(call)) throw Object.assign(new Error('refused'), { code: 'EIO' });
}

beforeEach(async () => {
  folder = fs.mkdtempSync(join(tmpdir(), 'spn-durable-'));
  const { openSync, fsyncSync, writeSync } = fs;
  const { open, rename } = promises;
  vi.spyOn(fs, 'openSync').mockImplementation((path, ...rest) => {
    const file = openSync(path, ...rest);
    names.set(file, basename(`${path}`));
    return file;
  });
  vi.spyOn(fs, 'writeSync').mockImplementation(((file: number, bytes: Uint8Array) => {
    done(`write ${names.get(file)}`);
    return writeSync(file, bytes);
  }) as typeof fs.writeSync);
  vi.spyOn(fs, 'fsyncSync').mockImplementation((file) => {
    done(`sync ${names.get(file)}`);
    fsyncSync(file);
  });
  vi.spyOn(promises, 'open').mockImplementation(async (path, ...rest) => {
    const file = await open(path, ...rest);
    names.set(file.fd, basename(`${path}`));
    return file;
  });
  vi.spyOn(promises, 'rename').mockImplementation(async (from, to) => {
    done(`rename ${basename(`${from}`)} ${basename(`${to}`)}`);
    await rename(from, to);
  });
  syncBuiltinESMExports();
  const file = await open(folder, 'r');
  const kind = Object.getPrototypeOf(file) as FileHandle;
  await file.close();
  for (const [name, shown] of METHODS) {
    const own = kind[name] as (...given: unknown[]) => Promise<void>;
    vi.spyOn(kind, name).mockImplementation(async function (this: FileHandle, ...given: unknown[]) {
      const call = `${shown} ${names.get(this.fd)}`;
      // As a full disk does it: some of the octets are there.
      if (name === 'appendFile' && refused.has(call))
        await own.call(this, (given[0] as Uint8Array).subarray(0, 11));
      done(call);
      return own.apply(this, given);
    } as never);
  }
});
const METHODS = Object.freeze([
  ['writeFile', 'write'],
  ['appendFile', 'append'],
  ['sync', 'sync'],
  ['datasync', 'sync'],
  ['truncate', 'cut'],
] as const);
afterEach(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
  fs.rmSync(folder, { recursive: true, force: true });
  refused.clear();
  names.clear();
  calls = [];
});

/** What storage answers to these appends, one after the other, noted among the calls. */
async function append(...texts: readonly string[]): Promise<FileStore> {
  const store = new FileStore(folder, (event) => calls.push(shown(event)));
  for (const text of texts) {
    store.perform({ kind: 'append', log: 'log', bytes: asciiBytes(text) });
    const before = calls.filter((call) => /^(?:appended|failed)/.test(call)).length;
    while (calls.filter((call) => /^(?:appended|failed)/.test(call)).length === before)
      await new Promise(setImmediate);
  }
  await store.stop();
  return store;
}

function shown(event: HostEvent): string {
  if (event.kind === 'appended') return `appended ${event.position}`;
  return event.kind === 'storage-failed' ? `failed: ${event.reason}` : event.kind;
}

function records(): readonly string[] {
  const bytes = new Uint8Array(fs.readFileSync(logPath(folder, 'log')));
  const decoded = decodeRecords(bytes);
  expect(decoded.length).toBe(bytes.length);
  return decoded.records.map((record) => String.fromCharCode(...record));
}

test('a key file is durable, and so is its name, before it is said to be there', () => {
  createKeyFile(join(folder, 'node.key'), new Uint8Array(32).fill(7));
  expect(calls).toEqual(['write node.key', 'sync node.key', `sync ${basename(folder)}`]);
});

test.each(['write node.key', 'sync node.key', 'sync FOLDER'])(
  'a key file is not there when this fails: %s',
  (call) => {
    refused.add(call.replace('FOLDER', basename(folder)));
    const path = join(folder, 'node.key');
    expect(() => createKeyFile(path, new Uint8Array(32))).toThrow('cannot create the key file');
    expect(fs.existsSync(path)).toBe(false);
    createKeyFile(path, new Uint8Array(32));
  },
);

test('a value is on disk before its name, and its name before the answer', async () => {
  const store = new FileStore(folder, (event) => calls.push(shown(event)));
  store.perform({ kind: 'put', key: 'key', bytes: asciiBytes('x') });
  await store.stop();
  expect(calls).toEqual(['write key~', 'sync key~', 'rename key~ key', 'sync values', 'stored']);
});

test.each(['write key~', 'sync key~', 'rename key~ key', 'sync values'])(
  'a value is not said to be stored when this fails: %s',
  async (call) => {
    refused.add(call);
    const store = new FileStore(folder, (event) => calls.push(shown(event)));
    store.perform({ kind: 'put', key: 'key', bytes: asciiBytes('x') });
    await store.stop();
    expect(calls.at(-1)).toBe('failed: EIO');
    expect(calls).not.toContain('stored');
  },
);

test('a record is on disk before the answer, and so is the name of a new log', async () => {
  await append('one', 'two');
  expect(calls).toEqual([
    ...['sync logs', 'append log', 'sync log', 'appended 0'],
    ...['append log', 'sync log', 'appended 1'],
  ]);
});

test.each(['append log', 'sync log'])(
  'a record that was not written leaves nothing, and what follows is kept: %s fails',
  async (call) => {
    await append('one');
    refused.add(call);
    await append('torn', 'three');
    expect(calls.slice(calls.indexOf('cut log'))).toEqual([
      ...['cut log', 'failed: EIO', 'append log', 'sync log', 'appended 1'],
    ]);
    expect(records()).toEqual(['one', 'three']);
    const { snapshot } = await append();
    expect(snapshot.logs.get('log')).toEqual([asciiBytes('one'), asciiBytes('three')]);
  },
);

test('a log that cannot be cut takes nothing more, for what came behind would be lost', async () => {
  await append('one');
  refused.add('append log').add('cut log');
  await append('torn', 'three');
  expect(calls.slice(-2)).toEqual([
    'failed: EIO',
    'failed: an earlier write to this log could not be undone',
  ]);
  const { snapshot } = await append();
  expect(snapshot.logs.get('log')).toEqual([asciiBytes('one')]);
});
