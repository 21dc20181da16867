// A formula's curve, and what was measured of it: points with their intervals, or a line where they follow closely.
import { crosshair, emptyChart, frame, labelWidth, PLOT } from './chart.ts';
import { type Markup, markup } from './escape.ts';
import { amount, count, quantity } from './format.ts';
import { POINTS_MAX } from './limits.ts';
import { isDrawable, type Scale, scaleOf, thin } from './scale.ts';

type Axis = { readonly name: string; readonly unit: string };
type Point = readonly [x: number, y: number];

export type Comparison = {
  readonly x: Axis;
  readonly y: Axis;
  readonly formula: readonly Point[];
  readonly measured: readonly Point[];
  /** Half of each point's 95 % interval; empty where nothing is left to chance. */
  readonly halfWidths: readonly number[];
  /** Whether what was measured goes on between its points. */
  readonly isLine?: true;
};

/** Points that are drawn small because they are many. */
const CROWD = 30;

export function comparisonChart(comparison: Comparison): Markup {
  const { x: across, y: up, halfWidths, isLine } = comparison;
  const sound = (points: readonly Point[]): readonly Point[] =>
    points.filter((point) => point.every(isDrawable));
  const formula = thin(sound(comparison.formula), POINTS_MAX);
  const measured = thin(sound(comparison.measured), POINTS_MAX);
  const name = nameOf(up);
  if (formula.length === 0 || measured.length === 0) return emptyChart(name, 'no points');
  const x = span(
    [...formula, ...measured].map(([value]) => value),
    [PLOT.left, PLOT.right],
    6,
  );
  const ends = measured.flatMap(([, value], i) => {
    const half = halfWidths[i] ?? 0;
    return [value - half, value + half];
  });
  const y = span([...formula.map(([, value]) => value), ...ends], [PLOT.bottom, PLOT.top], 4);
  const way = (points: readonly Point[]): readonly Markup[] =>
    points.map((point) => markup`${x.at(point[0])},${y.at(point[1])} `);
  const caption = `${count(measured.length, 'point')} measured${intervals(measured, halfWidths)}`;
  return markup`<figure class="chart comparison"><svg viewBox="0 0 520 ${PLOT.height}" role="img"
 aria-label="${name} over ${nameOf(across)}: ${caption}" data-readings="${readings(formula, across, up)}">
${frame(name, x, y, amount, (value) => (y.high >= 1e6 ? `${amount(value / 1e6)} M` : amount(value)))}
<text class="tick" x="${PLOT.right}" y="${PLOT.height - 6}" text-anchor="end">${nameOf(across)}</text>
<polyline class="curve" points="${way(formula)}"/>
${isLine === true ? markup`<polyline class="measured" points="${way(measured)}"/>` : undefined}
${measured.map((point, i) => dot(point, halfWidths[i] ?? 0, x, y, measured.length > CROWD))}
${legend(isLine === true)}${crosshair()}</svg><figcaption>${caption}</figcaption></figure>`;
}

const nameOf = ({ name, unit }: Axis): string => (unit === '' ? name : `${name}, ${unit}`);

function span(values: readonly number[], to: readonly [number, number], marks: number): Scale {
  const low = values.reduce((a, b) => Math.min(a, b));
  const high = values.reduce((a, b) => Math.max(a, b));
  // An axis that begins near its zero begins there.
  return scaleOf([low > 0 && low < 0.35 * high ? 0 : low, high], to, marks);
}

/** A point, and its interval where that is wider than the point. */
function dot([at, value]: Point, half: number, x: Scale, y: Scale, isSmall: boolean): Markup {
  const [low, high] = [y.at(value - half), y.at(value + half)];
  const px = x.at(at);
  const whisker =
    low - high > 1
      ? markup`<path class="interval" d="M${px} ${low}V${high}M${px - 4} ${low}h8M${px - 4} ${high}h8"/>`
      : undefined;
  return markup`${whisker}<circle class="dot" cx="${px}" cy="${y.at(value)}" r="${isSmall ? 1.6 : 3}"/>`;
}

function intervals(measured: readonly Point[], halfWidths: readonly number[]): string {
  const shares = measured.flatMap(([, value], i) => {
    const share = (halfWidths[i] ?? 0) / Math.abs(value);
    return Number.isFinite(share) && share > 0 ? [share] : [];
  });
  if (shares.length === 0) return ', nothing left to chance';
  const most = shares.reduce((a, b) => Math.max(a, b));
  return `, each to ${amount(Math.ceil(1000 * most) / 10)} % or better (95 %)`;
}

function legend(isLine: boolean): Markup {
  const right = PLOT.right - labelWidth('measured');
  const left = right - 34 - labelWidth('formula');
  const mark = isLine
    ? markup`<path class="measured" d="M${right - 24} 11h16"/>`
    : markup`<circle class="dot" cx="${right - 14}" cy="11" r="3"/>`;
  return markup`<g class="legend"><path class="curve" d="M${left - 24} 11h16"/>
<text class="tick" x="${left - 2}" y="15">formula</text>${mark}
<text class="tick" x="${right - 2}" y="15">measured</text></g>`;
}

function readings(points: readonly Point[], { unit: across }: Axis, { unit: up }: Axis): string {
  return points.map(([at, value]) => `${quantity(at, across)}|${quantity(value, up)}`).join('|');
}
