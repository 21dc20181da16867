import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  openSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { codeOf } from './causes.ts';
import { UserFault } from './fault.ts';
import { syncFolderNow } from './folder.ts';
import { exposureOf } from './owner.ts';

/** Octets of a key file: the seed of one key, nothing else. */
const KEY_FILE_LEN = 32;

/** A pipe of that name is opened without waiting for its writer. Windows has none. */
const READ: number = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** The 32 octets of a key file. The caller wipes them. Throws UserFault. */
export function readKeyFile(path: string): Uint8Array {
  return attempt('cannot read the key file', path, 'create it, or name another one', () => {
    const file = openSync(path, READ);
    try {
      return readOpen(file, path);
    } finally {
      closeSync(file);
    }
  });
}

/** Writes a new key file for its owner alone: durably all of it, or none. Never overwrites. Throws UserFault. */
export function createKeyFile(path: string, bytes: Uint8Array): void {
  if (bytes.length !== KEY_FILE_LEN) throw new Error(`a key has ${KEY_FILE_LEN} octets`);
  attempt('cannot create the key file', path, 'name another one, or see what is there', () => {
    const file = openSync(path, 'wx', 0o600);
    try {
      if (writeSync(file, bytes) !== bytes.length) throw new UserFault(`no space left for ${path}`);
      fsyncSync(file);
      syncFolderNow(dirname(path));
    } catch (error) {
      rmSync(path, { force: true });
      throw error;
    } finally {
      closeSync(file);
    }
  });
}

function readOpen(file: number, path: string): Uint8Array {
  const stats = fstatSync(file);
  if (!stats.isFile()) throw new UserFault(`the key file ${path} is no file: name another one`);
  const exposure = exposureOf('key file', path, stats);
  if (exposure !== undefined) throw new UserFault(exposure);
  const bytes = new Uint8Array(KEY_FILE_LEN);
  if (stats.size !== KEY_FILE_LEN || readSync(file, bytes) !== KEY_FILE_LEN)
    throw new UserFault(
      `the key file ${path} has ${stats.size} octets, not ${KEY_FILE_LEN}: restore it, or name another one`,
    );
  return bytes;
}

function attempt<T>(what: string, path: string, advice: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof UserFault) throw error;
    throw new UserFault(`${what} ${path} (${inWords(error)}): ${advice}`, { cause: error });
  }
}

function inWords(error: unknown): string {
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
