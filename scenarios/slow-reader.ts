import { frozen } from '#core/base/frozen.ts';
import type { Scenario } from '#sim/mod.ts';

/** A reader that cannot keep up holds back its own sender, within bounds, and nobody else. */
export const slowReader: Scenario = frozen<Scenario>({
  name: 'slow-reader',
  about:
    'one reader is slow: its sender waits, memory stays bounded, its neighbour is not disturbed',
  params: {
    octets: {
      default: 4_000_000,
      min: 1_000_000,
      max: 50_000_000,
      unit: 'octets',
      about: 'content of each flow',
    },
    pace: {
      default: 20_000,
      min: 1_000,
      max: 1_000_000,
      unit: 'octets',
      about: 'what the slow reader takes per 10 ms',
    },
  },
  plan: ({ octets = 0, pace = 0 }) => ({
    hosts: [
      { name: 'node', ip: '192.0.2.1', role: 'answers' },
      { name: 'client', ip: '198.51.100.1', role: 'dials' },
    ],
    links: [
      { between: ['client', 'node'], delayUs: 2_000, mbps: 1_000, lossPpm: 0, queueKiB: 1_024 },
    ],
    flows: [
      {
        id: 1,
        from: 'client',
        to: 'node',
        startMs: 100,
        upLen: octets,
        downLen: 10,
        ending: 'dialler-first',
        readPerTick: pace,
      },
      {
        id: 2,
        from: 'client',
        to: 'node',
        startMs: 100,
        upLen: octets,
        downLen: 10,
        ending: 'dialler-first',
      },
    ],
    limitMs: 3_600_000,
  }),
  mustHold: [
    'delivered',
    'closed-once',
    'sealed',
    'unrejected',
    'conserved',
    'octets-conserved',
    'causal',
    'progress',
    'bounded',
    'reader-stalled',
    'nothing-ambient',
    'repeatable',
  ],
});
