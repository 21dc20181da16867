import { describe, expect, test } from 'vitest';
import { all, byId, type HtmlElement, one as only, readHtml, textOf } from './html.case.ts';
import { renderValidation, type ValidationData } from './mod.ts';
import { CASE, FORMULAS as DATA, PICTURE } from './validation.case.ts';

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
    expect(textOf(section)).toContain('time in the system 2 166 670 2 161 770');
    expect(textOf(section)).toContain('± 16 000');
    expect(textOf(section)).toContain('± 16 000 ± 32 600');
    // A bound says that it is one, and what is small keeps the digits that tell one from another.
    expect(textOf(section)).toContain('a share ≤ 0.0592593 0.0537196 – + 0');
    expect(all(section, 'circle', 'dot')).toHaveLength(3 + 1);
    expect(all(section, 'path', 'interval')).toHaveLength(1);
    const text = textOf(page);
    for (const part of [DATA.seed, DATA.commit, DATA.command, '3 quantities, all hold'])
      expect(text).toContain(part);
  });

  test('says what does not hold, what was planted, and what could not be had', () => {
    const banner = textOf(only(readHtml(renderValidation(spoiled)), 'section', 'verdict'));
    expect(banner).toContain('Broken');
    expect(banner).toContain('m-d-1: time in the system');
    expect(banner).toContain('lost-carry');
    expect(banner).toContain('Skipped: ns-3: not installed');
  });

  test('nothing measured is nothing held', () => {
    const page = readHtml(renderValidation({ ...DATA, cases: [] }));
    expect(textOf(only(page, 'section', 'verdict'))).toContain('Broken');
  });

  test('numbers that are none break nothing', () => {
    const odd = [Number.NaN, Number.POSITIVE_INFINITY, -1e300];
    const measured = odd.map((value) => [value, value] as const);
    const [quantity] = CASE.quantities as [ValidationData['cases'][number]['quantities'][number]];
    const quantities = odd.map((value) => ({ ...quantity, expected: value, halfWidth: value }));
    const one = { ...CASE, quantities, picture: { ...PICTURE, measured } };
    const data: ValidationData = { ...DATA, cases: [one] };
    expect(textOf(byId(readHtml(renderValidation(data)), 'm-d-1') as HtmlElement)).toContain(
      'no points',
    );
  });
});
