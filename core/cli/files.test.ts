import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { UserFault } from '#core/platform/mod.ts';
import { readAnchors } from './anchors.ts';
import { createDataFolder, identityFileOf, occupy } from './data-folder.ts';
import { FollowedFile } from './follow-file.ts';
import { readSmallFile } from './small-file.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'spn-cli-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function faultOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof UserFault) return error.message.replaceAll(folder, 'DIR');
    throw error;
  }
  return 'no fault';
}

/** What a followed file says, in order. */
function followed(path: string, most: number): { said: string[]; file: FollowedFile } {
  const said: string[] = [];
  const file = new FollowedFile(path, most, {
    changed: (bytes) => said.push(`${bytes.length}: ${String.fromCharCode(...bytes)}`),
    missing: (reason) => said.push(reason),
  });
  return { said, file };
}

test('a file is waited for, taken whole at each change, and missed once', async () => {
  const path = join(folder, 'snapshot');
  const { said, file } = followed(path, 100);
  try {
    await expect.poll(() => said).toEqual(['it is not there']);
    writeFileSync(path, 'one');
    await expect.poll(() => said.at(-1)).toBe('3: one');
    writeFileSync(`${path}~`, 'two');
    renameSync(`${path}~`, path);
    await expect.poll(() => said.at(-1)).toBe('3: two');
    rmSync(path);
    await expect.poll(() => said.at(-1)).toBe('it is not there');
    mkdirSync(path);
    await expect.poll(() => said.at(-1)).toBe('it is no file');
    rmSync(path, { recursive: true });
    writeFileSync(path, 'x'.repeat(1_000));
    await expect.poll(() => said.at(-1)).toBe(`101: ${'x'.repeat(101)}`);
    expect(said).toHaveLength(6);
  } finally {
    file.stop();
  }
});

test('a data folder is made with a key for its owner alone, and never over another', () => {
  const dir = join(folder, 'node');
  createDataFolder(dir, new Uint8Array(32).fill(7));
  const key = readFileSync(identityFileOf(dir));
  expect(statSync(identityFileOf(dir)).mode & 0o777).toBe(0o600);
  expect(statSync(dir).mode & 0o777).toBe(0o700);
  expect(faultOf(() => createDataFolder(dir, new Uint8Array(32)))).toMatch(/it is there already/);
  expect(readFileSync(identityFileOf(dir))).toEqual(key);
  expect(faultOf(() => createDataFolder(join(folder, 'a/b'), key))).toBe(
    'cannot make the data folder DIR/a/b (ENOENT): name another one',
  );
});

test('two processes never use one data folder; what one that was killed left counts for nothing', async () => {
  const mark = join(folder, 'running');
  const vacate = occupy(folder);
  expect(existsSync(mark)).toBe(true);
  vacate();
  expect(existsSync(mark)).toBe(false);
  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  try {
    occupy(folder);
    const text = readFileSync(mark, 'latin1').replace(`${process.pid}`, `${other.pid}`);
    writeFileSync(mark, text);
    expect(faultOf(() => occupy(folder))).toBe(
      `the data folder DIR is in use by process ${other.pid}: stop that, or remove DIR/running if it is no node`,
    );
    // The same number before the machine was started again.
    writeFileSync(mark, `${other.pid} 1000000000\n`);
    occupy(folder)();
    writeFileSync(mark, text);
  } finally {
    const gone = new Promise((resolve) => other.on('exit', resolve));
    other.kill('SIGKILL');
    await gone;
  }
  occupy(folder)();
  writeFileSync(mark, 'nonsense');
  occupy(folder)();
  expect(faultOf(() => occupy(join(folder, 'nowhere')))).toMatch(/^cannot use the data folder/);
});

test('small files and certificates are read, or refused in one line', () => {
  const path = join(folder, 'file');
  expect(faultOf(() => readSmallFile('--trust', path, 10))).toBe(
    'cannot read --trust DIR/file (ENOENT): name another one',
  );
  expect(faultOf(() => readSmallFile('--trust', folder, 10))).toMatch(/is no file/);
  writeFileSync(path, '01234567890');
  expect(readSmallFile('--trust', path, 11)).toBe('01234567890');
  expect(faultOf(() => readSmallFile('--trust', path, 10))).toMatch(/has 11 octets, at most 10/);
  expect(faultOf(() => readAnchors(path))).toMatch(/has no certificate/);
  writeFileSync(path, '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
  expect(faultOf(() => readAnchors(path))).toMatch(/certificate 1 of 1 is none/);
});
