import { LAB } from '../invocation.ts';
import { bold, mark, number, table } from '../print.ts';
import { type Grid, seedCount } from './grid.ts';
import type { Machine } from './meter.ts';
import type { Interval } from './statistics.ts';
import { holdsInRuns, type PointSummary, type Summary } from './summary.ts';

/** A sweep for people. */
export function describe(
  grid: Grid,
  summary: Summary,
  {
    machine,
    spoiled,
    stopped,
  }: { readonly machine: Machine; readonly spoiled: number; readonly stopped: string | undefined },
): string {
  const { scenario, seeds, points } = grid;
  const lines = [
    `${bold(scenario.name)}  ${scenario.about}`,
    `  seeds ${seeds.first}..${seeds.last} at ${points.length} grid ${points.length === 1 ? 'point' : 'points'}`,
  ];
  for (const [i, point] of summary.points.entries()) lines.push('', ...pointText(grid, i, point));
  if (points.length > 1)
    lines.push(
      '',
      '  - first: less the first point, seed by seed; * where the interval leaves out 0',
    );
  lines.push('', ...verdicts(summary), '', `  ${machineText(machine)}`);
  if (spoiled > 0) lines.push(`  ${spoiled} kept results were not as written, and ran again`);
  if (!summary.complete)
    lines.push(
      `  stopped (${stopped ?? 'cancelled'}) at ${number(machine.runs)} of up to ` +
        `${number(points.length * seedCount(grid))} runs; with --out, the same again goes on from there`,
    );
  return lines.join('\n');
}

function pointText(grid: Grid, i: number, point: PointSummary): readonly string[] {
  const at = grid.points[i]?.at ?? [];
  const name = grid.axes.map((axis, k) => `${axis.name}=${at[k]}`).join(' ');
  const isCompared = Object.values(point.metrics).some((metric) => metric.againstFirst);
  const head = [
    '',
    'mean',
    '95 %',
    'min',
    'max',
    'unit',
    ...(isCompared ? ['- first', '95 %'] : []),
  ];
  const rows = Object.entries(point.metrics).map(([metric, summary]) => {
    const { againstFirst } = summary;
    const row = [metric, figure(summary.mean), margin(summary)];
    row.push(figure(summary.min), figure(summary.max), summary.unit);
    if (againstFirst !== undefined)
      row.push(
        figure(againstFirst.mean),
        `${margin(againstFirst)}${isSure(againstFirst) ? ' *' : ''}`,
      );
    return row;
  });
  const runs = `${number(point.runs)} ${point.runs === 1 ? 'run' : 'runs'}`;
  return [`  ${bold(name === '' ? runs : `${name}, ${runs}`)}`, table([head, ...rows], '    ')];
}

/** True where the interval leaves out zero. */
function isSure({ mean, halfWidth }: Interval): boolean {
  return halfWidth !== null && Math.abs(mean) > halfWidth;
}

function verdicts({ points, never, crashed }: Summary): readonly string[] {
  const failures = points.flatMap(({ assertions }) =>
    assertions
      .filter((assertion) => !holdsInRuns(assertion))
      .map(({ name, kind, runs, failed, firstFailed }) => [
        mark(false),
        name,
        kind,
        `${number(failed)} of ${number(runs)} runs`,
        `first: ${LAB} replay ${firstFailed}`,
      ]),
  );
  const rows = [
    ...failures,
    ...never.map((name) => [mark(false), name, 'sometimes', 'in no run of the sweep']),
    ...crashed.map(({ token, why }) => [mark(false), 'crashed', why, '', `${LAB} replay ${token}`]),
  ];
  if (rows.length > 0) return [table(rows)];
  const names = new Set(points.flatMap(({ assertions }) => assertions.map(({ name }) => name)));
  const text = names.size === 0 ? 'nothing was judged' : `all ${names.size} assertions`;
  return [table([[mark(names.size > 0), text]])];
}

function machineText({ workers, wallSeconds, runs, kept, ...rates }: Machine): string {
  const before = kept === 0 ? '' : ` (${number(kept)} of them kept from before)`;
  return (
    `${number(runs)} runs${before} in ${number(wallSeconds, 1)} s on ${workers} ` +
    `${workers === 1 ? 'worker' : 'workers'}: ${number(rates.runsPerSecond, 1)} runs a second, ` +
    `${number(rates.seedsPerHour)} seeds an hour, ${number(rates.virtualSecondsPerSecond, 1)} virtual seconds a second`
  );
}

function margin({ halfWidth }: Interval): string {
  return halfWidth === null ? '' : `+- ${figure(halfWidth, 3)}`;
}

function figure(value: number, digits = 6): string {
  return value.toLocaleString('en-US', { maximumSignificantDigits: digits });
}
