import { frozen } from '#core/base/frozen.ts';
import { parseMatrix, type Scenario } from '#sim/mod.ts';
import { LAWS } from './laws.ts';
import { smallNetwork } from './small-network.ts';

/** From where each line begins to where each column stands, one way in ms: as measurements are written down. */
const DELAYS = `,Leipzig,Frankfurt,Ashburn
Leipzig,-,4.2,48.1
Frankfurt,4.4,-,44.0
Ashburn,47.9,43.8,-`;

/** CUBIC, as most machines have it (RFC 9438). */
const STREAMS = frozen({ congestion: 'cubic' } as const);

/**
 * A line as people have it: its packets are shorter for what carries them (PPPoE, RFC 2516), the provider holds it to
 * the rate that was paid for, a crackle takes some packets in a row, and the boxes at both ends keep queues short.
 */
export const homeLine: Scenario = frozen<Scenario>({
  name: 'home-line',
  about:
    'a person at home loads pages over a crackling line that is held to a rate and keeps queues short',
  params: {
    pages: { default: 3, min: 1, max: 50, unit: 'pages', about: 'pages, side by side' },
    octets: { default: 120_000, min: 0, max: 20_000_000, unit: 'octets', about: 'length of each' },
    rate: { default: 6_000, min: 100, max: 40_000, unit: 'kbit/s', about: 'paid for, down' },
    mtu: { default: 1_492, min: 1_280, max: 1_500, unit: 'octets', about: 'longest packet' },
    bursts: { default: 6_000, min: 0, max: 20_000, unit: 'ppm', about: 'beginnings of a crackle' },
  },
  plan: ({ pages = 1, octets = 0, rate = 100, mtu = 1_500, bursts: beginPpm = 0 }) => {
    const { nodes, websites, resolver, faults } = smallNetwork();
    const delays = parseMatrix(DELAYS);
    if ('fault' in delays) throw new Error(delays.fault);
    const bursts = { beginPpm, endPpm: 200_000, lossPpm: 300_000 };
    const line = { delayUs: 6_000, mtu, bursts };
    return {
      nodes: nodes.map((node) => ({ ...node, ...STREAMS, site: 'Frankfurt' })),
      websites: websites.map((site) => ({ ...site, ...STREAMS, site: 'Ashburn' })),
      resolver: { ...resolver, site: 'Frankfurt' },
      backbone: delays.pairs,
      clients: [
        {
          ...STREAMS,
          ...line,
          name: 'anna',
          ip: '100.64.1.2',
          site: 'Leipzig',
          hops: 3,
          mbps: 10,
          queue: 'fq-codel',
          bucket: { kbps: 2_000, burst: 15_000, excess: 'waits' },
          back: {
            ...line,
            mbps: 50,
            queue: 'codel',
            bucket: { kbps: rate, burst: 30_000, excess: 'waits' },
          },
        },
      ],
      visits: Array.from({ length: pages }, (_, i) => ({
        client: 'anna',
        page: i + 1,
        startMs: 200 + 100 * i,
        host: i % 2 === 0 ? 'shop.spn.test' : 'news.spn.test',
        port: 443,
        isolation: '',
        upLen: 50_000,
        downLen: octets,
      })),
      faults,
      limitMs: 600_000,
    };
  },
  mustHold: ['pages-load', 'closed-once', 'unrejected', ...LAWS, 'repeatable'],
});
