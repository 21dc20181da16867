import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createKeyFile, holdFile, UserFault } from '#core/platform/mod.ts';

// What a node keeps: DIR/identity.key (its name for good, for its owner's eyes), DIR/store (what it remembers, its
// statement in there), DIR/lock (held while a process uses them) and DIR/running (that process's number).

export function identityFileOf(dir: string): string {
  return join(dir, 'identity.key');
}

export function storeFolderOf(dir: string): string {
  return join(dir, 'store');
}

/** Makes the folder if need be, and the identity in it; never in the place of another. Throws UserFault. */
export function createDataFolder(dir: string, identitySeed: Uint8Array): void {
  attempt(`cannot make the data folder ${dir}`, () => {
    if (statSync(dir, { throwIfNoEntry: false })?.isDirectory() !== true)
      mkdirSync(dir, { mode: 0o700 });
  });
  createKeyFile(identityFileOf(dir), identitySeed);
}

/**
 * Keeps a second process from the same folder: both would sign for one node. Answers how to give it up, which is to be
 * kept: the lock goes with it. Throws UserFault.
 */
export function occupy(dir: string): () => void {
  const mark = join(dir, 'running');
  return attempt(`cannot use the data folder ${dir}`, () => {
    const release = holdFile(join(dir, 'lock'));
    if (release === undefined)
      throw new UserFault(
        `the data folder ${dir} is in use by ${holderOf(mark)}: stop that, or name another one`,
      );
    try {
      writeFileSync(mark, `${process.pid}\n`, { mode: 0o600 });
    } catch (error) {
      release();
      throw error;
    }
    return () => {
      rmSync(mark, { force: true });
      release();
    };
  });
}

/** Who holds it, as far as its mark tells: said to people, and decides nothing. */
function holderOf(mark: string): string {
  if (statSync(mark, { throwIfNoEntry: false })?.isFile() !== true) return 'another process';
  const match = /^([1-9]\d{0,9})\n$/.exec(readFileSync(mark, 'latin1'));
  return match === null ? 'another process' : `process ${match[1]}`;
}

function attempt<T>(what: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (error instanceof UserFault || code === undefined) throw error;
    throw new UserFault(`${what} (${code}): name another one`, { cause: error });
  }
}
