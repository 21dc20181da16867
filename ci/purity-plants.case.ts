// Planted impurities for ci/boundary.test.ts: for every rule what it must catch, and a near miss.
import type { PurityRule } from './rules.ts';

/** A module of the middle of the core, of the simulator, of the native backend. */
export const LINK = 'core/link/planted.ts';
export const SIM = 'sim/planted.ts';
export const NATIVE = 'core/crypto/native/planted.ts';

/** Source whose body runs when called, so that only the body is judged. */
export const IN_FUNCTION = (body: string): string =>
  `export function f(x: any): unknown {\n${body}\n}\n`;

const FROZEN = "import { frozen, frozenData } from '#core/base/frozen.ts';\n";

/** A path, a source that breaks the rule there, and a near miss. An empty near miss is none. */
export type Plant = readonly [path: string, bad: string, good: string];

/** Names that the plants of module state use. */
const GIVEN = "import { a, assert, b, c, counter, generator, sum } from './given.ts';\n";

/** For every rule of purity: what it must catch. */
export const PURITY_PLANTS: Readonly<Record<PurityRule, readonly Plant[]>> = {
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
      LINK,
      'declare const performance: { now(): number };\nexport const f = () => performance.now();',
      'export const f = (performance: { now(): number }) => performance.now();',
    ],
    [
      LINK,
      'type performance = number;\nexport const f = (): performance => performance.now();',
      'interface performance {}\nexport type F = performance;',
    ],
    [
      LINK,
      "import type { Date } from './a.ts';\nexport const f = (): Date => Date.now();",
      "import { Date } from './a.ts';\nexport const f = (): Date => Date.now();",
    ],
    [
      LINK,
      "import { type Date } from './a.ts';\nexport const f = () => new Date();",
      "export { Date } from './a.ts';",
    ],
    [LINK, 'declare global { var performance: any; }', "export type { A } from './a.ts';"],
    [
      LINK,
      'export const f = <performance>() => performance.now();',
      'type Date = 1;\nexport type { Date };',
    ],
    [
      LINK,
      'declare class Date { static now(): number }',
      'class Date { static now() { return 1; } }',
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
    [SIM, IN_FUNCTION('const { keygen } = x; keygen();'), IN_FUNCTION('return { keygen: x };')],
    [SIM, IN_FUNCTION('const { a: { keygen: y } } = x; y();'), IN_FUNCTION('x.keygen(...x, x.y);')],
    [
      SIM,
      IN_FUNCTION('const y = x.encapsulate; y(x);'),
      IN_FUNCTION("return x['encapsulate'](x, x);"),
    ],
    [SIM, IN_FUNCTION('x.keygen(...[]);'), IN_FUNCTION('return x.keys;')],
    [SIM, IN_FUNCTION('x.keygen(undefined);'), IN_FUNCTION('x.keygen(-x);')],
    [SIM, IN_FUNCTION('x.encapsulate(x, void 0);'), IN_FUNCTION('x.encapsulate(x, x.undefined);')],
    [SIM, IN_FUNCTION('return x[`keygen`]();'), IN_FUNCTION('return x[`keygen` + x]();')],
    [
      'core/crypto/a.ts',
      "import { ml_dsa65 } from '@noble/post-quantum/ml-dsa.js';",
      "import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';",
    ],
    [
      'core/crypto/a.ts',
      "import { slh_dsa_sha2_128f as s } from '@noble/post-quantum/slh-dsa.js';",
      "import { ed25519 } from '@noble/curves/ed25519.js';",
    ],
    [SIM, IN_FUNCTION('const { getRandomValues } = x;'), IN_FUNCTION('const { fill } = x;')],
    [SIM, IN_FUNCTION('return Buffer.allocUnsafe(9);'), IN_FUNCTION('return Buffer.alloc(9);')],
    [SIM, IN_FUNCTION('const { log } = Math; return log;'), IN_FUNCTION('return x.Math.log(1);')],
    [
      'sim/prng/a.ts',
      IN_FUNCTION("return Math['ran' + 'dom']();"),
      IN_FUNCTION('return Math.floor(x);'),
    ],
    [
      'core/crypto/a.ts',
      "import { randomBytes as r } from '@noble/hashes/utils.js';",
      "import { bytesToHex } from '@noble/hashes/utils.js';",
    ],
    [
      'core/crypto/a.ts',
      "import * as u from '@noble/hashes/utils.js';",
      "import type * as u from '@noble/hashes/utils.js';",
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
    [
      LINK,
      'declare function setTimeout(f: () => void): void;\nexport const f = () => setTimeout(f);',
      'function setTimeout(): void;\nfunction setTimeout(a?: 1): void {}',
    ],
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
  'module-state': (
    [
      [LINK, 'let a = 1;', 'const a = 1;'],
      [LINK, 'export var a;', IN_FUNCTION('let a = 1; return a;')],
      [LINK, 'export const a = new Map();', IN_FUNCTION('return new Map();')],
      [LINK, 'export const a = [1];', 'export const a = [1] as const;'],
      [LINK, 'const a = { b: 1 };', 'const a = Object.freeze({ b: 1 });'],
      [LINK, 'const a = { b: 1 } satisfies X;', 'const a = { b: 1 } as const satisfies X;'],
      [
        LINK,
        'const a = Object.freeze([new Map()]);',
        'const a = Object.freeze([1, a.b, () => 1]);',
      ],
      [
        LINK,
        'const a = Object.freeze({ b: { n: 0 } });',
        `${FROZEN}const a = frozen({ b: { n: 0 } });`,
      ],
      [LINK, 'const a = Object.freeze([[0]]);', 'const a = Object.freeze([Object.freeze([0])]);'],
      [
        LINK,
        'const a = Object.freeze([...[[0]]].concat(1));',
        'const a = Object.freeze([...b, ...[0]]);',
      ],
      [
        LINK,
        'const a = Object.freeze({ b: [] as X });',
        'const a = Object.freeze({ b: [] as const });',
      ],
      [
        LINK,
        "import { frozen } from './own.ts';\nconst a = frozen([[0]]);",
        `${FROZEN}const a = frozen([[0], { b: [] }]);`,
      ],
      [LINK, `${FROZEN}const a = frozen([b()]);`, "const a = ['a', b].join('');"],
      [
        LINK,
        `${FROZEN}const a = frozen([frozenData, () => counter(), sum()]);`,
        `${FROZEN}const a = frozenData([sum(), [sum()]]);`,
      ],
      [
        LINK,
        "import { frozen as frozenData } from '#core/base/frozen.ts';\nconst a = frozenData([counter()]);",
        '',
      ],
      [LINK, 'const a = counter();', 'const a = BigInt(1) + b();'],
      [LINK, 'const a = generator().next;', 'const a = b.c.d;'],
      [LINK, 'const a = Array.from([0]);', 'const a = Math.floor(1.5);'],
      [LINK, 'const a = Object.create(null);', 'const a = Object.freeze(Object.keys(b) as C[]);'],
      [LINK, 'const a = Object.keys(b);', "const a = Symbol('a');"],
      [LINK, 'const a = Array(3);', 'const a = Number(3);'],
      [LINK, 'const a = Uint8Array.of(0);', IN_FUNCTION('return Uint8Array.of(0);')],
      [LINK, 'const a = (b, []);', 'const a = b ?? c;'],
      [LINK, 'const a = b`c`;', 'const a = `b`;'],
      [LINK, 'const { a = [] } = b;', 'const { a, c: [d] } = b;'],
      [
        LINK,
        'export const A = class { static n = 0; m = 1 };',
        'export const A = class { static readonly n = 0; m = 1 };',
      ],
      [LINK, 'class A { static accessor b = 1; }', 'class A { accessor b = 1; }'],
      [LINK, 'if (a) { b(); }', "assert(1 < 2, 'a law');"],
      [LINK, 'function f() {}\nf.count = 1;', IN_FUNCTION('x.count = 1;')],
      [LINK, 'function f() { f.count++; }', IN_FUNCTION('const f = x; f.count++;')],
      [LINK, 'const A = a;\nfunction f() { [A.b] = [1]; }', IN_FUNCTION('[x.b] = [1];')],
      [
        LINK,
        'const A = a;\nfunction f() { delete A.b; }',
        'const A = a;\nfunction f() { return -A.b; }',
      ],
      [LINK, IN_FUNCTION('Array.prototype.first = x;'), IN_FUNCTION('x.prototype.first = Array;')],
      [
        LINK,
        'const a = (() => { let n = 0; return () => n++; })();',
        'const a = () => { let n = 0; return n; };',
      ],
      [LINK, 'const a = /b/g;', 'const a = /b/;'],
      [LINK, 'class A { static b = 1; }', 'class A { static readonly b = 1; c = []; }'],
      [SIM, 'const a = true ? [] : 1;', 'const a = true ? b : 1;'],
    ] satisfies readonly Plant[]
  ).map(([path, bad, good]): Plant => [path, GIVEN + bad, GIVEN + good]),
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
    [LINK, IN_FUNCTION('return new Error().stack;'), IN_FUNCTION('return x.message;')],
    [
      LINK,
      IN_FUNCTION('const e = new Error(); return e.stack;'),
      IN_FUNCTION('return new Error();'),
    ],
    [LINK, IN_FUNCTION('const { stack } = x; return stack;'), IN_FUNCTION('return { stack: x };')],
    [
      LINK,
      IN_FUNCTION("(() => 0).constructor('return process.env')();"),
      'class A { constructor() {} }',
    ],
    [
      LINK,
      IN_FUNCTION('return ((() => 0) as any)[`constructor`](x);'),
      IN_FUNCTION('return x[`a` + x];'),
    ],
    [
      LINK,
      IN_FUNCTION("return Object.getOwnPropertyDescriptor(x, 'constructor');"),
      IN_FUNCTION("return Object.hasOwn(x, 'a');"),
    ],
    [
      SIM,
      IN_FUNCTION('const { getOwnPropertyDescriptors: y } = Object; return y(x);'),
      IN_FUNCTION('return Object.entries(x);'),
    ],
    [SIM, IN_FUNCTION('const { [`constructor`]: y } = x; return y;'), ''],
    [LINK, IN_FUNCTION("return x['constructor'];"), IN_FUNCTION('return x[x];')],
    [LINK, IN_FUNCTION("return new Event('x').timeStamp;"), IN_FUNCTION('return x.timeStamp;')],
    [LINK, IN_FUNCTION("return new File([], 'x').lastModified;"), 'export type A = Event | File;'],
    [LINK, IN_FUNCTION('return URL.createObjectURL(new Blob([]));'), 'export const URL = 1;'],
    [LINK, 'declare const a: number;', 'export type A = 1;'],
    [
      LINK,
      'declare const process: any;\nexport const f = () => process.env;',
      'export type A = (process: 1) => 2;',
    ],
    [SIM, IN_FUNCTION('return somethingNew;'), IN_FUNCTION('return structuredClone(x);')],
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
    [SIM, IN_FUNCTION("return Math['log'](x);"), IN_FUNCTION('return x.Math.log(1);')],
  ],
};
