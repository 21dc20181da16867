import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyReport } from './arbitrary.case.ts';
import type { Message, ReportData, Topology, TopologyHost } from './data.ts';
import { all, byId, type HtmlElement, one, readHtml, textOf } from './html.case.ts';
import { CARDS_PER_COLUMN, MESSAGES_MAX, POINTS_MAX } from './limits.ts';
import { renderReport } from './page.ts';
import { CARD, pathOf, place } from './placement.ts';
import { HELD } from './sample.case.ts';

function section(id: string, change: Partial<ReportData> = {}): HtmlElement {
  const found = byId(readHtml(renderReport({ ...HELD, ...change })), id);
  if (found === undefined) throw new Error(`no section ${id}`);
  return found;
}

function svgOf(element: HtmlElement, className: string): HtmlElement {
  return one(element, 'svg', className);
}

describe('topology', () => {
  test('the circuit is drawn in one layer less after each node', () => {
    const cables = all(svgOf(section('topology'), 'topology'), 'g').filter(
      (g) => all(g, 'path', 'core').length === 1,
    );
    expect(cables.map((g) => all(g, 'path', 'sheath').length)).toEqual([3, 3, 3, 2, 1, 0]);
  });

  test('every host is a card or a bar, with what it is in its title', () => {
    const titles = all(svgOf(section('topology'), 'topology'), 'title').map(textOf);
    for (const { name } of HELD.topology.hosts)
      expect(titles.some((title) => title.startsWith(name))).toBe(true);
    expect(titles).toContain('amber, entry, 203.0.113.10, 4 ms · 250 Mbit/s');
    expect(titles).toContain('cafe – isp-north: 6 ms · 100 Mbit/s');
  });

  test('five nodes of a circuit stand in its order', () => {
    const path = ['c', 'n1', 'n2', 'n3', 'n4', 'n5', 's'];
    const roleOf = (name: string): TopologyHost['role'] =>
      name === 'c' ? 'client' : name === 's' ? 'server' : 'relay';
    const hosts = path.toReversed().map((name) => ({ name, role: roleOf(name), ip: '' }));
    const placed = place({ hosts, links: [], path });
    expect(placed.path.map(({ hosts: [host] }) => host?.name)).toEqual(path);
    expect(placed.path.map(({ x }) => x)).toEqual(
      placed.path.map(({ x }) => x).toSorted((a, b) => a - b),
    );
    expect(new Set(placed.path.map(({ y }) => y)).size).toBe(1);
    expect(placed.path.map(({ peels }) => peels)).toEqual([0, 5, 4, 3, 2, 1, 0]);
  });

  test('of many hosts in a column the rest is one stack', () => {
    const hosts = Array.from({ length: 200 }, (_, i) => ({
      name: `node-${i}`,
      role: 'relay' as const,
      ip: '',
    }));
    const change = { topology: { hosts, links: [] } };
    expect(place(change.topology).cards.map((card) => card.hosts.length)).toEqual([
      ...Array.from({ length: CARDS_PER_COLUMN - 1 }, () => 1),
      200 - CARDS_PER_COLUMN + 1,
    ]);
    expect(textOf(section('topology', change))).toContain('195 more');
  });

  test('cards never overlap, and nothing lies outside', () => {
    const topologies: fc.Arbitrary<Topology> = anyReport.map(({ topology }) => topology);
    fc.assert(
      fc.property(topologies, (topology) => {
        const { cards, bars, width, height } = place(topology);
        const places = cards.map(({ x, y }) => `${x} ${y}`);
        expect(new Set(places).size).toBe(places.length);
        for (const { x, y } of cards) {
          expect(x + CARD.width).toBeLessThanOrEqual(width);
          expect(y + CARD.height).toBeLessThanOrEqual(height);
        }
        for (const { x, end, y } of bars) {
          expect(x).toBeGreaterThanOrEqual(0);
          expect(end).toBeGreaterThan(x);
          expect(end).toBeLessThanOrEqual(width);
          expect(y).toBeLessThan(height);
        }
        const shown = [...cards, ...bars].flatMap((shape) => shape.hosts.map(({ name }) => name));
        expect(new Set(shown)).toEqual(new Set(topology.hosts.map(({ name }) => name)));
        expect(pathOf(topology).every(({ role }) => role !== 'router')).toBe(true);
      }),
    );
  });
});

describe('sequence', () => {
  test('an arrow for each message, in its layers', () => {
    const rows = all(svgOf(section('sequence'), 'sequence'), 'g', 'message');
    expect(rows.map((row) => all(row, 'path', 'sheath').length)).toEqual(
      HELD.sequence.map(({ sealed }) => sealed),
    );
    expect(rows.map((row) => textOf(one(row, 'title')))).toContain(
      '131.4 ms laptop to amber: CREATE, 2,048 octets for three hops, in 3 layers',
    );
  });

  test('lifelines stand in the order of the circuit', () => {
    const names = all(svgOf(section('sequence'), 'sequence'), 'text', 'name').map(textOf);
    expect(names).toEqual(['laptop', 'amber', 'delta', 'grove', 'shop.example', 'resolver']);
  });

  test('what is not drawn is counted', () => {
    const many: Message[] = Array.from({ length: MESSAGES_MAX + 7 }, (_, i) => ({
      timeMs: i,
      from: 'laptop',
      to: 'amber',
      label: 'DATA',
      sealed: 99,
    }));
    const drawn = section('sequence', { sequence: many });
    expect(textOf(one(drawn, 'figcaption'))).toContain('7 more not drawn');
    expect(all(drawn, 'path', 'sheath')).toHaveLength(5 * MESSAGES_MAX);
  });
});

describe('charts', () => {
  test('one for each series and distribution, with its threshold', () => {
    const charts = all(section('charts'), 'figure', 'chart');
    expect(charts).toHaveLength(HELD.series.length + HELD.latencies.length);
    expect(charts.map((chart) => all(chart, 'path', 'threshold').length)).toEqual([1, 0, 1, 1]);
    expect(charts.map((chart) => all(chart, 'rect', 'forbidden').length)).toEqual([0, 0, 1, 1]);
  });

  test('the caption says how often the threshold is passed', () => {
    const threshold = { value: 2, label: 'at most 2', bad: 'above' as const };
    const series = [
      {
        name: 's',
        unit: '',
        points: [
          [0, 1],
          [1, 3],
          [2, 4],
        ] as const,
        threshold,
      },
    ];
    expect(textOf(one(section('charts', { series, latencies: [] }), 'figcaption'))).toBe(
      'mean 2.67 · 1 to 4 · above the threshold at 2 of 3 points',
    );
  });

  test('median and 99th percentile are marked', () => {
    const valuesMs = Array.from({ length: 100 }, (_, i) => i + 1);
    const chart = section('charts', { series: [], latencies: [{ name: 'l', valuesMs }] });
    expect(all(chart, 'text', 'strong').map(textOf)).toEqual(['p50 50 ms', 'p99 99 ms']);
    expect(all(chart, 'circle', 'mark')).toHaveLength(2);
  });

  test('what is no number is counted, not drawn', () => {
    const series = [
      {
        name: 's',
        unit: 'ms',
        points: [
          [0, 1],
          [Number.NaN, 2],
          [1, 1e300],
        ] as const,
      },
    ];
    const chart = section('charts', { series, latencies: [{ name: 'l', valuesMs: [-1] }] });
    expect(textOf(chart)).toContain('2 points not drawable');
    expect(textOf(one(chart, 'figure', 'empty'))).toBe('l no values');
  });

  test('a million points make a small curve', () => {
    const points = Array.from({ length: 1_000_000 }, (_, i) => [i, i % 977] as const);
    const valuesMs = points.map(([, value]) => value);
    const change = {
      series: [{ name: 's', unit: '', points }],
      latencies: [{ name: 'l', valuesMs }],
    };
    for (const curve of all(section('charts', change), 'polyline'))
      expect(curve.attributes.get('points')?.split(' ').length).toBeLessThanOrEqual(POINTS_MAX + 2);
  });
});
