import type { Reporter, TestCase } from 'vitest/node';

/** What each line of this reporter starts with: ci/run.ts prints those lines again above its count. */
export const SKIPPED = 'skipped: ';

/** Prints every skipped test with the reason it gave: `context.skip('no IPv6 here')`. */
export default class SkipReporter implements Reporter {
  /** Called by Vitest. */
  onTestCaseResult(test: TestCase): void {
    const result = test.result();
    if (result.state !== 'skipped') return;
    console.log(`${SKIPPED}${test.fullName}: ${result.note ?? 'no reason given'}`);
  }
}
