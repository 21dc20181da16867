// The order of test files: those that take longest begin, so that none of them runs on alone at the end.
import { BaseSequencer, type TestSpecification } from 'vitest/node';

export const SLOW: readonly string[] = Object.freeze([
  'scenarios/scenarios.test.ts',
  'sim/theory/theory.test.ts',
  'ci/build.test.ts',
  'core/cli/programs.test.ts',
  'sim/real/network.test.ts',
  'sim/lab/lab.test.ts',
  'sim/lab/sweep/sweep.test.ts',
  'sim/report/browser.test.ts',
  'sim/adversary/adversary.test.ts',
  'sim/adversary/network.test.ts',
  'ci/gates.test.ts',
  'sim/faults/heal.test.ts',
  'core/circuit/streams-model.test.ts',
]);

export class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.sort((a, b) => rankOf(a) - rankOf(b));
  }
}

function rankOf({ moduleId }: TestSpecification): number {
  const rank = SLOW.findIndex((path) => moduleId.endsWith(path));
  return rank < 0 ? SLOW.length : rank;
}
