import type { Scenario } from '#sim/mod.ts';
import { LAWS } from './laws.ts';
import { smallNetwork } from './small-network.ts';

/** One person, one page, and everybody on the way listening. */
export const whoSeesWhat: Scenario = Object.freeze<Scenario>({
  name: 'who-sees-what',
  about:
    'one person visits pages; what each party on the way, alone or with another, can know of it',
  params: Object.freeze({
    octets: Object.freeze({
      default: 30_000,
      min: 1_000,
      max: 1_000_000,
      unit: 'octets',
      about: 'length of a page',
    }),
  }),
  plan: ({ octets = 0 }) => ({
    ...smallNetwork(),
    clients: [{ name: 'anna', ip: '100.64.1.2', delayUs: 8_000, mbps: 50, hops: 3 }],
    visits: ['shop.spn.test', 'pictures.spn.test'].map((host, i) => ({
      client: 'anna',
      page: i + 1,
      startMs: 100 + 500 * i,
      host,
      port: 443,
      isolation: '',
      upLen: 600,
      downLen: octets,
    })),
    limitMs: 60_000,
  }),
  mustHold: Object.freeze([
    'pages-load',
    'who-sees-what',
    'nothing-shared',
    'names-sealed',
    'canary-kept',
    ...LAWS,
    'repeatable',
  ] as const),
});
