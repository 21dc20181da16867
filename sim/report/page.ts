// The page about a run: banner, and sections in the order a reader asks for them.
import { distributionChart } from './cdf.ts';
import { seriesChart } from './chart.ts';
import type { ReportData } from './data.ts';
import { documentOf, type Section, sectionOf } from './document.ts';
import { type Markup, markup } from './escape.ts';
import { count } from './format.ts';
import { CHARTS_MAX } from './limits.ts';
import { matrixTable } from './matrix.ts';
import { sequenceFigure } from './sequence.ts';
import { assertionTable, faultTable, hashTable, metricTable, recipe } from './tables.ts';
import { topologyFigure } from './topology.ts';
import { faultsOf, verdictBanner } from './verdict.ts';

/**
 * One run as one HTML file that needs nothing else: it opens from disk, without network, and without script too.
 * The same data gives the same octets.
 */
export function renderReport(data: ReportData): string {
  const main: readonly Section[] = [
    { id: 'who-sees-what', title: 'Who sees what', body: matrixTable(data.whoSeesWhat) },
    { id: 'topology', title: 'Topology', body: topologyFigure(data.topology) },
    { id: 'sequence', title: 'Sequence', body: sequenceFigure(data) },
    { id: 'faults', title: 'What went wrong', body: faultTable(data) },
    { id: 'charts', title: 'Throughput and latency', body: charts(data) },
    { id: 'assertions', title: 'Assertions', body: assertionTable(data) },
  ];
  const tail: readonly Section[] = [
    { id: 'metrics', title: 'Metrics', body: metricTable(data) },
    { id: 'hashes', title: 'Digests', body: hashTable(data) },
  ];
  const word = faultsOf(data).length === 0 ? 'Held' : 'Broken';
  return documentOf(
    `${word}: ${data.title}`,
    markup`<p class="label">SPN run report</p><h1>${data.title}</h1><p class="about">${data.about}</p>
${verdictBanner(data)}${recipe(data)}`,
    [...main, ...tail],
    markup`${main.map(sectionOf)}<div class="pair">${tail.map(sectionOf)}</div>`,
    'Times are virtual unless said otherwise.',
  );
}

function charts({ series, latencies }: ReportData): Markup | undefined {
  if (series.length + latencies.length === 0) return undefined;
  const over = [series, latencies].map((list) => Math.max(0, list.length - CHARTS_MAX));
  const rest = over.reduce((sum, more) => sum + more, 0);
  return markup`<div class="charts">${series.slice(0, CHARTS_MAX).map(seriesChart)}
${latencies.slice(0, CHARTS_MAX).map(distributionChart)}</div>
${rest > 0 ? markup`<p class="note">${count(rest, 'chart')} more.</p>` : undefined}`;
}
