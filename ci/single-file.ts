import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
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
}

/** What was made. */
export interface Made {
  readonly octets: number;
  /** In hexadecimal. The same parts give the same. */
  readonly sha256: string;
  readonly seconds: number;
}

const LIMIT_SECONDS = 120;

/** Writes a single-file program: a Node, and the module that it runs and nothing else. Throws when that fails. */
export async function makeSingleFile(parts: Parts): Promise<Made> {
  const before = performance.now();
  const { output } = parts;
  mkdirSync(dirname(output), { recursive: true });
  const config = `${output}.json`;
  try {
    // Node writes the name of the module into the file: no path of this machine, please.
    const folder = dirname(parts.module);
    writeFileSync(
      config,
      JSON.stringify({
        main: relative(folder, parts.module),
        mainFormat: 'module',
        executable: parts.runtime,
        output,
        disableExperimentalSEAWarning: true,
        // A code cache is good for one system alone, and for one build of V8.
        useCodeCache: false,
        execArgv: ['--disable-warning=ExperimentalWarning'],
        // NODE_OPTIONS does not reach into a program that others rely on.
        execArgvExtension: 'none',
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
  const octets = readFileSync(output);
  const sha256 = createHash('sha256').update(octets).digest('hex');
  return { octets: octets.length, sha256, seconds: (performance.now() - before) / 1000 };
}
