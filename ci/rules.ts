/** A broken rule at a place. */
export interface Violation {
  readonly file: string;
  readonly line: number;
  readonly rule: Rule;
  readonly message: string;
}

/** What may be broken, by name. ci/boundary.ts checks the first three groups, ci/tidy.ts the last. */
export type Rule = ImportRule | PurityRule | TreeRule | TidyRule;

/** About which file names which other one. */
export type ImportRule =
  | 'import-upwards' // a lower layer names a higher one
  | 'import-sideways' // a folder names one that the table does not give it
  | 'import-not-mod' // a folder is entered by another door than its mod.ts
  | 'import-dynamic' // import() below the platform
  | 'import-test' // a product file names a test file
  | 'import-package' // a package where the table does not have it
  | 'node-import'; // a module of Node where there is no Node

/** About what would make a run differ from its replay. */
export type PurityRule =
  | 'clock'
  | 'random'
  | 'timer'
  | 'promise'
  | 'module-state'
  | 'buffer'
  | 'ambient'
  | 'catch-all'
  | 'float-math';

/** About the tree as a whole. */
export type TreeRule =
  | 'unknown-folder' // on disk and not in the table, or the other way round
  | 'stale-entry' // the table lists a file that does not exist
  | 'unseen' // fewer modules checked than exist
  | 'syntax'; // does not parse

/** About text. */
export type TidyRule =
  | 'file-length'
  | 'line-length'
  | 'mod-shape'
  | 'mod-missing'
  | 'banned-word'
  | 'citation'
  | 'focused-test'
  | 'dead-module'
  | 'dead-export'
  | 'not-typescript';

/** Every rule of purity: what holds for a core folder below the platform. */
export const PURITY: readonly PurityRule[] = Object.freeze([
  'clock',
  'random',
  'timer',
  'promise',
  'module-state',
  'buffer',
  'ambient',
  'catch-all',
  'float-math',
]);

/** The line a person or an editor can follow. */
export function describe(violation: Violation): string {
  return `${violation.file}:${violation.line} ${violation.rule}: ${violation.message}`;
}
