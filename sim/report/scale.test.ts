import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { quantile } from '../quantile.ts';
import { amount, clip, duration, emsOf, linkText, moment } from './format.ts';
import { VALUE_MAX } from './limits.ts';
import { isDrawable, scaleOf, stepOf, thin } from './scale.ts';

const drawable = fc.double({ min: -VALUE_MAX, max: VALUE_MAX, noNaN: true });

describe('scale', () => {
  test('steps are 1, 2, 5 and their tenfolds', () => {
    expect([0.03, 0.2, 1, 1.1, 2.1, 5.1, 40, 99, 101].map(stepOf)).toEqual([
      0.05, 0.2, 1, 2, 5, 10, 50, 100, 200,
    ]);
  });

  test('an axis covers its values and is not crowded', () => {
    fc.assert(
      fc.property(drawable, drawable, fc.integer({ min: 2, max: 8 }), (a, b, marks) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        const { at, ticks, ...axis } = scaleOf([low, high], [0, 100], marks);
        expect(ticks.length).toBeGreaterThanOrEqual(2);
        expect(ticks.length).toBeLessThanOrEqual(marks + 3);
        for (const value of [low, high, ...ticks]) {
          expect(at(value)).toBeGreaterThanOrEqual(-0.01);
          expect(at(value)).toBeLessThanOrEqual(100.01);
        }
        expect(at(axis.low)).toBe(0);
        expect(at(axis.high)).toBe(100);
      }),
    );
  });

  test('thinning keeps order and extremes, and few points', () => {
    const point = fc.tuple(fc.nat(), fc.integer());
    fc.assert(
      fc.property(fc.array(point, { minLength: 1, maxLength: 300 }), (points) => {
        const kept = thin(points, 40);
        const values = points.map(([, value]) => value);
        const keptValues = kept.map(([, value]) => value);
        expect(kept.length).toBeLessThanOrEqual(40);
        expect(Math.max(...keptValues)).toBe(Math.max(...values));
        expect(Math.min(...keptValues)).toBe(Math.min(...values));
        const places = kept.map((one) => points.indexOf(one));
        expect(places).toEqual(places.toSorted((a, b) => a - b));
      }),
    );
  });

  test('a quantile is the least value that enough are not above', () => {
    const values = fc.array(fc.integer(), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 100 }), (unsorted, percent) => {
        const sorted = unsorted.toSorted((a, b) => a - b);
        const least = sorted.find(
          (value) => sorted.filter((one) => one <= value).length * 100 >= percent * sorted.length,
        );
        expect(quantile(sorted, percent / 100)).toBe(least);
      }),
    );
    expect(quantile([], 0.5)).toBe(0);
  });

  test('what is no number is not drawn', () => {
    expect([0, -VALUE_MAX, 2 * VALUE_MAX, Infinity, Number.NaN].map(isDrawable)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});

describe('format', () => {
  test('numbers', () => {
    expect([0, 12, 1234567, 0.41274, 2.6666, 35.184, 1234.5, -1500].map(amount)).toEqual(
      ['0', '12', '1 234 567', '0.413', '2.67', '35.2', '1 235', '-1 500'].map((text) =>
        text.replaceAll(' ', '\u202f'),
      ),
    );
    expect([Number.NaN, -Infinity, 1e300, 1e-9].map(amount)).toEqual([
      '–',
      '–',
      '1.00e+300',
      '1.00e-9',
    ]);
  });

  test('times and links', () => {
    expect([duration(850), duration(2500), moment(131.25), moment(2347.6)]).toEqual([
      '850 ms',
      '2.5 s',
      '131.3 ms',
      '2\u202f347.6 ms',
    ]);
    expect([linkText(8, 100), linkText(0, 0), linkText(1, 2500)]).toEqual([
      '8 ms · 100 Mbit/s',
      '0 ms · no limit',
      '1 ms · 2.5 Gbit/s',
    ]);
  });

  test('a clipped text fits and is a beginning', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 2, max: 30 }), (text, ems) => {
        const clipped = clip(text, ems);
        expect(emsOf(clipped)).toBeLessThanOrEqual(ems + 0.5);
        if (clipped !== text) expect(text.startsWith(clipped.slice(0, -1))).toBe(true);
      }),
    );
  });
});
