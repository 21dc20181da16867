import type { Stats } from 'node:fs';

const OTHERS = 0o077;

/** Why a secret should not lie there, and what to do; undefined when only this user has access. */
export function exposureOf(what: string, path: string, { mode, uid }: Stats): string | undefined {
  // Windows has neither: there the folder of a user is the user's.
  if (process.getuid === undefined) return undefined;
  if (uid !== process.getuid())
    return `the ${what} ${path} belongs to another user: run chown, or name another one`;
  if ((mode & OTHERS) === 0) return undefined;
  return `others may use the ${what} ${path}: run chmod go= ${path}`;
}
