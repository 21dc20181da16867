import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { resolveImport } from './imports.ts';
import { addCounts, closingLine, countsOf, countTests, oneCheck } from './report.ts';

const file = (status: string, ...tests: readonly string[]) => ({
  status,
  assertionResults: tests.map((one) => ({ status: one })),
});

test('tests are counted by how they ended', () => {
  const report = {
    testResults: [file('failed', 'passed', 'failed'), file('passed', 'passed', 'skipped', 'todo')],
  };
  expect(countTests(report)).toEqual({ passed: 2, failed: 1, skipped: 2 });
});

test('a file that does not load is a failure', () => {
  expect(countTests({ testResults: [file('failed')] })).toEqual({
    passed: 0,
    failed: 1,
    skipped: 0,
  });
});

test('the closing line names skips only when there are some', () => {
  const counts = addCounts(oneCheck(true), oneCheck(false));
  expect(closingLine(counts)).toBe('1 passed, 1 failed');
  expect(closingLine({ ...counts, skipped: 3 })).toBe('1 passed, 1 failed, 3 skipped');
});

test('a phase that breaks off is one failure and one line, so the closing line still comes', async () => {
  const lines: string[] = [];
  const breaking = () => Promise.reject(new Error('spawn git ENOENT\n    at a stack'));
  const print = (line: string): number => lines.push(line);
  expect(await countsOf('npm 10', breaking, print)).toEqual(oneCheck(false));
  expect(lines).toEqual(['npm 10 broke off: spawn git ENOENT']);
  expect(await countsOf('tests', () => Promise.resolve(oneCheck(true)), print)).toEqual(
    oneCheck(true),
  );
});

test('imports are resolved as package.json maps them', () => {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  const { imports } = JSON.parse(text) as { imports: Record<string, string> };
  for (const [from, to] of Object.entries(imports)) {
    const resolved = resolveImport('ci/a.ts', from.replace('*', 'x/mod.ts'));
    expect(`./${resolved}`).toBe(to.replace('*', 'x/mod.ts'));
  }
});
