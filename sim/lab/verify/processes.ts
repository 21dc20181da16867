import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const ROOT: string = fileURLToPath(new URL('../../..', import.meta.url));

/** Runs tests, as "npm test" does. */
export const VITEST: readonly string[] = Object.freeze([
  'node_modules/vitest/vitest.mjs',
  'run',
  '--config',
  'ci/vitest.config.ts',
  '--root',
  '.',
]);

export type Finished = { readonly code: number; readonly stdout: string; readonly seconds: number };

/** Runs a program to its end; its error stream is the caller's only when it fails. */
export function finished(
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Finished> {
  const startMs = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? ROOT,
      env: { ...process.env, NO_COLOR: '1', ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.resume();
    child.on('error', reject);
    child.on('close', (code) =>
      resolve({ code: code ?? -1, stdout, seconds: (performance.now() - startMs) / 1000 }),
    );
  });
}

/** This lab in a process of its own. */
export function lab(
  args: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly node?: readonly string[] } = {},
): Promise<Finished> {
  const flags = ['--disable-warning=ExperimentalWarning', ...(options.node ?? [])];
  return finished(process.execPath, [...flags, 'sim/lab/main.ts', ...args], options);
}
