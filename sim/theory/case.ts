import { assert } from '#core/base/assert.ts';
import { nearest } from '../scenario/mod.ts';
import type { Ground } from './ground.ts';
import type { Picture } from './picture.ts';

// A case is an experiment whose outcome is known: a formula, and the simulated network measured against it.

/** A number a user may set. */
export type Parameter = {
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly unit: string;
  readonly about: string;
  /** Fractions are refused. */
  readonly whole?: true;
};

/** What a case was given: its defaults, and what a user set of them. */
export class Given {
  readonly values: { readonly [name: string]: number };

  constructor(values: { readonly [name: string]: number }) {
    this.values = values;
  }

  get(name: string): number {
    const value = this.values[name];
    assert(value !== undefined, 'a case asks for its own parameters');
    return value;
  }

  /** As a whole number. */
  whole(name: string): number {
    return Math.round(this.get(name));
  }
}

/** Whether a formula says what there is, or what there is at most. */
export type Kind = 'equals' | 'atMost';

/** One outcome of a case. */
export type Quantity = {
  readonly kind: Kind;
  readonly quantity: string;
  readonly unit: string;
  /** What the formula says. */
  readonly expected: number;
  readonly measured: number;
  /** Of the mean that was measured; 0 where nothing is left to chance. */
  readonly standardError: number;
  /** By how much formula and network may differ for known reasons: rounding to octets and nanoseconds, limits. */
  readonly tolerance: number;
};

export type Case = {
  readonly name: string;
  /** The formula, and where it is from. */
  readonly about: string;
  readonly parameters: { readonly [name: string]: Parameter };
  /** The same parameters and ground give the same quantities. */
  readonly measure: (given: Given, ground: Ground) => readonly Quantity[];
  /** Where people would rather look than read. */
  readonly picture?: (given: Given, ground: Ground) => Picture;
};

/** Of the normal distribution: 95 % lie within so many standard errors. */
export const WITHIN_95 = 1.96;
const STANDARD_ERRORS = 4;
/** So many standard errors, as a share of the value: what is known less well proves nothing. */
const ALLOWANCE_MAX = 0.05;

/** Whether what was measured is what the formula says, and was measured well enough to tell. */
export function isRight(quantity: Quantity): boolean {
  const { kind, expected, measured, standardError } = quantity;
  const off = measured - expected;
  const isNear = (kind === 'atMost' ? off : Math.abs(off)) <= allowanceOf(quantity);
  return isNear && isSharp(measured, standardError);
}

/** By how much what was measured may differ from what the formula says; of a bound: may be more. */
export function allowanceOf({ tolerance, standardError }: Quantity): number {
  return Math.max(tolerance, STANDARD_ERRORS * standardError);
}

/**
 * Four standard errors are at most 5 % of the value, so its 95 % interval reaches 2.5 % to each side: a formula that is
 * off by a tenth passes only if the measurement is off by four standard errors as well.
 */
export function isSharp(mean: number, standardError: number): boolean {
  return STANDARD_ERRORS * standardError <= ALLOWANCE_MAX * Math.abs(mean);
}

/** Whether a formula that is off by a tenth would be refused. A bound does not say it would; of 0 there is no tenth. */
export function isTelling(quantity: Quantity): boolean {
  const { kind, expected } = quantity;
  if (kind === 'atMost' || expected === 0) return true;
  return ![0.9, 1.1].some((factor) => isRight({ ...quantity, expected: factor * expected }));
}

/** What nothing is left to chance in. */
export function certain(
  quantity: string,
  unit: string,
  expected: number,
  measured: number,
  tolerance: number,
): Quantity {
  return { kind: 'equals', quantity, unit, expected, measured, standardError: 0, tolerance };
}

/** What may be less, by any amount. */
export function atMost(
  quantity: string,
  unit: string,
  bound: number,
  measured: number,
  tolerance = 0,
): Quantity {
  return { ...certain(quantity, unit, bound, measured, tolerance), kind: 'atMost' };
}

/** What was estimated from a sample. */
export function estimated(
  quantity: string,
  unit: string,
  expected: number,
  { mean, standardError }: { readonly mean: number; readonly standardError: number },
  tolerance: number,
): Quantity {
  return { kind: 'equals', quantity, unit, expected, measured: mean, standardError, tolerance };
}

/** All parameters of a case, those of `settings` (`rho=0.73`) among them; or what is wrong with one. */
export function give(
  { name, parameters }: Case,
  settings: readonly string[],
): Given | { readonly fault: string } {
  const values: { [key: string]: number } = {};
  for (const [key, parameter] of Object.entries(parameters)) values[key] = parameter.default;
  const set = new Set<string>();
  for (const setting of settings) {
    const [key = '', text = ''] = setting.split(/=(.*)/s);
    const parameter = Object.hasOwn(parameters, key) ? parameters[key] : undefined;
    if (parameter === undefined)
      return {
        fault: `unknown parameter "${key}" of ${name}${nearest(key, Object.keys(parameters))}`,
      };
    if (set.has(key)) return { fault: `"${key}" is set twice` };
    set.add(key);
    const value = /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
    const { min, max, unit, whole } = parameter;
    const kind = whole === true ? 'whole number' : 'number';
    if (!(value >= min && value <= max) || (whole === true && !Number.isInteger(value)))
      return {
        fault: `${key} of ${name} is a ${kind} from ${min} to ${max} (${unit}), not "${text}"`,
      };
    values[key] = value;
  }
  return new Given(values);
}
