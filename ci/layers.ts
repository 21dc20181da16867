// The table: which folder may import which, and where the rules of purity hold. Data only; ci/imports.ts and
// ci/purity.ts read it. A new folder under core/ is added to its row in the change that adds the folder.
import { PURITY, type PurityRule } from './rules.ts';

/** A part of the tree with rights of its own. */
export interface Area {
  readonly folder: string;
  /** Only names a broken rule: towards a higher level it is `import-upwards`, else `import-sideways`. */
  readonly level: number;
  /** Core folders whose row is lower than this may be imported. */
  readonly coreBelow: number;
  /** The same for `import type` alone. */
  readonly typesBelow: number;
  /** Areas that may be imported besides. */
  readonly also: readonly string[];
  /** Areas that its tests may import besides. */
  readonly testsAlso: readonly string[];
  /** Rules of purity that hold here. Tests are free of them. */
  readonly purity: readonly PurityRule[];
  /** Modules of Node, and what may be taken from each; 'all' where there is a Node. */
  readonly node: { readonly [module: string]: readonly string[] } | 'all';
}

/** A file that is free of some rules, and why. */
export interface Exemption {
  readonly file: string;
  readonly rules: readonly (PurityRule | 'node-import')[];
  readonly why: string;
}

/** A test that may import more than its folder does, and why. */
export interface TestException {
  readonly file: string;
  readonly may: readonly string[];
  readonly why: string;
}

/** A package, and the folders that may import it. */
export interface PackageUse {
  readonly name: string;
  readonly folders: readonly string[];
  /** In test files of any folder. */
  readonly tests: boolean;
}

/** Everything the checks of the tree know about this one. */
export interface Layers {
  readonly coreRows: readonly (readonly string[])[];
  readonly areas: readonly Area[];
  readonly filewise: readonly string[];
  readonly withoutMod: readonly string[];
  readonly growing: readonly string[];
  readonly exemptions: readonly Exemption[];
  readonly testExceptions: readonly TestException[];
  readonly packages: readonly PackageUse[];
  readonly entries: readonly string[];
}

/** The row of core/platform: from here on up there is a real machine. */
export const PLATFORM_ROW = 8;

/** The row of core/crypto. Its suites are areas of their own, so that no program loads one that it does not use. */
const CRYPTO_ROW = 3;
/** For tests, and under SEEDED; never in a program that does not simulate. */
const NOBLE = 'core/crypto/noble';
/** For simulated worlds. */
const SEEDED = 'core/crypto/seeded';

/** Where core/crypto/native stands: above what may not see it, below what may. */
const NATIVE_LEVEL: number = PLATFORM_ROW - 0.5;

const SIM_PURITY: readonly PurityRule[] = Object.freeze([
  'clock',
  'random',
  'timer',
  'promise',
  'module-state',
  'ambient',
  'float-math',
]);

const NATIVE_PURITY: readonly PurityRule[] = Object.freeze(
  PURITY.filter((rule) => rule !== 'buffer'),
);

/** What of node:crypto is a function of its inputs. */
const CRYPTO: readonly string[] = Object.freeze([
  ...['hash', 'createHash', 'createHmac', 'createCipheriv', 'createDecipheriv', 'timingSafeEqual'],
  ...['createSecretKey', 'createPublicKey', 'createPrivateKey', 'X509Certificate'],
]);

/** For the native suite besides: Ed25519 signs without randomness, and encapsulation is replaced in the simulator. */
const NATIVE_CRYPTO: readonly string[] = Object.freeze([
  ...CRYPTO,
  ...['sign', 'verify', 'diffieHellman', 'encapsulate', 'decapsulate'],
]);

/** Strictly downward; folders of one row never see each other. Row 0 first. */
const CORE_ROWS: readonly (readonly string[])[] = Object.freeze([
  ['base'],
  ['wire', 'observe'],
  ['host'],
  ['crypto'], // and config
  ['link', 'directory'], // and access
  ['circuit', 'routing'],
  ['client', 'relay', 'dns'], // and firewall
  ['node'],
  ['platform'],
  ['cli'],
]);

/** What is not a plain core folder. The longest matching folder decides. */
const AREAS: readonly Area[] = Object.freeze([
  {
    folder: 'core/crypto/native',
    level: NATIVE_LEVEL,
    coreBelow: 3,
    typesBelow: 3,
    also: ['core/crypto'],
    testsAlso: [],
    purity: NATIVE_PURITY,
    node: { 'node:crypto': NATIVE_CRYPTO },
  },
  {
    folder: NOBLE,
    level: 3,
    coreBelow: 3,
    typesBelow: 3,
    also: ['core/crypto'],
    testsAlso: [],
    purity: PURITY,
    node: {},
  },
  {
    folder: SEEDED,
    level: NATIVE_LEVEL,
    coreBelow: 3,
    typesBelow: 3,
    also: ['core/crypto', 'core/crypto/native', NOBLE],
    testsAlso: [],
    purity: PURITY,
    node: {},
  },
  {
    folder: 'sim',
    level: PLATFORM_ROW - 0.5,
    coreBelow: PLATFORM_ROW,
    typesBelow: PLATFORM_ROW,
    also: [SEEDED],
    testsAlso: ['core/crypto/native'],
    purity: SIM_PURITY,
    node: { 'node:crypto': CRYPTO },
  },
  {
    folder: 'sim/real',
    level: PLATFORM_ROW + 0.5,
    coreBelow: PLATFORM_ROW + 1,
    typesBelow: PLATFORM_ROW + 1,
    also: ['sim', 'core/crypto/native'],
    testsAlso: [SEEDED],
    purity: [],
    node: 'all',
  },
  {
    folder: 'sim/lab',
    level: 11,
    coreBelow: 10,
    typesBelow: 10,
    also: ['sim', 'sim/real', 'scenarios', 'bench', 'core/crypto/native', SEEDED],
    testsAlso: [],
    purity: [],
    node: 'all',
  },
  {
    folder: 'bench',
    level: 10,
    coreBelow: 10,
    typesBelow: 10,
    also: ['sim', 'sim/real', 'core/crypto/native', SEEDED],
    testsAlso: [],
    purity: [],
    node: 'all',
  },
  {
    folder: 'scenarios',
    level: 10,
    coreBelow: 1,
    typesBelow: PLATFORM_ROW,
    also: ['sim'],
    testsAlso: [],
    purity: SIM_PURITY,
    node: {},
  },
  {
    folder: 'ci',
    level: 12,
    coreBelow: 0,
    typesBelow: 0,
    also: [],
    testsAlso: ['core/crypto/native'],
    purity: [],
    node: 'all',
  },
]);

/** The table of this tree. */
export const LAYERS: Layers = Object.freeze<Layers>({
  coreRows: CORE_ROWS,
  areas: AREAS,
  // Folders that others import file by file; they have no mod.ts.
  filewise: ['core/base'],
  // Folders of entry files that nobody imports.
  withoutMod: ['core/cli', 'sim/lab'],
  // Folders that are still being built: there an export may wait for whoever will take it.
  growing: [],
  exemptions: [
    {
      file: 'sim/traps.ts',
      rules: [...SIM_PURITY, 'node-import'],
      why: 'replaces clocks, timers and randomness by functions that throw, so it must name them',
    },
    {
      file: 'sim/scenario/plants.ts',
      rules: ['clock', 'random', 'timer', 'promise', 'module-state'],
      why: 'plants each of them on purpose, for the traps to catch',
    },
    {
      file: 'core/base/frozen.ts',
      rules: ['ambient'],
      why: 'looks at the fields of a table without calling its getters',
    },
    {
      file: 'core/crypto/native/openssl.ts',
      rules: ['catch-all', 'module-state', 'node-import'],
      why: 'asks once whether this Node has node:ffi; whatever is not as it was tried, node:crypto does the work',
    },
    {
      file: 'core/crypto/seeded/openssl-mlkem.ts',
      rules: ['catch-all', 'module-state', 'node-import'],
      why: 'the same, for what only simulated worlds call',
    },
    {
      file: 'core/crypto/native/evp.ts',
      rules: ['node-import'],
      why: 'the types of node:ffi',
    },
    ...['native/aead', 'native/kem', 'native/sign', 'noble/aead', 'noble/kem', 'noble/sign'].map(
      (name): Exemption => ({
        file: `core/crypto/${name}.ts`,
        rules: ['catch-all'],
        why: 'the library says "forged" or "not a key" by throwing, and by nothing else a caller can name',
      }),
    ),
  ],
  testExceptions: [
    {
      file: 'core/link/vectors.test.ts',
      may: ['core/crypto/native'],
      why: 'digests of the messages',
    },
    {
      file: 'core/link/pair.case.ts',
      may: [SEEDED],
      why: 'links are tested under the suite that the simulator and the binary run',
    },
    {
      file: 'core/circuit/scene.case.ts',
      may: [SEEDED],
      why: 'circuits are tested under the suite that the simulator runs, and its octets are the vectors',
    },
    {
      file: 'core/directory/network.case.ts',
      may: ['core/crypto/native'],
      why: 'statements of many nodes are made and verified at the speed of the shipped suite',
    },
    {
      file: 'core/crypto/suite.test.ts',
      may: ['core/crypto/native', SEEDED],
      why: 'all backends pass the same cases and give the same octets',
    },
  ],
  packages: [
    { name: '@noble/', folders: ['core/crypto', 'sim', 'bench'], tests: true },
    { name: 'commander', folders: ['core/cli', 'sim/lab'], tests: false },
    { name: 'oxc-parser', folders: ['ci'], tests: false },
    { name: 'rolldown', folders: ['ci'], tests: false },
    { name: 'vitest', folders: ['ci'], tests: true },
    { name: 'fast-check', folders: [], tests: true },
    { name: 'dns-packet', folders: [], tests: true },
    { name: 'playwright-core', folders: [], tests: true },
  ],
  // Files that are started, not imported. A name that ends in a slash stands for the folder.
  entries: [
    'ci/build.ts',
    'ci/check.ts',
    'ci/run.ts',
    'ci/skip-reporter.ts',
    'ci/vitest.config.ts',
    'bench/link-copy-end.ts',
    'bench/pipe-relay.ts',
    'core/cli/spn-node.ts',
    'core/cli/spn.ts',
    'sim/lab/main.ts',
  ],
});

/** The rights of the area a file or folder lies in; undefined when the table does not know it. */
export function areaOf(path: string, table: Layers = LAYERS): Area | undefined {
  let best: Area | undefined;
  for (const area of table.areas) {
    const inside = path === area.folder || path.startsWith(`${area.folder}/`);
    if (inside && area.folder.length > (best?.folder.length ?? 0)) best = area;
  }
  return best ?? coreArea(path, table);
}

/** The row of a core folder such as 'core/wire', or undefined. */
export function rowOf(folder: string, table: Layers = LAYERS): number | undefined {
  const row = table.coreRows.findIndex((names) => names.some((name) => `core/${name}` === folder));
  return row < 0 ? undefined : row;
}

/** True for files that only tests load: tests, shared cases, and the data in a folder called `vectors`. */
export function isTest(path: string): boolean {
  return /\.(?:test|case)\.ts$|\/vectors\//.test(path);
}

function coreArea(path: string, table: Layers): Area | undefined {
  const [top, name, ...rest] = path.split('/');
  const folder = `${top}/${name}`;
  const row = rowOf(folder, table);
  if (row === undefined || (rest.length === 0 && path.endsWith('.ts'))) return undefined;
  const pure = row < PLATFORM_ROW;
  return {
    folder,
    level: row,
    coreBelow: row,
    typesBelow: row,
    also: row >= PLATFORM_ROW ? ['core/crypto/native'] : [],
    testsAlso: row >= CRYPTO_ROW ? [NOBLE] : [],
    purity: pure ? PURITY : [],
    node: pure ? {} : 'all',
  };
}
