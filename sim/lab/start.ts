import { join } from 'node:path';
import { SCENARIOS } from '#scenarios/mod.ts';
import { isOverlay, resolveSettings } from '#sim/scenario/mod.ts';
import { LAB } from './invocation.ts';
import { PAGE } from './out-folder.ts';
import { bold, mark, number, print, progress, table } from './print.ts';
import { executeInto, type RunReport } from './run.ts';

const FOLDER = join('out', 'start');
const SHOWN = Object.freeze(['first-light', 'who-sees-what'] as const);
const DRAWING = [
  '  browser -- client == Wi-Fi == provider == entry ==== middle ==== exit -- website',
  '                  \\________________________/  \\______/  \\______/  \\_ DNS over TLS',
  '                     three layers of encryption   two       one',
].join('\n');

/** The main job: people browse over three hops, and it is worked out who could know what. */
export async function start(): Promise<number> {
  await print(`${bold('SPN')}: the production core in a simulated network of six nodes\n`);
  await print(`${DRAWING}\n`);
  let isHolding = true;
  for (const name of SHOWN) isHolding = (await show(name)) && isHolding;
  await print(`  now break it:  ${LAB} run who-sees-what --set plant=skip-layer`);
  await print(`  what is here:  ${LAB} list`);
  return isHolding ? 0 : 1;
}

async function show(name: (typeof SHOWN)[number]): Promise<boolean> {
  const scenario = SCENARIOS.find((candidate) => candidate.name === name);
  const settings = scenario && resolveSettings(scenario, []);
  if (scenario === undefined || settings === undefined || 'fault' in settings) return false;
  progress(`running ${name} ...`);
  const folder = join(FOLDER, name);
  const recipe = { scenario, seed: '1', ...settings };
  const report = executeInto(recipe, folder);
  await print(`${bold(name)}  ${scenario.about}`);
  const plan = scenario.plan(settings.params);
  if (isOverlay(plan)) {
    const places = [
      plan.clients.length === 1 ? 'one client' : `${plan.clients.length} clients`,
      `${plan.nodes.length} nodes`,
      `${plan.websites.length} websites`,
      'a resolver',
    ];
    await print(`  ${places.join(', ')}; ${plan.visits.length} pages\n`);
  }
  const rows = report.assertions.map(({ name: what, ok, detail }) => [mark(ok), what, detail]);
  await print(`${table(rows)}\n`);
  await print(`${table(figures(report))}\n`);
  await print(`  look:   ${join(folder, PAGE)}  (opens from disk, without network)`);
  await print(`  again:  ${LAB} replay ${report.token}\n`);
  return report.assertions.every(({ ok }) => ok);
}

function figures({ metrics, virtualSeconds, wallSeconds }: RunReport): string[][] {
  const shown = ['openMedian', 'firstOctetMedian', 'pageMedian', 'wirePerContent'];
  const rows = shown.map((metric) => {
    const { value = 0, unit = '' } = metrics[metric] ?? {};
    return [metric, number(value, 2), unit];
  });
  return [...rows, ['simulated', number(virtualSeconds, 2), `virtual s in ${wallSeconds} s`]];
}
