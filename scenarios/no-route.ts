import { frozen } from '#core/base/frozen.ts';
import type { Scenario } from '#sim/mod.ts';
import { smallNetwork } from './small-network.ts';

/** A network without exits: an application hears so, in time and with the right code. */
export const noRoute: Scenario = frozen<Scenario>({
  name: 'no-route',
  about:
    'a network without an exit: applications hear that there is no way, in time and with the right code',
  params: {
    visits: { default: 3, min: 1, max: 100, unit: 'visits', about: 'attempts of one application' },
  },
  plan: ({ visits = 1 }) => {
    const ground = smallNetwork();
    return {
      ...ground,
      nodes: ground.nodes.map((node) => ({ ...node, isExit: false })),
      clients: [{ name: 'anna', ip: '100.64.1.2', delayUs: 8_000, mbps: 50, hops: 3 }],
      visits: Array.from({ length: visits }, (_, i) => ({
        client: 'anna',
        page: i + 1,
        startMs: 100 + 300 * i,
        host: 'shop.spn.test',
        port: 443,
        isolation: '',
        upLen: 10,
        downLen: 1_000,
      })),
      limitMs: 60_000,
    };
  },
  mustHold: ['no-way-said', 'names-sealed', 'conserved', 'causal'],
});
