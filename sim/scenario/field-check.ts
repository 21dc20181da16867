import { parseIp, unmapIp } from '#core/wire/mod.ts';
import { isAssignable, type Ranges } from '../network/mod.ts';
import { nearest } from './nearest.ts';

/** Looks at fields of data somebody wrote, and keeps the first thing that is wrong: one line, with the path to it. */
export class FieldCheck {
  fault: string | undefined;

  /** `path` is what `allowed` says, or that is the fault. */
  holds(isRight: boolean, path: string, allowed: string, value: unknown): void {
    if (!isRight) this.fault ??= `${path} is ${allowed}, not ${shown(value)}`;
  }

  whole(path: string, value: unknown, least: number, most: number): void {
    const isRight = Number.isSafeInteger(value) && (value as number) >= least;
    const allowed = `a whole number from ${least} to ${most}`;
    this.holds(isRight && (value as number) <= most, path, allowed, value);
  }

  flag(path: string, value: unknown): void {
    this.holds(typeof value === 'boolean', path, 'true or false', value);
  }

  /** One of some words. */
  word(path: string, value: unknown, known: readonly string[]): void {
    const text = String(value);
    this.holds(known.includes(text), path, `one of ${known.join(', ')}`, value);
  }

  /** The name of something that exists; `what` says of what. */
  known(path: string, value: unknown, names: readonly string[], what: string): void {
    if (names.includes(value as string)) return;
    const hint = names.length === 0 ? '; there is none' : nearest(String(value), names);
    this.fault ??= `${path} is the name of ${what}, not ${shown(value)}${hint}`;
  }

  /** What nothing else of its kind is. */
  unique(path: string, value: string, seen: Map<string, string>): void {
    const other = seen.get(value);
    if (other !== undefined) this.fault ??= `${path} is the same as ${other}`;
    seen.set(value, path);
  }

  /** Numbers are within their ranges, those that are needed and those that are there. `at` has its dot. */
  ranges(at: string, held: object, ranges: Ranges, needed: readonly string[]): void {
    const fields: { readonly [field: string]: unknown } = { ...held };
    for (const [field, [least, most]] of Object.entries(ranges))
      if (fields[field] !== undefined || needed.includes(field))
        this.whole(`${at}${field}`, fields[field], least, most);
  }

  /** An address that a host may have, as text. */
  ip(path: string, text: unknown): void {
    const ip = parseIp(String(text));
    const isOne = ip !== undefined && isAssignable(ip) && unmapIp(ip).length === ip.length;
    this.holds(isOne, path, 'an IPv4 or IPv6 address of one host', text);
  }

  /** Text of at least one character, all of them as the pattern has them. */
  text(path: string, value: unknown, pattern: RegExp, allowed: string): void {
    this.holds(typeof value === 'string' && pattern.test(value), path, allowed, value);
  }
}

function shown(value: unknown): string {
  return typeof value === 'string' ? `"${value}"` : String(value);
}
