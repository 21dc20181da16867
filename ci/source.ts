import { type Dirent, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Node, type Program, parseSync, visitorKeys } from 'oxc-parser';

/** A file of the tree: its path from the root with forward slashes, and its text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** A parsed module. */
export interface Parsed {
  readonly program: Program;
  readonly errors: readonly { readonly line: number; readonly message: string }[];
  /** The line, from 1, of an offset into the text. */
  lineAt(offset: number): number;
}

const CODE = /\.(?:[cm]?ts|tsx|[cm]?js|jsx)$/;
/** Folders of the root that hold no source. Deeper down a folder of that name is like any other. */
const IGNORED: ReadonlySet<string> = new Set([
  'node_modules',
  '.git',
  'out',
  'reports',
  'coverage',
]);

/** Every source file under a root, sorted, whatever its dialect. */
export function readTree(root: string): readonly SourceFile[] {
  const files: SourceFile[] = [];
  const enter = (folder: string): void => {
    for (const entry of sorted(join(root, folder))) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!IGNORED.has(path)) enter(path);
      } else if (CODE.test(entry.name)) {
        files.push({ path, text: readFileSync(join(root, path), 'utf8') });
      }
    }
  };
  enter('');
  return files;
}

/** How many *.ts files there are, found in another way than readTree does: to notice what it overlooks. */
export function countModules(root: string): number {
  return countFiles(root, /\.ts$/);
}

/** How many files whose name matches, by a plain recursive listing of each top folder. */
export function countFiles(root: string, name: RegExp): number {
  let count = 0;
  for (const top of readdirSync(root, { withFileTypes: true })) {
    if (top.isFile() && name.test(top.name)) count += 1;
    if (!top.isDirectory() || IGNORED.has(top.name)) continue;
    for (const path of readdirSync(join(root, top.name), { recursive: true, encoding: 'utf8' })) {
      if (name.test(path)) count += 1;
    }
  }
  return count;
}

/** The text of a file of the tree, or undefined when there is none. */
export function readIfPresent(root: string, path: string): string | undefined {
  const full = join(root, path);
  return existsSync(full) ? readFileSync(full, 'utf8') : undefined;
}

/** Parses TypeScript (or JavaScript, by the name of the file). */
export function parseModule(path: string, text: string): Parsed {
  const result = parseSync(path, text, { preserveParens: false });
  const starts = lineStarts(text);
  const lineAt = (offset: number): number => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] as number) <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  };
  const errors = result.errors.map((error) => ({
    line: lineAt(error.labels[0]?.start ?? 0),
    message: error.message,
  }));
  return { program: result.program, errors, lineAt };
}

/** The nodes directly under a node, each with the name of the field that holds it, in source order. */
export function childrenOf(node: Node): readonly { readonly key: string; readonly child: Node }[] {
  const children: { key: string; child: Node }[] = [];
  const fields = node as unknown as Readonly<Record<string, unknown>>;
  for (const key of visitorKeys[node.type] ?? []) {
    const value = fields[key];
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child)) children.push({ key, child });
    }
  }
  return children;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value;
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function sorted(folder: string): readonly Dirent[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}
