// What `npm run build` makes, run where nothing else is: an empty folder and an empty environment. The Windows
// files cannot run here; of them this looks at the header, the mark Node looks for, and the program inside.
import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Ended, run } from './process.ts';
import { PROGRAMS, type Program } from './programs.ts';
import { readImageHeader } from './windows-image.ts';

const HOME = fileURLToPath(new URL('..', import.meta.url));
const LAB = PROGRAMS.find(({ name }) => name === 'spn-lab') as Program;
// Node writes 1 behind these words when a program has been put into it.
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2:';
const CANNOT_RUN = 'only Linux on x64 runs these files';
const canRun = process.platform === 'linux' && process.arch === 'x64';

const folder = mkdtempSync(join(tmpdir(), 'spn-build-'));
const empty = join(folder, 'empty');
let printed = '';

beforeAll(async () => {
  mkdirSync(empty);
  // For Windows one program stands for all: only the module inside differs.
  const builds = await Promise.all([
    build('--target', 'linux-x64'),
    build('--target', 'win-x64', '--program', LAB.name),
  ]);
  printed = builds.map(({ output }) => output).join('');
  expect(
    builds.map(({ code }) => code),
    printed,
  ).toEqual([0, 0]);
}, 480_000);

afterAll(() => {
  expect(readdirSync(empty)).toEqual([]);
  rmSync(folder, { recursive: true });
});

function build(...options: readonly string[]): Promise<Ended> {
  return run({
    command: process.execPath,
    args: [join(HOME, 'ci/build.ts'), '--out', join(folder, options.join('')), ...options],
    cwd: HOME,
    output: 'collect',
    limitSeconds: 470,
  });
}

function linuxFile({ name }: Program): string {
  return join(folder, '--targetlinux-x64/linux-x64', name);
}

function started(
  program: Program,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): SpawnSyncReturns<string> {
  return spawnSync(linuxFile(program), args, { cwd: empty, env, encoding: 'utf8' });
}

function fromSource(args: readonly string[]): unknown {
  const all = ['--disable-warning=ExperimentalWarning', LAB.entry, ...args];
  const { stdout } = spawnSync(process.execPath, all, { cwd: HOME, encoding: 'utf8' });
  return JSON.parse(stdout);
}

test.each(PROGRAMS)('$name starts in a file that is there', ({ entry }) => {
  expect(existsSync(join(HOME, entry))).toBe(true);
});

test.for(PROGRAMS)('$name says what it can, nothing being there', (program, context) => {
  if (!canRun) return context.skip(CANNOT_RUN);
  const { status, stdout, stderr } = started(program, ['--help']);
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toContain(`Usage: ${program.name}`);
});

test.each(PROGRAMS)('$name names no path of the machine it was made on', (program) => {
  const octets = readFileSync(linuxFile(program));
  expect(octets.includes(`${FUSE}1`)).toBe(true);
  expect(octets.includes(HOME)).toBe(false);
  expect(octets.includes(folder)).toBe(false);
});

test('the lab lists what the source lists', (context) => {
  if (!canRun) return context.skip(CANNOT_RUN);
  const { stdout } = started(LAB, ['list', '--json']);
  expect(JSON.parse(stdout)).toEqual(fromSource(['list', '--json']));
});

test('the lab runs and replays to the hashes of the source', (context) => {
  if (!canRun) return context.skip(CANNOT_RUN);
  const source = fromSource(['run', 'two-nodes', '--json']) as { hashes: object; token: string };
  for (const args of [
    ['run', 'two-nodes'],
    ['replay', source.token],
  ]) {
    const { status, stdout } = started(LAB, [...args, '--json']);
    expect(status).toBe(0);
    // No git tells a single file its commit.
    const token = source.token.replace(/@.*/, '');
    expect(JSON.parse(stdout)).toMatchObject({ hashes: source.hashes, token });
  }
});

test('the lab sweeps with workers that are itself', (context) => {
  if (!canRun) return context.skip(CANNOT_RUN);
  const grid = ['sweep', 'two-nodes', '--seeds', '1..3', '--set', 'octets=10,20', '--json'];
  const { status, stdout, stderr } = started(LAB, [...grid, '--workers', '2']);
  expect([status, stderr]).toEqual([0, '']);
  type Sweep = { runs: readonly { hashes: object }[]; summary: object };
  const [single, source] = [JSON.parse(stdout), fromSource([...grid, '--workers', '1'])] as Sweep[];
  expect(single?.runs.map(({ hashes }) => hashes)).toEqual(
    source?.runs.map(({ hashes }) => hashes),
  );
  expect(single?.summary).toEqual(source?.summary);
});

test('the lab in one file names itself, and says what only a source tree can do', (context) => {
  if (!canRun) return context.skip(CANNOT_RUN);
  expect(started(LAB, ['run', 'two-nodes']).stdout).toContain('again: spn-lab replay v1:');
  for (const [args, said] of [
    [['verify', 'house'], /^lab: verify .* from a source tree; .*\n$/],
    [['walk', 'cell'], /^lab: walk .* in the sources; .*\n$/],
  ] as const) {
    const { status, stderr } = started(LAB, args);
    expect(status).toBe(2);
    expect(stderr).toMatch(said);
  }
});

test('the three files beside each other are a network that a page is fetched through', async (context) => {
  if (!canRun) return context.skip(CANNOT_RUN);
  if (spawnSync('curl', ['--version']).status !== 0) return context.skip('no curl here');
  const lab = spawn(linuxFile(LAB), ['network', '--nodes', '3'], { cwd: empty, env: {} });
  const ended = new Promise<number | null>((resolve) => lab.on('close', resolve));
  try {
    const line = await new Promise<string>((resolve) => {
      let said = '';
      const hear = (text: Buffer): void => {
        said += text;
        const [, found] = /^try: +(curl .*)\n/m.exec(said) ?? [];
        if (found !== undefined) resolve(found);
      };
      lab.stdout.on('data', hear);
      lab.stderr.on('data', hear);
      void ended.then((code) => resolve(`echo 'status ${code}: ${said}'`));
    });
    const page = spawnSync('sh', ['-c', line], { encoding: 'utf8' }).stdout;
    expect(page).toMatch(/^You came out of an exit\./);
  } finally {
    lab.kill('SIGINT');
  }
  expect(await ended).toBe(0);
});

test('NODE_OPTIONS does not reach the Node inside', (context) => {
  if (!canRun) return context.skip(CANNOT_RUN);
  const { status } = started(LAB, ['list'], { NODE_OPTIONS: '--require=/nowhere.cjs' });
  expect(status).toBe(0);
});

test('the Windows file is an unsigned executable for x64 with the program inside', () => {
  const out = join(folder, `--targetwin-x64--program${LAB.name}`);
  const image = readFileSync(join(out, 'win-x64', `${LAB.name}.exe`));
  expect(readImageHeader(image)).toEqual({ machine: 0x8664, signatureAt: 0, signatureLength: 0 });
  expect(image.includes(`${FUSE}1`)).toBe(true);
  expect(image.includes(Buffer.from('NODE_SEA_BLOB', 'utf16le'))).toBe(true);
  expect(image.includes(readFileSync(join(out, 'bundle', `${LAB.name}.mjs`)))).toBe(true);
  expect(image.includes(HOME)).toBe(false);
});

test('the build says what it made, how big and how long', () => {
  expect(printed).toMatch(/spn-lab: \d+ files in one, \d+ kB, [\d.]+ s/);
  expect(printed).toMatch(/linux-x64\/spn-lab {2}[\d.]+ MB {2}[\d.]+ s {2}sha256 [0-9a-f]{64}/);
  expect(printed).toMatch(/win-x64\/spn-lab\.exe {2}[\d.]+ MB {2}[\d.]+ s {2}sha256/);
});

test.each(['--program', '--target'])('a wrong %s is refused with what there is', async (option) => {
  const { code, output } = await build(option, 'nothing');
  expect(code).not.toBe(0);
  expect(output).toContain(
    option === '--program' ? 'no nothing, but spn, spn-node, spn-lab' : 'but linux-x64, win-x64',
  );
});
