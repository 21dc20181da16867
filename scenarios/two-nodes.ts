import { frozen } from '#core/base/frozen.ts';
import type { Scenario } from '#sim/mod.ts';

/** A client and a node, one link: every way a stream can begin and end. */
export const twoNodes: Scenario = frozen<Scenario>({
  name: 'two-nodes',
  about:
    'a client and a node talk over authenticated, encrypted links; every way to begin and to end',
  params: {
    octets: {
      default: 262_144,
      min: 0,
      max: 100_000_000,
      unit: 'octets',
      about: 'content of the longest flow, each way',
    },
    delay: {
      default: 10_000,
      min: 0,
      max: 1_000_000,
      unit: 'us',
      about: 'one-way delay of the link',
    },
    rate: {
      default: 100,
      min: 0,
      max: 100_000,
      unit: 'Mbit/s',
      about: 'rate of the link; 0 is infinite',
    },
  },
  plan: ({ octets = 0, delay = 0, rate = 0 }) => ({
    hosts: [
      { name: 'node', ip: '192.0.2.1', role: 'answers' },
      { name: 'client', ip: '198.51.100.1', role: 'dials' },
    ],
    links: [{ between: ['client', 'node'], delayUs: delay, mbps: rate, lossPpm: 0, queueKiB: 256 }],
    flows: [
      {
        id: 1,
        from: 'client',
        to: 'node',
        startMs: 100,
        upLen: octets,
        downLen: octets,
        ending: 'each-alone',
      },
      {
        id: 2,
        from: 'client',
        to: 'node',
        startMs: 100,
        upLen: 0,
        downLen: 0,
        ending: 'each-alone',
      },
      {
        id: 3,
        from: 'client',
        to: 'node',
        startMs: 200,
        upLen: 70_000,
        downLen: 1,
        ending: 'dialler-first',
      },
      {
        id: 4,
        from: 'client',
        to: 'node',
        startMs: 300,
        upLen: 1,
        downLen: 70_000,
        ending: 'answerer-first',
      },
      {
        id: 5,
        from: 'client',
        to: 'node',
        startMs: 400,
        upLen: 20_000,
        downLen: 0,
        ending: 'answerer-resets',
      },
      {
        id: 6,
        from: 'client',
        to: 'node',
        startMs: 500,
        upLen: 0,
        downLen: 20_000,
        ending: 'dialler-resets',
      },
      { id: 7, from: 'client', to: 'node', startMs: 600, upLen: 0, downLen: 0, ending: 'refused' },
    ],
    limitMs: 600_000,
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
    'nothing-ambient',
    'repeatable',
  ],
});
