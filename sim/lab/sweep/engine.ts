import type { RunRecord } from './record.ts';

/** Runs to be made, by their tokens. It has no state: whoever has the tokens can run them, as often as he likes. */
export type Shard = { readonly tokens: readonly string[] };

/** What became of one token. `lost`: it took down or outlasted whoever ran it, again and again. */
export type Answer =
  | { readonly token: string; readonly record: RunRecord }
  | { readonly token: string; readonly lost: string };

/** Runs tokens somewhere. Each is answered at least once, in no order; one that runs twice must say the same. */
export interface SweepEngine {
  submit(shard: Shard): void;
  /** The next answer; undefined when all that was submitted is answered, or after `cancel`. */
  next(): Promise<Answer | undefined>;
  /** Done when nothing of it runs any more. */
  cancel(): Promise<void>;
}
