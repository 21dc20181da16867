// The gates a change passes. Each answers what it saw: a gate that sees nothing has failed.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkBoundary } from './boundary.ts';
import { run } from './process.ts';
import { describe } from './rules.ts';
import { countFiles, countModules, readIfPresent, readTree, type SourceFile } from './source.ts';
import { checkTidy } from './tidy.ts';

/** The outcome of one gate. */
export interface Outcome {
  readonly ok: boolean;
  /** What it looked at, such as '57 modules'. */
  readonly saw: string;
  /** `file:line rule: message`, one per violation. */
  readonly violations: readonly string[];
  /** Worth knowing, no failure. */
  readonly notes: readonly string[];
}

/** A tree that all gates look at together. */
export interface Tree {
  readonly root: string;
  readonly files: readonly SourceFile[];
  readonly onDisk: number;
}

/** A check of the whole tree. */
export interface Gate {
  readonly name: string;
  check(tree: Tree): Promise<Outcome> | Outcome;
}

/** Every gate, slow ones first so that they overlap with the others. */
export const GATES: readonly Gate[] = Object.freeze([
  { name: 'tsc', check: tsc },
  { name: 'biome', check: biome },
  { name: 'boundary', check: boundary },
  { name: 'tidy', check: tidy },
]);

/** Reads a tree once for all gates. */
export function openTree(root: string): Tree {
  return { root, files: readTree(root), onDisk: countModules(root) };
}

const HOME: string = fileURLToPath(new URL('..', import.meta.url));
const LIMIT_SECONDS = 120;

async function tsc({ root, onDisk }: Tree): Promise<Outcome> {
  const script = join(HOME, 'node_modules/typescript/bin/tsc');
  const { code, output } = await tool(
    script,
    ['-p', '.', '--listFiles', '--pretty', 'false'],
    root,
  );
  const lines = output.split('\n').map((line) => line.trim());
  const errors = lines.filter((line) => /\berror TS\d+/.test(line));
  const seen = lines.filter(
    (line) => /\.[cm]?ts$/.test(line) && !/[\\/]node_modules[\\/]/.test(line),
  );
  const violations = errors.map((line) =>
    line.replace(
      /^(.+)\((\d+),\d+\): error (TS\d+): /,
      (_all, file, at, rule) => `${file}:${at} ${rule}: `,
    ),
  );
  return judged(code, seen.length, onDisk, violations, output);
}

interface BiomeReport {
  readonly summary: { readonly changed: number; readonly unchanged: number };
  readonly diagnostics: readonly {
    readonly severity: string;
    readonly message: string;
    readonly category: string;
    readonly location: { readonly path: string; readonly start: { readonly line: number } };
  }[];
}

async function biome({ root }: Tree): Promise<Outcome> {
  // All that Biome reads, not modules alone: else JSON files would make up for modules it did not see.
  const onDisk = countFiles(root, /(?<!package-lock)\.(?:[cm]?[jt]sx?|jsonc?|css)$/);
  const script = join(HOME, 'node_modules/@biomejs/biome/bin/biome');
  const options = [
    '--reporter=json',
    '--max-diagnostics=none',
    '--error-on-warnings',
    '--diagnostic-level=warn',
  ];
  const { code, output } = await tool(script, ['check', ...options, '.'], root);
  const json = output.split('\n').find((line) => line.startsWith('{"summary"'));
  if (json === undefined) return judged(code === 0 ? 1 : code, 0, onDisk, [], output);
  const report = JSON.parse(json) as BiomeReport;
  const violations = report.diagnostics.map(
    ({ location, category, message }) =>
      `${location.path}:${location.start.line || 1} ${category}: ${message}`,
  );
  return judged(
    code,
    report.summary.changed + report.summary.unchanged,
    onDisk,
    violations,
    output,
  );
}

function boundary({ root, files, onDisk }: Tree): Outcome {
  const violations = checkBoundary(root, files, onDisk).map(describe);
  const seen = files.filter(({ path }) => path.endsWith('.ts')).length;
  return { ok: violations.length === 0, saw: `${seen} modules`, violations, notes: [] };
}

function tidy({ root, files, onDisk }: Tree): Outcome {
  const { violations, long, uncited } = checkTidy(files, readIfPresent(root, 'PROTOCOL.md'));
  const notes = long.map((path) => `${path}: long`);
  if (uncited.length > 0) notes.push(`sections of PROTOCOL.md never cited: ${uncited.join(', ')}`);
  const outcome = judged(
    violations.length === 0 ? 0 : 1,
    files.length,
    onDisk,
    violations.map(describe),
    '',
  );
  return { ...outcome, notes };
}

function tool(script: string, args: readonly string[], cwd: string): ReturnType<typeof run> {
  if (!existsSync(script)) throw new Error(`${script} is missing: run "npm ci"`);
  const all = [script, ...args];
  return run({
    command: process.execPath,
    args: all,
    cwd,
    output: 'collect',
    limitSeconds: LIMIT_SECONDS,
  });
}

/** A gate fails by its exit code, by what it reports, and by seeing fewer files than there are. */
function judged(
  code: number,
  seen: number,
  onDisk: number,
  violations: readonly string[],
  output: string,
): Outcome {
  const complaints = [...violations];
  if (seen < onDisk || seen === 0)
    complaints.push(`.:1 unseen: saw ${seen} files of ${onDisk} on disk`);
  if (code !== 0 && complaints.length === 0)
    complaints.push(`.:1 exit ${code}: ${output.trim().slice(-2000)}`);
  return {
    ok: code === 0 && complaints.length === 0,
    saw: `${seen} files`,
    violations: complaints,
    notes: [],
  };
}
