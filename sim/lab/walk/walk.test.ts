import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import * as observe from '#core/observe/mod.ts';
import { ALL_STEPS } from './ends.ts';
import { follow } from './follow.ts';
import { constantOf, placesOf, shipped, sourceRoot } from './places.ts';
import { type Recording, ROLES, record } from './record.ts';
import { describe as describeWalk, reportOf, type WalkReport } from './show.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
const LIST = 'core/observe/';

const recording: Recording = record('1');
const report: WalkReport = reportOf(recording, follow(recording));
const steps = report.ways.flatMap((way) => way.steps);

function read(file: string): string {
  return readFileSync(join(sourceRoot(), file), 'utf8');
}

describe('the list', () => {
  test.each(observe.STEPS.map(({ name }, code) => [constantOf(code), code, name] as const))(
    '%s is told at exactly one place of the core',
    (constant, code) => {
      expect(new Map<string, unknown>(Object.entries(observe)).get(constant)).toBe(code);
      expect(placesOf().get(constant)).toHaveLength(1);
      // Besides that place it is imported there, and stands nowhere else.
      const mentions = shipped()
        .filter((file) => !file.startsWith(LIST))
        .flatMap((file) => read(file).match(new RegExp(`\\b${constant}\\b`, 'g')) ?? []);
      expect(mentions).toHaveLength(2);
    },
  );

  test('every step of a cell is in the walk, and no other', () => {
    const walked = new Set(steps.map(({ step }) => step));
    for (const { name, way } of ALL_STEPS) {
      if (way === 'cell') expect(walked).toContain(name);
      if (way === 'control') expect(walked).not.toContain(name);
    }
    expect(report.control).toEqual(
      ALL_STEPS.filter(({ way }) => way === 'control').map(({ name }) => name),
    );
  });

  test('the run told every code', () => {
    const told = new Set([...recording.steps.values()].flat().map(({ step }) => step));
    expect(ALL_STEPS.filter((_, code) => !told.has(code))).toEqual([]);
  });
});

describe('the walk', () => {
  test('goes from the browser to the website and back, in order of time', () => {
    const [there, back] = report.ways.map((way) =>
      way.steps.map(({ role }) => role).filter((role, i, all) => role !== all[i - 1]),
    );
    expect(there).toEqual(ROLES);
    expect(back).toEqual([...ROLES].reverse());
    for (const way of report.ways) {
      const times = way.steps.map(({ timeNs }) => timeNs);
      expect(times).toEqual([...times].sort((a, b) => a - b));
    }
  });

  test('names the line that tells each step', () => {
    for (const { step, file, line } of steps) {
      const constant = `STEP_${step.toUpperCase().replaceAll('-', '_')}`;
      const lines = read(file).split('\n');
      expect(lines[line - 1]).toContain('race?.(');
      expect(lines.slice(line - 1, line + 1).join()).toContain(constant);
    }
  });

  test('adds up: layers, octets and copies', () => {
    const [there, back] = report.ways.map(({ sums }) => sums);
    const passes = { layers: { sealed: 3, opened: 3 }, records: { sealed: 3, opened: 3 } };
    expect(there).toMatchObject({ ...passes, content: 507 - 3 * 17 });
    expect(back).toMatchObject({ ...passes, content: 507 - 3 * 17 });
    expect(there?.links.map(({ from, frame, alive }) => [from, frame, alive])).toEqual([
      ['client', 512, 507],
      ['entry', 512, 490],
      ['middle', 512, 473],
    ]);
    expect(back?.links.map(({ from, frame, alive }) => [from, frame, alive])).toEqual([
      ['exit', 512, 473],
      ['middle', 512, 490],
      ['entry', 512, 507],
    ]);
    for (const way of report.ways) {
      const gathered = way.steps.filter(({ step }) => step === 'record-gathered').length;
      const copies = Object.values(way.sums.copies).reduce((sum, n) => sum + n, 0);
      expect(copies).toBe(8 + gathered);
    }
  });

  test('is the same when it is walked again, and can be walked with other seeds', () => {
    const again = record('1');
    expect(reportOf(again, follow(again))).toEqual(report);
    for (const seed of ['2', '3', '4']) {
      const other = record(seed);
      const { hosts, ways } = reportOf(other, follow(other));
      expect(new Set(Object.values(hosts)).size).toBe(ROLES.length);
      for (const { sums } of ways) expect(sums.layers).toEqual({ sealed: 3, opened: 3 });
    }
  });

  test('fits a terminal of 100 columns', () => {
    const lines = describeWalk(report).split('\n');
    expect(lines.filter((line) => line.length > 100)).toEqual([]);
    for (const { sentence } of steps) expect(lines.join('\n')).toContain(sentence);
  });
});

describe('the command', () => {
  function lab(...args: readonly string[]): ReturnType<typeof spawnSync> {
    const flags = ['--disable-warning=ExperimentalWarning', MAIN];
    return spawnSync(process.execPath, [...flags, ...args], { encoding: 'utf8' });
  }

  test('prints one object for machines', () => {
    const { status, stdout } = lab('walk', 'cell', '--json');
    expect(status).toBe(0);
    expect(JSON.parse(String(stdout))).toEqual(report);
  });

  test.each([
    [['walk', 'cel'], 'nothing called "cel" can be followed; did you mean "cell"?'],
    [['walk', 'cell', '--seed', 'x'], '--seed takes a whole number'],
    [['walk'], "missing required argument 'what'"],
  ])('%j is a usage error', (args, message) => {
    const { status, stdout, stderr } = lab(...args);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });
});
