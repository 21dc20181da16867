import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { asciiBytes } from '#core/base/bytes.ts';
import { STORE_VALUE_MAX } from '#core/base/limits.ts';
import type { HostEvent } from '#core/host/mod.ts';
import { UserFault } from './fault.ts';
import { FileStore } from './store.ts';
import { decodeRecords, encodeRecords, logPath, valuePath } from './store-files.ts';

let folder = '';
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'spn-store-')), 'store');
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

async function stored(steps: (store: FileStore) => void): Promise<readonly string[]> {
  const lines: string[] = [];
  const store = new FileStore(folder, (event) => lines.push(lineOf(event)));
  steps(store);
  expect(lines).toEqual([]);
  await store.stop();
  return lines;
}

function lineOf(event: HostEvent): string {
  switch (event.kind) {
    case 'stored':
      return `stored ${event.key}`;
    case 'appended':
      return `appended ${event.log} ${event.position}`;
    case 'storage-failed':
      return `failed ${event.name}: ${event.reason}`;
    default:
      return event.kind;
  }
}

test('a log cut anywhere keeps its whole records, and goes on behind them', async () => {
  const records = ['first', '', 'third'].map(asciiBytes);
  const whole = encodeRecords(records);
  const ends = [0, 13, 21, 34];
  for (let length = 0; length <= whole.length; length++) {
    const kept = ends.filter((end) => end <= length).length - 1;
    expect(decodeRecords(whole.subarray(0, length))).toEqual({
      records: records.slice(0, kept),
      length: ends[kept],
    });
  }
});

test('a changed octet ends a log before its record', () => {
  const whole = encodeRecords([asciiBytes('first'), asciiBytes('second')]);
  for (let at = 13; at < whole.length; at++) {
    const changed = whole.slice();
    changed[at] = (changed[at] as number) ^ 1;
    expect(decodeRecords(changed).records).toEqual([asciiBytes('first')]);
  }
  expect(decodeRecords(new Uint8Array(64)).records).toEqual([]);
  const longest = new Uint8Array(STORE_VALUE_MAX);
  expect(decodeRecords(encodeRecords([longest])).records).toEqual([longest]);
  expect(decodeRecords(encodeRecords([new Uint8Array(STORE_VALUE_MAX + 1)])).records).toEqual([]);
});

test('a torn tail is cut off on disk before anything is appended', async () => {
  await stored((store) => {
    store.perform({ kind: 'append', log: 'log', bytes: asciiBytes('kept') });
    store.perform({ kind: 'append', log: 'log', bytes: asciiBytes('torn') });
  });
  truncateSync(logPath(folder, 'log'), 23);
  const lines = await stored((store) => {
    expect(store.snapshot.logs.get('log')).toEqual([asciiBytes('kept')]);
    store.perform({ kind: 'append', log: 'log', bytes: asciiBytes('next') });
  });
  expect(lines).toEqual(['appended log 1']);
  expect(decodeRecords(new Uint8Array(readFileSync(logPath(folder, 'log')))).records).toEqual(
    ['kept', 'next'].map(asciiBytes),
  );
});

test('a value half written is not there, and what it should replace still is', async () => {
  await stored((store) => store.perform({ kind: 'put', key: 'key', bytes: asciiBytes('old') }));
  writeFileSync(`${valuePath(folder, 'key')}~`, 'ne');
  await stored((store) => expect([...store.snapshot.values]).toEqual([['key', asciiBytes('old')]]));
  expect(readdirSync(join(folder, 'values'))).toEqual(['key']);
});

test('answers come in order for each name, a refusal in its place', async () => {
  const bytes = asciiBytes('x');
  const large = new Uint8Array(STORE_VALUE_MAX + 1);
  const lines = await stored((store) => {
    store.perform({ kind: 'append', log: 'log-a', bytes });
    store.perform({ kind: 'append', log: 'log-b', bytes });
    store.perform({ kind: 'append', log: 'log-a', bytes: large });
    store.perform({ kind: 'append', log: 'log-a', bytes });
    store.perform({ kind: 'put', key: 'Key', bytes });
  });
  expect(lines.filter((line) => line.includes('log-a'))).toEqual([
    'appended log-a 0',
    'failed log-a: too long for storage',
    'appended log-a 1',
  ]);
  expect(lines.filter((line) => !line.includes('log-a'))).toEqual([
    'appended log-b 0',
    'failed Key: not a name for storage',
  ]);
});

test('what the system refuses is a failure with a reason, and the next one works', async () => {
  const lines = await stored((store) => {
    mkdirSync(`${valuePath(folder, 'key')}~`);
    store.perform({ kind: 'put', key: 'key', bytes: asciiBytes('x') });
    store.perform({ kind: 'put', key: 'other', bytes: asciiBytes('x') });
  });
  expect(lines).toEqual(['failed key: EISDIR', 'stored other']);
});

test('only the owner reads what is stored', async () => {
  await stored((store) => {
    store.perform({ kind: 'put', key: 'key', bytes: asciiBytes('x') });
    store.perform({ kind: 'append', log: 'log', bytes: asciiBytes('x') });
  });
  const modes = [folder, join(folder, 'values'), valuePath(folder, 'key'), logPath(folder, 'log')];
  expect(modes.map((path) => statSync(path).mode & 0o777)).toEqual([0o700, 0o700, 0o600, 0o600]);
});

test('a folder that is none is the fault of the user, in one line', () => {
  appendFileSync(folder, 'a file');
  const open = (): FileStore => new FileStore(folder, () => undefined);
  expect(open).toThrow(UserFault);
  expect(open).toThrow(/^cannot use the storage folder .*: check that it is a folder.*$/);
});

test.each(['', 'values', 'logs'])(
  'a folder %s that others may use is refused in one line',
  async (part) => {
    await stored(() => undefined);
    chmodSync(join(folder, part), 0o750);
    const open = (): FileStore => new FileStore(folder, () => undefined);
    expect(open).toThrow(UserFault);
    expect(open).toThrow(`others may use the storage folder ${join(folder, part)}: run chmod go= `);
  },
);

test('a root that throws at an answer is not told that storage failed', async () => {
  const caught: string[] = [];
  process.setUncaughtExceptionCaptureCallback((error) => caught.push((error as Error).message));
  const lines: string[] = [];
  const store = new FileStore(folder, (event) => {
    lines.push(lineOf(event));
    throw new Error(`at ${lineOf(event)}`);
  });
  store.perform({ kind: 'append', log: 'log', bytes: asciiBytes('x') });
  store.perform({ kind: 'append', log: 'log', bytes: asciiBytes('x') });
  store.perform({ kind: 'put', key: 'key', bytes: asciiBytes('x') });
  await store.stop();
  process.setUncaughtExceptionCaptureCallback(null);
  expect(lines).toEqual(['appended log 0', 'appended log 1', 'stored key']);
  expect(caught).toEqual(lines.map((line) => `at ${line}`));
});
