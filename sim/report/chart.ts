// One curve in one frame: axes with round marks, a threshold with its wrong side shaded, a caption that says in
// words what the curve shows. Line charts and distributions share the frame.
import type { Series, Threshold } from './data.ts';
import { type Markup, markup } from './escape.ts';
import { amount, clip, count, duration, emsOf, quantity } from './format.ts';
import { POINTS_MAX } from './limits.ts';
import { isDrawable, type Scale, scaleOf, thin } from './scale.ts';

/** The inside of every chart, in user units. */
export const PLOT: {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly height: number;
} = Object.freeze({ left: 54, right: 506, top: 30, bottom: 186, height: 226 });

type Point = readonly [timeMs: number, value: number];

/** A chart of a value over virtual time. */
export function seriesChart({ name, unit, points, threshold }: Series): Markup {
  const sound = points
    .filter(([timeMs, value]) => isDrawable(timeMs) && isDrawable(value))
    .toSorted(([a], [b]) => a - b);
  const dropped = points.length - sound.length;
  if (sound.length === 0) return emptyChart(name, 'no points');
  const drawn = thin<Point>(sound, POINTS_MAX);
  const { x, y } = scalesOf(sound, threshold);
  const way = drawn.map(([timeMs, value]) => markup`${x.at(timeMs)},${y.at(value)} `);
  const [first, last] = [drawn[0] as Point, drawn.at(-1) as Point];
  const base = y.at(Math.max(0, y.low));
  const plainUnit = unit.replaceAll('|', ' ');
  const readings = drawn
    .map(([t, value]) => `${duration(t)}|${quantity(value, plainUnit)}`)
    .join('|');
  const heading = unit === '' ? name : `${name}, ${unit}`;
  const caption = [...captionOf(sound, unit, threshold)];
  if (dropped > 0) caption.push(`${count(dropped, 'point')} not drawable`);
  return markup`<figure class="chart"><svg viewBox="0 0 520 ${PLOT.height}" role="img"
 aria-label="${heading}: ${caption.join(', ')}" data-readings="${readings}">
${frame(heading, x, y, (t) => (x.high >= 2000 ? amount(t / 1000) : amount(t)), amount)}
<text class="tick" x="${PLOT.right}" y="${PLOT.height - 6}"
 text-anchor="end">virtual ${x.high >= 2000 ? 's' : 'ms'}</text>
<polygon class="area" points="${x.at(first[0])},${base} ${way}${x.at(last[0])},${base}"/>
${threshold && level(threshold, y)}<polyline class="curve" points="${way}"/>${crosshair()}</svg>
<figcaption>${caption.join(' · ')}</figcaption></figure>`;
}

/** Axes, marks and the heading. */
export function frame(
  heading: string,
  x: Scale,
  y: Scale,
  xText: (value: number) => string,
  yText: (value: number) => string,
): Markup {
  const rows = y.ticks.map(
    (value) => markup`<path class="grid" d="M${PLOT.left} ${y.at(value)}H${PLOT.right}"/>
<text class="tick" x="${PLOT.left - 8}" y="${y.at(value) + 4}" text-anchor="end">${yText(value)}</text>\n`,
  );
  const columns = x.ticks.map(
    (value) => markup`<path class="grid" d="M${x.at(value)} ${PLOT.bottom}v4"/>
<text class="tick" x="${x.at(value)}" y="${PLOT.bottom + 18}" text-anchor="middle">${xText(value)}</text>\n`,
  );
  return markup`<text class="heading" x="0" y="14">${clip(heading, 38)}</text>
${rows}${columns}<path class="axis" d="M${PLOT.left} ${y.at(Math.max(0, y.low))}H${PLOT.right}"/>`;
}

/** Where there is nothing to draw. */
export function emptyChart(name: string, why: string): Markup {
  return markup`<figure class="chart empty"><p class="heading">${name}</p><p>${why}</p></figure>`;
}

/** What the pointer moves; hidden until it does. */
export function crosshair(): Markup {
  return markup`<g class="cross" visibility="hidden"><path class="hair" d="M0 ${PLOT.top}V${PLOT.bottom}"/>
<circle r="4"/><text class="reading" x="${PLOT.right}" y="14" text-anchor="end"></text></g>`;
}

/** True when a value lies where the threshold forbids. */
function isBad(value: number, { value: limit, bad }: Threshold): boolean {
  return (bad === 'above' && value > limit) || (bad === 'below' && value < limit);
}

/** 'above the threshold at 0 of 120 points'; undefined when neither side is bad. */
export function badText(
  values: readonly number[],
  threshold: Threshold | undefined,
  one: string,
): string | undefined {
  if (threshold?.bad === undefined) return undefined;
  const bad = values.filter((value) => isBad(value, threshold)).length;
  return `${threshold.bad} the threshold at ${amount(bad)} of ${count(values.length, one)}`;
}

function scalesOf(
  points: readonly Point[],
  threshold: Threshold | undefined,
): { readonly x: Scale; readonly y: Scale } {
  const values = points.map(([, value]) => value);
  if (threshold !== undefined && isDrawable(threshold.value)) {
    const room = threshold.bad === 'above' ? 1.08 : 1;
    values.push(threshold.value * room);
  }
  const low = values.reduce((a, b) => Math.min(a, b), 0);
  const high = values.reduce((a, b) => Math.max(a, b), low);
  const start = (points[0] as Point)[0];
  const end = (points.at(-1) as Point)[0];
  return {
    x: scaleOf([Math.min(0, start), end], [PLOT.left, PLOT.right], 6),
    y: scaleOf([low, high], [PLOT.bottom, PLOT.top], 4),
  };
}

function level(threshold: Threshold, y: Scale): Markup | undefined {
  const { value, label, bad } = threshold;
  if (!isDrawable(value)) return undefined;
  const at = y.at(value);
  const edge = bad === 'above' ? PLOT.top : PLOT.bottom;
  const shade =
    bad &&
    markup`<rect class="forbidden" x="${PLOT.left}" y="${Math.min(at, edge)}"
 width="${PLOT.right - PLOT.left}" height="${Math.abs(edge - at)}"/>`;
  const text = clip(label, 30);
  const under = at < PLOT.top + 14;
  return markup`${shade}<path class="threshold" d="M${PLOT.left} ${at}H${PLOT.right}"/>
<text class="limit" x="${PLOT.right - 4}" y="${under ? at + 14 : at - 5}" text-anchor="end">${text}</text>`;
}

function captionOf(
  points: readonly Point[],
  unit: string,
  threshold: Threshold | undefined,
): readonly string[] {
  const values = points.map(([, value]) => value);
  const least = values.reduce((a, b) => Math.min(a, b));
  const most = values.reduce((a, b) => Math.max(a, b));
  const mean = values.reduce((sum, value) => sum + value / values.length, 0);
  return [
    `mean ${quantity(mean, unit)}`,
    `${amount(least)} to ${quantity(most, unit)}`,
    badText(values, threshold, 'point') ?? '',
  ].filter((part) => part !== '');
}

/** The horizontal room a label needs at the size of a chart's small text. */
export function labelWidth(text: string): number {
  return emsOf(text) * 11;
}
