// What a run of the tests amounts to, from the file Vitest writes.

/** Tests by how they ended. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** The part of Vitest's JSON report that is read. */
export interface VitestReport {
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

/** Counts of a report. A file that failed without a failed test, such as one that does not load, counts as one. */
export function countTests(report: VitestReport): Counts {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const { status, assertionResults } of report.testResults) {
    const failedBefore = counts.failed;
    for (const one of assertionResults) {
      if (one.status === 'passed') counts.passed += 1;
      else if (one.status === 'failed') counts.failed += 1;
      else counts.skipped += 1;
    }
    if (status === 'failed' && counts.failed === failedBefore) counts.failed += 1;
  }
  return counts;
}

/** Counts of two runs together. */
export function addCounts(a: Counts, b: Counts): Counts {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
  };
}

/** One check as a count. */
export function oneCheck(ok: boolean): Counts {
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 };
}

/** What a phase counted; one that broke off says why in one line, and counts as one failure. */
export async function countsOf(
  name: string,
  phase: () => Promise<Counts>,
  print: (line: string) => void = console.log,
): Promise<Counts> {
  try {
    return await phase();
  } catch (error) {
    print(
      `${name} broke off: ${String(error instanceof Error ? error.message : error).split('\n')[0]}`,
    );
    return oneCheck(false);
  }
}

/** The line a run closes with. */
export function closingLine({ passed, failed, skipped }: Counts): string {
  const line = `${passed} passed, ${failed} failed`;
  return skipped === 0 ? line : `${line}, ${skipped} skipped`;
}
