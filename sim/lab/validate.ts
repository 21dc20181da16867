import { ns3Missing } from '#bench/mod.ts';
import {
  allowanceOf,
  type Case,
  cases,
  type Given,
  Ground,
  isRight,
  type Quantity,
  WITHIN_95,
} from '#sim/theory/mod.ts';
import { LAB } from './invocation.ts';
import { NS3, ns3Case } from './ns3-case.ts';
import { openFile } from './out-folder.ts';
import { bold, mark, print, progress, table } from './print.ts';
import { seedOf } from './seed.ts';
import { planOf } from './validate-plan.ts';
import { type Judged, VALIDATION_PAGE, validationPage } from './validation-page.ts';

export type ValidateOptions = {
  readonly set: readonly string[];
  readonly seed?: string;
  readonly json?: true;
  readonly out?: string;
};

/**
 * Measures cases, all unless some are named, against their formulas, and some of them against ns-3 where it is
 * installed. 0: all are right; 1: one is not.
 */
export async function validate(
  names: readonly string[],
  options: ValidateOptions,
): Promise<number> {
  // Before the first is measured: some take long.
  const { steps, plant } = planOf([...cases(), ns3Case()], names, options.set);
  const ground = new Ground(seedOf(options.seed), plant);
  const write = options.out === undefined ? undefined : openFile(options.out, VALIDATION_PAGE);
  const judged: Judged[] = [];
  let missing: string | undefined;
  for (const { one, given } of steps) {
    // A defect of ours is none of theirs.
    if (one.name === NS3) missing = plant === undefined ? ns3Missing() : 'a defect is planted';
    if (one.name === NS3 && missing !== undefined) {
      if (options.json !== true) await print(`${bold(NS3)}  skipped: ${missing}\n`);
      else await print(JSON.stringify({ case: NS3, skipped: missing }));
      continue;
    }
    progress(`${one.name}: ${one.about}`);
    const quantities = one.measure(given, ground);
    judged.push({ one, given, quantities });
    const lines = quantities.map((quantity) => JSON.stringify(line(one, given, quantity)));
    await print(options.json === true ? lines.join('\n') : text(one, given, quantities));
  }
  const wrong = judged.flatMap(({ one, quantities }) =>
    quantities
      .filter((quantity) => !isRight(quantity))
      .map(({ quantity }) => `${one.name}: ${quantity}`),
  );
  if (write !== undefined) {
    progress('pictures');
    write(validationPage({ judged, ground, missing, command: commandOf(names, options) }));
  }
  if (options.json !== true) {
    if (write !== undefined) await print(`page  ${options.out}/${VALIDATION_PAGE}`);
    if (plant !== undefined)
      await print(`plant ${plant}: ${wrong.join(', ') || 'nothing noticed it'}`);
    if (names.length === 0)
      await print(`one of them elsewhere: ${LAB} validate m-d-1 --set rho=0.9`);
  }
  return wrong.length === 0 ? 0 : 1;
}

function commandOf(names: readonly string[], { set, seed, out }: ValidateOptions): string {
  const settings = set.flatMap((setting) => ['--set', setting]);
  const seeds = seed === undefined ? [] : ['--seed', seed];
  const page = out === undefined ? [] : ['--out', out];
  return [LAB, 'validate', ...names, ...settings, ...seeds, ...page].join(' ');
}

function line({ name }: Case, { values }: Given, quantity: Quantity): object {
  const allowed = allowanceOf(quantity);
  return { case: name, params: values, ...quantity, allowed, ok: isRight(quantity) };
}

function text({ name, about }: Case, { values }: Given, quantities: readonly Quantity[]): string {
  const settings = Object.entries(values).map(([key, value]) => `${key}=${value}`);
  const rows = quantities.map((quantity) => [
    mark(isRight(quantity)),
    quantity.quantity,
    `${quantity.kind === 'atMost' ? 'at most ' : 'expected'} ${figure(quantity.expected)}`,
    `measured ${figure(quantity.measured)}`,
    quantity.standardError === 0 ? '' : `+- ${figure(WITHIN_95 * quantity.standardError)}`,
    `allowed ${allowed(quantity)}`,
    quantity.unit,
  ]);
  return `${bold(name)}  ${about}\n  ${settings.join(' ')}\n${table(rows)}\n`;
}

/** By how much it may be off, and that as a share of what the formula says. */
function allowed(quantity: Quantity): string {
  const allowance = allowanceOf(quantity);
  if (allowance === 0) return 'none';
  const share = allowance / Math.abs(quantity.expected);
  const percent = Number.isFinite(share) ? ` (${(100 * share).toPrecision(2)} %)` : '';
  return `${figure(allowance)}${percent}`;
}

function figure(value: number): string {
  return value === 0 || Math.abs(value) >= 0.001
    ? value.toLocaleString('en-US', { maximumSignificantDigits: 6 })
    : value.toExponential(3);
}
