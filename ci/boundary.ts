// The boundary between the deterministic part of the tree and the world, checked module by module.
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { importsOf, refuseImport } from './imports.ts';
import { areaOf, isTest, LAYERS, type Layers } from './layers.ts';
import { impuritiesOf } from './purity.ts';
import type { Rule, Violation } from './rules.ts';
import { parseModule, type SourceFile } from './source.ts';

/** What breaks the boundary in one module. Pure: the path need not exist. */
export function checkModule(path: string, source: string, table: Layers = LAYERS): Violation[] {
  const area = areaOf(path, table);
  const found: Violation[] = [];
  const report = (line: number, rule: Rule, message: string): void => {
    const known = found.some((other) => other.line === line && other.rule === rule);
    if (!known) found.push({ file: path, line, rule, message });
  };
  if (area === undefined) {
    report(1, 'unknown-folder', 'this folder is not in ci/layers.ts');
    return found;
  }
  const parsed = parseModule(path, source);
  for (const { line, message } of parsed.errors) report(line, 'syntax', message);
  const imports = importsOf(parsed);
  for (const one of imports) {
    const refusal = refuseImport(path, one, table);
    if (refusal !== undefined) report(one.line, refusal.rule, refusal.message);
  }
  if (isTest(path)) return found;
  const exempt = table.exemptions.filter(({ file }) => file === path).flatMap(({ rules }) => rules);
  for (const { line, rule, message } of impuritiesOf(parsed, imports)) {
    if (area.purity.includes(rule) && !exempt.includes(rule)) report(line, rule, message);
  }
  return found.sort((a, b) => a.line - b.line);
}

/** What breaks the boundary in a tree: its modules, and the table against what is on disk. */
export function checkBoundary(
  root: string,
  files: readonly SourceFile[],
  onDisk: number,
  table: Layers = LAYERS,
): Violation[] {
  const modules = files.filter(({ path }) => path.endsWith('.ts'));
  const found = modules.flatMap(({ path, text }) => checkModule(path, text, table));
  if (modules.length === 0 || modules.length < onDisk) {
    const message = `saw ${modules.length} modules of ${onDisk} on disk`;
    found.push({ file: '.', line: 1, rule: 'unseen', message });
  }
  return [...found, ...staleEntries(root, table)];
}

function staleEntries(root: string, table: Layers): Violation[] {
  const file = 'ci/layers.ts';
  const listed = new Set(table.coreRows.flat());
  const present = existsSync(join(root, 'core'))
    ? readdirSync(join(root, 'core'), { withFileTypes: true })
    : [];
  const folders = new Set(present.filter((entry) => entry.isDirectory()).map(({ name }) => name));
  const missing = [...listed].filter((name) => !folders.has(name));
  const unknown = [...folders].filter((name) => !listed.has(name));
  // Files of a top folder that is not there yet are not stale.
  const stale = [...table.exemptions, ...table.testExceptions]
    .map((entry) => entry.file)
    .concat(table.entries)
    .filter((path) => existsSync(dirname(join(root, path))))
    .filter((path) => !existsSync(join(root, path)));
  return [
    ...missing.map((name) => `core/${name} is in the table and not on disk`),
    ...unknown.map((name) => `core/${name} is on disk and not in the table`),
  ]
    .map((message): Violation => ({ file, line: 1, rule: 'unknown-folder', message }))
    .concat(
      stale.map((path) => ({
        file,
        line: 1,
        rule: 'stale-entry',
        message: `${path} does not exist`,
      })),
    );
}
