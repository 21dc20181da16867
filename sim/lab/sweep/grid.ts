import { type Recipe, resolveSettings, type Scenario, tokenOf } from '#sim/scenario/mod.ts';
import { commitMark } from '../commit.ts';
import { UsageFault } from '../fault.ts';

/** What a sweep keeps of a run takes about 5 KB of memory, and one file: this many are half a gigabyte. */
const RUNS_MAX = 100_000;
const SEED = /^(0|[1-9][0-9]{0,14})$/;
const RANGE = /^(-?[0-9]{1,15})\.\.(-?[0-9]{1,15})\/([0-9]{1,6})$/;

/** A parameter that takes several values. */
export type Axis = { readonly name: string; readonly values: readonly string[] };

/** One choice of values: every seed runs with it. */
export type GridPoint = {
  /** What differs from point to point: a value for each axis. Empty when there is one point. */
  readonly at: readonly string[];
  readonly params: Recipe['params'];
  readonly plant: Recipe['plant'];
};

/** Every point with every seed. The seeds are the same at each point, so points are compared seed by seed. */
export type Grid = {
  readonly scenario: Scenario;
  /** As all its tokens name it: a tree that changes meanwhile does not make two kinds of them. */
  readonly commit: string | undefined;
  readonly seeds: { readonly first: number; readonly last: number };
  readonly axes: readonly Axis[];
  /** The last axis runs fastest. */
  readonly points: readonly GridPoint[];
};

export function seedCount({ seeds }: Grid): number {
  return seeds.last - seeds.first + 1;
}

/** The run of a seed, counted from 0, at a point. */
export function tokenAt(
  { scenario, commit, seeds }: Grid,
  { params, plant }: GridPoint,
  i: number,
): string {
  return tokenOf({ scenario, seed: `${seeds.first + i}`, params, plant }, commit);
}

/** A grid from `A..B` and `key=v1,v2` or `key=from..to/count` texts. Throws UsageFault. */
export function gridOf(scenario: Scenario, seedText: string, settings: readonly string[]): Grid {
  const seeds = seedsOf(seedText);
  const all = settings.map(axisOf);
  const size = all.reduce((product, { values }) => product * values.length, 1);
  const runs = size * (seeds.last - seeds.first + 1);
  if (runs > RUNS_MAX)
    throw new UsageFault(
      `${size} grid points with ${runs / size} seeds are ${runs} runs; a sweep holds up to ${RUNS_MAX} in memory: ` +
        'take fewer, or several sweeps',
    );
  let choices: readonly (readonly string[])[] = [[]];
  for (const { values } of all)
    choices = choices.flatMap((choice) => values.map((value) => [...choice, value]));
  const points = choices.map((choice): GridPoint => {
    const texts = choice.map((value, i) => `${all[i]?.name}=${value}`);
    const resolved = resolveSettings(scenario, texts);
    if ('fault' in resolved) throw new UsageFault(resolved.fault);
    return { at: choice.filter((_, i) => (all[i]?.values.length ?? 0) > 1), ...resolved };
  });
  return {
    scenario,
    commit: commitMark(),
    seeds,
    axes: all.filter(({ values }) => values.length > 1),
    points,
  };
}

function seedsOf(text: string): Grid['seeds'] {
  const [first = '', last = '', ...rest] = text.split('..');
  if (rest.length > 0 || !SEED.test(first) || !SEED.test(last))
    throw new UsageFault(
      `--seeds takes A..B, whole numbers of up to 15 digits, both included, not "${text}"`,
    );
  if (Number(first) > Number(last))
    throw new UsageFault(`--seeds ${text} holds no seed: ${first} is above ${last}`);
  return { first: Number(first), last: Number(last) };
}

function axisOf(setting: string): Axis {
  const at = setting.indexOf('=');
  const name = at < 0 ? setting : setting.slice(0, at);
  const values = setting
    .slice(at < 0 ? setting.length : at + 1)
    .split(',')
    .flatMap((part) => rangeOf(name, part));
  const seen = new Set<string>();
  const twice = values.find((value) => seen.size === seen.add(value).size);
  if (twice !== undefined) throw new UsageFault(`--set ${name} has the value ${twice} twice`);
  return { name, values };
}

/** `10..50/5` is 10, 20, 30, 40, 50: so many values, evenly, on the nearest whole numbers. */
function rangeOf(name: string, part: string): readonly string[] {
  const [, from, to, count] = RANGE.exec(part) ?? [];
  if (from === undefined) {
    if (!part.includes('..')) return [part];
    throw new UsageFault(`--set ${name} takes values, or from..to/count, not "${part}"`);
  }
  const [low, high, n] = [Number(from), Number(to), Number(count)];
  if (n < 2 || n > RUNS_MAX || Math.abs(high - low) < n - 1)
    throw new UsageFault(
      `--set ${name}=${part} asks for ${n} whole numbers from ${low} to ${high}; ` +
        `there are from 2 to ${Math.min(RUNS_MAX, Math.abs(high - low) + 1)}`,
    );
  return Array.from({ length: n }, (_, i) => `${Math.round(low + (i * (high - low)) / (n - 1))}`);
}
