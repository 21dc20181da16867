import type { Assertion } from '#sim/scenario/mod.ts';
import type { Conducted } from './conduct.ts';
import type { Grid } from './grid.ts';
import type { SweepRun } from './record.ts';
import { type Interval, intervalOf, pairedInterval } from './statistics.ts';

/** A metric at a point. `againstFirst`: what it is more than at the first point, seed by seed. */
export type MetricSummary = Interval & { readonly unit: string; readonly againstFirst?: Interval };

/** How an assertion fared in the runs it was judged in. */
export type AssertionSummary = {
  readonly name: string;
  readonly kind: Assertion['kind'];
  /** `run`: it must hold in every run. `sweep`: in at least one, at whatever point. */
  readonly over: 'run' | 'sweep';
  readonly runs: number;
  readonly failed: number;
  /** The first run in which it failed. */
  readonly firstFailed?: string;
};

export type PointSummary = {
  readonly params: SweepRun['params'];
  readonly runs: number;
  readonly metrics: { readonly [name: string]: MetricSummary };
  readonly assertions: readonly AssertionSummary[];
};

export type Summary = {
  /** All ran, and all that must hold holds. */
  readonly ok: boolean;
  readonly complete: boolean;
  readonly points: readonly PointSummary[];
  /** Assertions that are judged over all runs together and hold in none. */
  readonly never: readonly string[];
  readonly crashed: readonly { readonly token: string; readonly why: string }[];
};

export function summarize(grid: Grid, { ledger, tokens, isComplete }: Conducted): Summary {
  const first = (tokens[0] ?? []).map((token) => ledger.run(token));
  const points = grid.points.map(({ params, plant }, i): PointSummary => {
    const runs = (tokens[i] ?? []).map((token) => ledger.run(token));
    const held = runs.filter((run) => run !== undefined);
    return {
      params: { ...params, ...(plant === undefined ? {} : { plant }) },
      runs: held.length,
      metrics: metricsOf(runs, i === 0 ? undefined : first),
      assertions: assertionsOf(held),
    };
  });
  const crashed = tokens.flat().flatMap((token) => {
    const why = ledger.lost(token);
    return why === undefined ? [] : [{ token, why }];
  });
  const never = neverSeen(points);
  const isHolding = points.every(({ assertions }) => assertions.every(holdsInRuns));
  const ok = isComplete && isHolding && never.length === 0 && crashed.length === 0;
  return { ok, complete: isComplete, points, never, crashed };
}

/** True unless it failed in a run in which it had to hold. */
export function holdsInRuns({ over, failed }: AssertionSummary): boolean {
  return over === 'sweep' || failed === 0;
}

/** `first`: runs of the first point, by seed. A seed that one of the two lacks is left out of what is compared. */
function metricsOf(
  runs: readonly (SweepRun | undefined)[],
  first: readonly (SweepRun | undefined)[] | undefined,
): PointSummary['metrics'] {
  const units = new Map<string, string>();
  for (const run of runs)
    for (const [name, { unit }] of Object.entries(run?.metrics ?? {})) units.set(name, unit);
  const summaries = [...units].map(([name, unit]): [string, MetricSummary] => {
    const values = runs.map((run) => run?.metrics[name]?.value);
    const sound = values.filter((value) => value !== undefined);
    const before = first?.map((run) => run?.metrics[name]?.value) ?? [];
    const pairs = values.flatMap((value, i) => {
      const other = before[i];
      return value === undefined || other === undefined ? [] : [[other, value] as const];
    });
    const summary = { unit, ...intervalOf(sound) };
    if (pairs.length === 0) return [name, summary];
    const difference = pairedInterval(
      pairs.map(([a]) => a),
      pairs.map(([, b]) => b),
    );
    return [name, { ...summary, againstFirst: difference }];
  });
  return Object.fromEntries(summaries);
}

function assertionsOf(runs: readonly SweepRun[]): readonly AssertionSummary[] {
  const summaries = new Map<string, AssertionSummary>();
  for (const { token, assertions } of runs)
    for (const { name, kind, ok: held, promised = 'run', seen = held } of assertions) {
      // What is promised to a sweep fails no run; here it counts as what it was: seen or not.
      const ok = promised === 'sweep' ? seen : held;
      const before = summaries.get(name) ?? { name, kind, over: promised, runs: 0, failed: 0 };
      const counted = { ...before, runs: before.runs + 1, failed: before.failed + (ok ? 0 : 1) };
      summaries.set(
        name,
        ok || before.firstFailed !== undefined ? counted : { ...counted, firstFailed: token },
      );
    }
  return [...summaries.values()];
}

function neverSeen(points: readonly PointSummary[]): readonly string[] {
  const all = points.flatMap(({ assertions }) => assertions).filter(({ over }) => over === 'sweep');
  const seen = new Set(all.filter(({ runs, failed }) => failed < runs).map(({ name }) => name));
  return [...new Set(all.map(({ name }) => name))].filter((name) => !seen.has(name));
}
