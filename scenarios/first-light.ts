import type { Scenario } from '#sim/mod.ts';
import { LAWS } from './laws.ts';
import { smallNetwork } from './small-network.ts';

const CLIENTS: readonly (readonly [name: string, ip: string, delayUs: number])[] = Object.freeze([
  Object.freeze(['anna', '100.64.1.2', 8_000] as const),
  Object.freeze(['ben', '100.64.2.2', 15_000] as const),
]);
const HOSTS: readonly string[] = Object.freeze([
  'shop.spn.test',
  'pictures.spn.test',
  'news.spn.test',
]);

/** Two people browse over three hops: pages load. */
export const firstLight: Scenario = Object.freeze<Scenario>({
  name: 'first-light',
  about: 'two people browse over three hops: six nodes, a resolver, websites; pages load',
  params: Object.freeze({
    pages: Object.freeze({
      default: 6,
      min: 1,
      max: 200,
      unit: 'pages',
      about: 'visits of each person',
    }),
    octets: Object.freeze({
      default: 200_000,
      min: 0,
      max: 20_000_000,
      unit: 'octets',
      about: 'length of a page',
    }),
    hops: Object.freeze({ default: 3, min: 2, max: 3, unit: 'hops', about: 'length of a circuit' }),
  }),
  plan: ({ pages = 1, octets = 0, hops = 3 }) => ({
    ...smallNetwork(),
    clients: CLIENTS.map(([name, ip, delayUs]) => ({ name, ip, delayUs, mbps: 50, hops })),
    visits: CLIENTS.flatMap(([client], person) =>
      Array.from({ length: pages }, (_, i) => ({
        client,
        page: 100 * person + i + 1,
        startMs: 100 + 400 * i + 130 * person,
        host: HOSTS[i % HOSTS.length] as string,
        port: 443,
        isolation: i % HOSTS.length === 2 ? 'news' : '',
        upLen: 800,
        downLen: octets,
      })),
    ),
    limitMs: 120_000,
  }),
  mustHold: Object.freeze([
    'pages-load',
    'names-sealed',
    'canary-kept',
    'closed-once',
    'unrejected',
    ...LAWS,
    'nothing-ambient',
    'repeatable',
  ] as const),
});
