import { describe, expect, test } from 'vitest';
import { judgeHosts, type TestRun } from './host-cases.ts';

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
