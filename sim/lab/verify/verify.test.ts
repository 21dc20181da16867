import { describe, expect, test } from 'vitest';
import { type Case, cases, Given, give } from '#sim/theory/mod.ts';
import { elsewhere, judge, missedInPhysics } from './closed-forms.ts';
import { judgeHosts, type TestRun } from './host-cases.ts';
import { judgeSpeed } from './simulated-network.ts';

/** A run in which each title ended as said, under a describe that names the host. */
function testRun(host: string, statuses: readonly string[], code = 0): TestRun {
  const assertionResults = statuses.map((status, i) => ({
    title: `behaviour ${i}`,
    ancestorTitles: [host, 'streams'],
    status,
  }));
  return { code, testResults: [{ status: 'passed', assertionResults }] };
}

const PASSED: readonly string[] = Array.from({ length: 30 }, () => 'passed');

describe('the row of the host contract', () => {
  test('holds when every behaviour passed on both hosts', () => {
    expect(judgeHosts(testRun('a', PASSED), testRun('b', PASSED))).toEqual({
      measured: '30 in common (simulated 30, real 30)',
      ok: true,
    });
  });

  test.each(['failed', 'skipped', 'pending', 'todo'])(
    'a behaviour that %s does not vanish',
    (how) => {
      const spoiled = [...PASSED, how];
      for (const [simulated, real] of [
        [spoiled, spoiled],
        [spoiled, [...PASSED, 'passed']],
        [[...PASSED, 'passed'], spoiled],
      ] as const) {
        const { ok, measured } = judgeHosts(testRun('a', simulated), testRun('b', real));
        expect([ok, measured]).toEqual([false, expect.stringContaining('behaviour 30')]);
      }
    },
  );

  test('fails when one host knows a behaviour the other does not, or there are few', () => {
    const all = testRun('a', PASSED);
    const fewer = testRun('b', PASSED.slice(1));
    const few = testRun('a', PASSED.slice(0, 24));
    expect([judgeHosts(all, fewer).ok, judgeHosts(fewer, all).ok]).toEqual([false, false]);
    expect(judgeHosts(few, few).ok).toBe(false);
  });

  test('fails with Vitest, and with a file that did not load', () => {
    const all = testRun('a', PASSED);
    expect(judgeHosts(all, testRun('b', PASSED, 1)).ok).toBe(false);
    const unloaded = { status: 'failed', assertionResults: [] };
    const broken = { ...all, testResults: [...all.testResults, unloaded] };
    expect(judgeHosts(broken, all).ok).toBe(false);
  });
});

describe('the rows of the simulated network', () => {
  test('no defect in the physics is missed', () => {
    expect(missedInPhysics('7', 20_000)).toEqual([]);
  });

  test('speed without ns-3 to compare with does not hold, however fast, and says so', () => {
    expect(judgeSpeed(2e6, { theirs: 4e5, ratio: 5 }).ok).toBe(true);
    expect(judgeSpeed(2e6, { theirs: 6e5, ratio: 3.3 }).ok).toBe(false);
    expect(judgeSpeed(9e5, { theirs: 1e5, ratio: 9 }).ok).toBe(false);
    expect(judgeSpeed(2e6, 'no ns-3')).toEqual({
      measured: '2.00 M/s; >= 4x NOT measured: no ns-3',
      ok: false,
    });
  });

  test('a second look is within every range, and another for another seed', () => {
    for (const one of cases()) {
      const { values } = elsewhere(one, '1');
      const settings = Object.entries(values).map(([key, value]) => `${key}=${value}`);
      expect(give(one, settings), one.name).toBeInstanceOf(Given);
      expect(values, one.name).not.toEqual(elsewhere(one, '2').values);
    }
  });

  test('a formula that is off by a tenth, or measured badly, is named', () => {
    const common = { kind: 'equals', quantity: 'q', unit: 'u', measured: 1 } as const;
    const one = (expected: number, tolerance: number, standardError = 0.01): Case => ({
      name: 'one',
      about: '',
      parameters: {},
      measure: () => [{ ...common, expected, tolerance, standardError }],
    });
    expect(judge([one(1, 0)], '1').ok).toBe(true);
    for (const bad of [one(1.1, 0), one(0.9, 0), one(1, 0.2), one(1, 0.2, 0)]) {
      const { ok, measured } = judge([bad], '1');
      expect([ok, measured]).toEqual([false, expect.stringContaining('one (q)')]);
    }
    expect(judge([], '1').ok).toBe(false);
  });
});
