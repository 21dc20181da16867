import { availableParallelism } from 'node:os';
import { StopRequest } from '#core/platform/mod.ts';
import { pasteable } from '#sim/real/mod.ts';
import { nearest } from '#sim/scenario/mod.ts';
import { UsageFault } from '../fault.ts';
import { LAB, labCommand } from '../invocation.ts';
import { print } from '../print.ts';
import { scenarioOf } from '../run.ts';
import { type Conducted, conduct, type Until } from './conduct.ts';
import { type Grid, gridOf } from './grid.ts';
import { Disagreement } from './ledger.ts';
import { LocalEngine } from './local-engine.ts';
import { Meter } from './meter.ts';
import { pageOf } from './page.ts';
import { FolderShelf } from './shelf.ts';
import { describe } from './show.ts';
import { type Summary, summarize } from './summary.ts';

/** Milliseconds one run may take. */
export const RUN_LIMIT_MS = 300_000;
const WORKERS_MAX = 64;

export type SweepOptions = {
  readonly seeds: string;
  readonly set: readonly string[];
  readonly workers?: string;
  readonly until?: string;
  readonly json?: true;
  readonly out?: string;
};

/** Runs a grid. 0: all ran and all holds; 1: something does not, or crashed, or somebody stopped it. */
export async function sweep(name: string, options: SweepOptions): Promise<number> {
  const grid = gridOf(scenarioOf(name), options.seeds, options.set);
  const workers = workersOf(options.workers);
  const until = untilOf(options.until);
  const shelf = options.out === undefined ? undefined : new FolderShelf(options.out);
  const meter = new Meter(grid, workers);
  const command = labCommand('sweep-worker');
  const engine = new LocalEngine({ command, workers, limitMs: RUN_LIMIT_MS });
  const stop = new StopRequest({ eof: false, parent: true });
  let stopped: string | undefined;
  void stop.asked.then((why) => {
    stopped = why;
    return engine.cancel();
  });
  try {
    const conducted = await conduct(grid, engine, {
      until,
      shelf,
      heard: (ledger, token) => {
        const run = ledger.run(token);
        if (run !== undefined) checkMetric(until, Object.keys(run.metrics));
        meter.count(run);
      },
    });
    const machine = meter.stop(conducted.kept);
    const summary = summarize(grid, conducted);
    const result = resultText(grid, conducted, until, summary);
    shelf?.finish(result, pageOf(grid, summary, commandOf(name, options)), machine);
    if (options.json === true) await print(result);
    else await print(describe(grid, summary, { machine, spoiled: shelf?.spoiled ?? 0, stopped }));
    return summary.ok ? 0 : 1;
  } catch (error) {
    if (!(error instanceof Disagreement)) throw error;
    process.stderr.write(`lab: ${error.message}\n`);
    return 1;
  } finally {
    meter.clear();
    await engine.cancel();
    stop.release();
  }
}

/** What a person types for the same result: how many workers is his business. */
function commandOf(name: string, { seeds, set, until, out }: SweepOptions): string {
  const words = ['sweep', name, '--seeds', seeds];
  for (const setting of set) words.push('--set', setting);
  if (until !== undefined) words.push('--until', until);
  if (out !== undefined) words.push('--out', out);
  return `${LAB} ${pasteable(words)}`;
}

/** What `sweep --json` prints: an interface, its keys stay. The same octets for any number of workers. */
export function resultText(
  grid: Grid,
  conducted: Conducted,
  until?: Until,
  summary: Summary = summarize(grid, conducted),
): string {
  const { ledger, tokens } = conducted;
  const runs = tokens.flat().flatMap((token) => ledger.run(token) ?? []);
  const { scenario, seeds, axes } = grid;
  const head = {
    schemaVersion: 1,
    scenario: scenario.name,
    seeds: [`${seeds.first}`, `${seeds.last}`],
    grid: Object.fromEntries(axes.map(({ name, values }) => [name, values])),
    ...(until === undefined ? {} : { until }),
  };
  return JSON.stringify({ ...head, runs, summary });
}

function workersOf(text: string | undefined): number {
  if (text === undefined) return Math.min(WORKERS_MAX, availableParallelism());
  const workers = /^[0-9]{1,2}$/.test(text) ? Number(text) : 0;
  if (workers < 1 || workers > WORKERS_MAX)
    throw new UsageFault(`--workers takes a whole number from 1 to ${WORKERS_MAX}, not "${text}"`);
  return workers;
}

function untilOf(text: string | undefined): Until | undefined {
  if (text === undefined) return undefined;
  const [, metric, share = ''] = /^(?:([A-Za-z][\w-]*)=)?(0?\.[0-9]{1,6})$/.exec(text) ?? [];
  if (!(Number(share) > 0))
    throw new UsageFault(
      `--until takes a share of the mean between 0 and 1, or METRIC=SHARE, not "${text}"`,
    );
  return { share: Number(share), metric };
}

/** What a run measures is known when the first is over. */
function checkMetric(until: Until | undefined, names: readonly string[]): void {
  if (until?.metric !== undefined && !names.includes(until.metric))
    throw new UsageFault(
      `--until: unknown metric "${until.metric}"${nearest(until.metric, names)}`,
    );
}
