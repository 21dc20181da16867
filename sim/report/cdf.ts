// Durations as a cumulative distribution: how many of them are at most so long. Median and 99th percentile marked.
import { frozen } from '#core/base/frozen.ts';
import { quantile } from '../quantile.ts';
import { badText, crosshair, emptyChart, frame, labelWidth, PLOT } from './chart.ts';
import type { Latencies } from './data.ts';
import { type Markup, markup } from './escape.ts';
import { amount, clip, count, duration } from './format.ts';
import { POINTS_MAX } from './limits.ts';
import { isDrawable, type Scale, scaleOf } from './scale.ts';

const MARKS = frozen([
  { share: 0.5, name: 'p50' },
  { share: 0.99, name: 'p99' },
]);

/** A chart of how durations are distributed. */
export function distributionChart({ name, valuesMs, threshold }: Latencies): Markup {
  const sorted = valuesMs
    .filter((value) => isDrawable(value) && value >= 0)
    .toSorted((a, b) => a - b);
  const dropped = valuesMs.length - sorted.length;
  const most = sorted.at(-1);
  if (most === undefined) return emptyChart(name, 'no values');
  const limit = threshold !== undefined && isDrawable(threshold.value) ? threshold.value : 0;
  const x = scaleOf([0, Math.max(most, 1.05 * limit)], [PLOT.left, PLOT.right], 6);
  const y = scaleOf([0, 1], [PLOT.bottom, PLOT.top], 5);
  const marks = MARKS.map(({ share, name: mark }) => ({
    share,
    text: `${mark} ${duration(quantile(sorted, share))}`,
    at: quantile(sorted, share),
  }));
  const steps = stepsOf(sorted);
  const way = steps.map(([value, share]) => markup`${x.at(value)},${y.at(share)} `);
  const readings = steps
    .map(([value, share]) => `${duration(value)}|${amount(share * 100)} % at most`)
    .join('|');
  const caption = [count(sorted.length, 'value'), ...marks.map(({ text }) => text)];
  caption.push(`longest ${duration(most)}`);
  const bad = badText(sorted, threshold, 'value');
  if (bad !== undefined) caption.push(bad);
  if (dropped > 0) caption.push(`${count(dropped, 'value')} not drawable`);
  return markup`<figure class="chart"><svg viewBox="0 0 520 ${PLOT.height}" role="img"
 aria-label="${name}: ${caption.join(', ')}" data-readings="${readings}">
${frame(`${name}, share at most so long`, x, y, amount, (share) => `${amount(share * 100)} %`)}
<text class="tick" x="${PLOT.right}" y="${PLOT.height - 6}" text-anchor="end">ms</text>
${threshold && limit > 0 ? wall(x.at(limit), threshold.label, threshold.bad) : undefined}
<polyline class="curve" points="${way}"/>${marks.map((mark) => markOf(mark, x, y))}${crosshair()}</svg>
<figcaption>${caption.join(' · ')}</figcaption></figure>`;
}

/** Corners of the staircase; of many values only as many as can be seen. */
function stepsOf(sorted: readonly number[]): readonly (readonly [value: number, share: number])[] {
  const steps: (readonly [number, number])[] = [[sorted[0] as number, 0]];
  const stairs = Math.min(sorted.length, POINTS_MAX / 2);
  for (let i = 1; i <= stairs; i++) {
    const share = i / stairs;
    const value = quantile(sorted, share);
    steps.push([value, (steps.at(-1) as readonly [number, number])[1]], [value, share]);
  }
  return steps;
}

function markOf(
  { at, share, text }: { readonly at: number; readonly share: number; readonly text: string },
  x: Scale,
  y: Scale,
): Markup {
  const px = x.at(at);
  const py = y.at(share);
  const isRight = px + 10 + labelWidth(text) > PLOT.right;
  const textAt = share > 0.9 ? py + 17 : py + 5;
  return markup`<path class="drop" d="M${px} ${py}V${PLOT.bottom}"/><circle class="mark" cx="${px}" cy="${py}" r="4"/>
<text class="limit strong" x="${isRight ? px - 9 : px + 9}" y="${textAt}"
 text-anchor="${isRight ? 'end' : 'start'}">${text}</text>`;
}

function wall(at: number, label: string, bad: 'above' | 'below' | undefined): Markup {
  const edge = bad === 'above' ? PLOT.right : PLOT.left;
  const text = clip(label, 24);
  const isRight = at + 6 + labelWidth(text) > PLOT.right;
  const shade =
    bad &&
    markup`<rect class="forbidden" x="${Math.min(at, edge)}" y="${PLOT.top}"
 width="${Math.abs(edge - at)}" height="${PLOT.bottom - PLOT.top}"/>`;
  return markup`${shade}<path class="threshold" d="M${at} ${PLOT.top}V${PLOT.bottom}"/>
<text class="limit" x="${isRight ? at - 6 : at + 6}" y="${PLOT.bottom - 8}"
 text-anchor="${isRight ? 'end' : 'start'}">${text}</text>`;
}
