import { renderReport } from '#sim/report/mod.ts';
import type { Pictures, Recipe } from '#sim/scenario/mod.ts';
import { commit } from './commit.ts';
import { LAB } from './invocation.ts';
import type { RunReport } from './run.ts';

/** The page about a run: one HTML file that opens from disk. */
export function pageOf(recipe: Recipe, report: RunReport, pictures: Pictures): string {
  const { scenario, plant } = recipe;
  const failed = report.assertions.filter(({ ok }) => !ok);
  const text =
    failed.length === 0
      ? ''
      : `${failed.length} of ${report.assertions.length} do not hold: ${failed.map(({ name }) => name).join(', ')}`;
  return renderReport({
    title: scenario.name,
    about: scenario.about,
    token: report.token,
    seed: report.seed,
    scenario: scenario.name,
    params: report.params,
    ...(plant === undefined ? {} : { plant }),
    commit: commit(),
    command: `${LAB} replay ${report.token}`,
    verdict: { ok: failed.length === 0, text },
    assertions: report.assertions,
    metrics: report.metrics,
    hashes: report.hashes,
    virtualSeconds: report.virtualSeconds,
    wallSeconds: report.wallSeconds,
    events: report.events,
    ...pictures,
  });
}
