import { nearest } from '#sim/mod.ts';
import {
  type Case,
  Given,
  give,
  isPhysicsPlant,
  PHYSICS_PLANTS,
  type PhysicsPlant,
  SHOWN_BY,
} from '#sim/theory/mod.ts';
import { UsageFault } from './fault.ts';

/** Cases with what each was given. */
export type Plan = {
  readonly steps: readonly { readonly one: Case; readonly given: Given }[];
  readonly plant: PhysicsPlant | undefined;
};

/** What a command line asks for: of `all`, those that are named, or each; what is set goes to whoever has it. */
export function planOf(
  all: readonly Case[],
  names: readonly string[],
  settings: readonly string[],
): Plan {
  const chosen = names.length === 0 ? all : names.map((name) => caseOf(name, all));
  const plants = settings.filter((setting) => keyOf(setting) === 'plant');
  const numbers = settings.filter((setting) => keyOf(setting) !== 'plant');
  for (const setting of numbers) check(setting, chosen);
  const steps = chosen.map((one) => {
    const made = give(
      one,
      numbers.filter((setting) => has(one, setting)),
    );
    if (made instanceof Given) return { one, given: made };
    throw new UsageFault(made.fault);
  });
  const plant = plantOf(plants);
  if (plant !== undefined) checkPlant(plant, chosen);
  return { steps, plant };
}

function caseOf(name: string, all: readonly Case[]): Case {
  const found = all.find((one) => one.name === name);
  if (found !== undefined) return found;
  const names = all.map((one) => one.name);
  throw new UsageFault(`unknown case "${name}"${nearest(name, names)}`);
}

function plantOf(settings: readonly string[]): PhysicsPlant | undefined {
  const [setting, again] = settings;
  if (setting === undefined) return undefined;
  if (again !== undefined) throw new UsageFault('"plant" is set twice');
  const name = setting.slice('plant='.length);
  if (isPhysicsPlant(name)) return name;
  throw new UsageFault(`unknown plant "${name}"${nearest(name, Object.keys(PHYSICS_PLANTS))}`);
}

/** A defect that none of them can show is a mistake: that they hold would say nothing. */
function checkPlant(plant: PhysicsPlant, chosen: readonly Case[]): void {
  const shows = SHOWN_BY[plant];
  const names = chosen.map(({ name }) => name);
  if (names.includes(shows)) return;
  throw new UsageFault(`${names.join(', ')} cannot show the plant "${plant}"; ${shows} can`);
}

/** A setting that nobody has is a mistake, and so is one that only some can take: one name means the same to all. */
function check(setting: string, chosen: readonly Case[]): void {
  const takers = chosen.filter((one) => has(one, setting));
  const [first = chosen[0] as Case] = takers;
  const faults = takers.filter((one) => !(give(one, [setting]) instanceof Given));
  if (takers.length === 0 || (takers.length === 1 && faults.length === 1)) {
    const made = give(first, [setting]);
    if ('fault' in made) throw new UsageFault(made.fault);
  }
  if (faults.length === 0) return;
  const refused = faults.map((one) => `${one.name} (${rangeOf(one, keyOf(setting))})`);
  const rest = takers.filter((one) => !faults.includes(one)).map(({ name }) => name);
  const advice = rest.length === 0 ? '' : `; name cases that take it: ${rest.join(', ')}`;
  throw new UsageFault(`"${setting}" is refused by ${refused.join(', ')}${advice}`);
}

function rangeOf({ parameters }: Case, key: string): string {
  const parameter = parameters[key];
  return parameter === undefined ? '' : `${parameter.min} to ${parameter.max} ${parameter.unit}`;
}

const keyOf = (setting: string): string => setting.split('=', 1)[0] as string;

const has = ({ parameters }: Case, setting: string): boolean =>
  Object.hasOwn(parameters, keyOf(setting));
