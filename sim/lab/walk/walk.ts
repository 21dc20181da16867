import { nearest } from '#sim/scenario/mod.ts';
import { UsageFault } from '../fault.ts';
import { IS_SINGLE_FILE } from '../invocation.ts';
import { print } from '../print.ts';
import { seedOf } from '../seed.ts';
import { follow } from './follow.ts';
import { record } from './record.ts';
import { describe, reportOf } from './show.ts';

const WALKS: readonly string[] = Object.freeze(['cell']);

/** Follows something through the whole system and shows each step with its place in the sources. */
export async function walk(
  what: string,
  options: { readonly seed?: string; readonly json?: true },
): Promise<number> {
  if (!WALKS.includes(what))
    throw new UsageFault(`nothing called "${what}" can be followed${nearest(what, WALKS)}`);
  if (IS_SINGLE_FILE)
    throw new UsageFault('walk looks its lines up in the sources; clone them and run it there');
  const recording = record(seedOf(options.seed));
  const report = reportOf(recording, follow(recording));
  await print(options.json === true ? JSON.stringify(report) : describe(report));
  return 0;
}
