import { frozen } from '#core/base/frozen.ts';
import type { Scenario } from '#sim/mod.ts';
import { LAWS } from './laws.ts';
import { smallNetwork } from './small-network.ts';

/** A slow reader behind three hops: relays hold little, and its neighbour is not disturbed. */
export const slowVisitor: Scenario = frozen<Scenario>({
  name: 'slow-visitor',
  about:
    'one reader behind three hops is slow: relays hold a bounded amount, its neighbour is not disturbed',
  params: {
    octets: {
      default: 3_000_000,
      min: 1_000_000,
      max: 50_000_000,
      unit: 'octets',
      about: 'length of the page that is read slowly',
    },
    pace: {
      default: 5_000,
      min: 500,
      max: 100_000,
      unit: 'octets',
      about: 'read per 10 ms by the slow reader',
    },
  },
  plan: ({ octets = 0, pace = 0 }) => ({
    ...smallNetwork(),
    clients: [{ name: 'anna', ip: '100.64.1.2', delayUs: 8_000, mbps: 50, hops: 3 }],
    visits: [
      { page: 1, startMs: 100, downLen: octets, readPerTick: pace },
      { page: 2, startMs: 2_000, downLen: 300_000 },
    ].map((visit) => ({
      ...visit,
      client: 'anna',
      host: 'shop.spn.test',
      port: 443,
      isolation: '',
      upLen: 600,
    })),
    limitMs: 600_000,
  }),
  mustHold: ['pages-load', 'pool-bounded', 'closed-once', 'unrejected', ...LAWS, 'repeatable'],
});
