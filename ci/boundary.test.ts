import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { checkModule } from './boundary.ts';
import { LAYERS, type Layers, rowOf } from './layers.ts';
import { PLANTS } from './plants.case.ts';
import { IN_FUNCTION, LINK, NATIVE } from './purity-plants.case.ts';
import type { Rule } from './rules.ts';

// The table with every row filled, whatever exists today.
const FULL: Layers = {
  ...LAYERS,
  coreRows: [
    ['base'],
    ['wire', 'observe'],
    ['host'],
    ['crypto', 'config'],
    ['link', 'directory', 'access'],
    ['circuit', 'routing'],
    ['relay', 'client', 'dns', 'firewall'],
    ['node'],
    ['platform'],
    ['cli'],
  ],
  testExceptions: [
    { file: 'core/host/listed.test.ts', may: ['sim', 'core/platform'], why: 'planted' },
  ],
};

function rules(path: string, source: string): readonly Rule[] {
  return [...new Set(checkModule(path, source, FULL).map(({ rule }) => rule))];
}

const CASES = Object.entries(PLANTS).flatMap(([rule, plants]) =>
  plants.map(([path, bad, good]) => ({ rule: rule as Rule, path, bad, good })),
);

test.each(CASES)('$rule catches $path: $bad', ({ rule, path, bad }) => {
  expect(rules(path, bad)).toEqual([rule]);
});

test.each(CASES.filter(({ good }) => good !== ''))(
  '$rule passes $path: $good',
  ({ path, good }) => {
    expect(rules(path, good)).toEqual([]);
  },
);

test('files that may do more, do', () => {
  expect(rules(NATIVE, IN_FUNCTION('return Buffer.alloc(1);'))).toEqual([]);
  expect(rules('sim/traps.ts', 'globalThis.Date = Math.random;')).toEqual([]);
  expect(rules('core/platform/node/a.ts', "import 'node:net';\nlet a = Date.now();")).toEqual([]);
  expect(rules('core/link/a.test.ts', 'let a = Date.now();')).toEqual([]);
  expect(
    rules('core/host/listed.test.ts', "import '#sim/mod.ts';\nimport '#core/platform/mod.ts';"),
  ).toEqual([]);
  expect(
    rules('sim/lab/main.ts', "import '#core/platform/mod.ts';\nimport '#scenarios/mod.ts';"),
  ).toEqual([]);
  expect(rules('sim/real/a.ts', "import '#core/platform/mod.ts';\nimport '#sim/mod.ts';")).toEqual(
    [],
  );
});

test('every folder that the table names is there', () => {
  const named = [...LAYERS.areas.map(({ folder }) => folder), ...LAYERS.filewise];
  const missing = [...named, ...LAYERS.withoutMod, ...LAYERS.growing].filter(
    (folder) => !existsSync(fileURLToPath(new URL(`../${folder}`, import.meta.url))),
  );
  // A folder of core that has no row yet is on its way.
  expect(
    missing.filter((folder) => rowOf(folder) !== undefined || !/^core\/\w+$/.test(folder)),
  ).toEqual([]);
});

test('a violation names its line', () => {
  const found = checkModule(LINK, '// one\n\nexport const a = () =>\n  Date.now();\n', FULL);
  expect(found).toEqual([{ file: LINK, line: 4, rule: 'clock', message: 'Date.now' }]);
});
