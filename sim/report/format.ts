// Numbers and names for people. No locale: the same page everywhere.
import { isDrawable } from './scale.ts';

/** A number with three digits or more, thousands apart by a narrow space. What is no number is a dash. */
export function amount(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size >= 1e15 || (size > 0 && size < 0.001)) return value.toPrecision(3);
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
  const [whole = '', rest = ''] = value.toFixed(Number.isInteger(value) ? 0 : digits).split('.');
  const kept = rest.replace(/0+$/, '');
  return grouped(`${whole}${kept === '' ? '' : `.${kept}`}`);
}

/** Thousands apart, before the point. */
function grouped(digits: string): string {
  const [whole = '', rest] = digits.split('.');
  const apart = whole.replaceAll(/\B(?=(?:\d{3})+$)/g, '\u202f');
  return rest === undefined ? apart : `${apart}.${rest}`;
}

/** A number with the digits that tell it from one near it: six, or all of a larger whole number. */
export function precise(value: number): string {
  const size = Math.abs(value);
  return size >= 1e5 || size === 0 || size < 0.001 || !Number.isFinite(value)
    ? amount(value)
    : grouped(String(Number(value.toPrecision(6))));
}

/** A number and its unit. */
export function quantity(value: number, unit: string): string {
  return unit === '' ? amount(value) : `${amount(value)} ${unit}`;
}

/** A duration in milliseconds, or in seconds from two on. */
export function duration(ms: number): string {
  return Math.abs(ms) >= 2000 ? quantity(ms / 1000, 's') : quantity(ms, 'ms');
}

/** A moment in milliseconds and tenths: '2 347.6 ms'. Moments below one another keep their points in line. */
export function moment(ms: number): string {
  if (!isDrawable(ms)) return '–';
  const [whole = '', tenths = ''] = ms.toFixed(1).split('.');
  return `${amount(Number(whole))}.${tenths} ms`;
}

/** What a link adds: '8 ms · 100 Mbit/s'. No rate is no limit. */
export function linkText(delayMs: number, mbps: number): string {
  const rate = mbps >= 1000 ? quantity(mbps / 1000, 'Gbit/s') : quantity(mbps, 'Mbit/s');
  return `${duration(delayMs)} · ${mbps > 0 ? rate : 'no limit'}`;
}

/** '1 message', '2 messages'. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${amount(n)} ${n === 1 ? one : many}`;
}

/** The width of a text in ems of a plain sans-serif face: an estimate that is rather too wide. */
export function emsOf(text: string): number {
  let ems = 0;
  for (const character of text) {
    if (character >= '\u1100') ems += 1.05;
    else if (/[ijlt.,:;|'!()[\]/ -]/.test(character)) ems += 0.36;
    else ems += /[A-Zmw@%&]/.test(character) ? 0.74 : 0.57;
  }
  return ems;
}

/** A text cut to a width in ems; the cut is shown. */
export function clip(text: string, ems: number): string {
  if (text.length <= 4 * ems && emsOf(text) <= ems) return text;
  let kept = '';
  let width = 0.7;
  for (const character of text) {
    width += emsOf(character);
    if (width > ems) break;
    kept += character;
  }
  return `${kept.trimEnd()}…`;
}
