// What draws the same numbers again from the same seed. Every secret of a program that contains one is a bug
// away from being public, so only programs that simulate do.
import type { Bundle } from './bundle.ts';

interface Generator {
  readonly name: string;
  /** Files it lives in. */
  readonly file: RegExp;
  /** What its code cannot do without. */
  readonly word: RegExp;
}

const GENERATORS: readonly Generator[] = Object.freeze([
  { name: 'the simulator', file: /^sim\//, word: /^\/\/ sim\/|\bRandomStream\b/m },
  {
    name: 'the seeded suite',
    file: /^core\/crypto\/seeded\/suite\.ts$/,
    word: /\bcreateSeededSuite\b/,
  },
  {
    name: 'noble',
    file: /^core\/crypto\/noble\/|(?:^|\/)node_modules\/@noble\//,
    word: /@noble\/|\bnoble-(?:ciphers|curves|hashes|post-quantum)\b|\b(?:createNobleSuite|noble\w*Encapsulate)\b/,
  },
]);

/** The names of all generators whose code is in a bundle, by its list of files or by its text. */
export function generatorsIn({ code, files }: Bundle): readonly string[] {
  return GENERATORS.filter(
    ({ file, word }) => word.test(code) || files.some((path) => file.test(path)),
  ).map(({ name }) => name);
}
