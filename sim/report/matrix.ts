// Who sees what: a row per coalition, a column per fact. A cell says in a word, a sign and a colour whether the
// coalition holds the fact and whether it may.
import type { CoalitionRow, WhoSeesWhat } from './data.ts';
import { type Markup, markup } from './escape.ts';
import { amount, count } from './format.ts';
import { ROWS_MAX } from './limits.ts';

/** hidden: must not and does not. sees: may and does. spared: may and does not. leak: does and must not. */
export type Sight = 'hidden' | 'sees' | 'spared' | 'leak' | 'unknown';

/** One cell that is not as it must be. */
export type Leak = { readonly coalition: string; readonly fact: string; readonly how: string };

/** What the matrix comes to. */
export type Sightings = {
  /** Cells in which nothing may be seen. */
  readonly guarded: number;
  readonly leaks: readonly Leak[];
  /** Cells the run says nothing about. */
  readonly unknown: number;
};

/** What a cell shows. A run that says nothing about a cell has not shown that it is hidden. */
function sightOf({ sees, allowed }: CoalitionRow, fact: number): Sight {
  const does = sees[fact];
  const may = allowed[fact];
  if (does === undefined || may === undefined) return 'unknown';
  if (does) return may ? 'sees' : 'leak';
  return may ? 'spared' : 'hidden';
}

/** Counts every cell, drawn or not. */
export function sightingsOf({ facts, rows }: WhoSeesWhat): Sightings {
  const cells = rows.flatMap((row) =>
    facts.map((fact, i) => ({ row, fact, sight: sightOf(row, i) })),
  );
  const leaks = cells.filter(({ sight }) => sight === 'leak');
  const hidden = cells.filter(({ sight }) => sight === 'hidden').length;
  return {
    guarded: hidden + leaks.length,
    leaks: leaks.map(({ row, fact }) => ({
      coalition: nameOf(row),
      fact,
      how: row.how ?? 'no reason recorded',
    })),
    unknown: cells.filter(({ sight }) => sight === 'unknown').length,
  };
}

/** The section's content, or undefined when the run did not ask. */
export function matrixTable(who: WhoSeesWhat | undefined): Markup | undefined {
  if (who === undefined) return undefined;
  const { facts, parties, rows } = who;
  const { guarded, leaks, unknown } = sightingsOf(who);
  const summary =
    leaks.length === 0
      ? `${amount(guarded)} cells must be hidden, and all of them are.`
      : `${amount(guarded)} cells must be hidden; ${count(leaks.length, 'is', 'are')} not.`;
  const rest = rows.length - ROWS_MAX;
  return markup`<p class="lead">${summary}
${unknown > 0 ? `${count(unknown, 'cell has', 'cells have')} no data.` : undefined}
Computed from what ${count(parties.length, 'party', 'parties')} can tap and decrypt, alone and together.</p>
${legend(unknown > 0)}
<div class="scroll"><table class="matrix${facts.length > 8 ? ' many' : ''}"><thead><tr><th scope="col">Who</th>
${facts.map((fact) => markup`<th scope="col">${fact}</th>`)}</tr></thead>
${bySize(rows.slice(0, ROWS_MAX)).map(([size, group]) => block(size, group, facts))}
</table></div>
${rest > 0 ? markup`<p class="note">${count(rest, 'coalition')} more, counted above.</p>` : undefined}
${leaks.length > 0 ? leakList(leaks) : undefined}`;
}

function nameOf({ coalition }: CoalitionRow): string {
  return coalition.length === 0 ? 'nobody' : coalition.join(' + ');
}

function bySize(rows: readonly CoalitionRow[]): readonly (readonly [number, CoalitionRow[]])[] {
  const sizes = Map.groupBy(rows, ({ coalition }) => coalition.length);
  return [...sizes].sort(([a], [b]) => a - b);
}

function block(size: number, rows: readonly CoalitionRow[], facts: readonly string[]): Markup {
  const words = ['Nobody', 'Alone', 'Two together', 'Three together'];
  return markup`<tbody><tr class="group"><th scope="rowgroup" colspan="${facts.length + 1}">
${words[size] ?? `${size} together`}</th></tr>
${rows.map((row) => line(row, facts))}</tbody>\n`;
}

function line(row: CoalitionRow, facts: readonly string[]): Markup {
  const members = row.coalition.map(
    (party, i) => markup`${i > 0 ? markup` <span class="plus">+</span> ` : undefined}${party}`,
  );
  const cells = facts.map((fact, i) => cell(nameOf(row), fact, sightOf(row, i), row.how));
  return markup`<tr><th scope="row" title="${row.how ?? ''}">${members}</th>${cells}</tr>\n`;
}

const WORDS: { readonly [sight in Sight]: string } = Object.freeze({
  hidden: 'hidden',
  sees: 'sees',
  spared: 'unseen',
  leak: 'LEAK',
  unknown: 'no data',
});

const MEANINGS: { readonly [sight in Sight]: string } = Object.freeze({
  hidden: 'must not see it and does not',
  sees: 'sees it, and may',
  spared: 'might see it, and does not',
  leak: 'sees it and must not',
  unknown: 'nothing was recorded',
});

function cell(who: string, fact: string, sight: Sight, how: string | undefined): Markup {
  const reason = how === undefined || sight === 'hidden' ? '' : `. ${how}`;
  const title = `${who}, ${fact}: ${MEANINGS[sight]}${reason}`;
  return markup`<td class="cell ${sight}" title="${title}">${sign(sight)}${WORDS[sight]}</td>`;
}

/** A sign that is told apart without colour: a bar, an eye, a dot, an eye in a triangle's place, a question. */
function sign(sight: Sight): Markup {
  const shapes: { readonly [name in Sight]: Markup } = {
    hidden: markup`<path d="M4.5 7V5.2a3.5 3.5 0 0 1 7 0V7M3.5 7h9v6.5h-9z"/>`,
    sees: markup`<path d="M1.5 8.5q6.5-8 13 0q-6.5 8-13 0z"/><circle cx="8" cy="8.5" r="1.9"/>`,
    spared: markup`<path d="M4 8.500h8"/>`,
    leak: markup`<path d="M8 2.500L14.5 13.500h-13zM8 6.500v3.200M8 11.400v.4"/>`,
    unknown: markup`<path d="M5.5 6q0-2.5 2.5-2.500t2.5 2.300q0 1.4-2.5 2.700v1M8 12v.4"/>`,
  };
  return markup`<svg class="sign" viewBox="0 0 16 16" aria-hidden="true">${shapes[sight]}</svg>`;
}

function legend(hasUnknown: boolean): Markup {
  const shown: readonly Sight[] = ['hidden', 'sees', 'spared', 'leak'];
  const sights = hasUnknown ? [...shown, 'unknown' as const] : shown;
  return markup`<ul class="key matrix-key">${sights.map(
    (sight) => markup`<li><span class="cell ${sight}">${sign(sight)}${WORDS[sight]}</span>
${MEANINGS[sight]}</li>`,
  )}</ul>`;
}

function leakList(leaks: readonly Leak[]): Markup {
  const items = leaks
    .slice(0, ROWS_MAX)
    .map(
      ({ coalition, fact, how }) =>
        markup`<li><strong>${coalition}</strong> sees <strong>${fact}</strong>: ${how}</li>\n`,
    );
  return markup`<div class="leaks"><h3>Leaks</h3><ul>${items}</ul></div>`;
}
