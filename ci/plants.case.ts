// Planted violations for ci/boundary.test.ts. The type of PLANTS makes a rule without a plant an error.
import { IN_FUNCTION, LINK, NATIVE, type Plant, PURITY_PLANTS, SIM } from './purity-plants.case.ts';
import type { ImportRule, PurityRule } from './rules.ts';

/** The rules that checkModule knows. */
export type ModuleRule = ImportRule | PurityRule | 'unknown-folder' | 'syntax';

/** For every rule that one module can break: what it must catch. */
export const PLANTS: Readonly<Record<ModuleRule, readonly Plant[]>> = {
  'import-upwards': [
    [LINK, "import { a } from '#core/circuit/mod.ts';", "import { a } from '#core/crypto/mod.ts';"],
    [LINK, "import type { A } from '../node/mod.ts';", "import type { A } from '../host/mod.ts';"],
    [LINK, "export { a } from '#core/node/mod.ts';", "export { a } from '#core/wire/mod.ts';"],
    [
      LINK,
      "export type A = import('#core/node/mod.ts').A;",
      "export type A = import('#core/wire/mod.ts').A;",
    ],
    [LINK, "import { a } from '#sim/mod.ts';", "import { a } from '#core/base/a.ts';"],
    [LINK, "import { a } from '../crypto/native/mod.ts';", "import { a } from '../crypto/mod.ts';"],
    [
      'core/crypto/a.ts',
      "import { a } from './native/mod.ts';",
      "import { a } from './inner/mod.ts';",
    ],
    [SIM, "import { a } from '#core/platform/mod.ts';", "import { a } from '#core/node/mod.ts';"],
    [SIM, "import { a } from './real/mod.ts';", "import { a } from './prng/mod.ts';"],
    [
      'core/platform/a.ts',
      "import '#core/cli/mod.ts';",
      "import { a } from '#core/crypto/native/mod.ts';",
    ],
    [
      'bench/a.ts',
      "import { a } from '#sim/lab/mod.ts';",
      "import { a } from '#core/platform/mod.ts';",
    ],
    ['core/host/a.test.ts', "import { a } from '#sim/mod.ts';", "import { test } from 'vitest';"],
  ],
  'import-sideways': [
    [
      'core/wire/a.ts',
      "import { a } from '#core/observe/mod.ts';",
      "import { a } from '../base/b.ts';",
    ],
    ['core/link/a.ts', "import { a } from '../access/mod.ts';", "import { a } from './b.ts';"],
    [
      'core/platform/a.ts',
      "import { a } from '#sim/mod.ts';",
      "import { a } from '#core/node/mod.ts';",
    ],
    [
      'scenarios/a.ts',
      "import { a } from '#core/node/mod.ts';",
      "import type { A } from '#core/node/mod.ts';",
    ],
    ['scenarios/a.ts', "import { a } from '#bench/mod.ts';", "import { a } from '#sim/mod.ts';"],
    [LINK, "import { a } from '#core/crypto/noble/mod.ts';", "import { a } from './inner/mod.ts';"],
    [
      SIM,
      "import { a } from '#core/crypto/native/mod.ts';",
      "import { a } from '#core/crypto/seeded/mod.ts';",
    ],
    ['ci/a.ts', "import { a } from '#core/base/bytes.ts';", "import { a } from './tidy.ts';"],
    [
      'ci/a.test.ts',
      "import { a } from '#sim/mod.ts';",
      "import { a } from '#core/crypto/native/mod.ts';",
    ],
  ],
  'import-not-mod': [
    [
      LINK,
      "import { a } from '#core/crypto/suite.ts';",
      "import { a } from '#core/base/bytes.ts';",
    ],
    [LINK, "import { a } from './inner/a.ts';", "import { a } from './a.ts';"],
    [
      'core/crypto/seeded/a.ts',
      "import { a } from '../noble/kem.ts';",
      "import { a } from '../suite.ts';",
    ],
    [
      SIM,
      "import { a } from '#core/crypto/seeded/suite.ts';",
      "import { a } from '#core/crypto/seeded/mod.ts';",
    ],
    ['scenarios/a.ts', "import { a } from '#sim/prng/mod.ts';", "import { a } from '#sim/mod.ts';"],
    ['sim/lab/a.ts', "import { a } from '../prng/a.ts';", "import { a } from '../prng/mod.ts';"],
    [
      'core/node/a.test.ts',
      "import { a } from '#core/host/driver.ts';",
      "import { a } from '#core/host/host.case.ts';",
    ],
  ],
  'import-dynamic': [
    [LINK, IN_FUNCTION("return import('./a.ts');"), "import * as a from './a.ts';"],
    ['sim/prng/a.ts', IN_FUNCTION('return import(x);'), IN_FUNCTION('return x.import(x);')],
  ],
  'import-test': [
    [LINK, "import { a } from './a.case.ts';", "import { a } from './case.ts';"],
    [LINK, "import { a } from './vectors/a.ts';", "import { a } from './vectors.ts';"],
  ],
  'import-package': [
    [LINK, "import { a } from '@noble/hashes/sha2.js';", "import { a } from './noble.ts';"],
    [LINK, "import { test } from 'vitest';", "import { test } from './vitest.ts';"],
    [
      'core/crypto/a.ts',
      "import { fc } from 'fast-check';",
      "import { a } from '@noble/hashes/sha2.js';",
    ],
    ['core/link/a.test.ts', "import { a } from 'commander';", "import fc from 'fast-check';"],
  ],
  'node-import': [
    [LINK, "import { connect } from 'node:net';", "import { connect } from './net.ts';"],
    [LINK, "import { readFileSync } from 'fs';", "import { readFileSync } from './fs.ts';"],
    [
      NATIVE,
      "import { readFileSync } from 'node:fs';",
      "import { createHash } from 'node:crypto';",
    ],
    [
      SIM,
      "import { Worker } from 'node:worker_threads';",
      "import { createHash } from 'node:crypto';",
    ],
    ...['randomBytes', 'hkdf', 'createECDH', 'encapsulate', 'sign', 'webcrypto'].map(
      (name): Plant => [
        SIM,
        `import { ${name} as a } from 'node:crypto';`,
        `import { type ${name}, createHash } from 'node:crypto';`,
      ],
    ),
    [NATIVE, "import { randomBytes } from 'node:crypto';", "import { sign } from 'node:crypto';"],
    ...["{ getBuiltinModule } from 'node:process'", "ffi from 'node:ffi'"].map(
      (what): Plant => [NATIVE, `import ${what};`, "import { hash } from 'node:crypto';"],
    ),
    [
      SIM,
      "import c from 'node:crypto';\nconst { randomBytes } = c;",
      "import { X509Certificate } from 'node:crypto';",
    ],
    [SIM, "import * as c from 'crypto';", "import { hash } from 'crypto';"],
    [SIM, "export { randomBytes } from 'node:crypto';", "export { hash } from 'node:crypto';"],
    [SIM, "export * from 'node:crypto';", "import type * as c from 'node:crypto';"],
  ],
  'unknown-folder': [
    ['core/stray/a.ts', '', ''],
    ['core/a.ts', '', ''],
    ['tools/a.ts', '', ''],
    [LINK, "import { a } from '#core/stray/mod.ts';", "import { a } from '#core/wire/mod.ts';"],
  ],
  ...PURITY_PLANTS,
  syntax: [[LINK, 'const = 1;', 'const a = 1;']],
};
