import { frozen } from '#core/base/frozen.ts';
import { type AccessClass, attachedAt, cityOf, pairsBetween, type Scenario } from '#sim/mod.ts';
import { LAWS } from './laws.ts';
import { smallNetwork } from './small-network.ts';

/** Where the nodes of the small network stand, in its order. */
const NODES: readonly string[] = frozen([
  'Frankfurt',
  'Paris',
  'Amsterdam',
  'Stockholm',
  'Zurich',
  'Vienna',
]);
const WEBSITES: readonly string[] = frozen(['Tokyo', 'Sao Paulo']);
const RESOLVER = 'London';

type Person = readonly [
  name: string,
  city: string,
  access: AccessClass,
  ip: string,
  outside: string,
];

/** Each behind a router that translates addresses, as most people are. */
const PEOPLE: readonly Person[] = frozen([
  ['anna', 'Sydney', 'fibre', '192.168.1.2', '198.18.1.1'],
  ['ben', 'Lagos', 'mobile', '192.168.2.2', '198.18.2.1'],
  ['chen', 'Reykjavik', 'satellite', '192.168.3.2', '198.18.3.1'],
]);

/** People in Sydney, Lagos and Reykjavik read what is in Tokyo and Sao Paulo by way of Europe. */
export const aroundTheWorld: Scenario = frozen<Scenario>({
  name: 'around-the-world',
  about:
    'three people far apart, behind translators, on fibre, mobile and satellite, read far websites by way of Europe',
  params: {
    pages: { default: 2, min: 1, max: 50, unit: 'pages', about: 'visits of each person' },
    octets: {
      default: 100_000,
      min: 0,
      max: 20_000_000,
      unit: 'octets',
      about: 'length of a page',
    },
    inflation: {
      default: 150,
      min: 100,
      max: 400,
      unit: '%',
      about: 'length of cables, of the great circle',
    },
  },
  plan: ({ pages = 1, octets = 0, inflation = 100 }) => {
    const { nodes, websites, resolver, faults } = smallNetwork();
    const machine = (city: string) => attachedAt(city, 'datacentre');
    const cities = [...NODES, ...WEBSITES, RESOLVER, ...PEOPLE.map(([, city]) => city)];
    return {
      nodes: nodes.map((node, i) => {
        const city = NODES[i] as string;
        return { ...node, ...machine(city), country: cityOf(city).country };
      }),
      websites: websites.map((site, i) => ({ ...site, ...machine(WEBSITES[i] as string) })),
      resolver: { ...resolver, ...machine(RESOLVER) },
      backbone: pairsBetween(cities, inflation),
      clients: PEOPLE.map(([name, city, access, ip, outside]) => ({
        name,
        ip,
        ...attachedAt(city, access),
        hops: 3,
        nat: {
          ip: outside,
          mapping: 'endpoint-independent' as const,
          filtering: 'address-and-port-dependent' as const,
        },
      })),
      visits: PEOPLE.flatMap(([client], person) =>
        Array.from({ length: pages }, (_, i) => ({
          client,
          page: 100 * person + i + 1,
          startMs: 500 + 6_000 * i + 2_000 * person,
          host: i % 2 === 0 ? 'shop.spn.test' : 'news.spn.test',
          port: 443,
          isolation: '',
          upLen: 800,
          downLen: octets,
        })),
      ),
      faults,
      limitMs: 120_000,
    };
  },
  mustHold: [
    'pages-load',
    'names-sealed',
    'canary-kept',
    'closed-once',
    'unrejected',
    ...LAWS,
    'nothing-ambient',
    'repeatable',
  ],
});
