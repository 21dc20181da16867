import { frozen } from '#core/base/frozen.ts';
import type { Scenario } from '#sim/mod.ts';

/** Three streams at once over a link that loses packets: nothing may be lost, doubled or seen. */
export const lossyLink: Scenario = frozen<Scenario>({
  name: 'lossy-link',
  about: 'three streams share a link that loses packets and has a short queue',
  params: {
    octets: {
      default: 400_000,
      min: 1,
      max: 50_000_000,
      unit: 'octets',
      about: 'content of each flow, each way',
    },
    loss: {
      default: 20_000,
      min: 0,
      max: 200_000,
      unit: 'ppm',
      about: 'packets lost, each direction',
    },
    delay: {
      default: 20_000,
      min: 0,
      max: 1_000_000,
      unit: 'us',
      about: 'one-way delay of each link',
    },
  },
  plan: ({ octets = 0, loss = 0, delay = 0 }) => ({
    hosts: [
      { name: 'node', ip: '192.0.2.1', role: 'answers' },
      { name: 'router', role: 'routes' },
      { name: 'anna', ip: '198.51.100.1', role: 'dials' },
      { name: 'ben', ip: '203.0.113.1', role: 'dials' },
    ],
    links: [
      { between: ['anna', 'router'], delayUs: delay, mbps: 50, lossPpm: loss, queueKiB: 64 },
      { between: ['ben', 'router'], delayUs: delay, mbps: 50, lossPpm: loss, queueKiB: 64 },
      { between: ['router', 'node'], delayUs: delay, mbps: 20, lossPpm: 0, queueKiB: 64 },
    ],
    flows: [
      {
        id: 1,
        from: 'anna',
        to: 'node',
        startMs: 100,
        upLen: octets,
        downLen: octets,
        ending: 'each-alone',
      },
      {
        id: 2,
        from: 'anna',
        to: 'node',
        startMs: 100,
        upLen: octets,
        downLen: octets,
        ending: 'dialler-first',
      },
      {
        id: 3,
        from: 'ben',
        to: 'node',
        startMs: 100,
        upLen: octets,
        downLen: octets,
        ending: 'answerer-first',
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
    'loss-seen',
    'nothing-ambient',
    'repeatable',
  ],
});
