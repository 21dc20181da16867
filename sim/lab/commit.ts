import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { IS_SINGLE_FILE } from './invocation.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** As tokens name it, with a plus for uncommitted changes; undefined where no git tells. Asked once. */
export function commitMark(): string | undefined {
  if (asked === undefined) {
    const head = IS_SINGLE_FILE ? undefined : git('rev-parse', '--short', 'HEAD');
    asked = { mark: head === undefined ? undefined : `${head}${isCommitted() ? '' : '+'}` };
  }
  return asked.mark;
}

let asked: { readonly mark: string | undefined } | undefined;

/** The commit this lab was started from, and whether the tree is still that commit. */
export function commit(): string {
  if (IS_SINGLE_FILE) return 'a single file';
  const head = git('rev-parse', '--short', 'HEAD');
  if (head === undefined) return 'unknown';
  return `${head}${isCommitted() ? '' : ' and uncommitted changes'}`;
}

function isCommitted(): boolean {
  return git('status', '--porcelain') === '';
}

function git(...words: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync('git', [...words], { cwd: ROOT, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}
