import { type ChildProcess, spawn } from 'node:child_process';
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

/** Processes start slowly where others do. */
const POLL = Object.freeze({ timeout: 20_000 });

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

/** A process that occupies a folder until it is killed, or cannot: what it says of it, once `go` is there. */
function occupant(
  dir: string,
  go: string,
): { readonly child: ChildProcess; readonly said: string[] } {
  const module = JSON.stringify(new URL('./data-folder.ts', import.meta.url).href);
  const script = `import { existsSync } from 'node:fs';
    import { occupy } from ${module};
    console.log('ready');
    while (!existsSync(${JSON.stringify(go)}));
    try { globalThis.vacate = occupy(${JSON.stringify(dir)}); console.log('held'); }
    catch (error) { console.log(error.message); }
    setInterval(() => {}, 1000);`;
  const args = ['--no-warnings', '--input-type=module', '-e', script];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const said: string[] = [];
  child.stdout.on('data', (at) => said.push(...`${at}`.trim().split('\n')));
  return { child, said };
}

function killed(child: ChildProcess): Promise<unknown> {
  const gone = new Promise((resolve) => child.on('exit', resolve));
  child.kill('SIGKILL');
  return gone;
}

test('a data folder has one process, whatever its mark says; one that was killed holds it no longer', async () => {
  const mark = join(folder, 'running');
  const { child, said } = occupant(folder, folder);
  try {
    await expect.poll(() => said, POLL).toEqual(['ready', 'held']);
    const text = readFileSync(mark, 'latin1');
    expect(faultOf(() => occupy(folder))).toBe(
      `the data folder DIR is in use by process ${child.pid}: stop that, or name another one`,
    );
    // Of our own number (in another container), of another run of the machine, of nobody, and none at all.
    const marks = [
      `${process.pid}`,
      `${process.pid} 1000000000\n`,
      `${child.pid} 1\n`,
      'nonsense',
      '',
    ];
    for (const other of marks) {
      writeFileSync(mark, other);
      expect(faultOf(() => occupy(folder))).toMatch(/^the data folder DIR is in use by /);
    }
    rmSync(mark);
    expect(faultOf(() => occupy(folder))).toMatch(/^the data folder DIR is in use by another /);
    writeFileSync(mark, text);
  } finally {
    await killed(child);
  }
  for (const left of [readFileSync(mark), `${process.ppid} 5\n`, 'nonsense', '']) {
    writeFileSync(mark, left);
    const vacate = occupy(folder);
    expect(readFileSync(mark, 'latin1')).toBe(`${process.pid}\n`);
    expect(faultOf(() => occupy(folder))).toMatch(/^the data folder DIR is in use by /);
    vacate();
    expect(existsSync(mark)).toBe(false);
  }
  expect(faultOf(() => occupy(join(folder, 'nowhere')))).toMatch(/^cannot use the data folder/);
});

test('of many that start at once over what a killed one left, one wins', async () => {
  const go = join(folder, 'go');
  writeFileSync(join(folder, 'running'), '999999999\n');
  const all = Array.from({ length: 4 }, () => occupant(folder, go));
  try {
    for (const { said } of all) await expect.poll(() => said, POLL).toEqual(['ready']);
    writeFileSync(go, '');
    for (const { said } of all) await expect.poll(() => said.length, POLL).toBe(2);
    const last = all.map(({ said }) => said.at(-1)?.slice(0, 15));
    expect(last.sort()).toEqual(['held', ...new Array(3).fill('the data folder')]);
  } finally {
    await Promise.all(all.map(({ child }) => killed(child)));
  }
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
