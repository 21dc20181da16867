// npm run build: every program of ci/programs.ts as one file per system of ci/runtimes.ts, under out/.
//   --out DIR        another folder than out/
//   --program NAME   one program
//   --target NAME    one system: linux-x64 or win-x64
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bundle } from './bundle.ts';
import { generatorsIn } from './generators.ts';
import { PROGRAMS, type Program } from './programs.ts';
import { pinnedNode, runtimeOf, TARGETS, type Target } from './runtimes.ts';
import { makeSingleFile } from './single-file.ts';

const HOME: string = fileURLToPath(new URL('..', import.meta.url));
const CACHE: string = join(HOME, 'out/cache');

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: join(HOME, 'out') },
    program: { type: 'string' },
    target: { type: 'string' },
  },
});

const before = performance.now();
const out = resolve(values.out);
const builder = pinnedNode(HOME);
const programs = chosen(PROGRAMS, values.program);
const targets = chosen(TARGETS, values.target);
for (const { name, entry } of programs) {
  if (!existsSync(join(HOME, entry)))
    throw new Error(`${name} starts in ${entry}, which is not there`);
}
const runtimes = await Promise.all(
  targets.map((target) => runtimeOf(target, HOME, CACHE, join(out, 'runtime'))),
);
for (const program of programs) {
  const module = await writeBundle(program);
  await Promise.all(
    targets.map((target, i) => makeFor(target, runtimes[i] as string, program, module)),
  );
}
console.log(`${seconds(before)} s`);

/** The bundle as a file, for Node to put into programs and for people to read. */
async function writeBundle({ name, entry, simulates }: Program): Promise<string> {
  const start = performance.now();
  const made = await bundle(entry, HOME);
  const found = simulates ? [] : generatorsIn(made);
  if (found.length > 0)
    throw new Error(`${name} contains what draws repeatable numbers: ${found.join(', ')}`);
  const path = join(out, 'bundle', `${name}.mjs`);
  mkdirSync(join(out, 'bundle'), { recursive: true });
  writeFileSync(path, made.code);
  const size = `${(Buffer.byteLength(made.code) / 1e3).toFixed(0)} kB`;
  console.log(`${name}: ${made.files.length} files in one, ${size}, ${seconds(start)} s`);
  return path;
}

async function makeFor(
  target: Target,
  runtime: string,
  program: Program,
  module: string,
): Promise<void> {
  const output = join(out, target.name, `${program.name}${target.suffix}`);
  const made = await makeSingleFile({
    builder,
    runtime,
    module,
    output,
    cache: join(CACHE, target.name),
  });
  const facts = [
    `${(made.octets / 1e6).toFixed(1)} MB`,
    `${made.seconds.toFixed(1)} s`,
    `sha256 ${made.sha256}`,
  ];
  console.log(`  ${relative(process.cwd(), output)}  ${facts.join('  ')}`);
}

function chosen<T extends { readonly name: string }>(
  all: readonly T[],
  name: string | undefined,
): readonly T[] {
  const some = all.filter((one) => name === undefined || one.name === name);
  if (some.length === 0)
    throw new Error(`there is no ${name}, but ${all.map((one) => one.name).join(', ')}`);
  return some;
}

function seconds(sinceMs: number): string {
  return ((performance.now() - sinceMs) / 1000).toFixed(1);
}
