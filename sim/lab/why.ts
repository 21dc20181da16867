import type { Recorder } from '#sim/mod.ts';
import { playRecipe } from '#sim/scenario/mod.ts';
import { type Told, why as whyOf } from '#sim/trace/mod.ts';
import { UsageFault } from './fault.ts';
import { number, print, table } from './print.ts';
import { recipeOf } from './run.ts';

const DEPTH = '20';

export type WhyOptions = { readonly depth?: string; readonly json?: true };

/** Shows what caused an event of a run, and what caused that, back to where it began. */
export async function why(token: string, event: string, options: WhyOptions): Promise<number> {
  const recipe = recipeOf(token);
  const at = whole('<event>', event);
  const depth = whole('--depth', options.depth ?? DEPTH);
  const chain = whyOf((recorder: Recorder) => playRecipe(recipe, recorder), at, depth);
  if ('events' in chain) {
    throw new UsageFault(
      `event ${at} is beyond the run: it has events 1 to ${chain.events}, as "run --events" writes them`,
    );
  }
  if (options.json === true) {
    await print(JSON.stringify({ schemaVersion: 1, token, ...chain }));
    return 0;
  }
  const { newest, first } = chain;
  const between = chain.depth - newest.length - (first === undefined ? 0 : 1);
  const rows = newest.map(row);
  if (between > 0) rows.push(['', '', '', `... ${number(between)} more ...`]);
  if (first !== undefined) rows.push(row(first));
  await print(`event ${at}, and behind it ${number(chain.depth - 1)} causes, newest first\n`);
  await print(`${table(rows)}\n`);
  await print('  and that by the scenario: nothing in the world caused it');
  return 0;
}

function row({ event, ns, who, words }: Told): readonly string[] {
  return [`#${event}`, `${(ns / 1e6).toFixed(6)} ms`, who, words];
}

function whole(what: string, text: string): number {
  if (!/^[1-9][0-9]{0,8}$/.test(text))
    throw new UsageFault(`${what} takes a whole number from 1 to 999999999, not "${text}"`);
  return Number(text);
}
