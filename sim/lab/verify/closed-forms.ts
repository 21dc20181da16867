import { RandomStream } from '#sim/mod.ts';
import {
  type Case,
  cases,
  Given,
  Ground,
  isRight,
  isTelling,
  PHYSICS_PLANTS,
  type PhysicsPlant,
  type Quantity,
  SHOWN_BY,
} from '#sim/theory/mod.ts';
import type { Found } from './row.ts';

/** Where a second look is taken: between these parts of each parameter's range. Its ends are for the patient. */
const [FROM, TO] = [0.1, 0.6];
const STEPS = 1000;

/** Every formula by default and once elsewhere, by the seed; and none that would pass when off by a tenth. */
export async function closedForms(seed: string): Promise<Found> {
  return judge(cases(), seed);
}

export function judge(all: readonly Case[], seed: string): Found {
  const wrong: string[] = [];
  let [quantities, count] = [0, 0];
  for (const one of all) {
    for (const given of [defaults(one), elsewhere(one, seed)]) {
      const found = one.measure(given, new Ground(seed));
      quantities += found.length;
      count += 1;
      for (const quantity of found)
        if (!isRight(quantity) || !isTelling(quantity)) wrong.push(nameOf(one, given, quantity));
    }
  }
  const detail = wrong.length === 0 ? '' : `; not: ${wrong.slice(0, 3).join('; ')}`;
  return {
    measured: `${quantities - wrong.length} of ${quantities} quantities, ${count} measurements${detail}`,
    ok: wrong.length === 0 && quantities > 0,
  };
}

/** Each defect makes a case fail that holds without it. Answers the names of those that do not. */
export function missedInPhysics(seed: string, packets = 1_000_000): readonly string[] {
  const plants = Object.keys(PHYSICS_PLANTS) as readonly PhysicsPlant[];
  return plants.filter((plant) => {
    const one = cases().find(({ name }) => name === SHOWN_BY[plant]) as Case;
    const holds = (ground: Ground): boolean =>
      one.measure(many(one, packets), ground).every(isRight);
    return holds(new Ground(seed, plant)) || !holds(new Ground(seed));
  });
}

/** Its defaults, but so many packets where packets are counted. */
function many(one: Case, packets: number): Given {
  const { values } = defaults(one);
  return new Given('packets' in values ? { ...values, packets } : values);
}

function defaults({ parameters }: Case): Given {
  return new Given(
    Object.fromEntries(Object.entries(parameters).map(([key, { default: value }]) => [key, value])),
  );
}

export function elsewhere({ name, parameters }: Case, seed: string): Given {
  const random = new RandomStream(seed, `parameters of ${name}`);
  const values = Object.entries(parameters).map(([key, { min, max, whole }]) => {
    const part = FROM + ((TO - FROM) * random.below(STEPS)) / STEPS;
    const value = min + part * (max - min);
    // As people write numbers, so that it can be asked for again.
    return [key, whole === true ? Math.round(value) : Number(value.toFixed(3))] as const;
  });
  return new Given(Object.fromEntries(values));
}

function nameOf({ name }: Case, { values }: Given, { quantity }: Quantity): string {
  const settings = Object.entries(values).map(([key, value]) => `${key}=${value}`);
  return `${name} (${quantity}) at ${settings.join(' ')}`;
}
