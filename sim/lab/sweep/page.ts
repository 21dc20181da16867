import { renderSweep, type SweepData } from '#sim/report/mod.ts';
import { commit } from '../commit.ts';
import { LAB } from '../invocation.ts';
import type { Grid } from './grid.ts';
import { type AssertionSummary, holdsInRuns, type Summary } from './summary.ts';

/** The page about a sweep. `command`: what repeats it. The same for any number of workers. */
export function pageOf(grid: Grid, summary: Summary, command: string): string {
  const { scenario, seeds } = grid;
  const along = alongOf(grid);
  const names = new Set(summary.points.flatMap(({ metrics }) => Object.keys(metrics)));
  return renderSweep({
    title: scenario.name,
    about: scenario.about,
    command,
    facts: [
      ['scenario', scenario.name],
      ['seeds', `${seeds.first} to ${seeds.last}`],
      ...grid.axes.map(({ name, values }): [string, string] => [name, values.join(', ')]),
      ...fixed(grid),
      ['commit', commit()],
    ],
    runs: summary.points.reduce((sum, { runs }) => sum + runs, 0),
    points: grid.points.map(({ at }, i) => ({
      label: at.length === 0 ? 'all runs' : labelOf(grid, at, -1),
      curve: along < 0 ? '' : labelOf(grid, at, along),
      x: along < 0 ? i + 1 : Number(at[along]),
    })),
    axis: axisOf(grid, along),
    metrics: [...names].map((name) => ({
      name,
      unit: summary.points.map(({ metrics }) => metrics[name]?.unit).find(Boolean) ?? '',
      values: summary.points.map(({ metrics }) => metrics[name]),
    })),
    assertions: assertionsOf(summary),
    faults: [
      ...summary.crashed.map(({ token, why }) => `a run crashed (${why}): ${LAB} replay ${token}`),
      ...(summary.complete ? [] : ['it was stopped before all was done']),
    ],
  });
}

/** The axis that charts go along: the longest of whole numbers; -1 when there is none. */
function alongOf({ axes, scenario }: Grid): number {
  const lengths = axes.map(({ name, values }) =>
    Object.hasOwn(scenario.params, name) ? values.length : 0,
  );
  const longest = Math.max(0, ...lengths);
  return longest === 0 ? -1 : lengths.indexOf(longest);
}

function axisOf({ axes, scenario }: Grid, along: number): SweepData['axis'] {
  const name = axes[along]?.name;
  return name === undefined ? undefined : { name, unit: scenario.params[name]?.unit ?? '' };
}

/** 'loss=2 octets=5', without one of the axes. */
function labelOf({ axes }: Grid, at: readonly string[], without: number): string {
  const parts = axes.map(({ name }, i) => (i === without ? '' : `${name}=${at[i]}`));
  return parts.filter((part) => part !== '').join(' ');
}

/** Parameters that are the same at every point. */
function fixed({ axes, points }: Grid): readonly (readonly [string, string])[] {
  const { params = {}, plant } = points[0] ?? {};
  const swept = new Set(axes.map(({ name }) => name));
  const rest = Object.entries(params).filter(([name]) => !swept.has(name));
  const facts = rest.map(([name, value]): [string, string] => [name, `${value}`]);
  if (plant !== undefined && !swept.has('plant')) facts.push(['planted defect', plant]);
  return facts;
}

/** Each assertion over all points together. */
function assertionsOf({ points, never }: Summary): SweepData['assertions'] {
  const all = new Map<string, AssertionSummary>();
  for (const one of points.flatMap(({ assertions }) => assertions)) {
    const { runs = 0, failed = 0, firstFailed = one.firstFailed } = all.get(one.name) ?? {};
    all.set(one.name, {
      ...one,
      runs: runs + one.runs,
      failed: failed + one.failed,
      ...(firstFailed === undefined ? {} : { firstFailed }),
    });
  }
  return [...all.values()].map((one) => ({
    name: one.name,
    kind: one.kind,
    ok: holdsInRuns(one) && !never.includes(one.name),
    runs: one.runs,
    failed: one.failed,
    command: one.firstFailed === undefined ? '' : `${LAB} replay ${one.firstFailed}`,
  }));
}
