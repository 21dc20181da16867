import { expect, test } from 'vitest';
import { isCaught, PLANTS, plantsOf, resolveSettings, runRecipe, type Scenario } from '#sim/mod.ts';
import { SCENARIOS } from './mod.ts';

function outcome(scenario: Scenario, plant?: string) {
  const settings = resolveSettings(scenario, plant === undefined ? [] : [`plant=${plant}`]);
  if ('fault' in settings) throw new Error(settings.fault);
  return runRecipe({ scenario, seed: '5', ...settings }).assertions;
}

test.each(SCENARIOS.map((scenario) => [scenario.name, scenario] as const))(
  '%s holds',
  (_, scenario) => {
    expect(outcome(scenario).filter(({ ok }) => !ok)).toEqual([]);
  },
);

const planted = SCENARIOS.flatMap((scenario) =>
  plantsOf(scenario).map((plant) => [scenario.name, plant, scenario] as const),
);

test.each(planted)('%s with %s is caught by the oracle that should', (_, plant, scenario) => {
  // That it is repeatable is shown above, by a second run: here one run will do, but for what is seen at no other.
  const mustHold = scenario.mustHold.filter(
    (oracle) => oracle !== 'repeatable' || PLANTS[plant].caughtBy === oracle,
  );
  const failed = outcome({ ...scenario, mustHold } as Scenario, plant).filter(({ ok }) => !ok);
  expect(isCaught(plant, failed), JSON.stringify(failed)).toBe(true);
});
