import { closeSync, fstatSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs';
import { codeOf } from './causes.ts';
import { UserFault } from './fault.ts';

/** Octets of a key file: the seed of one key, nothing else. */
export const KEY_FILE_LEN = 32;

const OTHERS = 0o077;

/** The 32 octets of a key file. The caller wipes them. Throws UserFault. */
export function readKeyFile(path: string): Uint8Array {
  const file = open(path, 'r', 'cannot read the key file', 'create it, or name another one');
  try {
    const { size, mode } = fstatSync(file);
    if (process.platform !== 'win32' && (mode & OTHERS) !== 0)
      throw new UserFault(`others may read the key file ${path}: run chmod 600 ${path}`);
    const bytes = new Uint8Array(KEY_FILE_LEN);
    if (size !== KEY_FILE_LEN || readSync(file, bytes) !== KEY_FILE_LEN)
      throw new UserFault(
        `the key file ${path} has ${size} octets, not ${KEY_FILE_LEN}: restore it from a backup, or name another one`,
      );
    return bytes;
  } finally {
    closeSync(file);
  }
}

/** Writes a new key file that only its owner reads. Never overwrites one. Throws UserFault. */
export function createKeyFile(path: string, bytes: Uint8Array): void {
  if (bytes.length !== KEY_FILE_LEN) throw new Error(`a key has ${KEY_FILE_LEN} octets`);
  const file = open(
    path,
    'wx',
    'cannot create the key file',
    'remove what is there, or name another one',
  );
  try {
    writeSync(file, bytes);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function open(path: string, flags: 'r' | 'wx', what: string, advice: string): number {
  try {
    return openSync(path, flags, 0o600);
  } catch (error) {
    throw new UserFault(`${what} ${path} (${reasonOf(error)}): ${advice}`, { cause: error });
  }
}

function reasonOf(error: unknown): string {
  const code = codeOf(error);
  switch (code) {
    case 'ENOENT':
      return 'it is not there';
    case 'EEXIST':
      return 'it is there already';
    case 'EACCES':
    case 'EPERM':
      return 'not permitted';
    default:
      return code;
  }
}
