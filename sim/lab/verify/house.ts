import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  measureEvents,
  measureLinkCopy,
  measurePacketHops,
  measureRecordCost,
} from '#bench/mod.ts';
import { createNativeSuite } from '#core/crypto/native/mod.ts';
import { SCENARIOS } from '#scenarios/mod.ts';
import { misbehave, mutateDecoders } from '#sim/adversary/mod.ts';
import { RandomStream } from '#sim/mod.ts';
import { manyFlows, mismatches, runOnLoopback, simulate } from '#sim/real/mod.ts';
import { parseToken } from '#sim/scenario/mod.ts';
import { execute, type RunReport } from '../run.ts';
import { finished, lab, ROOT } from './processes.ts';
import type { Claim } from './row.ts';

const ALONE = 'npm run --silent lab -- verify house';
const MUTATIONS = 100_000;
const FLOWS = 100;

/** Issue `house`: one core, two worlds, and the contract between them. */
export const HOUSE: readonly Claim[] = Object.freeze([
  {
    claim: 'the host contract, on the simulated and the real host',
    bar: 'all equal, >= 25 behaviours',
    unit: '',
    command: 'npm test -- sim/arena core/platform/node/host',
    measure: hostCases,
  },
  {
    claim: `${FLOWS} streams, plain and over links, in both worlds`,
    bar: '0 transcripts differ',
    unit: '',
    command: ALONE,
    measure: parity,
  },
  {
    claim: 'one token: again after another; fresh process; TZ, LANG; logged; --no-opt',
    bar: 'equal hashes and verdicts',
    unit: '',
    command: 'npm run --silent lab -- replay TOKEN --json',
    measure: determinism,
  },
  {
    claim: 'planted defects, at run time and in the source',
    bar: 'each caught by name',
    unit: '',
    command: 'npm run --silent lab -- run two-nodes --set plant=clock; npm test -- ci/boundary',
    measure: plants,
  },
  {
    claim: 'data-plane cost per record without crypto',
    bar: '<= 150 ns, <= 1 heap octet',
    unit: '',
    command: ALONE,
    measure: recordCost,
  },
  {
    claim: 'simulator with audit on: packet-hops, bare events',
    bar: '>= 1 M/s, >= 2 M/s',
    unit: '',
    command: ALONE,
    measure: simulatorSpeed,
  },
  {
    claim: 'link over loopback, 16 KiB records, against a plain Node copy',
    bar: '>= 0.3',
    unit: '(median ratio)',
    command: ALONE,
    measure: loopbackRatio,
  },
  {
    claim: `${MUTATIONS.toLocaleString('en-US')} mutated transcripts per decoder`,
    bar: 'value or verdict, 0 forgeries, every reject counter hit',
    unit: '',
    command: ALONE,
    measure: mutations,
  },
  {
    claim: 'clean clone: npm ci && npm start',
    bar: 'reported',
    unit: '',
    command: 'git clone . DIR && cd DIR && npm ci && npm start',
    measure: cleanClone,
  },
]);

type Found = { readonly measured: string; readonly ok: boolean };

type TestReport = {
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly title: string;
      readonly ancestorTitles: readonly string[];
      readonly status: string;
    }[];
  }[];
};

/** The same titles passed on both hosts; each asserts the same literal transcript. */
async function hostCases(): Promise<Found> {
  const folder = mkdtempSync(join(tmpdir(), 'spn-verify-'));
  const passed = async (file: string): Promise<readonly string[]> => {
    const output = join(folder, 'report.json');
    const vitest = [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--config',
      'ci/vitest.config.ts',
      '--root',
      '.',
    ];
    await finished(process.execPath, [
      ...vitest,
      file,
      '--reporter=json',
      `--outputFile=${output}`,
    ]);
    const report = JSON.parse(readFileSync(output, 'utf8')) as TestReport;
    const tests = report.testResults.flatMap(({ assertionResults }) => assertionResults);
    return tests
      .filter(({ status }) => status === 'passed')
      .map(({ ancestorTitles, title }) => [...ancestorTitles.slice(1), title].join(' > '));
  };
  try {
    const simulated = await passed('sim/arena.test.ts');
    const real = await passed('core/platform/node/host.test.ts');
    const common = simulated.filter((title) => real.includes(title)).length;
    const ok = common >= 25 && common === simulated.length && common === real.length;
    return { measured: `${common} equal (simulated ${simulated.length}, real ${real.length})`, ok };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function parity(): Promise<Found> {
  const suite = createNativeSuite();
  const flows = manyFlows(FLOWS, '1');
  const differing: string[] = [];
  for (const arrangement of ['plain', 'links'] as const) {
    const simulated = simulate(arrangement, flows, suite);
    const real = await runOnLoopback(arrangement, flows, suite);
    for (const { flow, end } of mismatches(simulated, real))
      differing.push(`${arrangement} ${flow} ${end}`);
  }
  // The check itself must be able to fail: a flow of another length is another transcript.
  const spoiled = flows.map((flow) => (flow.id === 3 ? { ...flow, upLen: flow.upLen + 1 } : flow));
  const isSharp =
    mismatches(simulate('plain', flows, suite), simulate('plain', spoiled, suite)).length > 0;
  const detail = differing.length === 0 ? '' : ` (${differing.slice(0, 3).join('; ')})`;
  return {
    measured: `${differing.length} of ${4 * FLOWS} differ${detail}`,
    ok: differing.length === 0 && isSharp,
  };
}

async function determinism(): Promise<Found> {
  const read = (stdout: string): string => {
    const { token, hashes, assertions } = JSON.parse(stdout) as RunReport;
    return JSON.stringify({ token, hashes, assertions });
  };
  const first = await lab(['run', 'lossy-link', '--seed', '7', '--json']);
  const { token } = JSON.parse(first.stdout) as RunReport;
  const folder = mkdtempSync(join(tmpdir(), 'spn-verify-'));
  try {
    const ways = await Promise.all([
      lab(['replay', token, '--json']),
      lab(['replay', token, '--json'], {
        env: { TZ: 'Pacific/Apia', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' },
      }),
      lab(['replay', token, '--json', '--out', folder]),
      lab(['replay', token, '--json'], { node: ['--no-opt'] }),
    ]);
    const differing = ways.filter(({ stdout }) => read(stdout) !== read(first.stdout)).length;
    const other = await lab(['run', 'lossy-link', '--seed', '8', '--json']);
    const isSharp = read(other.stdout) !== read(first.stdout);
    const inProcess = againInProcess(token);
    const ok = differing === 0 && isSharp && inProcess === read(first.stdout);
    return { measured: `${ways.length + 1} ways, ${differing + (ok ? 0 : 1)} differ`, ok };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The token in this process, after another scenario ran in it. */
function againInProcess(token: string): string {
  const recipe = parseToken(token, SCENARIOS);
  const other = SCENARIOS[0];
  if ('fault' in recipe || other === undefined) throw new Error('the token is good');
  const params = Object.fromEntries(
    Object.entries(other.params).map(([name, param]) => [name, param.default]),
  );
  execute({ scenario: other, seed: '3', params, plant: undefined });
  const { hashes, assertions } = execute(recipe);
  return JSON.stringify({ token, hashes, assertions });
}

async function plants(): Promise<Found> {
  const wanted = [
    'clock',
    'random',
    'timer',
    'promise',
    'module-state',
    'skip-seal',
    'flip-bit',
    'short-octet',
    'double-close',
    'miscount',
  ];
  const missed: string[] = [];
  for (const plant of wanted) {
    const run = await lab([
      'run',
      'two-nodes',
      '--set',
      `plant=${plant}`,
      '--set',
      'octets=20000',
      '--json',
    ]);
    const failed = (JSON.parse(run.stdout) as RunReport).assertions.filter(({ ok }) => !ok);
    const isNamed = failed.some(
      ({ name, detail }) => name !== 'nothing-ambient' || detail.endsWith(plant),
    );
    if (run.code !== 1 || !isNamed) missed.push(plant);
  }
  const vitest = [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--config',
    'ci/vitest.config.ts',
    '--root',
    '.',
    'ci/boundary',
  ];
  const inSource = await finished(process.execPath, vitest);
  if (inSource.code !== 0) missed.push('in the source (ci/boundary.test.ts)');
  return {
    measured: `${wanted.length} at run time, all rules in source; missed: ${missed.join(', ') || 'none'}`,
    ok: missed.length === 0,
  };
}

async function recordCost(): Promise<Found> {
  const costs = [1, 2, 3, 4, 5].map(() => measureRecordCost(4_000_000));
  const median = (values: readonly number[]): number =>
    [...values].sort((a, b) => a - b)[2] as number;
  const ns = median(costs.map((cost) => cost.nsPerRecord));
  const octets = median(costs.map((cost) => cost.heapOctetsPerRecord));
  return {
    measured: `${ns.toFixed(0)} ns, ${octets.toFixed(2)} octets`,
    ok: ns <= 150 && octets <= 1,
  };
}

async function simulatorSpeed(): Promise<Found> {
  const median = (rates: readonly number[]): number =>
    [...rates].sort((a, b) => a - b)[1] as number;
  const hops = median([1, 2, 3].map(() => measurePacketHops(300_000, true).perSecond));
  const events = median([1, 2, 3].map(() => measureEvents(2_000_000, true).perSecond));
  const millions = (rate: number): string => `${(rate / 1e6).toFixed(2)} M/s`;
  return { measured: `${millions(hops)}, ${millions(events)}`, ok: hops >= 1e6 && events >= 2e6 };
}

async function loopbackRatio(): Promise<Found> {
  const { plain, link, ratio } = await measureLinkCopy(1024, 5);
  const median = (rates: readonly number[]): string =>
    ([...rates].sort((a, b) => a - b)[2] as number).toFixed(0);
  return {
    measured: `${ratio.toFixed(2)}, ${median(link)} against ${median(plain)} MB/s`,
    ok: ratio >= 0.3,
  };
}

async function mutations(): Promise<Found> {
  const suite = createNativeSuite();
  const { reports } = mutateDecoders(suite, '1', MUTATIONS);
  const forgeries = reports.reduce((sum, report) => sum + report.forgeries, 0);
  const answered = reports.every(({ runs, values, verdicts }) => runs === values + verdicts);
  const offences = misbehave(suite, new RandomStream('1', 'misbehave'));
  const unhit = offences
    .filter(({ counted, total }) => counted !== 1 || total !== 1)
    .map(({ reject }) => reject);
  const hit =
    unhit.length === 0 ? `all ${offences.length} counters hit` : `not hit: ${unhit.join(', ')}`;
  return {
    measured: `${reports.length} decoders, ${forgeries} forgeries, ${hit}`,
    ok: forgeries === 0 && answered && unhit.length === 0,
  };
}

async function cleanClone(): Promise<Found> {
  const folder = mkdtempSync(join(tmpdir(), 'spn-clone-'));
  try {
    const at = join(folder, 'spn');
    const clone = await finished('git', ['clone', '--quiet', ROOT, at]);
    const install = await finished('npm', ['ci'], { cwd: at });
    const start = await finished('npm', ['start'], { cwd: at });
    const ok = clone.code === 0 && install.code === 0 && start.code === 0;
    return {
      measured: `npm ci ${install.seconds.toFixed(1)} s, npm start ${start.seconds.toFixed(1)} s`,
      ok,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
