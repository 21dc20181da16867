import { describe, expect, test } from 'vitest';
import { all, byId, type HtmlElement, one, readHtml, textOf } from './html.case.ts';
import { renderValidation, type ValidationData } from './mod.ts';

const CASE: ValidationData['cases'][number] = {
  name: 'm-d-1',
  about: 'T = S + rho S / (2 (1 - rho))',
  params: { rho: 0.7 },
  command: 'npm run --silent lab -- validate m-d-1',
  quantities: [
    {
      quantity: 'time in the system',
      unit: 'ns',
      expected: 2_166_670,
      measured: 2_161_770,
      halfWidth: 16_000,
      ok: true,
    },
    { quantity: 'exactly one', unit: '', expected: 1, measured: 1, halfWidth: 0, ok: true },
  ],
  picture: {
    x: { name: 'rho', unit: 'of the rate' },
    y: { name: 'time in the system', unit: 'ns' },
    formula: [
      [0.1, 1.06e6],
      [0.5, 1.5e6],
      [0.9, 5.5e6],
    ],
    measured: [
      [0.1, 1.07e6],
      [0.5, 1.48e6],
      [0.9, 5.6e6],
    ],
    halfWidths: [1e4, 2e4, 3e5],
  },
};
const DATA: ValidationData = {
  seed: '7',
  commit: 'abc1234',
  command: 'npm run --silent lab -- validate',
  cases: [CASE, { ...CASE, name: 'other', quantities: CASE.quantities.slice(1) }],
};

const spoiled: ValidationData = {
  ...DATA,
  plant: 'lost-carry',
  missing: 'ns-3: not installed',
  cases: [
    { ...CASE, quantities: CASE.quantities.map((quantity, i) => ({ ...quantity, ok: i > 0 })) },
  ],
};

describe('the page of formulas', () => {
  test('has each case with its quantities, and its picture with a point for each that was measured', () => {
    const page = readHtml(renderValidation(DATA));
    expect(all(page, 'section').flatMap(({ attributes }) => attributes.get('id') ?? [])).toEqual([
      'm-d-1',
      'other',
    ]);
    const section = byId(page, 'm-d-1') as HtmlElement;
    expect(textOf(section)).toContain('time in the system 2\u202f166\u202f670 2\u202f161\u202f770');
    expect(textOf(section)).toContain('± 16\u202f000');
    expect(textOf(section)).toContain('exactly one 1 1 exact');
    expect(all(section, 'circle', 'dot')).toHaveLength(3 + 1);
    expect(all(section, 'path', 'interval')).toHaveLength(1);
    const text = textOf(page);
    for (const part of [DATA.seed, DATA.commit, DATA.command, '3 quantities, all hold'])
      expect(text).toContain(part);
  });

  test('says what does not hold, what was planted, and what could not be had', () => {
    const banner = textOf(one(readHtml(renderValidation(spoiled)), 'section', 'verdict'));
    expect(banner).toContain('Broken');
    expect(banner).toContain('m-d-1: time in the system');
    expect(banner).toContain('lost-carry');
    expect(banner).toContain('Skipped: ns-3: not installed');
  });

  test('nothing measured is nothing held', () => {
    const page = readHtml(renderValidation({ ...DATA, cases: [] }));
    expect(textOf(one(page, 'section', 'verdict'))).toContain('Broken');
  });

  test('numbers that are none break nothing', () => {
    const [first] = DATA.cases as [typeof CASE];
    const odd = [Number.NaN, Number.POSITIVE_INFINITY, -1e300];
    const picture = { ...CASE.picture, measured: odd.map((value) => [value, value]) };
    const quantities = odd.map((value) => ({ ...first.quantities[0], expected: value }));
    const data = { ...DATA, cases: [{ ...first, quantities, picture }] } as ValidationData;
    expect(textOf(byId(readHtml(renderValidation(data)), 'm-d-1') as HtmlElement)).toContain(
      'no points',
    );
  });
});
