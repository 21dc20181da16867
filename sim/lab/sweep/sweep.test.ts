// The command itself, with real runs in real processes.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { SCENARIOS } from '#scenarios/mod.ts';
import { parseToken, type Recipe } from '#sim/scenario/mod.ts';
import { runLab } from '../commands.ts';
import { labCommand } from '../invocation.ts';
import { execute } from '../run.ts';
import { sweepRow } from '../verify/sweep-row.ts';

const folder = mkdtempSync(join(tmpdir(), 'spn-sweep-'));
afterAll(() => rmSync(folder, { recursive: true }));

const GRID = ['lossy-link', '--set', 'octets=2000', '--set', 'loss=100000,200000', '--json'];

function start(...args: readonly string[]): {
  readonly child: ChildProcess;
  readonly ended: Promise<{
    readonly code: number | null;
    readonly out: string;
    readonly err: string;
  }>;
} {
  const [file, ...first] = labCommand('sweep', ...args);
  const child = spawn(file, first, { stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { out: '', err: '' };
  child.stdout.on('data', (text) => {
    said.out += text;
  });
  child.stderr.on('data', (text) => {
    said.err += text;
  });
  const ended = new Promise<{ code: number | null; out: string; err: string }>((resolve) =>
    child.on('close', (code) => resolve({ code, ...said })),
  );
  return { child, ended };
}

/** Processes whose parent is this one, or was. */
function childrenOf(pid: number): readonly number[] {
  const { stdout } = spawnSync('ps', ['-o', 'pid=', '--ppid', `${pid}`], { encoding: 'utf8' });
  return stdout.split('\n').flatMap((line) => (line.trim() === '' ? [] : [Number(line)]));
}

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}

function files(out: string): readonly string[] {
  try {
    return readdirSync(join(out, 'runs')).filter((name) => name.endsWith('.json'));
  } catch {
    return [];
  }
}

test('one worker, and two of which one is killed: the same octets', async () => {
  const { measured, ok } = await sweepRow(18);
  expect(measured).toMatch(/^18 runs: identical, .* by two with 1 killed$/);
  expect(ok).toBe(true);
});

test.skipIf(process.platform === 'win32')(
  'stopped, it leaves nothing running and goes on from its folder, except where that was changed',
  async () => {
    const out = join(folder, 'out');
    const args = [...GRID, '--seeds', '1..24', '--workers', '2', '--out', out];
    const first = start(...args);
    await expect.poll(() => files(out).length, { timeout: 30_000, interval: 5 }).toBeGreaterThan(3);
    const workers = childrenOf(first.child.pid ?? 0);
    first.child.kill('SIGINT');
    const stopped = await first.ended;
    expect([stopped.code, workers.length, workers.every(isGone)]).toEqual([1, 2, true]);
    expect(JSON.parse(stopped.out).summary).toMatchObject({ ok: false, complete: false });
    const kept = files(out);
    expect(kept.length).toBeLessThan(48);
    const spoiled = join(out, 'runs', kept[0] ?? '');
    writeFileSync(spoiled, readFileSync(spoiled, 'utf8').replace('"events":', '"events":1'));

    const second = await within(...args);
    expect([second.code, second.err]).toEqual([0, '']);
    const { runs, summary, seeds, grid } = JSON.parse(second.out);
    expect([runs.length, summary.ok, seeds]).toEqual([48, true, ['1', '24']]);
    expect(grid).toEqual({ loss: ['100000', '200000'] });
    expect(readFileSync(join(out, 'sweep.json'), 'utf8')).toBe(second.out);
    const machine = JSON.parse(readFileSync(join(out, 'machine.json'), 'utf8'));
    expect(machine).toMatchObject({ workers: 2, runs: 48, kept: kept.length - 1 });
    expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain(
      '<title>Held: lossy-link</title>',
    );
    // What is in a run is what `run --json` prints.
    const recipe = parseToken(runs[0].token, SCENARIOS) as Recipe;
    const { wallSeconds: _, ...alone } = execute(recipe, runs[0].token);
    expect(runs[0]).toEqual(alone);
  },
);

test.skipIf(process.platform === 'win32')(
  'killed, it leaves nothing running, not even in a long run',
  async () => {
    const { child, ended } = start('two-nodes', '--seeds', '1..2', '--set', 'octets=100000000');
    await expect.poll(() => childrenOf(child.pid ?? 0).length, { timeout: 30_000 }).toBe(2);
    const workers = childrenOf(child.pid ?? 0);
    // Until they are busy: a process that only starts ends with its input.
    await new Promise((resolve) => setTimeout(resolve, 700));
    child.kill('SIGKILL');
    await ended;
    await expect.poll(() => workers.every(isGone), { timeout: 30_000 }).toBe(true);
  },
);

/** The command in this process. */
async function within(...args: readonly string[]) {
  const said = { out: '', err: '' };
  vi.spyOn(process.stdout, 'write').mockImplementation((text, ...rest) => {
    said.out += text;
    for (const told of rest as unknown[]) if (typeof told === 'function') told();
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said.err += text;
    return true;
  });
  try {
    return { code: await runLab(['sweep', ...args]), ...said };
  } finally {
    vi.restoreAllMocks();
  }
}

test('a defect is reported with the token that shows it', async () => {
  const args = [
    'two-nodes',
    '--seeds',
    '5..6',
    '--set',
    'octets=100',
    '--set',
    'plant=short-octet',
  ];
  const { code, out, err } = await within(...args, '--workers', '1');
  expect([code, err]).toEqual([1, '']);
  expect(out).toMatch(
    /FAILED {2}delivered {2}eventually {2}2 of 2 runs {2}first: .* v1:\w+:5:two-nodes,.*plant=short-octet(@\w+\+?)?\n/,
  );
});

test.each([
  [['two-node', '--seeds', '1..2'], 'unknown scenario "two-node"; did you mean "two-nodes"?'],
  [['two-nodes'], "required option '--seeds <A..B>' not specified"],
  [['two-nodes', '--seeds', '2..1'], '2 is above 1'],
  [['two-nodes', '--seeds', '1..2', '--set', 'octet=1'], 'unknown parameter "octet"'],
  [['two-nodes', '--seeds', '1..1000000'], 'a sweep holds up to 100000 in memory'],
  [
    ['two-nodes', '--seeds', '1..2', '--workers', '0'],
    '--workers takes a whole number from 1 to 64, not "0"',
  ],
  [['two-nodes', '--seeds', '1..2', '--workers', '65'], 'from 1 to 64'],
  [['two-nodes', '--seeds', '1..2', '--until', '5'], '--until takes a share of the mean'],
  [['two-nodes', '--seeds', '1..2', '--until', '0.0'], '--until takes a share of the mean'],
  [['two-nodes', '--seeds', '1..2', '--until', 'a b=0.1'], '--until takes a share of the mean'],
  [['two-nodes', '--seeds', '1..2', '--out', '/proc/nope'], 'cannot write'],
  [
    ['two-nodes', '--seeds', '1..1', '--set', 'octets=1', '--until', 'lastStreamClose=0.1'],
    '--until: unknown metric "lastStreamClose"; did you mean "lastStreamClosed"?',
  ],
])('%j is a usage error of one line', async (args, message) => {
  const { code, out, err } = await within(...args);
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain(message);
  expect(err.trimEnd().split('\n')).toHaveLength(1);
});
