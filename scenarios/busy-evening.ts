import { frozen } from '#core/base/frozen.ts';
import type { Scenario } from '#sim/mod.ts';
import { LAWS } from './laws.ts';
import { smallNetwork } from './small-network.ts';

const SITES: readonly string[] = frozen(['shop.spn.test', 'pictures.spn.test', 'news.spn.test']);
const LOOKUPS = 64;

/** Three people do different things at once: pages, files, lookups, a call, a game. */
export const busyEvening: Scenario = frozen<Scenario>({
  name: 'busy-evening',
  about: 'three people browse, load files, call and play at the same time over three hops',
  params: {
    pages: { default: 6, min: 1, max: 1_000, unit: 'pages', about: 'pages of the one who browses' },
    files: {
      default: 2,
      min: 1,
      max: 100,
      unit: 'files',
      about: 'files of the one who loads some',
    },
    talk: {
      default: 1_500,
      min: 0,
      max: 600_000,
      unit: 'ms',
      about: 'mean length of a call and of a game',
    },
    rate: { default: 20, min: 1, max: 1_000, unit: 'Mbit/s', about: 'of every access line' },
  },
  plan: ({ pages = 1, files = 1, talk = 0, rate = 1 }) => {
    const ground = smallNetwork();
    const names = Array.from({ length: LOOKUPS }, (_, i) => `name-${i + 1}.spn.test`);
    const common = { startMs: 100, hosts: SITES };
    return {
      ...ground,
      websites: ground.websites.map((site) =>
        site.name === 'news' ? { ...site, hosts: [...site.hosts, ...names] } : site,
      ),
      clients: [
        { name: 'anna', ip: '100.64.1.2', delayUs: 8_000, mbps: rate, hops: 3 },
        { name: 'ben', ip: '100.64.2.2', delayUs: 15_000, mbps: rate, hops: 3 },
        { name: 'carla', ip: '100.64.3.2', delayUs: 11_000, mbps: rate, hops: 3 },
      ],
      visits: [],
      traffic: [
        {
          ...common,
          kind: 'web',
          user: 'anna',
          count: pages,
          gapMs: 400,
          object: { least: 1_000, span: 6 },
        },
        { ...common, kind: 'dns', user: 'anna', count: pages, gapMs: 400, hosts: names },
        {
          ...common,
          kind: 'bulk',
          user: 'ben',
          count: files,
          gapMs: 600,
          file: { least: 150_000, span: 2 },
          upPpm: 300_000,
        },
        { ...common, kind: 'call', user: 'ben', count: 1, gapMs: 200, forMs: talk },
        { ...common, kind: 'game', user: 'carla', count: 1, gapMs: 200, forMs: talk },
        {
          ...common,
          kind: 'web',
          user: 'carla',
          count: Math.ceil(pages / 2),
          gapMs: 800,
          object: { least: 1_000, span: 6 },
        },
      ],
      limitMs: 600_000,
    };
  },
  mustHold: [
    'pages-load',
    'names-sealed',
    'canary-kept',
    'closed-once',
    'unrejected',
    ...LAWS,
    'upload-seen',
    'nothing-ambient',
    'repeatable',
  ],
});
