import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { UserFault } from './fault.ts';
import { createKeyFile, readKeyFile } from './key-file.ts';
import { exposureOf } from './owner.ts';

const KEY: Uint8Array = new Uint8Array(32).fill(7);

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'spn-key-'));
  path = join(folder, 'node.key');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function faultOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof UserFault) return error.message.replaceAll(path, 'KEY');
    throw error;
  }
  return 'no fault';
}

test('a key is read as it was created, and only its owner may', () => {
  createKeyFile(path, KEY);
  expect(readKeyFile(path)).toEqual(KEY);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('a key file is never overwritten', () => {
  createKeyFile(path, KEY);
  expect(faultOf(() => createKeyFile(path, new Uint8Array(32)))).toBe(
    'cannot create the key file KEY (it is there already): name another one, or see what is there',
  );
  expect(readKeyFile(path)).toEqual(KEY);
});

test('a file that is not there, has another size or is open to others is refused', () => {
  expect(faultOf(() => readKeyFile(path))).toBe(
    'cannot read the key file KEY (it is not there): create it, or name another one',
  );
  writeFileSync(path, new Uint8Array(33), { mode: 0o600 });
  expect(faultOf(() => readKeyFile(path))).toBe(
    'the key file KEY has 33 octets, not 32: restore it, or name another one',
  );
  writeFileSync(path, KEY);
  for (const mode of [0o640, 0o604, 0o610]) {
    chmodSync(path, mode);
    expect(faultOf(() => readKeyFile(path))).toBe(
      'others may use the key file KEY: run chmod go= KEY',
    );
  }
});

test('what is no file is refused at once, a pipe nobody writes to included', () => {
  execFileSync('mkfifo', ['-m', '600', path]);
  expect(faultOf(() => readKeyFile(path))).toBe('the key file KEY is no file: name another one');
  rmSync(path);
  mkdirSync(path, { mode: 0o700 });
  expect(faultOf(() => readKeyFile(path))).toBe('the key file KEY is no file: name another one');
});

test('a file of another user is refused, whatever its mode', () => {
  createKeyFile(path, KEY);
  const stats = statSync(path);
  expect(exposureOf('key file', 'KEY', stats)).toBe(undefined);
  stats.uid += 1;
  expect(exposureOf('key file', 'KEY', stats)).toBe(
    'the key file KEY belongs to another user: run chown, or name another one',
  );
});

test.runIf(existsSync('/dev/full'))('a key that cannot be written is a fault of one line', () => {
  symlinkSync('/dev/full', path);
  expect(faultOf(() => createKeyFile(path, KEY))).toMatch(/^cannot create the key file KEY \(/);
});
