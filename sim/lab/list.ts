import { SCENARIOS } from '#scenarios/mod.ts';
import { PLANTS, plantsOf } from '#sim/scenario/mod.ts';
import { LAB } from './invocation.ts';
import { bold, number, print, table } from './print.ts';

/** Every scenario with its parameters, what it holds, and the defects that can be planted in it. */
export async function list(options: { readonly json?: true }): Promise<number> {
  if (options.json === true) {
    const scenarios = SCENARIOS.map(({ name, about, params, mustHold, ...rest }) => ({
      name,
      about,
      params,
      mustHold,
      plants: plantsOf({ name, about, params, mustHold, ...rest }),
    }));
    await print(JSON.stringify({ schemaVersion: 1, scenarios, plants: PLANTS }));
    return 0;
  }
  for (const scenario of SCENARIOS) {
    await print(`${bold(scenario.name)}  ${scenario.about}`);
    const params = Object.entries(scenario.params).map(([name, param]) => [
      `--set ${name}=${param.default}`,
      `${number(param.min)} to ${number(param.max)} ${param.unit}`,
      param.about,
    ]);
    await print(table(params));
    await print(`  holds: ${scenario.mustHold.join(', ')}`);
    await print(`  plants: ${plantsOf(scenario).join(', ')}\n`);
  }
  await print(`run one:   ${LAB} run who-sees-what`);
  await print(`ask why:   ${LAB} why TOKEN EVENT, ${LAB} diff TOKEN TOKEN`);
  await print(`break one: ${LAB} run who-sees-what --set plant=skip-layer`);
  return 0;
}
