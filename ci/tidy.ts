// Rules of text and of the shape of the tree.
import { posix } from 'node:path';
import { unusedExports } from './exports.ts';
import { importsOf, resolveImport } from './imports.ts';
import { isTest, LAYERS, type Layers } from './layers.ts';
import type { TidyRule, Violation } from './rules.ts';
import { memberName, rootName, walk } from './scope.ts';
import { type Parsed, parseModule, type SourceFile } from './source.ts';

/** Lines of a file: an error above the first, a warning above the second. */
const LINES_MAX = 400;
const LINES_WARN = 300;
/** Columns of a line. */
const COLUMNS_MAX = 120;

/** What tidy found in a tree. */
export interface Tidiness {
  readonly violations: readonly Violation[];
  /** Files that are long, not yet too long. */
  readonly long: readonly string[];
  /** Sections of PROTOCOL.md that no code cites. */
  readonly uncited: readonly string[];
}

const BANNED = /\b(?:TO[D]O|FIX[M]E|XX[X])\b/g;
const CITATION =
  /PROTOCOL(?:\.md)?[\s/*]+(§\d+(?:\.\d+)*(?:(?:,\s*|\s+and\s+|\s+or\s+)§\d+(?:\.\d+)*)*)/g;
const TEST_ROOTS: ReadonlySet<string> = new Set(['test', 'it', 'describe', 'suite', 'bench']);
const PLAIN_SCRIPTS: ReadonlySet<string> = new Set(['ci/launch.mjs']);

/** What is untidy in one file. Pure; `sections` are the numbered headings of PROTOCOL.md. */
export function checkText(
  path: string,
  source: string,
  sections: ReadonlySet<string>,
): Violation[] {
  const found: Violation[] = [];
  const report = (line: number, rule: TidyRule, message: string): void => {
    found.push({ file: path, line, rule, message });
  };
  const lines = source.split('\n');
  if (lines.at(-1) === '') lines.pop();
  if (lines.length > LINES_MAX && !path.includes('/vectors/'))
    report(LINES_MAX + 1, 'file-length', `${lines.length} lines, at most ${LINES_MAX}`);
  lines.forEach((line, index) => {
    if (line.length > COLUMNS_MAX && !path.includes('/vectors/'))
      report(index + 1, 'line-length', `${line.length} columns, at most ${COLUMNS_MAX}`);
    for (const [word] of line.matchAll(BANNED)) report(index + 1, 'banned-word', word);
  });
  for (const { section, line } of citations(source)) {
    if (!sections.has(section)) report(line, 'citation', `PROTOCOL.md has no section ${section}`);
  }
  if (!path.endsWith('.ts')) {
    if (!PLAIN_SCRIPTS.has(path)) report(1, 'not-typescript', 'source is written in .ts files');
    return found;
  }
  const parsed = parseModule(path, source);
  if (isTest(path)) {
    for (const { line, name } of focused(parsed))
      report(line, 'focused-test', `.${name} hides other tests`);
  }
  if (/^(?:core|sim)\/.*\bmod\.ts$/.test(path)) {
    for (const line of notExports(parsed))
      report(line, 'mod-shape', 'a mod.ts holds comments and export lists only');
  }
  return found;
}

/** What is untidy in a tree. `protocol` is the text of PROTOCOL.md, if there is one. */
export function checkTidy(
  files: readonly SourceFile[],
  protocol: string | undefined,
  table: Layers = LAYERS,
): Tidiness {
  const sections = new Set(headings(protocol ?? ''));
  const cited = new Set(files.flatMap(({ text }) => citations(text).map(({ section }) => section)));
  return {
    violations: [
      ...files.flatMap(({ path, text }) => checkText(path, text, sections)),
      ...missingMods(files, table),
      ...deadModules(files, table),
      ...deadExports(files, table),
    ],
    long: files
      .filter(({ path, text }) => path.endsWith('.ts') && isLong(text))
      .map(({ path }) => path),
    uncited: [...sections].filter((section) => !cited.has(section)),
  };
}

/** The numbers of the numbered headings of a Markdown text. */
export function headings(markdown: string): readonly string[] {
  return [...markdown.matchAll(/^#{1,6}\s+§?(\d+(?:\.\d+)*)\.?(?:\s|$)/gm)].map(
    (match) => match[1] as string,
  );
}

function citations(source: string): readonly { readonly section: string; readonly line: number }[] {
  return [...source.matchAll(CITATION)].flatMap((match) => {
    const line = source.slice(0, match.index).split('\n').length;
    return [...(match[1] as string).matchAll(/§(\d+(?:\.\d+)*)/g)].map((one) => ({
      section: one[1] as string,
      line,
    }));
  });
}

function isLong(text: string): boolean {
  const lines = text.split('\n').length - 1;
  return lines > LINES_WARN && lines <= LINES_MAX;
}

/** test.only, describe.skip and the like. A test that finds out at run time skips itself with a reason. */
function focused(parsed: Parsed): readonly { readonly line: number; readonly name: string }[] {
  const found: { line: number; name: string }[] = [];
  walk(parsed.program, ({ node }) => {
    const name = memberName(node);
    if ((name === 'only' || name === 'skip') && TEST_ROOTS.has(rootName(node))) {
      found.push({ line: parsed.lineAt(node.start), name });
    }
  });
  return found;
}

function notExports(parsed: Parsed): readonly number[] {
  return parsed.program.body
    .filter((statement) => statement.type !== 'ExportNamedDeclaration' || statement.source === null)
    .map((statement) => parsed.lineAt(statement.start));
}

function missingMods(files: readonly SourceFile[], table: Layers): readonly Violation[] {
  const products = files.filter(({ path }) => /^(?:core|sim)\/.*\.ts$/.test(path) && !isTest(path));
  const folders = new Set(products.map(({ path }) => posix.dirname(path)));
  const excused = [...table.filewise, ...table.withoutMod];
  const paths = new Set(files.map(({ path }) => path));
  return [...folders]
    .filter(
      (folder) => folder !== 'core' && !excused.includes(folder) && !paths.has(`${folder}/mod.ts`),
    )
    .map((folder) => ({
      file: folder,
      line: 1,
      rule: 'mod-missing',
      message: 'this folder has no mod.ts',
    }));
}

function deadModules(files: readonly SourceFile[], table: Layers): readonly Violation[] {
  const modules = files.filter(({ path }) => path.endsWith('.ts'));
  const used = new Set(
    modules.flatMap(({ path, text }) =>
      importsOf(parseModule(path, text))
        .map(({ specifier }) =>
          specifier === undefined ? undefined : resolveImport(path, specifier),
        )
        .filter((target) => target !== path),
    ),
  );
  const isEntry = (path: string): boolean =>
    table.entries.some((entry) => (entry.endsWith('/') ? path.startsWith(entry) : path === entry));
  return modules
    .filter(({ path }) => !path.endsWith('.test.ts') && !isEntry(path) && !used.has(path))
    .map(({ path }) => ({
      file: path,
      line: 1,
      rule: 'dead-module',
      message: 'nobody imports this file, and ci/layers.ts does not list it as an entry',
    }));
}

function deadExports(files: readonly SourceFile[], table: Layers): readonly Violation[] {
  return unusedExports(files.filter(({ path }) => path.endsWith('.ts')))
    .filter(({ file }) => !table.growing.some((folder) => file.startsWith(`${folder}/`)))
    .map(({ file, line, name }) => ({
      file,
      line,
      rule: 'dead-export',
      message: `no other file takes ${name}: drop its export`,
    }));
}
