import { describe, expect, test } from 'vitest';
import { all, byId, type HtmlElement, one, readHtml, textOf } from './html.case.ts';
import { renderSweep, type SweepData } from './mod.ts';
import { manyRuns } from './sweep.case.ts';

const DATA = manyRuns();
const pageOf = (data: SweepData): HtmlElement => readHtml(renderSweep(data));

/** The numbers of a path that begins at a point. */
function startOf(path: HtmlElement | undefined): readonly [number, number] {
  const [, x, y] = /^M([\d.]+) ([\d.]+)/.exec(path?.attributes.get('d') ?? '') ?? [];
  return [Number(x), Number(y)];
}

describe('the page about a sweep', () => {
  test('says what holds, and never that all does where something does not', () => {
    const verdict = textOf(one(pageOf(DATA), 'section', 'verdict'));
    expect(verdict).toContain('Broken');
    expect(verdict).toContain('seen: failed in 3 of 120 runs');
    const held = DATA.assertions.map((one) => ({ ...one, ok: true }));
    const verdictOf = (data: SweepData): string => textOf(one(pageOf(data), 'section', 'verdict'));
    expect(verdictOf({ ...DATA, assertions: held })).toContain('Held');
    expect(verdictOf({ ...DATA, assertions: held, faults: ['a run crashed'] })).toContain('Broken');
    expect(verdictOf({ ...DATA, assertions: [] })).toContain('nothing was asserted');
  });

  test('draws a metric that varies, and says in words what does not', () => {
    const charts = byId(pageOf(DATA), 'charts') as HtmlElement;
    expect(
      all(charts, 'svg')
        .map(({ attributes }) => attributes.get('aria-label'))
        .filter(Boolean),
    ).toEqual(['latency, ms: means over seeds with 95 % intervals, along rate, Mbit/s']);
    expect(textOf(charts)).toContain('The same in every run: still 7.');
    expect(all(charts, 'title').map(textOf)[0]).toBe('delay=1 rate=10: 10 ± 1 ms, 20 runs');
  });

  test('a mean stands where the axes say, and its interval around it', () => {
    const chart = one(pageOf(DATA), 'figure', 'chart');
    const spots = all(chart, 'path', 'spot').map(startOf);
    const whiskers = all(chart, 'path', 'whisker').map(startOf);
    expect([spots.length, whiskers.length]).toEqual([6, 6]);
    // Means 10, 28, 56 and 34, 52, 80 with halves of a tenth: straight in value, on one scale.
    const means = [10, 28, 56, 34, 52, 80];
    const [top, bottom] = [spots[5]?.[1] ?? 0, spots[0]?.[1] ?? 0];
    const unit = (bottom - top) / 70;
    means.forEach((mean, i) => {
      expect(spots[i]?.[1]).toBeCloseTo(bottom - unit * (mean - 10), 1);
      expect((whiskers[i]?.[1] ?? 0) - (spots[i]?.[1] ?? 0)).toBeCloseTo((unit * mean) / 10, 1);
    });
    // Rates 10, 20, 40: the second gap is twice the first.
    const [a = 0, b = 0, c = 0] = spots.map(([x]) => x);
    expect(c - b).toBeCloseTo(2 * (b - a), 1);
  });

  test('every figure is in the table, and sure differences are told from others', () => {
    const table = byId(pageOf(DATA), 'figures') as HtmlElement;
    expect(textOf(table)).toContain('28 ± 2.8');
    expect(textOf(table)).toContain('(18 ± 3)');
    expect(all(table, 'span', 'sure')).toHaveLength(5);
    expect(all(one(table, 'tbody'), 'tr')).toHaveLength(6);
  });

  test('without an axis, points have numbers and a key', () => {
    const { axis: _, ...rest } = DATA;
    const points = DATA.points.map((point, i) => ({ ...point, curve: '', x: i + 1 }));
    const charts = byId(pageOf({ ...rest, axis: undefined, points }), 'charts') as HtmlElement;
    expect(textOf(charts)).toContain('grid point');
    expect(textOf(charts)).toContain('2 delay=1 rate=20');
    expect(all(charts, 'polyline')).toHaveLength(0);
  });

  test('one run, one point, no metric, or figures that are none: still a page', () => {
    const [point] = DATA.points;
    const single = { n: 1, mean: 5, halfWidth: null, min: 5, max: 6 };
    const metrics = [{ name: 'one', unit: '', values: [single] }];
    const alone = { ...DATA, axis: undefined, points: point === undefined ? [] : [point] };
    expect(all(pageOf({ ...alone, metrics }), 'path', 'spot')).toHaveLength(1);
    expect(byId(pageOf({ ...alone, metrics: [] }), 'figures')).toBeUndefined();
    for (const mean of [Number.NaN, Number.POSITIVE_INFINITY, 1e300]) {
      const spoiled = { ...single, n: 2, mean, halfWidth: mean };
      pageOf({ ...alone, metrics: [{ name: 'spoiled', unit: '', values: [spoiled] }] });
    }
  });

  test('no name becomes an element', () => {
    const hostile = manyRuns(`"><img src=x onerror=alert(1)>'&`);
    expect(all(pageOf(hostile), 'img')).toEqual([]);
    expect(textOf(one(pageOf(hostile), 'h1'))).toBe(hostile.title);
  });
});
