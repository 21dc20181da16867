import { expect, test } from 'vitest';
import { type OverlayPlan, resolveSettings, runRecipe } from '#sim/mod.ts';
import { homeLine } from './home-line.ts';

type Client = OverlayPlan['clients'][number];

/** What of the line is left out, by name of the field; both ways. */
const LEFT_OUT: readonly (keyof Client)[] = ['queue', 'bucket', 'mtu', 'bursts'];

function traceOf(change: (plan: OverlayPlan) => OverlayPlan): string {
  const settings = resolveSettings(homeLine, []);
  if ('fault' in settings) throw new Error(settings.fault);
  const plan = (params: Parameters<typeof homeLine.plan>[0]) =>
    change(homeLine.plan(params) as OverlayPlan);
  const scenario = { ...homeLine, plan, mustHold: ['pages-load' as const] };
  const { assertions, hashes } = runRecipe({ scenario, seed: '1', ...settings });
  expect(assertions.filter(({ ok }) => !ok)).toEqual([]);
  return hashes.trace;
}

function without<T extends object>(from: T, field: PropertyKey): T {
  return Object.fromEntries(Object.entries(from).filter(([name]) => name !== field)) as T;
}

test('everything that makes the line is felt: a run without one of them is another run', () => {
  const runs = [
    traceOf((plan) => plan),
    ...LEFT_OUT.map((field) =>
      traceOf(({ clients, ...plan }) => ({
        ...plan,
        clients: clients.map(({ back, ...there }) => ({
          ...without(there, field),
          ...(back && { back: without(back, field) }),
        })),
      })),
    ),
    traceOf(({ clients, ...plan }) => ({
      ...plan,
      clients: clients.map((client) => without(client, 'congestion')),
    })),
    traceOf(({ nodes, ...plan }) => ({
      ...plan,
      nodes: nodes.map((node) => without(node, 'congestion')),
    })),
  ];
  expect(new Set(runs).size).toBe(runs.length);
});
