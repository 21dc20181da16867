import { compareWithNs3, measureBeacons, measureChain, Ns3, ns3Missing } from '#bench/mod.ts';
import { SCENARIOS } from '#scenarios/mod.ts';
import { isCaught, PLANTS, type PlantName, plantsOf } from '#sim/scenario/mod.ts';
import { PHYSICS_PLANTS } from '#sim/theory/mod.ts';
import { execute } from '../run.ts';
import { closedForms, missedInPhysics } from './closed-forms.ts';
import { finished, VITEST } from './processes.ts';
import type { Claim, Found } from './row.ts';
import { sweepRow } from './sweep-row.ts';

const TOGETHER = 'npm run --silent lab -- verify simulated-network';
const SEED = '1';
const HOPS_MIN = 1e6;
const RATIO_MIN = 4;
const ROUNDS = 5;
const HOSTS = 10_000;
const SECONDS = 60;
const IDLE_MAX = 2048;
const HEALING = 'sim/faults';
/** Defects of runs: what is not healed, and what is lost uncounted. */
const OF_RUNS: readonly string[] = Object.freeze(['one-way-unhealed', 'credit-leak']);

/** Issue `simulated-network`: what theory, the RFCs and another simulator say, and what is caught when it is not so. */
export const SIMULATED_NETWORK: readonly Claim[] = Object.freeze([
  {
    claim:
      'every closed form and bound, by default and elsewhere; no form that would pass when off by a tenth',
    bar: 'inside max(tolerance, 4 standard errors); 95 % to <= 5 %',
    unit: '',
    command: 'npm run --silent lab -- validate m-m-1 --set rho=0.73',
    measure: () => closedForms(SEED),
  },
  {
    claim: 'packet-hops through rate, queue and loss, audit on; against ns-3 on the same chain',
    bar: `>= ${HOPS_MIN / 1e6} M/s, >= ${RATIO_MIN}x`,
    unit: '',
    command: TOGETHER,
    measure: speed,
  },
  {
    claim: `${HOSTS.toLocaleString('en-US')} hosts that tell a neighbour once a second, ${SECONDS} virtual seconds`,
    bar: `completes; <= ${IDLE_MAX} octets a host beyond the core's state`,
    unit: '',
    command: TOGETHER,
    measure: beacons,
  },
  {
    claim: 'a sweep of 1,000 runs: by one worker, and by two of which one is killed',
    bar: 'the same octets',
    unit: '',
    command: TOGETHER,
    measure: () => sweepRow(),
  },
  {
    claim: 'faults healed',
    bar: 'every kind, by test',
    unit: '',
    command: `npm test -- ${HEALING}`,
    measure: healing,
  },
  {
    claim: `planted defects: ${[...Object.keys(PHYSICS_PLANTS), ...OF_RUNS].join(', ')}`,
    bar: 'each caught by name',
    unit: '',
    command: 'npm run --silent lab -- validate pipelining --set plant=lost-carry',
    measure: planted,
  },
]);

async function speed(): Promise<Found> {
  const missing = ns3Missing();
  if (missing !== undefined) {
    const rates = Array.from({ length: ROUNDS }, () => measureChain(400_000).perSecond);
    return judgeSpeed(rates.sort((a, b) => a - b)[ROUNDS >> 1] as number, missing);
  }
  using ns3 = new Ns3();
  const { ours, ...compared } = compareWithNs3(ns3, ROUNDS);
  return judgeSpeed(ours, compared);
}

/** Hops a second, and ns-3's or why there are none: what was not measured does not hold. */
export function judgeSpeed(
  ours: number,
  compared: { readonly theirs: number; readonly ratio: number } | string,
): Found {
  const millions = (rate: number): string => `${(rate / 1e6).toFixed(2)} M/s`;
  if (typeof compared === 'string')
    return { measured: `${millions(ours)}; >= ${RATIO_MIN}x NOT measured: ${compared}`, ok: false };
  const { theirs, ratio } = compared;
  return {
    measured: `${millions(ours)}, ${ratio.toFixed(1)}x of ${millions(theirs)}`,
    ok: ours >= HOPS_MIN && ratio >= RATIO_MIN,
  };
}

async function beacons(): Promise<Found> {
  const found = measureBeacons(HOSTS, SECONDS);
  const { sent, heard, octetsPerHost, coreOctetsPerHost, wallSeconds } = found;
  const beyond = octetsPerHost - coreOctetsPerHost;
  const counts = `${heard.toLocaleString('en-US')} of ${sent.toLocaleString('en-US')} heard`;
  return {
    measured:
      `${counts} in ${wallSeconds.toFixed(0)} s; ${beyond.toFixed(0)} octets a host beyond ` +
      `${coreOctetsPerHost.toFixed(0)} of the core`,
    // Those of the last milliseconds are under way.
    ok: heard >= HOSTS * (SECONDS - 2) && sent - heard <= HOSTS / 10 && beyond <= IDLE_MAX,
  };
}

async function healing(): Promise<Found> {
  const { code, seconds } = await finished(process.execPath, [...VITEST, HEALING]);
  const measured = code === 0 ? 'all' : `not: ${HEALING} ended with ${code}`;
  return { measured: `${measured}, ${seconds.toFixed(0)} s`, ok: code === 0 };
}

async function planted(): Promise<Found> {
  const missed = [...missedInPhysics(SEED), ...OF_RUNS.filter((name) => !isCaughtInRun(name))];
  return { measured: `missed: ${missed.join(', ') || 'none'}`, ok: missed.length === 0 };
}

/** In the first scenario that can show it, by the assertion that is to name it. */
function isCaughtInRun(name: string): boolean {
  const plant = Object.hasOwn(PLANTS, name) ? (name as PlantName) : undefined;
  const scenario = SCENARIOS.find((one) => plantsOf(one).some((other) => other === name));
  if (plant === undefined || scenario === undefined) return false;
  const params = Object.fromEntries(
    Object.entries(scenario.params).map(([key, param]) => [key, param.default]),
  );
  return isCaught(plant, execute({ scenario, seed: SEED, params, plant }).assertions);
}
