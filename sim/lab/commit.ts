import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { IS_SINGLE_FILE } from './invocation.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The commit this lab was started from, and whether the tree is still that commit. */
export function commit(): string {
  if (IS_SINGLE_FILE) return 'a single file';
  const head = git('rev-parse', '--short', 'HEAD');
  if (head === undefined) return 'unknown';
  return `${head}${git('status', '--porcelain') === '' ? '' : ' and uncommitted changes'}`;
}

function git(...words: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync('git', [...words], { cwd: ROOT, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}
