// The page about many runs: banner, how to repeat it, a chart for each metric, every figure, every assertion.

import { documentOf, type Section, sectionOf } from './document.ts';
import { type Markup, markup } from './escape.ts';
import { amount, count } from './format.ts';
import { CURVES_MAX, curveKey, intervalChart, meanText } from './intervals.ts';
import { CHARTS_MAX, ROWS_MAX } from './limits.ts';
import type { Mean, SweepData, SweepMetric, SweepValue } from './sweep-data.ts';
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
      [amount(data.points.length), data.points.length === 1 ? 'grid point' : 'grid points'],
    ],
  });
  const facts = data.facts.map(([name, text]) => fact(name, markup`<code>${text}</code>`));
  const word = faults.length === 0 ? 'Held' : 'Broken';
  return documentOf(
    `${word}: ${data.title}`,
    markup`<p class="label">SPN sweep report</p><h1>${data.title}</h1><p class="about">${data.about}</p>
${head}${repeat('sweep', data.command, facts)}`,
    sections,
    markup`${sections.map(sectionOf)}`,
    'Times are virtual unless said otherwise.',
  );
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
  const key = data.axis === undefined && data.points.length > 1 ? pointKey(data) : undefined;
  return markup`${curveKey(data.points)}<div class="charts">${drawn.slice(0, CHARTS_MAX)}</div>
${key}<p class="note">${notes.join(' ')}</p>`;
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

/** Points below one another, metrics beside one another; those that never vary were named. */
function figureTable(data: SweepData): Markup | undefined {
  const metrics = data.metrics.filter((metric) => !isConstant(metric));
  if (metrics.length === 0) return undefined;
  const isCompared = data.points.length > 1;
  const note =
    'Mean and 95 % interval, the least and the most of any run; at the right how many runs.' +
    (isCompared
      ? ' Below, in brackets: what it is more than at the first point, as the mean of differences seed by seed; ' +
        'bold where the interval of that leaves out zero.'
      : '');
  const heads = metrics.map(
    ({ name, unit }) =>
      markup`<th scope="col" class="number">${name}<span class="range">${unit}</span></th>\n`,
  );
  const rows = data.points.slice(0, ROWS_MAX).map(({ label }, i) => {
    const runs = Math.max(0, ...metrics.map(({ values }) => values[i]?.n ?? 0));
    return markup`<tr><th scope="row">${label}</th>${metrics.map(({ values }) => cell(values[i]))}
<td class="number">${amount(runs)}</td></tr>\n`;
  });
  return markup`<div class="scroll"><table class="figures"><thead><tr><th scope="col">Grid point</th>
${heads}<th scope="col" class="number">Runs</th></tr></thead><tbody>${rows}</tbody></table></div>
${leftOut(data.points.length)}<p class="note">${note}</p>`;
}

function cell(value: SweepValue | undefined): Markup {
  if (value === undefined) return markup`<td class="number">–</td>`;
  const { againstFirst, min, max } = value;
  const range =
    min === max ? undefined : markup`<span class="range">${amount(min)} to ${amount(max)}</span>`;
  const difference =
    againstFirst &&
    markup`<span class="range ${isSure(againstFirst) ? 'sure' : ''}">(${meanText(againstFirst, '')})</span>`;
  return markup`<td class="number">${meanText(value, '')}${range}${difference}</td>\n`;
}

/** The interval leaves out zero. */
function isSure({ mean, halfWidth }: Mean): boolean {
  return halfWidth !== null && Math.abs(mean) > halfWidth;
}

function assertionTable({ assertions }: SweepData): Markup | undefined {
  if (assertions.length === 0) return undefined;
  const sorted = assertions.toSorted((a, b) => Number(a.ok) - Number(b.ok));
  const rows = sorted.slice(0, ROWS_MAX).map(
    ({ name, kind, ok, runs, failed, command }) => markup`<tr class="${ok ? 'ok' : 'failed'}">
<td><span class="pill ${ok ? 'good' : 'bad'}">${ok ? 'holds' : 'FAILS'}</span></td><th scope="row">${name}</th>
<td>${kind}</td><td class="number">${failed === 0 ? 'in all' : `not in ${amount(failed)} of`} ${amount(runs)}</td>
<td class="wide">${command === '' ? undefined : markup`<code>${command}</code>`}</td></tr>\n`,
  );
  return markup`<div class="scroll"><table><thead><tr><th scope="col">Result</th><th scope="col">Assertion</th>
<th scope="col">Kind</th><th scope="col" class="number">Runs</th><th scope="col">The first that failed</th></tr></thead>
<tbody>${rows}</tbody></table></div>${leftOut(assertions.length)}`;
}
