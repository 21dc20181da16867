// The document: head, banner, sections in the order a reader asks for them.
import { sha256 } from '@noble/hashes/sha2.js';
import { distributionChart } from './cdf.ts';
import { seriesChart } from './chart.ts';
import type { ReportData } from './data.ts';
import { type Markup, markup, trusted } from './escape.ts';
import { count } from './format.ts';
import { CHARTS_MAX } from './limits.ts';
import { matrixTable } from './matrix.ts';
import { SCRIPT } from './script.ts';
import { sequenceFigure } from './sequence.ts';
import { STYLE } from './style.ts';
import { assertionTable, hashTable, metricTable, recipe } from './tables.ts';
import { topologyFigure } from './topology.ts';
import { faultsOf, verdictBanner } from './verdict.ts';

/** A part of a page; left out when there is nothing to say. */
export type Section = {
  readonly id: string;
  readonly title: string;
  readonly body: Markup | undefined;
};

/**
 * One run as one HTML file that needs nothing else: it opens from disk, without network, and without script too.
 * The same data gives the same octets.
 */
export function renderReport(data: ReportData): string {
  const main: readonly Section[] = [
    { id: 'who-sees-what', title: 'Who sees what', body: matrixTable(data.whoSeesWhat) },
    { id: 'topology', title: 'Topology', body: topologyFigure(data.topology) },
    { id: 'sequence', title: 'Sequence', body: sequenceFigure(data) },
    { id: 'charts', title: 'Throughput and latency', body: charts(data) },
    { id: 'assertions', title: 'Assertions', body: assertionTable(data) },
  ];
  const tail: readonly Section[] = [
    { id: 'metrics', title: 'Metrics', body: metricTable(data) },
    { id: 'hashes', title: 'Digests', body: hashTable(data) },
  ];
  return documentOf(data, {
    label: 'SPN run report',
    held: faultsOf(data).length === 0,
    head: markup`${verdictBanner(data)}${recipe(data)}`,
    contents: contents([...main, ...tail]),
    main: markup`${main.map(section)}<div class="pair">${tail.map(section)}</div>`,
  });
}

/** A whole page. Its policy lets only this folder's style and script in, by their hashes. */
export function documentOf(
  { title, about }: { readonly title: string; readonly about: string },
  parts: {
    readonly label: string;
    readonly held: boolean;
    readonly head: Markup;
    readonly contents: Markup;
    readonly main: Markup;
  },
): string {
  return markup`${trusted('<!doctype html>')}
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${parts.held ? 'Held' : 'Broken'}: ${title}</title>
<style>${trusted(STYLE)}</style></head><body>
<header><p class="label">${parts.label}</p><h1>${title}</h1><p class="about">${about}</p>
${parts.head}</header>
${parts.contents}
<main>${parts.main}</main>
<footer><p>Times are virtual unless said otherwise. This file needs no network and no other file.</p></footer>
<script>${trusted(SCRIPT)}</script></body></html>
`.html;
}

const POLICY: string = [
  "default-src 'none'",
  `style-src '${hashOf(STYLE)}'`,
  `script-src '${hashOf(SCRIPT)}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** A source expression of the Content Security Policy (CSP Level 3, section 2.3.1). */
function hashOf(source: string): string {
  return `sha256-${sha256(new TextEncoder().encode(source)).toBase64()}`;
}

export function section({ id, title, body }: Section): Markup | undefined {
  if (body === undefined) return undefined;
  return markup`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>
${body}</section>\n`;
}

export function contents(sections: readonly Section[]): Markup {
  const links = sections.flatMap(({ id, title, body }) =>
    body === undefined ? [] : [markup`<li><a href="#${id}">${title}</a></li>`],
  );
  return markup`<nav aria-label="sections"><ul>${links}</ul></nav>`;
}

function charts({ series, latencies }: ReportData): Markup | undefined {
  if (series.length + latencies.length === 0) return undefined;
  const over = [series, latencies].map((list) => Math.max(0, list.length - CHARTS_MAX));
  const rest = over.reduce((sum, more) => sum + more, 0);
  return markup`<div class="charts">${series.slice(0, CHARTS_MAX).map(seriesChart)}
${latencies.slice(0, CHARTS_MAX).map(distributionChart)}</div>
${rest > 0 ? markup`<p class="note">${count(rest, 'chart')} more.</p>` : undefined}`;
}
