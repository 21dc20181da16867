import type { Visit } from '../overlay/mod.ts';
import { quantile } from '../quantile.ts';
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
        { value: quantile(ascending(own.map(rateOf)), 0.5), unit: 'Mbit/s' },
      ]);
    else {
      const times = ascending(timesOf(kind, own));
      const percents = kind === 'call' || kind === 'game' ? [50, 95, 99] : [50, 95];
      for (const percent of percents)
        metrics.push([`${kind}P${percent}`, { value: quantile(times, percent / 100), unit: 'ms' }]);
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

function ascending(values: readonly number[]): readonly number[] {
  return values.toSorted((a, b) => a - b);
}
