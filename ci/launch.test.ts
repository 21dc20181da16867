import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const LAUNCH = fileURLToPath(new URL('launch.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'spn-launch-'));

afterAll(() => rmSync(folder, { recursive: true }));

/** Launches a script; `said` is called with what it prints and the launcher's process. */
function launch(
  script: string,
  args: readonly string[] = [],
  signal?: NodeJS.Signals,
): Promise<{ readonly code: number | null; readonly output: string }> {
  const file = join(folder, 'script.ts');
  writeFileSync(file, script);
  const child = spawn(process.execPath, [LAUNCH, file, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (signal !== undefined) child.kill(signal);
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, output })));
}

test('runs TypeScript, and mirrors its exit code', async () => {
  const script = 'const a: string = "typed";\nconsole.log(a);\nprocess.exit(7);';
  expect(await launch(script)).toEqual({ code: 7, output: 'typed\n' });
});

test('mirrors a signal the way a shell does', async () => {
  const { code } = await launch("setInterval(() => {}, 1000);\nconsole.log('up');", [], 'SIGTERM');
  expect(code).toBe(143);
});

test('uses the Node it runs on when that is new enough, and passes arguments on', async () => {
  const { code, output } = await launch(
    'console.log(process.execPath, ...process.argv.slice(2));',
    ['a', '--b'],
  );
  expect([code, output.trim()]).toEqual([0, `${process.execPath} a --b`]);
});
