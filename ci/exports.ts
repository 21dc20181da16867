// Values that a module exports and nobody takes: a door that leads nowhere hides what is really used. What a
// mod.ts passes on is its folder's interface, and counts as taken.
import type { Node } from 'oxc-parser';
import { resolveImport } from './imports.ts';
import { patternNames, walk } from './scope.ts';
import { parseModule, type SourceFile } from './source.ts';

/** An export that no other file uses. */
export interface UnusedExport {
  readonly file: string;
  readonly line: number;
  readonly name: string;
}

/** What one module gives and takes. What is taken as `path#name`; '*' is all of a module. */
interface Doors {
  readonly given: readonly UnusedExport[];
  readonly taken: readonly string[];
}

/** Every value that a module declares and exports, and no other file imports or passes on. */
export function unusedExports(files: readonly SourceFile[]): readonly UnusedExport[] {
  const doors = files.map(({ path, text }) => doorsOf(path, text));
  const used = new Set(doors.flatMap(({ taken }) => taken));
  return doors
    .flatMap(({ given }) => given)
    .filter(({ file, name }) => !used.has(`${file}#${name}`) && !used.has(`${file}#*`));
}

function doorsOf(file: string, text: string): Doors {
  const parsed = parseModule(file, text);
  const given: UnusedExport[] = [];
  const taken: string[] = [];
  const targetOf = (source: Node): string =>
    source.type === 'Literal' ? (resolveImport(file, `${source.value}`) ?? '') : '';
  walk(parsed.program, ({ node }) => {
    const line = parsed.lineAt(node.start);
    if (node.type === 'ImportDeclaration') {
      for (const one of node.specifiers)
        taken.push(
          `${targetOf(node.source)}#${one.type === 'ImportSpecifier' ? spelled(one.imported) : '*'}`,
        );
    } else if (node.type === 'ImportExpression' || node.type === 'TSImportType') {
      taken.push(`${targetOf(node.source)}#*`);
    } else if (node.type === 'ExportAllDeclaration') {
      taken.push(`${targetOf(node.source)}#*`);
    } else if (node.type === 'ExportNamedDeclaration') {
      const isType = node.exportKind === 'type';
      for (const one of node.specifiers) {
        if (node.source !== null) taken.push(`${targetOf(node.source)}#${spelled(one.local)}`);
        else if (!isType && one.exportKind !== 'type')
          given.push({ file, line, name: spelled(one.exported) });
      }
      if (!isType && node.declaration !== null)
        for (const name of declared(node.declaration)) given.push({ file, line, name });
    }
  });
  return { given, taken };
}

function spelled(name: Node): string {
  if (name.type === 'Identifier') return name.name;
  return name.type === 'Literal' ? `${name.value}` : '';
}

function declared(declaration: Node): readonly string[] {
  if (declaration.type === 'VariableDeclaration')
    return declaration.declarations.flatMap(({ id }) => patternNames(id));
  if (/^TS(?:Interface|TypeAlias)Declaration$/.test(declaration.type)) return [];
  return 'id' in declaration && declaration.id !== null ? [spelled(declaration.id as Node)] : [];
}
