import { isSea } from 'node:sea';
import { fileURLToPath } from 'node:url';
import type { Command } from '#sim/real/mod.ts';

/** True in a single-file program (`npm run build`): there is no source tree around it, and no npm. */
export const IS_SINGLE_FILE: boolean = isSea();

/** What a person types to start this lab, as it was started. */
export const LAB: string = IS_SINGLE_FILE ? 'spn-lab' : 'npm run --silent lab --';

/** What starts this lab again, for a process of its own. */
export function labCommand(...args: readonly string[]): Command {
  if (IS_SINGLE_FILE) return [process.execPath, ...args];
  const entry = fileURLToPath(new URL('./main.ts', import.meta.url));
  return [process.execPath, '--disable-warning=ExperimentalWarning', entry, ...args];
}
