import { SCENARIOS } from '#scenarios/mod.ts';
import type { Recorder } from '#sim/mod.ts';
import {
  nearest,
  type Onlookers,
  type Pictures,
  parseToken,
  type Recipe,
  type RunOutcome,
  resolveSettings,
  runRecipe,
  type Scenario,
  tokenOf,
} from '#sim/scenario/mod.ts';
import { commitMark } from './commit.ts';
import { UsageFault } from './fault.ts';
import { LAB } from './invocation.ts';
import { OutFolder } from './out-folder.ts';
import { pageOf } from './page.ts';
import { bold, mark, number, print, table } from './print.ts';
import { type RecordingOptions, Recordings } from './recordings.ts';
import { seedOf } from './seed.ts';

export type ReplayOptions = RecordingOptions & {
  readonly json?: true;
  readonly out?: string;
};
export type RunOptions = ReplayOptions & {
  readonly seed?: string;
  readonly set?: readonly string[];
};

/** What `run --json` prints: an interface, its keys stay. */
export type RunReport = Omit<RunOutcome, 'pictures'> & {
  readonly schemaVersion: 1;
  readonly scenario: string;
  readonly seed: string;
  readonly token: string;
  readonly params: { readonly [name: string]: number | string };
  readonly wallSeconds: number;
};

export async function run(name: string, options: RunOptions): Promise<number> {
  const scenario = scenarioOf(name);
  const seed = seedOf(options.seed);
  const settings = resolveSettings(scenario, options.set ?? []);
  if ('fault' in settings) throw new UsageFault(settings.fault);
  return show({ scenario, seed, ...settings }, options);
}

/** The scenario of a name. Throws UsageFault. */
export function scenarioOf(name: string): Scenario {
  const scenario = SCENARIOS.find((candidate) => candidate.name === name);
  if (scenario !== undefined) return scenario;
  const names = SCENARIOS.map((known) => known.name);
  throw new UsageFault(`unknown scenario "${name}"${nearest(name, names)}`);
}

export async function replay(token: string, options: ReplayOptions): Promise<number> {
  return show(recipeOf(token), options);
}

/** What a token stands for, or the fault of whoever typed it. */
export function recipeOf(token: string): Recipe {
  const recipe = parseToken(token, SCENARIOS);
  if ('fault' in recipe) throw new UsageFault(recipe.fault);
  return recipe;
}

/** One run and all there is to say about it. `token`: the one it was asked for by, if it was. */
export function execute(recipe: Recipe, token?: string): RunReport {
  return executeDrawn(recipe, {}, token).report;
}

/** The same, with what a page about it shows. */
function executeDrawn(
  recipe: Recipe,
  onlookers: Onlookers,
  token: string = tokenOf(recipe, commitMark()),
): { readonly report: RunReport; readonly pictures: Pictures | undefined } {
  const startMs = performance.now();
  const { hashes, assertions, metrics, virtualSeconds, events, pictures } = runRecipe(
    recipe,
    onlookers,
  );
  const report: RunReport = {
    schemaVersion: 1,
    scenario: recipe.scenario.name,
    seed: recipe.seed,
    token,
    params: { ...recipe.params, ...(recipe.plant === undefined ? {} : { plant: recipe.plant }) },
    hashes,
    assertions,
    metrics,
    virtualSeconds,
    wallSeconds: Math.round(performance.now() - startMs) / 1000,
    events,
  };
  return { report, pictures };
}

async function show(recipe: Recipe, options: ReplayOptions): Promise<number> {
  const report = recorded(recipe, options);
  const isHolding = report.assertions.every((assertion) => assertion.ok);
  if (options.json === true) await print(JSON.stringify(report));
  else await print(describe(recipe, report));
  return isHolding ? 0 : 1;
}

/** Runs it, and writes whatever files are asked for. */
function recorded(recipe: Recipe, options: ReplayOptions): RunReport {
  const recordings = new Recordings(options, tokenOf(recipe, commitMark()));
  try {
    const { recorder } = recordings;
    if (options.out === undefined) return executeDrawn(recipe, { recorder }).report;
    return executeInto(recipe, options.out, recorder);
  } finally {
    recordings.end();
  }
}

/** With a folder: the log as it is written, the report, and the page about it where there is one to draw. */
export function executeInto(recipe: Recipe, folder: string, recorder?: Recorder): RunReport {
  const out = new OutFolder(folder);
  try {
    const { report, pictures } = executeDrawn(recipe, {
      logger: (line) => out.log(line),
      recorder,
    });
    out.report(report);
    if (pictures !== undefined) out.page(pageOf(recipe, report, pictures));
    return report;
  } finally {
    out.close();
  }
}

function describe(recipe: Recipe, report: RunReport): string {
  const { scenario } = recipe;
  const settings = Object.entries(report.params).map(([name, value]) => {
    return `${name}=${value}${scenario.params[name] === undefined ? '' : ` ${scenario.params[name].unit}`}`;
  });
  const assertions = report.assertions.map(({ name, kind, ok, detail }) => [
    mark(ok),
    name,
    kind,
    detail,
  ]);
  const metrics = Object.entries(report.metrics).map(([name, { value, unit }]) => [
    name,
    number(value, 3),
    unit,
  ]);
  return [
    `${bold(scenario.name)}  ${scenario.about}`,
    `  seed ${report.seed}, ${settings.join(', ')}`,
    '',
    table(assertions),
    '',
    table(metrics),
    '',
    `  ${number(report.events)} events, ${number(report.virtualSeconds, 3)} virtual seconds in ${report.wallSeconds} s`,
    `  trace ${report.hashes.trace}`,
    `  state ${report.hashes.state}`,
    `  draws ${report.hashes.draws}`,
    '',
    `  again: ${LAB} replay ${report.token}`,
  ].join('\n');
}
