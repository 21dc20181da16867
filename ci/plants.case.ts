// Planted violations for ci/boundary.test.ts. The type of PLANTS makes a rule without a plant an error.
import type { ImportRule, PurityRule } from './rules.ts';

/** A module of the middle of the core, of the simulator, of the native backend. */
export const LINK = 'core/link/planted.ts';
export const SIM = 'sim/planted.ts';
export const NATIVE = 'core/crypto/native/planted.ts';

/** Source whose body runs when called, so that only the body is judged. */
export const IN_FUNCTION = (body: string): string =>
  `export function f(x: any): unknown {\n${body}\n}\n`;

/** The rules that checkModule knows. */
export type ModuleRule = ImportRule | PurityRule | 'unknown-folder' | 'syntax';

/** A path, a source that breaks the rule there, and a near miss. An empty near miss is none. */
export type Plant = readonly [path: string, bad: string, good: string];

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
      "import { a } from './noble/mod.ts';",
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
    [LINK, "import { a } from '#core/crypto/noble/mod.ts';", "import { a } from './inner/mod.ts';"],
    [LINK, "import { a } from './inner/a.ts';", "import { a } from './a.ts';"],
    [NATIVE, "import { a } from '../noble/kem.ts';", "import { a } from '../suite.ts';"],
    [
      SIM,
      "import { a } from '#core/crypto/native/kem.ts';",
      "import { a } from '#core/crypto/native/mod.ts';",
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
      "import fc from 'fast-check';",
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
  ],
  'unknown-folder': [
    ['core/stray/a.ts', '', ''],
    ['core/a.ts', '', ''],
    ['tools/a.ts', '', ''],
    [LINK, "import { a } from '#core/stray/mod.ts';", "import { a } from '#core/wire/mod.ts';"],
  ],
  clock: [
    [LINK, IN_FUNCTION('return Date.now();'), IN_FUNCTION('return x.Date.now();')],
    [LINK, IN_FUNCTION('return new Date(0);'), IN_FUNCTION('return { Date: 1 };')],
    [
      LINK,
      IN_FUNCTION('return performance.now();'),
      IN_FUNCTION('const performance = x; return performance.now();'),
    ],
    [
      LINK,
      IN_FUNCTION('return process.hrtime.bigint();'),
      IN_FUNCTION('return x.hrtime.bigint();'),
    ],
    [
      LINK,
      IN_FUNCTION('return globalThis.Date;'),
      'export function f(Date: number): number { return Date; }',
    ],
    [
      SIM,
      IN_FUNCTION('return { Date };'),
      'export interface A { Date(performance: number): void }',
    ],
  ],
  random: [
    [LINK, IN_FUNCTION('return Math.random();'), IN_FUNCTION('return Math.imul(x, 3);')],
    [LINK, IN_FUNCTION('return globalThis.crypto;'), IN_FUNCTION('return x.crypto;')],
    [LINK, IN_FUNCTION('crypto.getRandomValues(x);'), IN_FUNCTION('x.fill(x);')],
    [LINK, IN_FUNCTION('return x.keygen();'), IN_FUNCTION('return x.keygen(x.seed);')],
    [
      LINK,
      IN_FUNCTION('return x.encapsulate(x.pk);'),
      IN_FUNCTION('return x.encapsulate(x.pk, x.m);'),
    ],
    [
      LINK,
      IN_FUNCTION('return x.utils.randomSecretKey();'),
      IN_FUNCTION('return x.utils.randomSecretKey(x);'),
    ],
    [
      NATIVE,
      "import { randomBytes } from 'node:crypto';",
      IN_FUNCTION('return x.encapsulate(x.pk);'),
    ],
    [
      SIM,
      "import * as c from 'node:crypto';\nexport const f = () => c.randomBytes(4);",
      IN_FUNCTION('return x.randomBytes(4);'),
    ],
  ],
  timer: [
    [LINK, IN_FUNCTION('setTimeout(x, 1);'), IN_FUNCTION('x.setTimeout(1);')],
    [
      LINK,
      IN_FUNCTION('setInterval(x, 1);'),
      IN_FUNCTION('const setInterval = x; setInterval(1);'),
    ],
    [LINK, IN_FUNCTION('setImmediate(x);'), 'export interface A { setImmediate(): void }'],
    [LINK, IN_FUNCTION('process.nextTick(x);'), IN_FUNCTION('x.process.nextTick();')],
    [SIM, IN_FUNCTION('queueMicrotask(x);'), IN_FUNCTION('return { queueMicrotask: 1 };')],
  ],
  promise: [
    [LINK, IN_FUNCTION('return Promise.resolve(1);'), IN_FUNCTION('return x.Promise;')],
    [LINK, 'export type A = () => Promise<void>;', 'export type A<Promise> = () => Promise;'],
    [LINK, 'export async function f(): X { return 1; }', 'export function async(): void {}'],
    [
      LINK,
      'export const f = async () => { await 1; };',
      'export const f = (async: number) => async;',
    ],
    [
      LINK,
      'export class A { async *f() { for await (const a of this.b) a(); } }',
      'export class A { *f() { for (const a of this.b) a(); } }',
    ],
    [SIM, IN_FUNCTION('return x.then(x);'), IN_FUNCTION('return x.then;')],
  ],
  'module-state': [
    [LINK, 'let a = 1;', 'const a = 1;'],
    [LINK, 'export var a;', IN_FUNCTION('let a = 1; return a;')],
    [LINK, 'export const a = new Map();', IN_FUNCTION('return new Map();')],
    [LINK, 'export const a = [1];', 'export const a = [1] as const;'],
    [LINK, 'const a = { b: 1 };', 'const a = Object.freeze({ b: 1 });'],
    [LINK, 'const a = { b: 1 } satisfies X;', 'const a = { b: 1 } as const satisfies X;'],
    [LINK, 'const a = Object.freeze([new Map()]);', 'const a = Object.freeze([[1], { b: 2 }]);'],
    [
      LINK,
      'const a = (() => { let n = 0; return () => n++; })();',
      'const a = () => { let n = 0; return n; };',
    ],
    [LINK, 'const a = /b/g;', 'const a = /b/;'],
    [LINK, 'class A { static b = 1; }', 'class A { static readonly b = 1; c = []; }'],
    [SIM, 'const a = true ? [] : 1;', 'const a = sum([1, 2]);'],
  ],
  buffer: [[LINK, IN_FUNCTION('return Buffer.alloc(1);'), IN_FUNCTION('return x.Buffer;')]],
  ambient: [
    [
      LINK,
      IN_FUNCTION('return process.env;'),
      'export function f(process: any) { return process.env; }',
    ],
    [LINK, IN_FUNCTION('return globalThis;'), IN_FUNCTION('return x.globalThis;')],
    [LINK, IN_FUNCTION('return x.a.localeCompare(x.b);'), IN_FUNCTION('return x.a < x.b;')],
    [LINK, IN_FUNCTION('return x.toLocaleUpperCase();'), IN_FUNCTION('return x.toUpperCase();')],
    [LINK, IN_FUNCTION('return new Intl.Collator();'), IN_FUNCTION('return x.Intl;')],
    [LINK, IN_FUNCTION('return new WeakRef(x);'), IN_FUNCTION('return new WeakMap(x);')],
    [
      LINK,
      IN_FUNCTION('return new FinalizationRegistry(x);'),
      IN_FUNCTION('return x.FinalizationRegistry;'),
    ],
    [LINK, IN_FUNCTION('return new Error().stack;'), IN_FUNCTION('return x.stack;')],
    [LINK, IN_FUNCTION('return import.meta.url;'), IN_FUNCTION('return x.meta.url;')],
    [SIM, IN_FUNCTION('console.log(x);'), IN_FUNCTION('x.console.log(x);')],
  ],
  'catch-all': [
    [LINK, IN_FUNCTION('try { x(); } catch {}'), IN_FUNCTION('try { x(); } catch (e) { x(e); }')],
    [
      LINK,
      IN_FUNCTION('try { x(); } catch { return 1; }'),
      IN_FUNCTION('try { x(); } finally { x(); }'),
    ],
    [
      LINK,
      IN_FUNCTION('try { x(); } catch (e) { return 1; }'),
      IN_FUNCTION('try { x(); } catch (e) { throw e; }'),
    ],
  ],
  'float-math': [
    [LINK, IN_FUNCTION('return Math.exp(x);'), IN_FUNCTION('return Math.floor(x);')],
    [LINK, IN_FUNCTION('return Math.pow(x, 2);'), IN_FUNCTION('return Math.sqrt(x);')],
    [LINK, IN_FUNCTION('return x ** 2;'), IN_FUNCTION('return 2n ** x;')],
    [LINK, IN_FUNCTION('x **= 2;'), IN_FUNCTION('x *= 2;')],
    [SIM, IN_FUNCTION('const { log } = Math; return log;'), IN_FUNCTION('return x.Math.log(1);')],
  ],
  syntax: [[LINK, 'const = 1;', 'const a = 1;']],
};
