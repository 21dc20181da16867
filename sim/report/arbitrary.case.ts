// Any data at all as a run's: hostile names, lengths that disagree, numbers that are none.
import fc from 'fast-check';
import type { HostRole, ReportData } from './data.ts';

const HOSTILE = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onload='alert(1)",
  '</style></title></svg><b>',
  '&lt;&#60;&',
  '<!-- ',
  ']]>',
  '\u202egpj.exe',
  '\u0000\u001b[31m',
  '\ud800',
  '__proto__',
  'x'.repeat(300),
  '',
];
const ROLES: readonly HostRole[] = [
  'client',
  'wifi',
  'isp',
  'entry',
  'middle',
  'exit',
  'relay',
  'resolver',
  'server',
  'router',
];

/** Names that collide often, and text of any kind. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom('a', 'b', 'c', 'd', ...HOSTILE),
  fc.string({ unit: 'binary', maxLength: 40 }),
);
const anyNumber: fc.Arbitrary<number> = fc.oneof(fc.double(), fc.integer({ min: -3, max: 3000 }));

const threshold = fc.record(
  { value: anyNumber, label: anyText, bad: fc.constantFrom('above' as const, 'below' as const) },
  { requiredKeys: ['value', 'label'] },
);
const names = fc.array(anyText, { maxLength: 8 });
const flags = fc.array(fc.boolean(), { maxLength: 8 });
const row = fc.record(
  { coalition: names, sees: flags, allowed: flags, how: anyText },
  { requiredKeys: ['coalition', 'sees', 'allowed'] },
);
const topology = fc.record(
  {
    hosts: fc.array(fc.record({ name: anyText, role: fc.constantFrom(...ROLES), ip: anyText }), {
      maxLength: 30,
    }),
    links: fc.array(fc.record({ a: anyText, b: anyText, delayMs: anyNumber, mbps: anyNumber }), {
      maxLength: 20,
    }),
    path: names,
  },
  { requiredKeys: ['hosts', 'links'] },
);
const message = fc.record(
  {
    timeMs: anyNumber,
    from: anyText,
    to: anyText,
    label: anyText,
    detail: anyText,
    sealed: anyNumber,
  },
  { requiredKeys: ['timeMs', 'from', 'to', 'label', 'sealed'] },
);
const series = fc.record(
  {
    name: anyText,
    unit: anyText,
    points: fc.array(fc.tuple(anyNumber, anyNumber), { maxLength: 30 }),
    threshold,
  },
  { requiredKeys: ['name', 'unit', 'points'] },
);
const latencies = fc.record(
  { name: anyText, valuesMs: fc.array(anyNumber, { maxLength: 30 }), threshold },
  { requiredKeys: ['name', 'valuesMs'] },
);

/** A run of any shape. */
export const anyReport: fc.Arbitrary<ReportData> = fc.record(
  {
    title: anyText,
    about: anyText,
    token: anyText,
    seed: anyText,
    scenario: anyText,
    params: fc.dictionary(anyText, fc.oneof(anyText, anyNumber), { maxKeys: 4 }),
    plant: anyText,
    commit: anyText,
    command: anyText,
    verdict: fc.record({ ok: fc.boolean(), text: anyText }),
    assertions: fc.array(
      fc.record({
        name: anyText,
        kind: fc.constantFrom('always' as const, 'eventually' as const, 'sometimes' as const),
        ok: fc.boolean(),
        detail: anyText,
      }),
      { maxLength: 5 },
    ),
    metrics: fc.dictionary(anyText, fc.record({ value: anyNumber, unit: anyText }), { maxKeys: 4 }),
    hashes: fc.dictionary(anyText, anyText, { maxKeys: 4 }),
    virtualSeconds: anyNumber,
    wallSeconds: anyNumber,
    events: anyNumber,
    topology,
    sequence: fc.array(message, { maxLength: 12 }),
    series: fc.array(series, { maxLength: 3 }),
    latencies: fc.array(latencies, { maxLength: 3 }),
    whoSeesWhat: fc.record({ parties: names, facts: names, rows: fc.array(row, { maxLength: 6 }) }),
  },
  {
    requiredKeys: [
      ...(['title', 'about', 'token', 'seed', 'scenario', 'params', 'commit', 'command'] as const),
      ...(['verdict', 'assertions', 'metrics', 'hashes', 'virtualSeconds', 'wallSeconds'] as const),
      ...(['events', 'topology', 'sequence', 'series', 'latencies'] as const),
    ],
  },
);
