// The page in a real browser: Debian's Chromium, from disk, offline. Skipped with a reason where there is none.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ReportData } from './data.ts';
import { renderReport, renderSweep, renderValidation } from './mod.ts';
import { broken, EMPTY, HELD } from './sample.case.ts';
import { manyRuns } from './sweep.case.ts';
import { FORMULAS } from './validation.case.ts';

const CHROMIUM = '/usr/bin/chromium';
/** A browser may start slowly where other tests run beside it. */
const START_MS = 60_000;
const isRoot = process.getuid?.() === 0;

describe('browser', () => {
  const folder = mkdtempSync(join(tmpdir(), 'spn-report-'));
  let browser: Browser | undefined;

  beforeAll(async () => {
    if (!existsSync(CHROMIUM)) return;
    const args = isRoot ? ['--no-sandbox'] : [];
    browser = await chromium.launch({ executablePath: CHROMIUM, args });
  }, START_MS);

  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  beforeEach((context) => {
    if (!existsSync(CHROMIUM)) context.skip(`no Chromium at ${CHROMIUM}`);
  });

  /** Opens a page, hands it over, and answers everything that a reader would find wrong with it. */
  async function look(
    data: ReportData | string,
    { width = 1280, dark = false }: { readonly width?: number; readonly dark?: boolean },
    see: (page: Page) => Promise<void>,
  ): Promise<readonly string[]> {
    if (browser === undefined) throw new Error('no browser');
    const file = join(folder, 'report.html');
    writeFileSync(file, typeof data === 'string' ? data : renderReport(data));
    const context = await browser.newContext({
      offline: true,
      viewport: { width, height: 900 },
      colorScheme: dark ? 'dark' : 'light',
    });
    try {
      const faults: string[] = [];
      const page = await context.newPage();
      page.on('console', (message) => faults.push(`console: ${message.text()}`));
      page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
      page.on('dialog', (dialog) => faults.push(`dialog: ${dialog.message()}`));
      page.on('requestfailed', (request) => faults.push(`failed: ${request.url()}`));
      page.on('request', (request) => {
        if (request.url() !== pathToFileURL(file).href) faults.push(`asked for ${request.url()}`);
      });
      await page.goto(pathToFileURL(file).href);
      await see(page);
      return faults;
    } finally {
      await context.close();
    }
  }

  test('opens from disk without network and without complaint', async () => {
    const faults = await look(HELD, {}, async (page) => {
      expect(await page.title()).toBe(`Held: ${HELD.title}`);
      const parts = [HELD.title, HELD.command, HELD.verdict.text, '9 assertions, all hold'];
      const headings = [
        'Who sees what',
        'Topology',
        'Sequence',
        'Throughput and latency',
        'Digests',
      ];
      for (const text of [...parts, ...HELD.assertions.map(({ detail }) => detail)])
        expect(await page.getByText(text, { exact: true }).first().isVisible(), text).toBe(true);
      for (const name of headings)
        expect(await page.getByRole('heading', { name, exact: true }).isVisible(), name).toBe(true);
      expect(await page.locator('svg.topology').isVisible()).toBe(true);
      expect(await page.locator('svg.sequence g.message').count()).toBe(HELD.sequence.length);
    });
    expect(faults).toEqual([]);
  });

  test('the matrix shows what leaks, and looks like it', async () => {
    const faults = await look(broken(), {}, async (page) => {
      const cells = page.locator('table.matrix td');
      expect(await cells.count()).toBe(28 * 7);
      expect(await page.locator('table.matrix td.leak').allInnerTexts()).toEqual([
        'LEAK',
        'LEAK',
        'LEAK',
      ]);
      const isp = page.locator('table.matrix tr', {
        has: page.locator('th', { hasText: /^isp$/ }),
      });
      expect(await isp.locator('td').allInnerTexts()).toEqual([
        ...['sees', 'hidden', 'hidden', 'hidden', 'LEAK', 'sees', 'hidden'],
      ]);
      const colourOf = (sight: string): Promise<unknown> =>
        page.evaluate(
          `getComputedStyle(document.querySelector('table.matrix td.${sight}')).backgroundColor`,
        );
      const colours = [await colourOf('hidden'), await colourOf('sees'), await colourOf('leak')];
      expect(colours).toEqual(['rgb(227, 243, 234)', 'rgb(236, 238, 240)', 'rgb(179, 38, 30)']);
    });
    expect(faults).toEqual([]);
  });

  test('the script reads a curve at the pointer and offers the command', async () => {
    const faults = await look(HELD, {}, async (page) => {
      const chart = page.locator('figure.chart svg').first();
      await chart.hover();
      expect(await chart.locator('.reading').textContent()).toMatch(/^[\d.]+ s: [\d.]+ Mbit\/s$/);
      expect(await page.getByRole('button', { name: 'Copy' }).isVisible()).toBe(true);
    });
    expect(faults).toEqual([]);
  });

  test.each([
    ['run', broken()],
    ['sweep', renderSweep(manyRuns())],
  ])('a page about a %s fits its window, light and dark', async (_, data) => {
    const faults = await look(data, {}, async (page) => {
      for (const width of [700, 1024, 1600]) {
        await page.setViewportSize({ width, height: 900 });
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme });
          const needed = await page.evaluate('document.documentElement.scrollWidth');
          expect(needed, `${width} ${colorScheme}`).toBeLessThanOrEqual(width);
        }
      }
    });
    expect(faults).toEqual([]);
  });

  test('an interval says its figures under the pointer', async () => {
    const faults = await look(renderSweep(manyRuns()), {}, async (page) => {
      const point = page.locator('g.point').first();
      const widthOf = (): Promise<unknown> =>
        page.evaluate(`getComputedStyle(document.querySelector('g.point .whisker')).strokeWidth`);
      expect(await widthOf()).toBe('1.5px');
      await point.hover();
      expect(await widthOf()).toBe('2.5px');
      expect(await point.locator('title').textContent()).toMatch(/^delay=1 rate=10: 10 ± 1 ms/);
    });
    expect(faults).toEqual([]);
  });

  test('the page of formulas reads its curves, and fits its window, light and dark', async () => {
    const faults = await look(renderValidation(FORMULAS), {}, async (page) => {
      const chart = page.locator('figure.comparison svg').first();
      await chart.hover();
      expect(await chart.locator('.reading').textContent()).toMatch(/^[\d.]+ of the rate: .+ ns$/);
      for (const width of [700, 1024, 1600]) {
        await page.setViewportSize({ width, height: 900 });
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme });
          const needed = await page.evaluate('document.documentElement.scrollWidth');
          expect(needed, `${width} ${colorScheme}`).toBeLessThanOrEqual(width);
        }
      }
    });
    expect(faults).toEqual([]);
  });

  test('a host called like a script is a name', async () => {
    const name = '"><script>alert(1)</script><img src=x onerror=alert(1)>';
    const hosts = [{ name, role: 'server' as const, ip: name }];
    const data = { ...EMPTY, title: name, topology: { hosts, links: [], path: [name] } };
    const faults = await look(data, {}, async (page) => {
      expect(await page.locator('h1').textContent()).toBe(name);
      expect(await page.locator('img').count()).toBe(0);
    });
    expect(faults).toEqual([]);
  });
});
