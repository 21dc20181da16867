import { expect, test } from 'vitest';
import { LAYERS, type Layers } from './layers.ts';
import { checkText, checkTidy, headings } from './tidy.ts';

const SECTIONS: ReadonlySet<string> = new Set(['3', '3.1']);
// Spelled apart, so that this file does not break what it plants.
const CITE = 'PROTOCOL.md \u00a7';
const WORD = ['TO', 'DO'].join('');

const rules = (path: string, source: string): readonly string[] =>
  checkText(path, source, SECTIONS).map(({ rule }) => rule);

test.each([
  ['file-length', 'core/link/a.ts', '\n'.repeat(401), '\n'.repeat(400)],
  ['line-length', 'core/link/a.ts', 'a'.repeat(121), 'a'.repeat(120)],
  ['banned-word', 'core/link/a.ts', `// ${WORD}: later`, `// ${WORD}S are a list`],
  ['citation', 'core/link/a.ts', `// ${CITE}3.2`, `// ${CITE}3.1`],
  ['citation', 'core/link/a.ts', `// ${CITE}3 and \u00a74`, `// ${CITE}3 and \u00a73.1`],
  ['focused-test', 'core/link/a.test.ts', "test.only('a', f);", "x.only('a', f);"],
  [
    'focused-test',
    'core/link/a.test.ts',
    "describe.each(a).skip('a', f);",
    "context.skip('no IPv6');",
  ],
  [
    'mod-shape',
    'core/link/mod.ts',
    'export const a = 1;',
    "// All.\nexport { a, type B } from './a.ts';",
  ],
  ['mod-shape', 'sim/mod.ts', "export * from './a.ts';", "export type { B } from './a.ts';"],
  ['mod-shape', 'core/link/inner/mod.ts', "import './a.ts';", '// nothing yet'],
  ['not-typescript', 'core/link/a.mjs', 'f();', ''],
])('%s is caught at %s, its near miss is not', (rule, path, bad, good) => {
  expect(rules(path, bad)).toEqual([rule]);
  if (good !== '') expect(rules(path, good)).toEqual([]);
});

test('a script that has to run on any Node is plain', () => {
  expect(rules('ci/launch.mjs', 'f();')).toEqual([]);
});

const TABLE: Layers = { ...LAYERS, entries: ['sim/lab/main.ts', 'core/cli/'] };

function treeRules(
  files: Readonly<Record<string, string>>,
  table: typeof TABLE = TABLE,
): readonly string[] {
  const tree = Object.entries(files).map(([path, text]) => ({ path, text }));
  return checkTidy(tree, undefined, table).violations.map(({ file, rule }) => `${file} ${rule}`);
}

test('a folder of core or sim without its mod.ts is caught', () => {
  const user = { 'sim/lab/main.ts': "import '#core/wire/a.ts';\nimport '#core/wire/mod.ts';" };
  expect(treeRules({ ...user, 'core/wire/a.ts': '' })).toEqual(['core/wire mod-missing']);
  expect(treeRules({ ...user, 'core/wire/a.ts': '', 'core/wire/mod.ts': '' })).toEqual([]);
  expect(
    treeRules({ 'core/wire/a.test.ts': "import '#core/base/a.ts';", 'core/base/a.ts': '' }),
  ).toEqual([]);
  expect(
    treeRules({ 'core/wire/vectors/a.ts': '', 'core/wire/a.test.ts': "import './vectors/a.ts';" }),
  ).toEqual([]);
});

test('a module nobody imports is caught, an entry is not', () => {
  expect(treeRules({ 'core/base/a.ts': '' })).toEqual(['core/base/a.ts dead-module']);
  expect(treeRules({ 'core/base/a.ts': "import './a.ts';" })).toEqual([
    'core/base/a.ts dead-module',
  ]);
  expect(treeRules({ 'core/base/a.case.ts': '' })).toEqual(['core/base/a.case.ts dead-module']);
  expect(treeRules({ 'core/cli/a.ts': "import '#core/base/a.ts';", 'core/base/a.ts': '' })).toEqual(
    [],
  );
});

test('a value that is exported and taken by nobody is caught, a type and a door are not', () => {
  const tree = (a: string, user: string): readonly string[] =>
    treeRules({ 'core/base/a.ts': a, 'sim/lab/main.ts': user }).filter((rule) =>
      rule.endsWith('dead-export'),
    );
  const dead = ['core/base/a.ts dead-export'];
  const user = "import { b } from '#core/base/a.ts';";
  for (const kind of ['const a = 1, b = 2;', 'function a() {}', 'class a {}', 'const { a } = b;'])
    expect(tree(`export ${kind}`, user)).toEqual(dead);
  expect(tree('const a = 1, b = 2;\nexport { a, b };', user)).toEqual(dead);
  expect(tree('export type a = 1;\nexport interface c {}', user)).toEqual([]);
  const all = 'export const a = 1;';
  expect(tree(all, "import { a as b } from '#core/base/a.ts';")).toEqual([]);
  expect(tree(all, "import type { a } from '#core/base/a.ts';")).toEqual([]);
  expect(tree(all, "import * as x from '#core/base/a.ts';")).toEqual([]);
  expect(tree(all, "export { a } from '#core/base/a.ts';")).toEqual([]);
  expect(tree(all, "type A = typeof import('#core/base/a.ts');")).toEqual([]);
  const growing = { 'core/circuit/a.ts': all, 'sim/lab/main.ts': "import '#core/circuit/a.ts';" };
  const deadThere = 'core/circuit/a.ts dead-export';
  expect(treeRules(growing)).toContain(deadThere);
  expect(treeRules(growing, { ...TABLE, growing: ['core/circuit'] })).not.toContain(deadThere);
});

test('long files and uncited sections are told, not refused', () => {
  const tree = [{ path: 'core/cli/a.ts', text: `// ${CITE}1.2\n${'\n'.repeat(300)}` }];
  const found = checkTidy(tree, '# Title\n## 1. One\n### 1.2 Two\n## \u00a73 Three\n', TABLE);
  expect(found).toEqual({ violations: [], long: ['core/cli/a.ts'], uncited: ['1', '3'] });
});

test('only numbered headings are sections', () => {
  expect(headings('# 1 A\ntext 2 B\n## C 3\n### 4.5. D\n')).toEqual(['1', '4.5']);
});
