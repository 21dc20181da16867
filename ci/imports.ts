// What a module imports, and whether the table lets it.
import { builtinModules } from 'node:module';
import { posix } from 'node:path';
import type { Node } from 'oxc-parser';
import { type Area, areaOf, isTest, type Layers, PLATFORM_ROW } from './layers.ts';
import type { ImportRule, TreeRule } from './rules.ts';
import { walk } from './scope.ts';
import type { Parsed } from './source.ts';

/** One module named by another. */
export interface Import {
  /** Undefined when it is not a literal. */
  readonly specifier: string | undefined;
  readonly line: number;
  readonly typeOnly: boolean;
  readonly dynamic: boolean;
  /** Values taken from it, as it calls them; '*' and 'default' for the whole. */
  readonly names: readonly string[];
}

/** Why an import is not allowed. */
export interface Refusal {
  readonly rule: ImportRule | TreeRule;
  readonly message: string;
}

const BUILTINS: ReadonlySet<string> = new Set(builtinModules);

/** Every import of a module: statements, re-exports, import() and types in import('...'). */
export function importsOf(parsed: Parsed): readonly Import[] {
  const found: Import[] = [];
  walk(parsed.program, ({ node }) => {
    const one = importIn(node);
    if (one !== undefined) found.push({ ...one, line: parsed.lineAt(node.start) });
  });
  return found;
}

/** Whether a specifier means a module of Node, with its prefix or without. */
export function isOfNode(specifier: string): boolean {
  return specifier.startsWith('node:') || BUILTINS.has(specifier.split('/')[0] as string);
}

/** The path in the tree that a specifier means, or undefined for a package or a module of Node. */
export function resolveImport(from: string, specifier: string): string | undefined {
  const mapped = /^#(core|sim|scenarios|bench|ci)\/(.+)$/.exec(specifier);
  if (mapped !== null) return posix.normalize(`${mapped[1]}/${mapped[2]}`);
  if (!specifier.startsWith('.')) return undefined;
  return posix.join(posix.dirname(from), specifier);
}

/** Why the table refuses this import to the module at `from`, or undefined when it does not. */
export function refuseImport(from: string, one: Import, table: Layers): Refusal | undefined {
  const area = areaOf(from, table);
  if (area === undefined) return undefined;
  if (one.dynamic && area.purity.length > 0 && !isTest(from)) {
    return { rule: 'import-dynamic', message: 'import() answers later; import at the top' };
  }
  if (one.specifier === undefined) return undefined;
  const target = resolveImport(from, one.specifier);
  if (target !== undefined) return refusePath(from, area, target, one.typeOnly, table);
  if (isOfNode(one.specifier)) {
    return refuseNode(from, area, one.specifier, one, table);
  }
  return refusePackage(from, one.specifier, table);
}

function refusePath(
  from: string,
  area: Area,
  target: string,
  typeOnly: boolean,
  table: Layers,
): Refusal | undefined {
  const other = areaOf(target, table);
  if (other === undefined) {
    return { rule: 'unknown-folder', message: `${target} is in no folder of ci/layers.ts` };
  }
  if (isTest(target) && !isTest(from)) {
    return { rule: 'import-test', message: `${target} is a test file` };
  }
  if (other.folder !== area.folder && !permits(from, area, other, typeOnly, table)) {
    const rule = other.level > area.level ? 'import-upwards' : 'import-sideways';
    return { rule, message: `${area.folder} may not import ${other.folder}` };
  }
  if (hasDoor(from, area, target, other, table)) return undefined;
  return { rule: 'import-not-mod', message: `${target} is entered through its folder's mod.ts` };
}

function permits(from: string, area: Area, other: Area, typeOnly: boolean, table: Layers): boolean {
  const row = table.coreRows.findIndex((names) =>
    names.some((name) => `core/${name}` === other.folder),
  );
  if (row >= 0 && row < (typeOnly ? area.typesBelow : area.coreBelow)) return true;
  if (area.also.includes(other.folder)) return true;
  if (!isTest(from)) return false;
  const exception = table.testExceptions.find((entry) => entry.file === from);
  return area.testsAlso.includes(other.folder) || (exception?.may.includes(other.folder) ?? false);
}

/** Inside one folder tree: its own and enclosing folders file by file, any other by mod.ts. From outside: mod.ts. */
function hasDoor(from: string, area: Area, target: string, other: Area, table: Layers): boolean {
  if (table.filewise.includes(other.folder)) return true;
  if (isTest(target)) return true;
  const sameTree = from.startsWith(`${other.folder}/`);
  if (sameTree && isTest(from)) return true;
  if (sameTree && !/^(?:core|sim)\b/.test(other.folder)) return true;
  const folder = posix.dirname(target);
  if (!target.endsWith('/mod.ts')) return sameTree && from.startsWith(`${folder}/`);
  return sameTree || folder === other.folder || area.folder.startsWith(`${other.folder}/`);
}

function refuseNode(
  from: string,
  area: Area,
  specifier: string,
  one: Import,
  table: Layers,
): Refusal | undefined {
  if (isTest(from) || area.node === 'all') return undefined;
  const free = table.exemptions.some(
    (exemption) => exemption.file === from && exemption.rules.includes('node-import'),
  );
  if (free) return undefined;
  const given = area.node[specifier.startsWith('node:') ? specifier : `node:${specifier}`];
  if (given === undefined) {
    const where = area.level < PLATFORM_ROW ? 'below the platform' : 'here';
    return { rule: 'node-import', message: `${specifier}: there is no Node ${where}` };
  }
  const beyond = one.names.filter((name) => !given.includes(name));
  if (beyond.length === 0) return undefined;
  const message = `ci/layers.ts does not give ${beyond.join(', ')} of ${specifier} to this file`;
  return { rule: 'node-import', message };
}

function refusePackage(from: string, specifier: string, table: Layers): Refusal | undefined {
  const use = table.packages.find(({ name }) =>
    name.endsWith('/')
      ? specifier.startsWith(name)
      : specifier === name || specifier.startsWith(`${name}/`),
  );
  const inFolder = use?.folders.some((folder) => from.startsWith(`${folder}/`)) ?? false;
  if (inFolder || (isTest(from) && use?.tests === true)) return undefined;
  return {
    rule: 'import-package',
    message: `ci/layers.ts does not give ${specifier} to this file`,
  };
}

function importIn(node: Node): Omit<Import, 'line'> | undefined {
  switch (node.type) {
    case 'ImportDeclaration': {
      const types = node.specifiers.map(
        (specifier) => specifier.type === 'ImportSpecifier' && specifier.importKind === 'type',
      );
      const typeOnly = node.importKind === 'type' || (types.length > 0 && types.every(Boolean));
      return {
        specifier: node.source.value,
        typeOnly,
        dynamic: false,
        names: typeOnly ? [] : node.specifiers.filter((_, i) => types[i] !== true).map(nameOf),
      };
    }
    case 'ExportNamedDeclaration': {
      if (node.source === null) return undefined;
      const names = node.specifiers.map(({ local }) =>
        local.type === 'Literal' ? local.value : local.name,
      );
      const allTypes =
        names.length > 0 && node.specifiers.every(({ exportKind }) => exportKind === 'type');
      const typeOnly = node.exportKind === 'type' || allTypes;
      return {
        specifier: node.source.value,
        typeOnly,
        dynamic: false,
        names: typeOnly ? [] : names,
      };
    }
    case 'ExportAllDeclaration':
      return {
        specifier: node.source.value,
        typeOnly: node.exportKind === 'type',
        dynamic: false,
        names: node.exportKind === 'type' ? [] : ['*'],
      };
    case 'ImportExpression':
      return { specifier: literal(node.source), typeOnly: false, dynamic: true, names: ['*'] };
    case 'TSImportType':
      return { specifier: node.source.value, typeOnly: true, dynamic: false, names: [] };
    default:
      return undefined;
  }
}

function nameOf(specifier: Node): string {
  if (specifier.type === 'ImportDefaultSpecifier') return 'default';
  if (specifier.type !== 'ImportSpecifier') return '*';
  const { imported } = specifier;
  return imported.type === 'Literal' ? imported.value : imported.name;
}

function literal(node: Node): string | undefined {
  return node.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined;
}
