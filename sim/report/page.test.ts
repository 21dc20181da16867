import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyReport, anyText } from './arbitrary.case.ts';
import type { ReportData } from './data.ts';
import { escapeText } from './escape.ts';
import { all, byId, type HtmlElement, one, readHtml, textOf } from './html.case.ts';
import { renderReport } from './mod.ts';
import { broken, EMPTY, HELD } from './sample.case.ts';
import { faultsOf } from './verdict.ts';

const FILE_MAX = 400_000;

const pageOf = (data: ReportData): HtmlElement => readHtml(renderReport(data));
const cellsOf = (page: HtmlElement): string[] => {
  const matrix = one(page, 'table', 'matrix');
  return all(matrix, 'td', 'cell').map((cell) => cell.attributes.get('class') ?? '');
};

describe('page', () => {
  test('all parts are there, in order, and the list of contents leads to them', () => {
    const page = pageOf(HELD);
    const ids = all(page, 'section').flatMap(({ attributes }) => attributes.get('id') ?? []);
    expect(ids).toEqual([
      ...['who-sees-what', 'topology', 'sequence', 'charts', 'assertions', 'metrics', 'hashes'],
    ]);
    expect(all(page, 'a').map(({ attributes }) => attributes.get('href'))).toEqual(
      ids.map((id) => `#${id}`),
    );
    expect(textOf(one(page, 'h1'))).toBe(HELD.title);
    expect(textOf(byId(page, 'command') as HtmlElement)).toBe(HELD.command);
    const text = textOf(page);
    for (const part of [HELD.token, HELD.commit, HELD.verdict.text, ...Object.values(HELD.hashes)])
      expect(text).toContain(part);
    for (const { name, kind, detail } of HELD.assertions)
      expect(text).toContain(`${name} ${kind} ${detail}`);
  });

  test('a run that left nothing is a page, and has not held', () => {
    const page = pageOf(EMPTY);
    expect(all(one(page, 'main'), 'section')).toEqual([]);
    expect(textOf(one(page, 'section', 'verdict'))).toContain('nothing was asserted');
  });

  test('the same data gives the same octets, in a file of bounded size', () => {
    expect(renderReport(HELD)).toBe(renderReport(HELD));
    for (const data of [HELD, broken()]) {
      expect(new TextEncoder().encode(renderReport(data)).length).toBeLessThan(FILE_MAX);
    }
  });

  test('it names no other file, and its policy knows its own style and script', () => {
    const html = renderReport(broken());
    expect(html).not.toMatch(/\b(?:https?:|src=|url\(|@import|@font-face)/);
    const page = readHtml(html);
    const hash = (name: string): string => {
      const [source] = one(page, name).children;
      return createHash('sha256').update(String(source)).digest('base64');
    };
    const policy = all(page, 'meta').find(({ attributes }) => attributes.has('http-equiv'));
    expect(policy?.attributes.get('content')).toBe(
      `default-src 'none'; style-src 'sha256-${hash('style')}'; script-src 'sha256-${hash('script')}'; ` +
        "base-uri 'none'; form-action 'none'",
    );
  });

  test('tables have headers and pictures have names', () => {
    const page = pageOf(HELD);
    for (const table of all(page, 'table')) {
      const head = all(one(table, 'thead'), 'th');
      expect(head.every(({ attributes }) => attributes.get('scope') === 'col')).toBe(true);
      for (const tr of all(table, 'tr')) expect(all(tr, 'th').length).toBeGreaterThan(0);
    }
    for (const { attributes } of all(page, 'svg'))
      expect(attributes.has('aria-label') || attributes.get('aria-hidden') === 'true').toBe(true);
  });
});

describe('verdict', () => {
  const leaking = broken().whoSeesWhat;
  const cases: readonly (readonly [string, Partial<ReportData>, readonly string[]])[] = [
    ['it held', {}, []],
    ['it says no', { verdict: { ok: false, text: '' } }, ['the run says that it failed']],
    ['nothing asserted', { assertions: [] }, ['nothing was asserted']],
    [
      'an assertion failed',
      { assertions: [{ name: 'a', kind: 'always', ok: false, detail: 'd' }] },
      ['a: d'],
    ],
    [
      'a cell leaks',
      leaking === undefined ? {} : { whoSeesWhat: leaking },
      ['wifi', 'isp', 'wifi + isp'].map((who) => `${who} sees DNS question`),
    ],
    [
      'a cell is missing',
      {
        whoSeesWhat: {
          parties: ['a'],
          facts: ['f', 'g'],
          rows: [{ coalition: ['a'], sees: [false], allowed: [false] }],
        },
      },
      ['who sees what: 1 cell without data'],
    ],
  ];
  test.each(cases)('%s', (_, change, faults) => {
    const data = { ...HELD, ...change };
    expect(faultsOf(data)).toEqual(faults);
    const banner = one(pageOf(data), 'section', 'verdict');
    expect(textOf(banner)).toContain(faults.length === 0 ? 'Held' : 'Broken');
    for (const fault of faults) expect(textOf(banner)).toContain(fault);
  });

  test('a planted defect is named, noticed or not', () => {
    const planted = (data: ReportData): string => textOf(one(pageOf(data), 'section', 'verdict'));
    expect(planted(broken())).toContain('plain-dns was planted on purpose, so a broken run');
    expect(planted({ ...HELD, plant: 'quiet' })).toContain('and nothing noticed it');
  });
});

describe('matrix', () => {
  test('each cell is what it sees against what it may', () => {
    const rows = [
      {
        coalition: ['a'],
        sees: [false, true, false, true],
        allowed: [false, true, true, false],
        how: 'taps',
      },
      { coalition: ['a', 'b'], sees: [true], allowed: [true] },
    ];
    const who = { parties: ['a', 'b'], facts: ['w', 'x', 'y', 'z'], rows };
    const page = pageOf({ ...HELD, whoSeesWhat: who });
    expect(cellsOf(page)).toEqual([
      ...['cell hidden', 'cell sees', 'cell spared', 'cell leak'],
      ...['cell sees', 'cell unknown', 'cell unknown', 'cell unknown'],
    ]);
    const cells = all(one(page, 'table', 'matrix'), 'td', 'cell');
    expect(cells.map(textOf).slice(0, 4)).toEqual(['hidden', 'sees', 'unseen', 'LEAK']);
    expect(cells[3]?.attributes.get('title')).toBe('a, z: sees it and must not. taps');
    expect(textOf(one(page, 'div', 'leaks'))).toBe('Leaks a sees z: taps');
  });

  test('a row for each coalition, alone before together', () => {
    const groups = all(one(pageOf(HELD), 'table', 'matrix'), 'tr', 'group').map(textOf);
    expect(groups).toEqual(['Alone', 'Two together']);
    expect(cellsOf(pageOf(HELD))).toHaveLength(28 * 7);
    expect(cellsOf(pageOf(broken())).filter((cell) => cell === 'cell leak')).toHaveLength(3);
  });
});

describe('any data', () => {
  test('gives a page of our elements alone, and never breaks', () => {
    fc.assert(
      fc.property(anyReport, (data) => {
        const page = pageOf(data);
        expect(all(page, 'script')).toHaveLength(1);
        expect(all(page, 'style')).toHaveLength(1);
        const banner = textOf(one(page, 'section', 'verdict'));
        expect(banner.startsWith(faultsOf(data).length === 0 ? 'Held' : 'Broken')).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  test('a host called anything is called so on the page', () => {
    fc.assert(
      fc.property(anyText, (name) => {
        const hosts = [{ name, role: 'server' as const, ip: name }];
        const data = { ...EMPTY, title: name, topology: { hosts, links: [], path: [name] } };
        const html = renderReport(data);
        expect(html.split('<script').length).toBe(2);
        expect(html).toContain(`<h1>${escapeText(name)}</h1>`);
        expect(html).toContain(`<th scope="row">${escapeText(name)}</th>`);
        readHtml(html);
      }),
    );
  });

  test('no number that is none reaches a drawing', () => {
    fc.assert(
      fc.property(anyReport, (data) => {
        const shapes = ['path', 'rect', 'circle', 'text', 'polyline', 'polygon'];
        const page = pageOf(data);
        for (const shape of shapes.flatMap((name) => all(page, name))) {
          for (const [name, value] of shape.attributes)
            if (name !== 'class') expect(value).not.toMatch(/NaN|Infinity|undefined|null/);
        }
      }),
    );
  });
});
