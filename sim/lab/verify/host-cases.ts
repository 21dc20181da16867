import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished, VITEST } from './processes.ts';
import type { Found } from './row.ts';

/** A test file's run: how Vitest ended, and what it wrote. */
export type TestRun = {
  readonly code: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly {
      readonly title: string;
      readonly ancestorTitles: readonly string[];
      readonly status: string;
    }[];
  }[];
};

const BEHAVIOURS_MIN = 25;

export async function hostCases(): Promise<Found> {
  return judgeHosts(await run('sim/arena.test.ts'), await run('core/platform/node/host.test.ts'));
}

/** The same titles on both hosts, and all passed: each asserts the same literal transcript. */
export function judgeHosts(simulated: TestRun, real: TestRun): Found {
  const [here, there] = [titles(simulated), titles(real)];
  const common = here.filter((title) => there.includes(title)).length;
  const isSame = common === here.length && common === there.length;
  const bad = [...failures('simulated', simulated), ...failures('real', real)];
  const detail = bad.length === 0 ? '' : `; failed: ${bad.slice(0, 3).join('; ')}`;
  return {
    measured: `${common} in common (simulated ${here.length}, real ${there.length})${detail}`,
    ok: common >= BEHAVIOURS_MIN && isSame && bad.length === 0,
  };
}

function titles({ testResults }: TestRun): readonly string[] {
  return testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .map(({ ancestorTitles, title }) => [...ancestorTitles.slice(1), title].join(' > '));
}

/** All that did not pass, skipped tests and files that did not load included. */
function failures(host: string, { code, testResults }: TestRun): readonly string[] {
  const bad = testResults.flatMap(({ status, assertionResults }) => [
    ...assertionResults.filter((one) => one.status !== 'passed').map(({ title }) => title),
    ...(status === 'passed' ? [] : [`its file is ${status}`]),
  ]);
  if (code !== 0) bad.push(`Vitest ended with ${code}`);
  return bad.map((what) => `${host}: ${what}`);
}

async function run(file: string): Promise<TestRun> {
  const folder = mkdtempSync(join(tmpdir(), 'spn-verify-'));
  const output = join(folder, 'report.json');
  try {
    const { code } = await finished(process.execPath, [
      ...VITEST,
      file,
      '--reporter=json',
      `--outputFile=${output}`,
    ]);
    return { ...(JSON.parse(readFileSync(output, 'utf8')) as TestRun), code };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
