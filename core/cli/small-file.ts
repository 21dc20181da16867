import { readFileSync, statSync } from 'node:fs';
import { UserFault } from '#core/platform/mod.ts';

/** The text of a file that somebody names by `option`, of `most` octets. Throws UserFault. */
export function readSmallFile(option: string, path: string, most: number): string {
  try {
    const stats = statSync(path);
    if (!stats.isFile()) throw new UserFault(`${option} ${path} is no file: name another one`);
    if (stats.size > most)
      throw new UserFault(`${option} ${path} has ${stats.size} octets, at most ${most} are read`);
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (error instanceof UserFault || code === undefined) throw error;
    throw new UserFault(`cannot read ${option} ${path} (${code}): name another one`, {
      cause: error,
    });
  }
}
