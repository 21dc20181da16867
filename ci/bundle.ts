import { isBuiltin } from 'node:module';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { type RolldownLog, type RolldownOutput, rolldown } from 'rolldown';

/** A program as one module that imports nothing but Node. */
export interface Bundle {
  /** The text of the module: comments gone, licenses kept, and a line `// path` before what came from a file. */
  readonly code: string;
  /** The files that left code in it: paths from the root, with forward slashes. */
  readonly files: readonly string[];
}

/**
 * Bundles the module at `entry`, a path from `root` or an absolute one. The same tree gives the same octets.
 * Throws when anything does not resolve, when the bundler warns, and when something would be loaded at run time.
 */
export async function bundle(entry: string, root: string): Promise<Bundle> {
  const warnings: string[] = [];
  const build = await rolldown({
    input: resolve(root, entry),
    cwd: root,
    platform: 'node',
    // Reading a property of an import has no effect anywhere in this tree, so what is unused may go.
    treeshake: { propertyReadSideEffects: false },
    onLog: (level: string, log: RolldownLog) => {
      if (level === 'warn') warnings.push(log.message);
    },
  });
  const { output } = await build
    .generate({
      format: 'esm',
      codeSplitting: false,
      comments: { legal: true, annotation: false, jsdoc: false },
    })
    .finally(() => build.close());
  if (warnings.length > 0) throw new Error(`${entry}: ${warnings.join('; ')}`);
  return onlyChunk(entry, root, output);
}

function onlyChunk(entry: string, root: string, output: RolldownOutput['output']): Bundle {
  const [chunk, ...others] = output;
  const loaded = [...chunk.imports, ...chunk.dynamicImports].filter(
    (name) => !isBuiltin(name) && name !== chunk.fileName,
  );
  if (others.length > 0 || loaded.length > 0) {
    const names = [...others.map(({ fileName }) => fileName), ...loaded];
    throw new Error(`${entry}: not in the bundle but loaded at run time: ${names.join(', ')}`);
  }
  const files = Object.entries(chunk.modules)
    .filter(([path, { renderedLength }]) => isAbsolute(path) && renderedLength > 0)
    .map(([path]) => relative(root, path).split(sep).join('/'));
  return { code: chunk.code, files };
}
