import type { Visit } from '../overlay/mod.ts';
import type { TrafficKind } from '../traffic/mod.ts';
import type { Metric, Pictures } from './outcome.ts';

// What people felt, by kind of traffic: how long a page took, how fast a file came, how late a message was.

const US_PER_MS = 1_000;
const KINDS: readonly TrafficKind[] = Object.freeze<TrafficKind[]>([
  'web',
  'bulk',
  'dns',
  'call',
  'game',
]);
const NAMES: { readonly [kind in TrafficKind]: string } = Object.freeze({
  web: 'Pages of the web',
  bulk: 'Files',
  dns: 'Names looked up',
  call: 'Calls: a packet and its answer',
  game: 'Games: a move and its answer',
});

export function trafficMetrics(visits: readonly Visit[]): { readonly [name: string]: Metric } {
  const metrics: (readonly [name: string, metric: Metric])[] = [];
  for (const kind of KINDS) {
    const own = doneOf(visits, kind);
    if (own.length === 0) continue;
    if (kind === 'bulk')
      metrics.push([
        'bulkThroughputMedian',
        { value: quantile(own.map(rateOf), 50), unit: 'Mbit/s' },
      ]);
    else {
      const times = timesOf(kind, own);
      const percents = kind === 'call' || kind === 'game' ? [50, 95, 99] : [50, 95];
      for (const percent of percents)
        metrics.push([`${kind}P${percent}`, { value: quantile(times, percent), unit: 'ms' }]);
    }
  }
  return Object.fromEntries(metrics);
}

/** For curves: all times of each kind that there was. */
export function trafficLatencies(visits: readonly Visit[]): Pictures['latencies'] {
  return KINDS.map((kind) => ({
    name: NAMES[kind],
    valuesMs: timesOf(kind, doneOf(visits, kind)),
  })).filter(({ valuesMs }) => valuesMs.length > 0);
}

/** The least value that so many percent of all do not exceed (nearest rank); 0 of none. */
export function quantile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent * sorted.length) / 100) - 1)] ?? 0;
}

function doneOf(visits: readonly Visit[], kind: TrafficKind): readonly Visit[] {
  return visits.filter(({ plan, outcome }) => plan.kind === kind && outcome === 'done');
}

/** Of a lookup until the stream was granted, which is when the name was known and the connection made. */
function timesOf(kind: TrafficKind, visits: readonly Visit[]): readonly number[] {
  return visits.flatMap(({ talk, startUs, grantedUs = 0, endUs = 0 }) => {
    if (talk !== undefined) return talk.latenciesUs.map((us) => us / US_PER_MS);
    return [((kind === 'dns' ? grantedUs : endUs) - startUs) / US_PER_MS];
  });
}

function rateOf({ plan, startUs, endUs = 0 }: Visit): number {
  return (8 * (plan.upLen + plan.downLen)) / (endUs - startUs);
}
