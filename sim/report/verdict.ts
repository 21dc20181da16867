// The banner: what the run comes to, and what it fails by. It never says more than its parts: a run counts as
// held only if it says so itself, asserted something, and no assertion and no cell of the matrix disagrees.
import type { ReportData } from './data.ts';
import { type Markup, markup } from './escape.ts';
import { amount, count, duration } from './format.ts';
import { sightingsOf } from './matrix.ts';

/** Faults named in the banner; the rest is counted there and listed below. */
const NAMED = 5;

/** What keeps a run from having held, worst first; empty when it held. */
export function faultsOf(data: ReportData): readonly string[] {
  const failed = data.assertions.filter(({ ok }) => !ok);
  const faults = failed.map(({ name, detail }) => `${name}: ${detail}`);
  if (data.whoSeesWhat !== undefined) {
    const { leaks, unknown } = sightingsOf(data.whoSeesWhat);
    faults.push(...leaks.map(({ coalition, fact }) => `${coalition} sees ${fact}`));
    if (unknown > 0) faults.push(`who sees what: ${count(unknown, 'cell')} without data`);
  }
  if (data.assertions.length === 0) faults.push('nothing was asserted');
  if (!data.verdict.ok && faults.length === 0) faults.push('the run says that it failed');
  return faults;
}

/** The banner with the three figures of the run's size. */
export function verdictBanner(data: ReportData): Markup {
  const faults = faultsOf(data);
  const held = faults.length === 0;
  const all = data.assertions.length;
  const good = data.assertions.filter(({ ok }) => ok).length;
  const share = held ? 'all hold' : `${amount(good)} hold`;
  const { text } = data.verdict;
  const said = text === '' ? undefined : markup`<p>${text}</p>`;
  return banner({
    tally: `${count(all, 'assertion')}${all === 0 ? '' : `, ${share}`}`,
    words: markup`${said}${plantNote(data.plant, held)}`,
    faults,
    figures: [
      [duration(data.virtualSeconds * 1000), 'virtual'],
      [duration(data.wallSeconds * 1000), 'on the machine'],
      [amount(data.events), 'events'],
    ],
  });
}

/** A banner: held where there is no fault. `figures`: values and their names. */
export function banner({
  tally,
  words,
  faults,
  figures,
}: {
  readonly tally: string;
  readonly words: Markup;
  readonly faults: readonly string[];
  readonly figures: readonly (readonly [value: string, name: string])[];
}): Markup {
  const held = faults.length === 0;
  return markup`<section class="verdict ${held ? 'held' : 'broken'}" aria-label="verdict">
<div class="badge">${verdictBadge(held)}</div>
<div class="words"><p class="headline"><strong>${held ? 'Held' : 'Broken'}</strong> <span>${tally}</span></p>
${words}${held ? undefined : faultList(faults)}</div>
<dl class="size">
${figures.map(([value, name]) => markup`${figure(value, name)}\n`)}</dl></section>`;
}

function figure(value: string, name: string): Markup {
  return markup`<div><dt>${name}</dt><dd>${value}</dd></div>`;
}

function faultList(faults: readonly string[]): Markup {
  const rest = faults.length - NAMED;
  return markup`<ul>${faults.slice(0, NAMED).map((fault) => markup`<li>${fault}</li>`)}
${rest > 0 ? markup`<li>${amount(rest)} more below</li>` : undefined}</ul>`;
}

/** That a defect was planted, and what it means. */
export function plantNote(plant: string | undefined, held: boolean): Markup | undefined {
  if (plant === undefined) return undefined;
  const meaning = held ? 'and nothing noticed it' : 'so a broken run is what it must give';
  return markup`<p>The defect <code>${plant}</code> was planted on purpose, ${meaning}.</p>`;
}

function verdictBadge(held: boolean): Markup {
  const mark = held ? markup`M11 20.500l6 6 12-13` : markup`M13 13l14 14M27 13l-14 14`;
  return markup`<svg viewBox="0 0 40 40" aria-hidden="true"><circle cx="20" cy="20" r="18"/><path d="${mark}"/></svg>`;
}
