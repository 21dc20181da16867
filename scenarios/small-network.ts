import { frozen } from '#core/base/frozen.ts';
import type { OverlayPlan } from '#sim/mod.ts';

// Six nodes, a resolver, two websites: the ground of most scenarios over several hops. By their weights two of the
// nodes are all but surely the homes, of which one is the entry and the other mostly the middle, and two others the
// exits. Runs that say who saw what check that no node played two parts.

const HOME = 1_000_000;
const RELAY = 1_000;
const EXIT = 1;

type Row = readonly [
  name: string,
  ip: string,
  country: string,
  isExit: boolean,
  weight: number,
  delayUs: number,
];

const ROWS: readonly Row[] = frozen([
  ['home-1', '10.1.0.1', 'DE', false, HOME, 6_000],
  ['home-2', '10.2.0.1', 'FR', false, HOME, 9_000],
  ['middle-1', '10.3.0.1', 'NL', false, RELAY, 12_000],
  ['middle-2', '10.4.0.1', 'SE', false, RELAY, 14_000],
  ['exit-1', '10.5.0.1', 'CH', true, EXIT, 10_000],
  ['exit-2', '10.6.0.1', 'AT', true, EXIT, 8_000],
]);

/** Everything but clients and visits. */
export function smallNetwork(): Pick<OverlayPlan, 'nodes' | 'websites' | 'resolver' | 'faults'> {
  return {
    nodes: ROWS.map(([name, ip, country, isExit, weight, delayUs], i) => ({
      name,
      ip,
      owner: `owner of ${name}`,
      asNumber: 64_500 + i,
      country,
      isExit,
      weight,
      delayUs,
      mbps: 200,
    })),
    websites: [
      {
        name: 'shop',
        ip: '203.0.113.1',
        hosts: ['shop.spn.test', 'pictures.spn.test'],
        delayUs: 15_000,
        mbps: 200,
      },
      { name: 'news', ip: '198.51.100.9', hosts: ['news.spn.test'], delayUs: 20_000, mbps: 200 },
    ],
    resolver: { name: 'resolver', ip: '192.0.2.53', delayUs: 5_000, mbps: 200 },
    faults: [],
  };
}
