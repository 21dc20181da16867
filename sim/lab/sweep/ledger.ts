import type { Answer } from './engine.ts';
import type { RunRecord, SweepRun } from './record.ts';

/** One token ran twice and did not say the same: some run here depends on more than its token. */
export class Disagreement extends Error {}

/** What became of every token so far. What is answered twice must be answered alike. */
export class Ledger {
  readonly #records = new Map<string, RunRecord>();
  readonly #lost = new Map<string, string>();

  /** True when the answer is new. Throws Disagreement. */
  enter(answer: Answer): boolean {
    const { token } = answer;
    const known = this.#records.get(token);
    if ('lost' in answer) {
      if (known !== undefined)
        throw new Disagreement(
          `${token} gave ${known.sha256} once and no result again: ${answer.lost}`,
        );
      const isNew = !this.#lost.has(token);
      this.#lost.set(token, answer.lost);
      return isNew;
    }
    const { record } = answer;
    if (known !== undefined && known.sha256 !== record.sha256)
      throw new Disagreement(
        `${token} ran twice and differs: sha256 ${known.sha256}, then ${record.sha256}`,
      );
    if (this.#lost.has(token))
      throw new Disagreement(`${token} gave no result once and ${record.sha256} again`);
    this.#records.set(token, record);
    return known === undefined;
  }

  run(token: string): SweepRun | undefined {
    return this.#records.get(token)?.run;
  }

  /** Why it has no result; undefined when it has one, or did not run. */
  lost(token: string): string | undefined {
    return this.#lost.get(token);
  }
}
