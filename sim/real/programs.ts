import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isSea } from 'node:sea';
import { fileURLToPath } from 'node:url';
import { UserFault } from '#core/platform/mod.ts';

/** A program and its first arguments. */
export type Command = readonly [string, ...string[]];

/** What a network of processes is made of. */
export type Programs = { readonly node: Command; readonly client: Command };

/** The programs that belong to this one: of the same source tree, or the files beside this file. Throws UserFault. */
export function programsHere(): Programs {
  return { node: commandOf('spn-node'), client: commandOf('spn') };
}

/** A command as a person can paste it. */
export function pasteable(command: readonly string[]): string {
  return command
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(' ');
}

function commandOf(name: string): Command {
  if (!isSea()) {
    const entry = fileURLToPath(new URL(`../../core/cli/${name}.ts`, import.meta.url));
    return [process.execPath, '--disable-warning=ExperimentalWarning', entry];
  }
  const file = join(dirname(process.execPath), process.platform === 'win32' ? `${name}.exe` : name);
  if (!existsSync(file))
    throw new UserFault(`${file} is not there: the three programs belong in one folder`);
  return [file];
}
