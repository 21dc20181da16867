import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ALL_STEPS } from './ends.ts';

/** Where a step is told. `line` counts from 1. */
export type Place = { readonly file: string; readonly line: number };

const TELLING = /\btrace\?\.\(\s*(STEP_[A-Z_]+)/gi;
const ENDS = 'sim/lab/walk/ends.ts';

/** Where each constant is handed to a trace, by its name: all places, in what ships of the core and in the ends. */
export function placesOf(): ReadonlyMap<string, readonly Place[]> {
  const places = new Map<string, Place[]>();
  for (const file of [...shipped(), ENDS]) {
    const text = readFileSync(join(sourceRoot(), file), 'utf8');
    for (const { 1: name = '', index } of text.matchAll(TELLING)) {
      const line = text.slice(0, index).split('\n').length;
      places.set(name, [...(places.get(name) ?? []), { file, line }]);
    }
  }
  return places;
}

/** The constant of a code. */
export function constantOf(step: number): string {
  return `STEP_${(ALL_STEPS[step]?.name ?? '').toUpperCase().replaceAll('-', '_')}`;
}

/** The folder of the sources. A single-file program has none. */
export function sourceRoot(): string {
  return fileURLToPath(new URL('../../..', import.meta.url));
}

/** Files of the core that are not for tests, by their path from the root. */
export function shipped(): readonly string[] {
  return readdirSync(join(sourceRoot(), 'core'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !/\.(?:test|case)\.ts$/.test(path))
    .map((path) => `core/${path.split(sep).join('/')}`)
    .sort();
}
