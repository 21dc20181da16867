import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { join } from 'node:path';
import { createKeyFile, isAlive, UserFault } from '#core/platform/mod.ts';

// What a node keeps: DIR/identity.key (its name for good, for its owner's eyes), DIR/store (what it remembers, its
// statement in there), DIR/running (while a process uses them).

/** Seconds by which two readings of when the machine was started may differ. */
const BOOT_SLACK_S = 60;

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
 * Keeps a second process from the same folder: both would sign for one node. Answers how to give it up. A process
 * that was killed leaves its mark; it counts for nothing once that process or that run of the machine is over.
 * Throws UserFault.
 */
export function occupy(dir: string): () => void {
  const mark = join(dir, 'running');
  return attempt(`cannot use the data folder ${dir}`, () => {
    const holder = holderOf(mark);
    if (holder !== undefined)
      throw new UserFault(
        `the data folder ${dir} is in use by process ${holder}: stop that, or remove ${mark} if it is no node`,
      );
    rmSync(mark, { force: true });
    writeFileSync(mark, `${process.pid} ${bootS()}\n`, { flag: 'wx', mode: 0o600 });
    return () => rmSync(mark, { force: true });
  });
}

function holderOf(mark: string): number | undefined {
  if (statSync(mark, { throwIfNoEntry: false })?.isFile() !== true) return undefined;
  const match = /^([1-9]\d{0,9}) (\d{1,12})\n$/.exec(readFileSync(mark, 'latin1'));
  const pid = Number(match?.[1]);
  if (match === null || pid === process.pid) return undefined;
  if (Math.abs(Number(match[2]) - bootS()) > BOOT_SLACK_S) return undefined;
  return isAlive(pid) ? pid : undefined;
}

/** When the machine was started, in seconds since 1970. */
function bootS(): number {
  return Math.round(Date.now() / 1000 - uptime());
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
