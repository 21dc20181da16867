import { SCENARIOS } from '#scenarios/mod.ts';
import { PLANTS, plantsOf } from '#sim/scenario/mod.ts';
import { type Case, cases, PHYSICS_PLANTS, SHOWN_BY } from '#sim/theory/mod.ts';
import { LAB } from './invocation.ts';
import { ns3Case } from './ns3-case.ts';
import { bold, number, print, table } from './print.ts';

/** Every scenario and every case of validate: its parameters, what it holds, and the defects it can show. */
export async function list(options: { readonly json?: true }): Promise<number> {
  if (options.json === true) {
    const scenarios = SCENARIOS.map(({ name, about, params, mustHold, ...rest }) => ({
      name,
      about,
      params,
      mustHold,
      plants: plantsOf({ name, about, params, mustHold, ...rest }),
    }));
    const plants = { ...PLANTS, ...PHYSICS_PLANTS };
    await print(JSON.stringify({ schemaVersion: 1, scenarios, cases: listedCases(), plants }));
    return 0;
  }
  for (const scenario of SCENARIOS) {
    await print(`${bold(scenario.name)}  ${scenario.about}`);
    await print(settings(scenario.params));
    await print(`  holds: ${scenario.mustHold.join(', ')}`);
    await print(`  plants: ${plantsOf(scenario).join(', ')}\n`);
  }
  for (const { name, about, parameters, plants } of listedCases()) {
    await print(`${bold(`validate ${name}`)}  ${about}`);
    await print(settings(parameters));
    await print(plants.length === 0 ? '' : `  plants: ${plants.join(', ')}\n`);
  }
  await print(`run one:   ${LAB} run who-sees-what`);
  await print(`ask why:   ${LAB} why TOKEN EVENT, ${LAB} diff TOKEN TOKEN`);
  await print(`break one: ${LAB} run who-sees-what --set plant=skip-layer`);
  await print(`check one: ${LAB} validate m-d-1 --set rho=0.9`);
  return 0;
}

/** One line for each: how it is set, its range, and what it is. */
function settings(params: Case['parameters']): string {
  const rows = Object.entries(params).map(([name, param]) => [
    `--set ${name}=${param.default}`,
    `${number(param.min, 3)} to ${number(param.max, 3)} ${param.unit}`,
    param.about,
  ]);
  return table(rows);
}

function listedCases() {
  return [...cases(), ns3Case()].map(({ name, about, parameters }) => {
    const plants = Object.entries(SHOWN_BY).flatMap(([plant, by]) => (by === name ? [plant] : []));
    return { name, about, parameters, plants };
  });
}
