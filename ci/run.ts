// What .ci/run does once the packages are installed: gates, tests, and both again for npm 10 in a scratch copy of
// the tracked files. Closes with a line of counts. Exit 1 when anything failed or no test ran.
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { GateReport } from './check.ts';
import { type Ended, run } from './process.ts';
import {
  addCounts,
  type Counts,
  closingLine,
  countsOf,
  countTests,
  oneCheck,
  type VitestReport,
} from './report.ts';
import { SKIPPED } from './skip-reporter.ts';

const HOME: string = fileURLToPath(new URL('..', import.meta.url));
const NPM: readonly string[] = ['npm'];
const NPM_10: readonly string[] = ['npx', '--yes', 'npm@10'];
/** Three times what the tests take on two busy cores, short enough that a hang is seen. */
const LIMIT_SECONDS = 1200;
const NOTHING: Counts = Object.freeze({ passed: 0, failed: 0, skipped: 0 });

const scratch = mkdtempSync(join(tmpdir(), 'spn-ci-'));
const COPY: string = join(scratch, 'copy');
const BUILDS: string = join(HOME, 'out/cache');
try {
  const skips: string[] = [];
  const installing = installAgain();
  const gates = await countsOf('gates', runGates);
  const tests = await countsOf('tests', async () => {
    const ran = await runTests(NPM, HOME);
    skips.push(...ran.skips);
    return ran.counts;
  });
  const again = await countsOf('npm 10', () => runAgain(installing));
  const total = [gates, tests, again].reduce(addCounts, NOTHING);
  for (const skip of skips) console.log(skip);
  console.log(closingLine(total));
  process.exitCode = total.failed > 0 || tests.passed + tests.failed === 0 ? 1 : 0;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

/** Each gate counts as one test. */
async function runGates(): Promise<Counts> {
  const json = join(scratch, 'gates.json');
  const { code } = await npm(NPM, ['run', 'check', '--', '--json', json], HOME, 'show');
  const reports = readJson<readonly GateReport[]>(json) ?? [];
  const counts = reports.map(({ ok }) => oneCheck(ok)).reduce(addCounts, NOTHING);
  const unexplained = reports.length === 0 || (code !== 0 && counts.failed === 0);
  return unexplained ? addCounts(counts, oneCheck(false)) : counts;
}

/** Runs the tests of a tree; one failure more when the run failed and no test did. */
async function runTests(
  tool: readonly string[],
  cwd: string,
): Promise<{ readonly counts: Counts; readonly skips: readonly string[] }> {
  const json = join(scratch, `${tool.at(-1)}.json`);
  const reporters = ['default', 'json', './ci/skip-reporter.ts'].map(
    (name) => `--reporter=${name}`,
  );
  const ended = await npm(
    tool,
    ['test', '--', ...reporters, `--outputFile=${json}`],
    cwd,
    'collect',
  );
  console.log(ended.output);
  const counts = countTests(readJson<VitestReport>(json) ?? { testResults: [] });
  const skips = ended.output.split('\n').filter((line) => line.startsWith(SKIPPED));
  const unexplained = ended.code !== 0 && counts.failed === 0;
  return { counts: unexplained ? addCounts(counts, oneCheck(false)) : counts, skips };
}

/** A scratch copy of the tracked files alone, installed by npm 10 while the gates run here. */
async function installAgain(): Promise<Ended> {
  try {
    for (const path of trackedFiles()) cpSync(join(HOME, path), join(COPY, path));
    return await npm(NPM_10, ['ci'], COPY, 'collect');
  } catch (error) {
    return { code: 127, output: `${error}`, seconds: 0 };
  }
}

/** Tests that copy by npm 10. One check. What the build fetched, or made of the same parts, is taken along. */
async function runAgain(installing: Promise<Ended>): Promise<Counts> {
  const installed = await installing;
  console.log(installed.output);
  if (existsSync(BUILDS)) {
    mkdirSync(join(COPY, 'out'), { recursive: true });
    symlinkSync(BUILDS, join(COPY, 'out/cache'), 'dir');
  }
  const { counts } =
    installed.code === 0 ? await runTests(NPM_10, COPY) : { counts: oneCheck(false) };
  const ok = counts.failed === 0 && counts.passed > 0;
  console.log(
    `npm 10: install and ${counts.passed} tests ${ok ? 'ok' : 'FAILED'} (${closingLine(counts)})`,
  );
  return oneCheck(ok);
}

/** What git tracks, or before the first commit what it would: a file that was not added is missed here. */
function trackedFiles(): readonly string[] {
  const list = (options: readonly string[]): readonly string[] =>
    execFileSync('git', ['ls-files', '-z', ...options], { cwd: HOME, encoding: 'utf8' })
      .split('\0')
      .filter((path) => path !== '' && existsSync(join(HOME, path)));
  const tracked = list(['--cached']);
  return tracked.length > 0 ? tracked : list(['--others', '--exclude-standard']);
}

function npm(
  tool: readonly string[],
  args: readonly string[],
  cwd: string,
  output: 'collect' | 'show',
): Promise<Ended> {
  const [command, ...before] = tool as [string, ...string[]];
  console.log(`$ ${[...tool, ...args].join(' ')}`);
  // Each tree keeps what it compiled to itself.
  const cache = join(cwd, 'node_modules/.cache/node');
  const env = { CI: 'true', NO_COLOR: '1', NODE_COMPILE_CACHE: cache };
  return run({
    command,
    args: [...before, ...args],
    cwd,
    output,
    env,
    limitSeconds: LIMIT_SECONDS,
  });
}

function readJson<T>(path: string): T | undefined {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as T) : undefined;
}
