import { expect, test } from 'vitest';
import { isCaught, PLANTS, plantsOf, resolveSettings, runRecipe, type Scenario } from '#sim/mod.ts';
import { lossyLink } from './lossy-link.ts';
import { SCENARIOS } from './mod.ts';

/** Smaller worlds for planted runs: what is caught there is caught sooner. */
const SMALL: { readonly [scenario: string]: readonly string[] } = {
  'first-light': ['pages=2'],
  'around-the-world': ['pages=1', 'octets=20000'],
  'node-crash-mid-download': ['octets=5000000'],
  'slow-visitor': ['octets=1500000'],
  chaos: ['chaos=3000', 'heal=2000', 'octets=10000'],
};

function outcome(scenario: Scenario, plant?: string) {
  const planted = [`plant=${plant}`, ...(SMALL[scenario.name] ?? [])];
  const settings = resolveSettings(scenario, plant === undefined ? [] : planted);
  if ('fault' in settings) throw new Error(settings.fault);
  return runRecipe({ scenario, seed: '5', ...settings }).assertions;
}

test.each(SCENARIOS.map((scenario) => [scenario.name, scenario] as const))(
  '%s holds',
  (_, scenario) => {
    expect(outcome(scenario).filter(({ ok }) => !ok)).toEqual([]);
  },
);

/** Plants that nearly every scenario can show: one of one hop and one of several will do. */
const COMMON: readonly string[] = ['withheld-octet', 'credit-leak', 'early-packet', 'stalled'];
const SHOWN: readonly string[] = ['two-nodes', 'node-crash-mid-download'];

/** Shows the plants that first-light shows, at greater length. */
const BUSY = 'busy-evening';

const planted = SCENARIOS.filter(({ name }) => name !== BUSY).flatMap((scenario) =>
  plantsOf(scenario)
    .filter((plant) => !COMMON.includes(plant) || SHOWN.includes(scenario.name))
    .map((plant) => [scenario.name, plant, scenario] as const),
);

test.each(planted)('%s with %s is caught by the oracle that should', (_, plant, scenario) => {
  // That it is repeatable is shown above, by a second run: here one run will do, but for what is seen at no other.
  const mustHold = scenario.mustHold.filter(
    (oracle) => oracle !== 'repeatable' || PLANTS[plant].caughtBy === oracle,
  );
  const failed = outcome({ ...scenario, mustHold } as Scenario, plant).filter(({ ok }) => !ok);
  expect(isCaught(plant, failed), JSON.stringify(failed)).toBe(true);
});

test('whoever forgets what to send is found where a fifth of all packets is lost, too', () => {
  const mustHold = lossyLink.mustHold.filter((oracle) => oracle !== 'repeatable');
  const scenario = { ...lossyLink, mustHold };
  const failed = (...settings: readonly string[]) => {
    const resolved = resolveSettings(scenario, ['loss=200000', ...settings]);
    if ('fault' in resolved) throw new Error(resolved.fault);
    return runRecipe({ scenario, seed: '1', ...resolved }).assertions.filter(({ ok }) => !ok);
  };
  expect(failed()).toEqual([]);
  expect(isCaught('stalled', failed('plant=stalled'))).toBe(true);
});
