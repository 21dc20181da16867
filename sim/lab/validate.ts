import { nearest } from '#sim/mod.ts';
import { type Case, cases, Given, give, isRight, type Quantity } from '#sim/theory/mod.ts';
import { UsageFault } from './fault.ts';
import { LAB } from './invocation.ts';
import { bold, mark, print, progress, table } from './print.ts';
import { seedOf } from './seed.ts';

export type ValidateOptions = {
  readonly set: readonly string[];
  readonly seed?: string;
  readonly json?: true;
};

/** Measures cases, all unless some are named, against their formulas. 0: all are right; 1: one is not. */
export async function validate(
  names: readonly string[],
  options: ValidateOptions,
): Promise<number> {
  const seed = seedOf(options.seed);
  const all = cases();
  const chosen = names.length === 0 ? all : names.map((name) => caseOf(name, all));
  // Before the first is measured: some take long.
  const planned = chosen.map((one) => ({ one, given: givenTo(one, options.set, chosen) }));
  let allRight = true;
  for (const { one, given } of planned) {
    progress(`${one.name}: ${one.about}`);
    const quantities = one.measure(given, seed);
    allRight &&= quantities.every(isRight);
    await print(
      options.json === true
        ? quantities.map((quantity) => JSON.stringify(line(one, given, quantity))).join('\n')
        : text(one, given, quantities),
    );
  }
  if (options.json !== true && names.length === 0)
    await print(`one of them elsewhere: ${LAB} validate m-d-1 --set rho=0.9`);
  return allRight ? 0 : 1;
}

function caseOf(name: string, all: readonly Case[]): Case {
  const found = all.find((one) => one.name === name);
  if (found !== undefined) return found;
  const names = all.map((one) => one.name);
  throw new UsageFault(`unknown case "${name}"${nearest(name, names)}`);
}

/** What is set goes to every case that has such a parameter; one that none of them has is a mistake. */
function givenTo(one: Case, settings: readonly string[], all: readonly Case[]): Given {
  const own = settings.filter((setting) => {
    const [key = ''] = setting.split('=', 1);
    const isKnown = all.some(({ parameters }) => Object.hasOwn(parameters, key));
    return !isKnown || Object.hasOwn(one.parameters, key);
  });
  const made = give(one, own);
  if (made instanceof Given) return made;
  throw new UsageFault(made.fault);
}

function line({ name }: Case, { values }: Given, quantity: Quantity): object {
  const { tolerance: _, quantity: what, ...numbers } = quantity;
  return { case: name, params: values, quantity: what, ...numbers, ok: isRight(quantity) };
}

function text({ name, about }: Case, { values }: Given, quantities: readonly Quantity[]): string {
  const settings = Object.entries(values).map(([key, value]) => `${key}=${value}`);
  const rows = quantities.map((quantity) => [
    mark(isRight(quantity)),
    quantity.quantity,
    `expected ${figure(quantity.expected)}`,
    `measured ${figure(quantity.measured)}`,
    quantity.standardError === 0 ? '' : `+- ${figure(1.96 * quantity.standardError)}`,
    quantity.unit,
  ]);
  return `${bold(name)}  ${about}\n  ${settings.join(' ')}\n${table(rows)}\n`;
}

function figure(value: number): string {
  return value === 0 || Math.abs(value) >= 0.001
    ? value.toLocaleString('en-US', { maximumSignificantDigits: 6 })
    : value.toExponential(3);
}
