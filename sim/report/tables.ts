// The rows of a run: what was asserted, what was measured, what it is recognised by.
import type { ReportData } from './data.ts';
import { type Markup, markup } from './escape.ts';
import { amount, count, duration } from './format.ts';
import { ROWS_MAX } from './limits.ts';

/** Every assertion, failed ones first. */
export function assertionTable({ assertions }: ReportData): Markup | undefined {
  if (assertions.length === 0) return undefined;
  const sorted = assertions.toSorted((a, b) => Number(a.ok) - Number(b.ok));
  const rows = sorted.slice(0, ROWS_MAX).map(
    ({ name, kind, ok, detail }) => markup`<tr class="${ok ? 'ok' : 'failed'}">
<td><span class="pill ${ok ? 'good' : 'bad'}">${ok ? 'holds' : 'FAILS'}</span></td>
<th scope="row">${name}</th><td>${kind}</td><td class="wide">${detail}</td></tr>\n`,
  );
  return markup`<div class="scroll"><table><thead><tr><th scope="col">Result</th>
<th scope="col">Assertion</th><th scope="col">Kind</th><th scope="col">Detail</th></tr></thead>
<tbody>${rows}</tbody></table></div>${leftOut(assertions.length)}
<p class="note">always: at every moment. eventually: by the end. sometimes: it must have happened, or the
run shows nothing.</p>`;
}

/** Every metric; the exact number is in the tooltip. */
export function metricTable({ metrics }: ReportData): Markup | undefined {
  const entries = Object.entries(metrics);
  if (entries.length === 0) return undefined;
  const rows = entries.slice(0, ROWS_MAX).map(
    ([name, { value, unit }]) => markup`<tr><th scope="row">${name}</th>
<td class="number" title="${String(value)}">${amount(value)}</td><td>${unit}</td></tr>\n`,
  );
  return markup`<table><thead><tr><th scope="col">Metric</th><th scope="col" class="number">Value</th>
<th scope="col">Unit</th></tr></thead><tbody>${rows}</tbody></table>${leftOut(entries.length)}`;
}

/** What went wrong, in the order of time. */
export function faultTable({ faults = [] }: ReportData): Markup | undefined {
  if (faults.length === 0) return undefined;
  const rows = faults.slice(0, ROWS_MAX).map(
    ({ timeMs, text }) => markup`<tr><td class="number">${duration(timeMs)}</td>
<th scope="row">${text}</th></tr>\n`,
  );
  return markup`<table><thead><tr><th scope="col" class="number">At</th><th scope="col">What</th></tr></thead>
<tbody>${rows}</tbody></table>${leftOut(faults.length)}`;
}

/** Digests by which two runs are told to be the same. */
export function hashTable({ hashes }: ReportData): Markup | undefined {
  const entries = Object.entries(hashes);
  if (entries.length === 0) return undefined;
  const rows = entries.slice(0, ROWS_MAX).map(
    ([name, value]) => markup`<tr><th scope="row">${name}</th>
<td class="digest"><code>${value}</code></td></tr>\n`,
  );
  return markup`<table><thead><tr><th scope="col">Digest</th><th scope="col">Value</th></tr></thead>
<tbody>${rows}</tbody></table><p class="note">Equal digests: the same run, event for event.</p>`;
}

/** What went in: the command to copy, and all that it stands for. */
export function recipe(data: ReportData): Markup {
  const params = Object.entries(data.params).slice(0, ROWS_MAX);
  const settings = params.map(
    ([name, value]) => markup`<code class="chip">${name}=${String(value)}</code> `,
  );
  const codes: readonly (readonly [string, string | undefined])[] = [
    ['scenario', data.scenario],
    ['seed', data.seed],
    ['planted defect', data.plant],
    ['token', data.token],
    ['commit', data.commit],
  ];
  const rows = codes.flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [fact(name, markup`<code>${value}</code>`)],
  );
  if (params.length > 0) rows.push(fact('parameters', markup`${settings}`));
  return repeat('run', data.command, rows);
}

/** The command to copy, and what it stands for. */
export function repeat(what: string, command: string, facts: readonly Markup[]): Markup {
  return markup`<section class="recipe" aria-label="how to repeat this ${what}">
<p class="label">Repeat this ${what}</p>
<div class="command"><code id="command">${command}</code>
<button type="button" id="copy" hidden>Copy</button></div><dl class="facts">${facts}</dl></section>`;
}

export function fact(name: string, value: Markup): Markup {
  return markup`<div><dt>${name}</dt><dd>${value}</dd></div>\n`;
}

/** How many rows a table of at most ROWS_MAX does not show. */
export function leftOut(all: number): Markup | undefined {
  return all > ROWS_MAX
    ? markup`<p class="note">${count(all - ROWS_MAX, 'row')} more.</p>`
    : undefined;
}
