import { type CsvFault, type Field, faultAt, readCsv, shown } from './csv.ts';
import type { DelayPair } from './delay.ts';

/** Sites, and how long one takes to another. */
export type DelayMatrix = {
  /** In the order they were first named. */
  readonly sites: readonly string[];
  /** One way each; both ways of a pair may differ. */
  readonly pairs: readonly DelayPair[];
  /** Ordered pairs of sites about which nothing was said. */
  readonly missing: readonly (readonly [from: string, to: string])[];
};

export const SITES_MAX = 256;
/** Milliseconds: no path on earth takes so long. */
const MS_MAX = 60_000;
const NAME_MAX = 64;
const LONG: readonly string[] = Object.freeze(['from', 'to', 'ms', 'jitter_ms']);

/**
 * A matrix of one-way delays in milliseconds, as text. Either with a line of names and lines that begin with one,
 * from where each line begins to where each column stands; or, below the line `from,to,ms` or `from,to,ms,jitter_ms`,
 * a pair a line. An empty field or `-` says nothing; the way of a site to itself is not read.
 */
export function parseMatrix(text: string): DelayMatrix | CsvFault {
  const records = readCsv(text);
  if ('fault' in records) return records;
  const [head, ...rows] = records;
  if (head === undefined) return { fault: 'line 1, column 1: there is nothing to read' };
  const words = head.map((field) => field.text.toLowerCase());
  const isLong =
    words.length >= 3 && words.length <= 4 && words.every((word, i) => word === LONG[i]);
  const matrix = new Matrix();
  const fault = isLong ? readLong(matrix, rows, head.length) : readSquare(matrix, head, rows);
  return fault ?? matrix.result();
}

/** What has been read so far. */
class Matrix {
  readonly #sites: string[] = [];
  readonly #numbers = new Map<string, number>();
  /** By number of the one site, SITES_MAX times, plus that of the other. */
  readonly #pairs = new Map<number, DelayPair>();

  /** Its number, new if need be; or why it is none. */
  site(field: Field): number | CsvFault {
    const known = this.#numbers.get(field.text);
    if (known !== undefined) return known;
    if (field.text === '') return faultAt(field, 'a site has a name');
    if (field.text.length > NAME_MAX || /[\p{C}\p{Zl}\p{Zp}]/u.test(field.text))
      return faultAt(field, `${shown(field.text)} is no name (1 to ${NAME_MAX} letters)`);
    const number = this.#sites.length;
    if (number === SITES_MAX) return faultAt(field, `more than ${SITES_MAX} sites`);
    this.#sites.push(field.text);
    this.#numbers.set(field.text, number);
    return number;
  }

  has(name: string): boolean {
    return this.#numbers.has(name);
  }

  /** What two fields say of the way between two sites. */
  add(from: number, to: number, delay: Field, jitter: Field | undefined): CsvFault | undefined {
    if (from === to || saysNothing(delay)) return undefined;
    const delayUs = microseconds(delay);
    if (typeof delayUs !== 'number') return delayUs;
    const jitterUs = jitter === undefined || saysNothing(jitter) ? 0 : microseconds(jitter);
    if (typeof jitterUs !== 'number') return jitterUs;
    const key = from * SITES_MAX + to;
    const names = { from: this.#sites[from] as string, to: this.#sites[to] as string };
    if (this.#pairs.has(key))
      return faultAt(delay, `${shown(names.from)} to ${shown(names.to)} is there twice`);
    this.#pairs.set(key, { ...names, delayUs, jitterUs });
    return undefined;
  }

  result(): DelayMatrix {
    const missing = this.#sites.flatMap((from, i) =>
      this.#sites
        .filter((_, j) => i !== j && !this.#pairs.has(i * SITES_MAX + j))
        .map((to) => [from, to] as const),
    );
    return { sites: this.#sites, pairs: [...this.#pairs.values()], missing };
  }
}

function readSquare(
  matrix: Matrix,
  head: readonly Field[],
  rows: readonly (readonly Field[])[],
): CsvFault | undefined {
  const columns: number[] = [];
  for (const field of head.slice(1)) {
    if (matrix.has(field.text)) return faultAt(field, `${shown(field.text)} is there twice`);
    const site = matrix.site(field);
    if (typeof site !== 'number') return site;
    columns.push(site);
  }
  if (columns.length === 0) return faultAt(head[0] as Field, 'a first line of names is wanted');
  const seen = new Set<string>();
  for (const [name, ...cells] of rows) {
    if (name === undefined) continue;
    if (!matrix.has(name.text))
      return faultAt(name, `${shown(name.text)} is not in the first line`);
    if (seen.has(name.text)) return faultAt(name, `${shown(name.text)} is there twice`);
    seen.add(name.text);
    if (cells.length !== columns.length)
      return faultAt(name, `${cells.length} delays, where the first line has ${columns.length}`);
    const from = matrix.site(name) as number;
    for (const [i, cell] of cells.entries()) {
      const fault = matrix.add(from, columns[i] as number, cell, undefined);
      if (fault !== undefined) return fault;
    }
  }
  return undefined;
}

function readLong(
  matrix: Matrix,
  rows: readonly (readonly Field[])[],
  width: number,
): CsvFault | undefined {
  for (const row of rows) {
    const [from, to, delay, jitter] = row;
    if (from === undefined || to === undefined || delay === undefined || row.length > width)
      return faultAt(row[0] as Field, `${row.length} fields, where the first line has ${width}`);
    const [a, b] = [matrix.site(from), matrix.site(to)];
    if (typeof a !== 'number') return a;
    if (typeof b !== 'number') return b;
    const fault = matrix.add(a, b, delay, jitter);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function saysNothing({ text }: Field): boolean {
  return text === '' || text === '-';
}

/** Milliseconds with decimals as whole microseconds, half of one and more as one. */
function microseconds(field: Field): number | CsvFault {
  const parts = /^([0-9]{1,9})(?:\.([0-9]{1,12}))?$/.exec(field.text);
  const [, whole = '', decimals = ''] = parts ?? [];
  const digits = decimals.padEnd(4, '0');
  const us = Number(whole) * 1000 + Number(digits.slice(0, 3)) + (Number(digits[3]) >= 5 ? 1 : 0);
  if (parts === null || us > MS_MAX * 1000)
    return faultAt(
      field,
      `${shown(field.text)} is no delay (milliseconds from 0 to ${MS_MAX}, such as 12.5)`,
    );
  return us;
}
