// npm run check: every gate, one line each, and a line per violation.
//   --root DIR     another tree than this one
//   --only NAME    one gate
//   --json FILE    the outcome for ci/run.ts
//   --verbose      long files, sections nobody cites
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { GATES, type Outcome, openTree } from './gates.ts';

/** What --json writes: one entry per gate. */
export interface GateReport {
  readonly name: string;
  readonly ok: boolean;
}

const { values } = parseArgs({
  options: {
    root: { type: 'string', default: fileURLToPath(new URL('..', import.meta.url)) },
    only: { type: 'string' },
    json: { type: 'string' },
    verbose: { type: 'boolean', default: false },
  },
});

const chosen = GATES.filter(({ name }) => values.only === undefined || values.only === name);
if (chosen.length === 0) throw new Error(`no gate is called ${values.only}`);

const tree = openTree(values.root);
const reports: GateReport[] = await Promise.all(
  chosen.map(async ({ name, check }) => {
    const before = performance.now();
    const outcome = await check(tree);
    print(name, outcome, (performance.now() - before) / 1000);
    return { name, ok: outcome.ok };
  }),
);
if (values.json !== undefined) writeFileSync(values.json, JSON.stringify(reports));
process.exitCode = reports.every(({ ok }) => ok) ? 0 : 1;

function print(name: string, outcome: Outcome, seconds: number): void {
  const verdict = outcome.ok ? 'ok' : 'FAILED';
  const count = outcome.violations.length > 0 ? `, ${outcome.violations.length} violations` : '';
  const lines = [`${name} ${verdict} ${seconds.toFixed(1)} s, ${outcome.saw}${count}`];
  lines.push(...outcome.violations.map((violation) => `  ${violation}`));
  if (values.verbose) lines.push(...outcome.notes.map((note) => `  note: ${note}`));
  console.log(lines.join('\n'));
}
