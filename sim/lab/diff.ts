import type { Recorder } from '#sim/mod.ts';
import { playRecipe } from '#sim/scenario/mod.ts';
import { type Difference, difference, type Told } from '#sim/trace/mod.ts';
import { bold, number, print, table } from './print.ts';
import { recipeOf } from './run.ts';

/** Streams of randomness that are named; of the others how many there are. */
const STREAMS_SHOWN = 12;

/** Runs what two tokens stand for, and shows the first thing in which they differ. 0: nothing; 1: something. */
export async function diff(
  left: string,
  right: string,
  options: { readonly json?: true },
): Promise<number> {
  const [one, other] = [recipeOf(left), recipeOf(right)];
  const found = difference(
    (recorder: Recorder) => playRecipe(one, recorder),
    (recorder: Recorder) => playRecipe(other, recorder),
  );
  await print(
    options.json === true
      ? JSON.stringify({ schemaVersion: 1, tokens: [left, right], ...found })
      : describe(found, [left, right]),
  );
  return found.hashes.length === 0 ? 0 : 1;
}

function describe(found: Difference, [left, right]: readonly [string, string]): string {
  const { hashes, records, events, common, draws } = found;
  const shared = `${number(records)} records of ${number(events)} events`;
  if (hashes.length === 0) return `${bold('equal')}: the same ${shared}, and the same state`;
  const lines = [`  < ${left}`, `  > ${right}`, ''];
  if (!hashes.includes('trace'))
    lines.unshift(`the same ${shared}; they differ in ${hashes.join(' and ')} at the end`);
  else {
    lines.unshift(`${bold('different')} after ${shared} in common`);
    lines.push(
      table([
        ...common.map((told) => [' ', ...row(told)]),
        ['<', ...row(found.left)],
        ['>', ...row(found.right)],
      ]),
      '',
    );
  }
  return [...lines, ...streams(draws)].join('\n');
}

function row(told: Told | undefined): readonly string[] {
  if (told === undefined) return ['', '', '', 'nothing more happens'];
  const { event, ns, who, words } = told;
  return [`#${event}`, `${(ns / 1e6).toFixed(6)} ms`, who, words];
}

function streams(draws: Difference['draws']): readonly string[] {
  if (draws.length === 0) return ['  every stream of randomness had drawn the same by then'];
  const rows = draws
    .slice(0, STREAMS_SHOWN)
    .map(({ name, left, right }) => [
      name,
      left === right ? `${number(left)} words each, others` : `${number(left)} words`,
      left === right ? '' : `and ${number(right)}`,
    ]);
  const more = draws.length - rows.length;
  return [
    `  streams of randomness that had drawn differently by then: ${draws.length}`,
    table(rows, '    '),
    ...(more > 0 ? [`    and ${number(more)} more`] : []),
  ];
}
