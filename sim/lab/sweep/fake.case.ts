// Runs that cost nothing: what they measure is drawn from their token. And an engine that answers as it likes.
import { RandomStream } from '#sim/mod.ts';
import type { RunReport } from '../run.ts';
import type { Answer, Shard, SweepEngine } from './engine.ts';
import { openRecord, type RunRecord, sealRun } from './record.ts';

/** `fails`: its assertion fails. `salt`: of a run that depends on more than its token. `rare`: one more metric. */
export function fakeRecord(
  token: string,
  {
    fails = false,
    salt = '',
    rare,
  }: { readonly fails?: boolean; readonly salt?: string; readonly rare?: number | undefined } = {},
): RunRecord {
  const random = new RandomStream('fake', token);
  const [, , seed = '', recipe = ''] = token.split(':');
  const report: RunReport = {
    schemaVersion: 1,
    scenario: recipe.split(',')[0] ?? '',
    seed,
    token,
    params: {},
    hashes: { trace: `trace ${salt}`, state: '', draws: '' },
    assertions: [{ name: 'delivered', kind: 'always', ok: !fails, detail: 'made up' }],
    metrics: {
      wide: { value: random.below(1_000), unit: 'ms' },
      narrow: { value: 1_000 + random.below(10), unit: 'octets' },
      ...(rare === undefined ? {} : { rare: { value: rare, unit: 'ms' } }),
    },
    virtualSeconds: 1,
    wallSeconds: 1,
    events: 1,
  };
  return openRecord(sealRun(report)) as RunRecord;
}

export type Whims = {
  /** Order of answers. */
  readonly seed: string;
  /** A token of so many is answered twice; 0 is none. */
  readonly twice?: number;
  readonly crashing?: (token: string) => boolean;
  readonly salt?: string;
  readonly fails?: (token: string) => boolean;
  readonly rarely?: (token: string) => number;
};

export class FakeEngine implements SweepEngine {
  readonly ran: string[] = [];
  readonly #random: RandomStream;
  readonly #whims: Whims;
  readonly #waiting: string[] = [];
  /** Answers after which it is cancelled. */
  #left: number;

  constructor(whims: Whims, answers: number = Number.POSITIVE_INFINITY) {
    this.#whims = whims;
    this.#random = new RandomStream('fake engine', whims.seed);
    this.#left = answers;
  }

  submit({ tokens }: Shard): void {
    this.#waiting.push(...tokens);
  }

  async next(): Promise<Answer | undefined> {
    if (this.#left-- <= 0 || this.#waiting.length === 0) return undefined;
    const at = this.#random.below(this.#waiting.length);
    const { twice = 0, crashing, salt = '', fails, rarely } = this.#whims;
    const token = this.#waiting[at] as string;
    if (twice === 0 || this.#random.below(twice) > 0) this.#waiting.splice(at, 1);
    this.ran.push(token);
    if (crashing?.(token) === true) return { token, lost: 'SIGSEGV' };
    const made = { salt, fails: fails?.(token) === true, rare: rarely?.(token) };
    return { token, record: fakeRecord(token, made) };
  }

  async cancel(): Promise<void> {
    this.#left = 0;
  }
}
