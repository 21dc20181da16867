import { frozen } from '#core/base/frozen.ts';
import type { Scenario } from '#sim/mod.ts';
import { LAWS } from './laws.ts';
import { smallNetwork } from './small-network.ts';

const CRASH_MS = 1_200;

/** A relay's program dies under a download: it ends loudly, and what comes later works. */
export const nodeCrash: Scenario = frozen<Scenario>({
  name: 'node-crash-mid-download',
  about:
    'the middle node of a circuit crashes under a download; the download ends loudly, the next one works',
  params: {
    octets: {
      default: 20_000_000,
      min: 5_000_000,
      max: 200_000_000,
      unit: 'octets',
      about: 'length of the download',
    },
  },
  plan: ({ octets = 0 }) => ({
    ...smallNetwork(),
    clients: [{ name: 'anna', ip: '100.64.1.2', delayUs: 8_000, mbps: 50, hops: 3 }],
    visits: [
      { page: 1, startMs: 100, downLen: octets },
      { page: 2, startMs: CRASH_MS + 2_000, downLen: 100_000 },
      { page: 3, startMs: CRASH_MS + 5_000, downLen: 100_000 },
    ].map((visit) => ({
      ...visit,
      client: 'anna',
      host: 'shop.spn.test',
      port: 443,
      isolation: '',
      upLen: 600,
    })),
    faults: [{ kind: 'crash', host: '@middle', atMs: CRASH_MS }],
    limitMs: 60_000,
  }),
  mustHold: ['visits-end', 'comes-back', 'soon-back', 'names-sealed', ...LAWS, 'repeatable'],
});
