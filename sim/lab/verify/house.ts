import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  measureEvents,
  measureLinkCopy,
  measurePacketHops,
  measureRecordCost,
} from '#bench/mod.ts';
import { createNativeSuite } from '#core/crypto/native/mod.ts';
import { createSeededSuite } from '#core/crypto/seeded/mod.ts';
import { SCENARIOS } from '#scenarios/mod.ts';
import { isSound, misbehave, mutateDecoders } from '#sim/adversary/mod.ts';
import { median, RandomStream } from '#sim/mod.ts';
import { expected, manyFlows, mismatches, runOnLoopback, simulate } from '#sim/real/mod.ts';
import { parseToken } from '#sim/scenario/mod.ts';
import { execute, type RunReport } from '../run.ts';
import { cleanClone } from './clean-clone.ts';
import { hostCases } from './host-cases.ts';
import { plants } from './plants.ts';
import { lab } from './processes.ts';
import type { Claim, Found } from './row.ts';

const TOGETHER = 'npm run --silent lab -- verify house';
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
    command: TOGETHER,
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
    command: TOGETHER,
    measure: recordCost,
  },
  {
    claim: 'simulator with audit on: packet-hops, bare events',
    bar: '>= 1 M/s, >= 2 M/s',
    unit: '',
    command: TOGETHER,
    measure: simulatorSpeed,
  },
  {
    claim: 'link over loopback, 16 KiB records, against a plain Node copy',
    bar: '>= 0.3',
    unit: '(median ratio)',
    command: TOGETHER,
    measure: loopbackRatio,
  },
  {
    claim: `${MUTATIONS.toLocaleString('en-US')} mutated transcripts per decoder`,
    bar: 'value or verdict, 0 forgeries, every counter of a link hit',
    unit: '',
    command: TOGETHER,
    measure: mutations,
  },
  {
    claim: 'clean clone: npm ci && npm start',
    bar: 'reported',
    unit: '',
    command: 'git clone . DIR && cd DIR && npm ci && npm start',
    measure: () => cleanClone(Number.POSITIVE_INFINITY),
  },
]);

/** Both worlds saw what the flows say, so they saw the same. */
async function parity(): Promise<Found> {
  const suite = createNativeSuite();
  // The same octets from the same key material; only encapsulation is seeded.
  const seeded = createSeededSuite();
  const flows = manyFlows(FLOWS, '1');
  const differing: string[] = [];
  for (const arrangement of ['plain', 'links'] as const) {
    const worlds = {
      simulated: simulate(arrangement, flows, seeded),
      real: await runOnLoopback(arrangement, flows, suite),
    };
    for (const [world, seen] of Object.entries(worlds))
      for (const { flow, end } of mismatches(expected(flows), seen))
        differing.push(`${world} ${arrangement} ${flow} ${end}`);
  }
  // The check itself must be able to fail: a flow of another length is another transcript.
  const spoiled = flows.map((flow) => (flow.id === 3 ? { ...flow, upLen: flow.upLen + 1 } : flow));
  const isSharp = mismatches(expected(flows), simulate('plain', spoiled, seeded)).length > 0;
  const detail = differing.length === 0 ? '' : ` (${differing.slice(0, 3).join('; ')})`;
  return {
    measured: `${differing.length} of ${8 * FLOWS} differ${detail}`,
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

async function recordCost(): Promise<Found> {
  const costs = [1, 2, 3, 4, 5].map(() => measureRecordCost(4_000_000));
  const ns = median(costs.map((cost) => cost.nsPerRecord));
  const octets = median(costs.map((cost) => cost.heapOctetsPerRecord));
  return {
    measured: `${ns.toFixed(0)} ns, ${octets.toFixed(2)} octets`,
    ok: ns <= 150 && octets <= 1,
  };
}

async function simulatorSpeed(): Promise<Found> {
  const hops = median([1, 2, 3].map(() => measurePacketHops(300_000, true).perSecond));
  const events = median([1, 2, 3].map(() => measureEvents(2_000_000, true).perSecond));
  const millions = (rate: number): string => `${(rate / 1e6).toFixed(2)} M/s`;
  return { measured: `${millions(hops)}, ${millions(events)}`, ok: hops >= 1e6 && events >= 2e6 };
}

async function loopbackRatio(): Promise<Found> {
  const { plain, link, ratio } = await measureLinkCopy(1024, 5);
  const rate = (rates: readonly number[]): string => median(rates).toFixed(0);
  return {
    measured: `${ratio.toFixed(2)}, ${rate(link)} against ${rate(plain)} MB/s`,
    ok: ratio >= 0.3,
  };
}

async function mutations(): Promise<Found> {
  const suite = createNativeSuite();
  const { reports, rejects } = mutateDecoders(suite, '1', MUTATIONS);
  const forgeries = reports.reduce((sum, report) => sum + report.forgeries, 0);
  const unsound = reports.filter((report) => !isSound(report)).map(({ decoder }) => decoder);
  const unhit = rejects.names.filter((name) => rejects.get(name) === 0);
  const offences = misbehave(suite, new RandomStream('1', 'misbehave'));
  const missed = offences.filter(({ counted, total }) => counted !== 1 || total !== 1);
  // What no mutation reaches (128 MiB under one key) an offence must.
  const never = unhit.filter((name) => !offences.some(({ reject }) => reject === name));
  const wrong = [...unsound, ...never, ...missed.map(({ reject }) => reject)];
  const links = rejects.names.length;
  return {
    measured:
      `${reports.length} decoders, ${forgeries} forgeries; counters hit: ` +
      `${links - unhit.length} of ${links} of a link by mutation, ${offences.length - missed.length} of ` +
      `${offences.length} by one offence each${wrong.length === 0 ? '' : `; wrong: ${wrong.join(', ')}`}`,
    ok: wrong.length === 0,
  };
}
