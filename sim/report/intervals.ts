// Means with their intervals, one chart a metric: along a parameter, a curve for each choice of the others.
import { frozen } from '#core/base/frozen.ts';
import { frame, PLOT } from './chart.ts';
import { type Markup, markup } from './escape.ts';
import { amount, clip, quantity } from './format.ts';
import { isDrawable, type Scale, scaleOf } from './scale.ts';
import type { Mean, SweepData, SweepMetric, SweepPoint, SweepValue } from './sweep-data.ts';

/** Curves told apart by colour and mark. */
export const CURVES_MAX = 5;
/** Neighbouring curves stand this far apart, so that their intervals do not hide each other. */
const APART = 5;
/** Half the width of an interval's ends. */
const CAP = 4;
/** Marks of at most about 4 units to each side of their place. */
const SPOTS = frozen([
  'm-3.6 0a3.6 3.6 0 1 0 7.2 0a3.6 3.6 0 1 0-7.2 0z',
  'm-3.3-3.3h6.6v6.6h-6.6z',
  'm0-4.4l4.4 4.4l-4.4 4.4l-4.4-4.4z',
  'm0-4.2l4.2 7.4h-8.4z',
  'm0 4.2l4.2-7.4h-8.4z',
]);

type Placed = {
  readonly point: SweepPoint;
  readonly value: SweepValue;
  readonly x: number;
};

/** The curves of a sweep by name, as far as they are drawn. */
function curvesOf(points: readonly SweepPoint[]): readonly string[] {
  return [...new Set(points.map(({ curve }) => curve))].slice(0, CURVES_MAX);
}

/** Which mark is which curve; undefined when there is one. */
export function curveKey(points: readonly SweepPoint[]): Markup | undefined {
  const curves = curvesOf(points);
  if (curves.length < 2) return undefined;
  const rows = curves.map(
    (
      name,
      i,
    ) => markup`<li><svg class="sample tone-${i + 1}" viewBox="-8 -8 16 16" aria-hidden="true">
<path class="spot" d="M0 0${SPOTS[i]}"/></svg>${name}</li>\n`,
  );
  return markup`<ul class="key">${rows}</ul>`;
}

/** A metric whose runs differ, drawn; undefined when there is nothing to draw. */
export function intervalChart(
  { points, axis }: Pick<SweepData, 'points' | 'axis'>,
  { name, unit, values }: SweepMetric,
): Markup | undefined {
  const curves = curvesOf(points);
  const sound = points.flatMap((point, i) => {
    const value = values[i];
    const isSound = value !== undefined && ends(value).every(isDrawable) && isDrawable(point.x);
    return isSound && curves.includes(point.curve) ? [{ point, value }] : [];
  });
  if (sound.length === 0) return undefined;
  const x = xScale(
    sound.map(({ point }) => point.x),
    axis !== undefined,
  );
  const y = yScale(sound.flatMap(({ value }) => ends(value)));
  const drawn = curves.map((curve, i) => {
    const dodge = (i - (curves.length - 1) / 2) * APART;
    const placed = sound
      .filter(({ point }) => point.curve === curve)
      .map(({ point, value }) => ({ point, value, x: x.at(point.x) + dodge }))
      .toSorted((a, b) => a.x - b.x);
    return curveOf(placed, i, y, axis !== undefined, unit);
  });
  const heading = unit === '' ? name : `${name}, ${unit}`;
  const below = axis === undefined ? 'grid point' : axisText(axis);
  return markup`<figure class="chart"><svg viewBox="0 0 520 ${PLOT.height}" role="img"
 aria-label="${heading}: means over seeds with 95 % intervals, along ${below}">
${frame(heading, x, y, short, textOf(y.ticks))}
<text class="tick" x="${PLOT.right}" y="${PLOT.height - 6}" text-anchor="end">${clip(below, 40)}</text>
${drawn}</svg></figure>`;
}

/** '12.3 ± 0.4 ms' */
export function meanText({ mean, halfWidth }: Mean, unit: string): string {
  return quantity(mean, halfWidth === null ? unit : `± ${quantity(halfWidth, unit)}`);
}

function axisText({ name, unit }: { readonly name: string; readonly unit: string }): string {
  return unit === '' ? name : `${name}, ${unit}`;
}

function ends({ mean, halfWidth }: SweepValue): readonly number[] {
  return [mean - (halfWidth ?? 0), mean + (halfWidth ?? 0)];
}

function curveOf(
  placed: readonly Placed[],
  i: number,
  y: Scale,
  isJoined: boolean,
  unit: string,
): Markup {
  const way = placed.map(({ x, value }) => markup`${x},${y.at(value.mean)} `);
  const marks = placed.map(({ point, value, x }) => {
    const at = y.at(value.mean);
    const [low = 0, high = 0] = ends(value).map(y.at);
    const cap = (y: number): Markup => markup`M${x - CAP} ${y}h${2 * CAP}`;
    const bar =
      value.halfWidth === null
        ? undefined
        : markup`<path class="whisker" d="M${x} ${low}V${high}${cap(low)}${cap(high)}"/>`;
    return markup`<g class="point"><title>${point.label}: ${meanText(value, unit)}, ${amount(value.n)} runs</title>
${bar}<path class="spot" d="M${x} ${at}${SPOTS[i]}"/></g>\n`;
  });
  const line =
    isJoined && placed.length > 1 ? markup`<polyline class="means" points="${way}"/>` : undefined;
  return markup`<g class="tone-${i + 1}">${line}\n${marks}</g>`;
}

/** With room beside the outermost places; without an axis, places have their number. */
function xScale(places: readonly number[], isAxis: boolean): Scale {
  const low = places.reduce((a, b) => Math.min(a, b));
  const high = places.reduce((a, b) => Math.max(a, b));
  const room = isAxis ? 14 : (PLOT.right - PLOT.left) / (2 * (high - low + 1));
  const span: readonly [number, number] = [PLOT.left + room, PLOT.right - room];
  if (isAxis && high > low) return scaleOf([low, high], span, 6);
  const at = (value: number): number =>
    high > low
      ? span[0] + ((value - low) / (high - low)) * (span[1] - span[0])
      : (span[0] + span[1]) / 2;
  const few = places.length <= 12 ? [...new Set(places)] : [low, high];
  return { low, high, ticks: few, at };
}

/** From zero where that is not far below; a constant stands between zero and itself. */
function yScale(values: readonly number[]): Scale {
  const low = values.reduce((a, b) => Math.min(a, b));
  const high = values.reduce((a, b) => Math.max(a, b));
  const isNear = low >= 0 && (low <= 0.4 * high || low === high);
  return scaleOf(
    [isNear ? 0 : low, high === 0 && low === 0 ? 1 : high],
    [PLOT.bottom, PLOT.top],
    4,
  );
}

/** How marks are written: with as many digits as it takes to tell them apart. */
function textOf(ticks: readonly number[]): (value: number) => string {
  const isApart = (text: (value: number) => string): boolean =>
    new Set(ticks.map(text)).size === ticks.length;
  let digits = 0;
  const exact = (value: number): string => value.toFixed(digits);
  if (isApart(short)) return short;
  while (!isApart(exact) && digits < 9) digits += 1;
  return exact;
}

/** '250', '40 000', '1.2 M': it fits beside an axis. */
function short(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e9) return `${amount(value / 1e9)} G`;
  return size >= 1e6 ? `${amount(value / 1e6)} M` : amount(value);
}
