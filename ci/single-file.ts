import { createHash, type Hash } from 'node:crypto';
import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { run } from './process.ts';

/** What to make a single file of. */
export interface Parts {
  /** The Node that does it. */
  readonly builder: string;
  /** The Node that goes into it: the same version, for any system. It is copied. */
  readonly runtime: string;
  /** A module that imports nothing but Node, as a file. */
  readonly module: string;
  /** The file to write. */
  readonly output: string;
  /** A folder for the last file made of each name, taken again when the same parts come: making one takes 9 s. */
  readonly cache: string;
}

/** What was made. */
export interface Made {
  readonly octets: number;
  /** In hexadecimal. The same parts give the same. */
  readonly sha256: string;
  readonly seconds: number;
}

const LIMIT_SECONDS = 120;
const NO_LINKS: readonly string[] = ['EXDEV', 'EPERM', 'ENOTSUP', 'EMLINK'];
const PIECE: number = 1024 * 1024;
const OPTIONS = Object.freeze({
  mainFormat: 'module',
  disableExperimentalSEAWarning: true,
  // A code cache is good for one system alone, and for one build of V8.
  useCodeCache: false,
  execArgv: ['--disable-warning=ExperimentalWarning'],
  // NODE_OPTIONS does not reach into a program that others rely on.
  execArgvExtension: 'none',
});

/** Writes a single-file program: a Node, and the module that it runs and nothing else. Throws when that fails. */
export async function makeSingleFile(parts: Parts): Promise<Made> {
  const before = performance.now();
  const { output } = parts;
  mkdirSync(dirname(output), { recursive: true });
  const kept = join(parts.cache, basename(output));
  const key = keyOf(parts);
  rmSync(output, { force: true });
  const [keptKey, keptSha256] = noteOf(kept).split(' ');
  if (keptKey === key && existsSync(kept)) linkOrCopy(kept, output);
  let made = existsSync(output) ? digestOf(output) : undefined;
  if (made === undefined || made.sha256 !== keptSha256) {
    await make(parts);
    made = digestOf(output);
    mkdirSync(parts.cache, { recursive: true });
    rmSync(kept, { force: true });
    linkOrCopy(output, kept);
    writeFileSync(`${kept}.key`, `${key} ${made.sha256}`);
  }
  return { ...made, seconds: (performance.now() - before) / 1000 };
}

/** The same octets under another name. A hundred megabytes are written once, where both names are of one disk. */
function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    // Another disk, or one that has no links. Anything else is wrong: a copy would write into whoever is there.
    if (!NO_LINKS.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    copyFileSync(from, to, constants.COPYFILE_EXCL);
  }
}

/** Of everything that decides what the file will be. */
function keyOf({ builder, runtime, module }: Parts): string {
  const key = createHash('sha256').update(`${basename(module)} ${JSON.stringify(OPTIONS)}`);
  for (const path of new Set([builder, runtime, module])) hashFile(path, key);
  return key.digest('hex');
}

/** Adds what a file holds; answers how much. A piece at a time: memory for a whole one takes longer than its hash. */
function hashFile(path: string, hash: Hash): number {
  const piece = new Uint8Array(PIECE);
  const file = openSync(path, 'r');
  try {
    for (let octets = 0; ; ) {
      const length = readSync(file, piece);
      if (length === 0) return octets;
      hash.update(piece.subarray(0, length));
      octets += length;
    }
  } finally {
    closeSync(file);
  }
}

/** What was made of which parts: written last, so what is without it, or differs from it, was not finished. */
function noteOf(kept: string): string {
  return existsSync(`${kept}.key`) ? readFileSync(`${kept}.key`, 'utf8') : '';
}

function digestOf(path: string): { readonly octets: number; readonly sha256: string } {
  const sha256 = createHash('sha256');
  const octets = hashFile(path, sha256);
  return { octets, sha256: sha256.digest('hex') };
}

async function make(parts: Parts): Promise<void> {
  const { output } = parts;
  const config = `${output}.json`;
  try {
    // Node writes the name of the module into the file: no path of this machine, please.
    const folder = dirname(parts.module);
    writeFileSync(
      config,
      JSON.stringify({
        main: relative(folder, parts.module),
        executable: parts.runtime,
        output,
        ...OPTIONS,
      }),
    );
    const ended = await run({
      command: parts.builder,
      args: ['--build-sea', config],
      cwd: folder,
      output: 'collect',
      limitSeconds: LIMIT_SECONDS,
    });
    if (ended.code !== 0) throw new Error(`${output} cannot be made: ${ended.output.trim()}`);
  } finally {
    rmSync(config, { force: true });
  }
}
