/** A program that `npm run build` makes a single file of. */
export interface Program {
  /** Of the file, without the suffix that Windows wants. */
  readonly name: string;
  /** The module it starts in, from the root of the tree. */
  readonly entry: string;
  /** It simulates, so it contains generators whose draws repeat. No other program may: ci/generators.ts. */
  readonly simulates: boolean;
}

/** All there is to do for another program is to add its row. */
export const PROGRAMS: readonly Program[] = Object.freeze([
  { name: 'spn', entry: 'core/cli/spn.ts', simulates: false },
  { name: 'spn-node', entry: 'core/cli/spn-node.ts', simulates: false },
  { name: 'spn-lab', entry: 'sim/lab/main.ts', simulates: true },
]);
