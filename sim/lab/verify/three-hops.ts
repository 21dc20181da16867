import { measureCreateCost, measureManyNodes, measureThreeHops } from '#bench/mod.ts';
import { createSeededSuite } from '#core/crypto/seeded/mod.ts';
import { SCENARIOS } from '#scenarios/mod.ts';
import {
  isContained,
  isRefused,
  replayCases,
  replayCreates,
  tamper,
  tamperCases,
} from '#sim/adversary/mod.ts';
import { median } from '#sim/mod.ts';
import { isCaught, type PlantName } from '#sim/scenario/mod.ts';
import { execute } from '../run.ts';
import { cleanClone } from './clean-clone.ts';
import type { Claim, Found } from './row.ts';

const SEEDS = 100;
const PLANTS: readonly PlantName[] = Object.freeze<PlantName[]>([
  'plain-dns',
  'skip-layer',
  'shared-ephemeral',
  'canary-in-log',
  'stream-id-reuse',
]);
const DOWNLOAD_MB = 100;
const PAIRS = 3;
const CREATE_BATCHES = 20;
const START_MAX_S = 60;
const REAL_TIME_MIN = 10;
const CREATE_MAX_MS = 0.5;

/** Issue `three-hops`: a network one can run, watch and curl through. */
export const THREE_HOPS: readonly Claim[] = Object.freeze([
  {
    claim: '100 MB through three real hops with curl, against three processes that copy',
    bar: 'SHA-256 equal; MB/s and ratio reported',
    unit: '',
    command: 'npm run --silent lab -- verify three-hops',
    measure: download,
  },
  {
    claim: `coalitions and equal octets, ${SEEDS} seeds; five plants`,
    bar: 'hold; all caught',
    unit: '',
    command: 'npm run --silent lab -- run who-sees-what --seed N --set plant=NAME',
    measure: coalitions,
  },
  {
    claim:
      'a malicious relay changes cells after link opening: every region, deed, hop, direction, class',
    bar: 'the circuit dies at the next honest hop, nobody else notices',
    unit: '',
    command: 'npm test -- sim/adversary',
    measure: tampering,
  },
  {
    claim: 'CREATEs replayed: same boot; kill -9 and restart; clock +-1 day; another neighbour',
    bar: '0 accepted',
    unit: '',
    command: 'npm run --silent lab -- run restart-replay',
    measure: replays,
  },
  {
    claim: 'CREATE: processor time per hop, native',
    bar: `<= ${CREATE_MAX_MS} ms`,
    unit: '',
    command: 'npm run --silent lab -- verify three-hops',
    measure: createCost,
  },
  {
    claim: 'clean clone: npm ci && npm start',
    bar: `start <= ${START_MAX_S} s`,
    unit: '',
    command: 'git clone . DIR && cd DIR && npm ci && npm start',
    measure: () => cleanClone(START_MAX_S),
  },
  {
    claim: '200 simulated nodes, 50 flows of 1 Mbit/s, real cryptography',
    bar: `>= ${REAL_TIME_MIN}x real time`,
    unit: '',
    command: 'npm run --silent lab -- verify three-hops',
    measure: manyNodes,
  },
]);

async function download(): Promise<Found> {
  const { hops, plain, ratio, altered } = await measureThreeHops(DOWNLOAD_MB, PAIRS);
  const rate = (figures: readonly number[]): string => median(figures).toFixed(0);
  return {
    measured:
      `${altered} of ${2 * PAIRS} altered; ${rate(hops)} MB/s, ` +
      `${ratio.toFixed(2)} of the copy's ${rate(plain)} MB/s`,
    ok: altered === 0,
  };
}

async function coalitions(): Promise<Found> {
  const scenario = SCENARIOS.find(({ name }) => name === 'who-sees-what');
  if (scenario === undefined) throw new Error('the scenario is gone');
  const params = Object.fromEntries(
    Object.entries(scenario.params).map(([name, param]) => [name, param.default]),
  );
  const failed: string[] = [];
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { assertions } = execute({ scenario, seed: `${seed}`, params, plant: undefined });
    for (const { name, ok } of assertions) if (!ok) failed.push(`${name} at seed ${seed}`);
  }
  const missed = PLANTS.filter((plant) => {
    const { assertions } = execute({ scenario, seed: '1', params, plant });
    return !isCaught(plant, assertions);
  });
  const detail = [...failed.slice(0, 3), ...missed.map((plant) => `missed ${plant}`)].join('; ');
  return {
    measured:
      `${SEEDS - new Set(failed.map((text) => text.split(' at ')[1])).size} seeds hold, ` +
      `${PLANTS.length - missed.length} of ${PLANTS.length} plants caught${detail && `; ${detail}`}`,
    ok: failed.length === 0 && missed.length === 0,
  };
}

async function tampering(): Promise<Found> {
  const suite = createSeededSuite();
  const reports = tamperCases().map((one) => tamper(suite, 'verify', one));
  const failed = reports.filter((report) => !isContained(report));
  const [first] = failed;
  const detail =
    first && `; first: ${first.deed} ${first.direction} at hop ${first.hop}: ${first.counted}`;
  return {
    measured: `${reports.length - failed.length} of ${reports.length} cases${detail ?? ''}`,
    ok: failed.length === 0 && reports.length > 0,
  };
}

async function replays(): Promise<Found> {
  const suite = createSeededSuite();
  const reports = replayCases().map((one) => replayCreates(suite, 'verify', one));
  const replayed = reports.reduce((sum, report) => sum + report.replayed, 0);
  const accepted = reports.reduce((sum, report) => sum + report.accepted, 0);
  return {
    measured: `${accepted} of ${replayed} accepted, in ${reports.length} cases`,
    ok: reports.every(isRefused) && replayed > 0,
  };
}

async function createCost(): Promise<Found> {
  const { msPerHop } = measureCreateCost(CREATE_BATCHES);
  return { measured: `${msPerHop.toFixed(2)} ms`, ok: msPerHop <= CREATE_MAX_MS };
}

async function manyNodes(): Promise<Found> {
  const { virtualSeconds, wallSeconds, octets, broken } = measureManyNodes(200, 50, 1, 10);
  const ratio = virtualSeconds / wallSeconds;
  const mbits = (octets * 8) / 1e6 / virtualSeconds;
  return {
    measured: `${ratio.toFixed(1)}x, ${mbits.toFixed(0)} Mbit/s carried, ${broken} flows broken`,
    ok: ratio >= REAL_TIME_MIN && broken === 0,
  };
}
