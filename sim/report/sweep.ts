// The page about many runs: banner, how to repeat it, a chart for each metric, every figure, every assertion.
import { type Markup, markup } from './escape.ts';
import { amount, count } from './format.ts';
import { CURVES_MAX, curveKey, intervalChart, meanText } from './intervals.ts';
import { CHARTS_MAX, ROWS_MAX } from './limits.ts';
import { contents, documentOf, type Section, section } from './page.ts';
import type { Mean, SweepData, SweepMetric } from './sweep-data.ts';
import { fact, leftOut, repeat } from './tables.ts';
import { banner } from './verdict.ts';

export type { SweepData } from './sweep-data.ts';

/** A sweep as one HTML file that opens from disk. The same data gives the same octets. */
export function renderSweep(data: SweepData): string {
  const faults = faultsOf(data);
  const sections: readonly Section[] = [
    { id: 'charts', title: 'Metrics', body: charts(data) },
    { id: 'assertions', title: 'Assertions', body: assertionTable(data) },
    { id: 'figures', title: 'Figures', body: figureTable(data) },
  ];
  const good = data.assertions.filter(({ ok }) => ok).length;
  const share = faults.length === 0 ? 'all hold' : `${amount(good)} hold`;
  const words =
    data.points.length > 1
      ? 'The same seeds at every grid point, so that points are compared seed by seed.'
      : 'One grid point.';
  const head = banner({
    tally: `${count(data.assertions.length, 'assertion')}, ${share}`,
    words: markup`<p>${words}</p>`,
    faults,
    figures: [
      [amount(data.runs), 'runs'],
      [amount(data.points.length), 'grid points'],
    ],
  });
  const facts = data.facts.map(([name, text]) => fact(name, markup`<code>${text}</code>`));
  return documentOf(data, {
    label: 'SPN sweep report',
    held: faults.length === 0,
    head: markup`${head}${repeat('sweep', data.command, facts)}`,
    contents: contents(sections),
    main: markup`${sections.map(section)}`,
  });
}

function faultsOf({ assertions, faults }: SweepData): readonly string[] {
  const failed = assertions
    .filter(({ ok }) => !ok)
    .map(
      ({ name, failed, runs }) => `${name}: failed in ${amount(failed)} of ${count(runs, 'run')}`,
    );
  const none = assertions.length === 0 ? ['nothing was asserted'] : [];
  return [...failed, ...faults, ...none];
}

function charts(data: SweepData): Markup | undefined {
  const varying = data.metrics.filter((metric) => !isConstant(metric));
  const constant = data.metrics.filter(isConstant);
  const drawn = varying.flatMap((metric) => intervalChart(data, metric) ?? []);
  const curves = new Set(data.points.map(({ curve }) => curve)).size;
  const notes = [
    'Means over seeds, with 95 % intervals of the mean (Student’s t).',
    ...(drawn.length > CHARTS_MAX ? [`${count(drawn.length - CHARTS_MAX, 'chart')} more.`] : []),
    ...(curves > CURVES_MAX
      ? [`${count(curves - CURVES_MAX, 'curve')} more; see the figures.`]
      : []),
    ...(constant.length === 0
      ? []
      : [`The same in every run: ${constant.map(constantText).join(', ')}.`]),
  ];
  if (data.metrics.length === 0) return undefined;
  return markup`${curveKey(data.points)}<div class="charts">${drawn.slice(0, CHARTS_MAX)}</div>
${data.axis === undefined && data.points.length > 1 ? pointKey(data) : undefined}<p class="note">${notes.join(' ')}</p>`;
}

/** What the numbers of grid points stand for, where no axis says it. */
function pointKey({ points }: SweepData): Markup {
  const rows = points
    .slice(0, ROWS_MAX)
    .map(({ label }, i) => markup`<li><strong>${amount(i + 1)}</strong> ${label}</li>\n`);
  return markup`<ul class="key">${rows}</ul>`;
}

function isConstant({ values }: SweepMetric): boolean {
  const [first] = values.filter((value) => value !== undefined);
  return values.every(
    (value) => value === undefined || (value.min === first?.min && value.max === first.min),
  );
}

function constantText({ name, unit, values }: SweepMetric): string {
  const value = values.find((one) => one !== undefined)?.mean ?? Number.NaN;
  return `${name} ${amount(value)}${unit === '' ? '' : ` ${unit}`}`;
}

function figureTable({ metrics, points }: SweepData): Markup | undefined {
  const isCompared = points.length > 1;
  const all = metrics.flatMap(({ name, unit, values }) =>
    points.flatMap(({ label }, i) => {
      const value = values[i];
      if (value === undefined) return [];
      const difference = value.againstFirst;
      const last = isCompared
        ? markup`<td class="number ${isSure(difference) ? 'sure' : ''}">${difference && meanText(difference, '')}</td>`
        : undefined;
      return [
        markup`<tr><th scope="row">${name}</th><td>${label}</td><td class="number">${amount(value.n)}</td>
<td class="number" title="${String(value.mean)}">${meanText(value, '')}</td><td class="number">${amount(value.min)}</td>
<td class="number">${amount(value.max)}</td>${last}<td>${unit}</td></tr>\n`,
      ];
    }),
  );
  if (all.length === 0) return undefined;
  const head = isCompared
    ? markup`<th scope="col" class="number">Less the first point</th>`
    : undefined;
  return markup`<div class="scroll"><table><thead><tr><th scope="col">Metric</th><th scope="col">Grid point</th>
<th scope="col" class="number">Runs</th><th scope="col" class="number">Mean</th><th scope="col" class="number">Least</th>
<th scope="col" class="number">Most</th>${head}<th scope="col">Unit</th></tr></thead><tbody>${all.slice(0, ROWS_MAX)}</tbody></table></div>
${leftOut(all.length)}${isCompared ? markup`<p class="note">A difference is the mean of differences seed by seed; bold where its interval leaves out zero.</p>` : undefined}`;
}

/** The interval leaves out zero. */
function isSure(difference: Mean | undefined): boolean {
  if (difference === undefined || difference.halfWidth === null) return false;
  return Math.abs(difference.mean) > difference.halfWidth;
}

function assertionTable({ assertions }: SweepData): Markup | undefined {
  if (assertions.length === 0) return undefined;
  const sorted = assertions.toSorted((a, b) => Number(a.ok) - Number(b.ok));
  const rows = sorted.slice(0, ROWS_MAX).map(
    ({ name, kind, ok, runs, failed, command }) => markup`<tr class="${ok ? 'ok' : 'failed'}">
<td><span class="pill ${ok ? 'good' : 'bad'}">${ok ? 'holds' : 'FAILS'}</span></td><th scope="row">${name}</th>
<td>${kind}</td><td>${failed === 0 ? `in all ${amount(runs)}` : `not in ${amount(failed)} of ${amount(runs)}`}</td>
<td class="wide">${command === '' ? undefined : markup`<code>${command}</code>`}</td></tr>\n`,
  );
  return markup`<div class="scroll"><table><thead><tr><th scope="col">Result</th><th scope="col">Assertion</th>
<th scope="col">Kind</th><th scope="col">Runs</th><th scope="col">The first that failed</th></tr></thead>
<tbody>${rows}</tbody></table></div>${leftOut(assertions.length)}`;
}
