// Every gate on a small tree of its own, and the real entry once: a gate that silently sees nothing has to fail here.
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkBoundary } from './boundary.ts';
import { GATES, type Gate, openTree } from './gates.ts';
import { LAYERS } from './layers.ts';
import { run } from './process.ts';
import { countModules, readTree } from './source.ts';

const HOME = fileURLToPath(new URL('..', import.meta.url));
// The tests and entries in core that the table lists have to exist in any tree it is held against.
const LISTED = [...LAYERS.testExceptions.map(({ file }) => file), ...LAYERS.entries].filter(
  (file) => file.startsWith('core/'),
);
const CASES = LISTED.filter((file) => file.endsWith('.case.ts'));
const MODULES = 2 + LISTED.length + CASES.length;
let root = '';

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'spn-gates-'));
  for (const name of ['tsconfig.json', 'biome.json']) cpSync(join(HOME, name), join(root, name));
  symlinkSync(join(HOME, 'node_modules'), join(root, 'node_modules'));
  for (const name of LAYERS.coreRows.flat())
    mkdirSync(join(root, 'core', name), { recursive: true });
  plant('package.json', '{\n  "type": "module"\n}\n');
  for (const file of LISTED) plant(file, 'export {};\n');
  for (const file of CASES) plant(`${file}.test.ts`, `import './${basename(file)}';\n`);
  plant('core/base/frozen.ts', 'export const GOOD = 1;\n');
  plant(
    'core/base/good.test.ts',
    "import { GOOD } from './frozen.ts';\n\nif (GOOD !== 1) throw new Error();\n",
  );
});

afterEach(() => rmSync(root, { recursive: true }));

function plant(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** One gate on the tree as it is now, in this process: what it saw, and a line per violation. */
async function check(name: string): Promise<{ readonly ok: boolean; readonly output: string }> {
  const gate = GATES.find((one) => one.name === name) as Gate;
  const { ok, saw, violations } = await gate.check(openTree(root));
  return { ok, output: [saw, ...violations].join('\n') };
}

test('the entry says which gate failed and why, and exits with 1', async () => {
  const args = [join(HOME, 'ci/check.ts'), '--root', root, '--only', 'boundary'];
  const entry = () =>
    run({ command: process.execPath, args, cwd: HOME, output: 'collect', limitSeconds: 30 });
  const before = await entry();
  expect([before.code, before.output]).toEqual([0, expect.stringContaining('boundary ok')]);
  plant('core/base/bad.ts', 'export const BAD = (): number => Date.now();\n');
  const after = await entry();
  expect([after.code, after.output]).toEqual([1, expect.stringContaining('boundary FAILED')]);
  expect(after.output).toContain('  core/base/bad.ts:1 clock: Date.now');
});

test.each([
  [
    'boundary',
    `${MODULES} modules`,
    'export const BAD = (): number => Date.now();\n',
    'core/base/bad.ts:1 clock: Date.now',
  ],
  ['tidy', `${MODULES} files`, 'export const BAD = 1;\n', 'core/base/bad.ts:1 dead-module: '],
  ['tidy', `${MODULES} files`, 'export const BAD = 1;\n', 'core/base/bad.ts:1 dead-export: '],
  ['tsc', `${MODULES} files`, "export const BAD: number = '1';\n", 'core/base/bad.ts:1 TS2322: '],
  [
    'biome',
    'files',
    'export const BAD = 1 as any;\n',
    'core/base/bad.ts:1 lint/suspicious/noExplicitAny: ',
  ],
])('%s passes a good tree and fails on a planted file', async (gate, saw, bad, complaint) => {
  const before = await check(gate);
  expect(before.output).toContain(saw);
  expect(before.ok).toBe(true);
  plant('core/base/bad.ts', bad);
  const after = await check(gate);
  expect(after.output).toContain(complaint);
  expect(after.ok).toBe(false);
});

test.each(['out', 'reports', 'coverage', 'node_modules'])(
  'a folder called %s is only left out at the root',
  async (name) => {
    plant(`core/base/${name}/clock.ts`, 'export const BAD = (): number => Date.now();\n');
    expect(countModules(root)).toBe(MODULES + 1);
    const complaint = `core/base/${name}/clock.ts:1`;
    expect((await check('boundary')).output).toContain(`${complaint} clock: Date.now`);
    expect((await check('tidy')).output).toContain(`${complaint} dead-module: `);
    rmSync(join(root, 'core/base', name), { recursive: true });
    if (name !== 'node_modules') plant(`${name}/a.ts`, 'export const BAD = Date.now();\n');
    expect(countModules(root)).toBe(MODULES);
  },
);

test.each(['boundary', 'tidy', 'tsc'])('%s fails when it sees nothing', async (gate) => {
  for (const { path } of readTree(root)) rmSync(join(root, path));
  const { ok, output } = await check(gate);
  expect(output).toContain('unseen');
  expect(ok).toBe(false);
});

test('biome fails when its configuration leaves modules out', async () => {
  const config = readFileSync(join(root, 'biome.json'), 'utf8').replace('"**"', '"**", "!core"');
  plant('biome.json', config);
  const { ok, output } = await check('biome');
  expect(output).toContain('unseen');
  expect(ok).toBe(false);
});

test('tsc fails when its configuration leaves a folder out', async () => {
  plant('elsewhere/a.ts', 'export {};\n');
  expect((await check('tsc')).output).toContain('unseen');
});

test('the boundary fails when it saw fewer modules than exist', () => {
  const files = readTree(root);
  expect(countModules(root)).toBe(MODULES);
  expect(checkBoundary(root, files, MODULES)).toEqual([]);
  expect(
    checkBoundary(
      root,
      files.filter(({ path }) => path !== 'core/base/frozen.ts'),
      MODULES,
    ).map(({ rule }) => rule),
  ).toEqual(['unseen']);
});

test('the table and the folders of core have to agree', () => {
  const check = (coreRows: readonly (readonly string[])[]): readonly string[] =>
    checkBoundary(root, readTree(root), MODULES, { ...LAYERS, coreRows }).map(
      ({ message }) => message,
    );
  expect(check([...LAYERS.coreRows, ['absent']])).toEqual([
    'core/absent is in the table and not on disk',
  ]);
  mkdirSync(join(root, 'core/stray'));
  expect(check(LAYERS.coreRows)).toEqual(['core/stray is on disk and not in the table']);
});

test('an entry of the table whose file is gone is stale, once its folder is there', () => {
  const table = {
    ...LAYERS,
    testExceptions: [],
    entries: ['core/base/frozen.ts', 'core/base/gone.ts'],
  };
  const check = (): readonly (readonly string[])[] =>
    checkBoundary(root, readTree(root), 0, table).map(({ rule, message }) => [rule, message]);
  expect(check()).toEqual([['stale-entry', 'core/base/gone.ts does not exist']]);
  plant('core/base/gone.ts', 'export {};\n');
  expect(check()).toEqual([]);
});
