import { frozen } from '#core/base/frozen.ts';
import type { Scenario } from '#sim/mod.ts';
import { smallNetwork } from './small-network.ts';

const CLIENTS: readonly (readonly [name: string, ip: string, delayUs: number])[] = frozen([
  ['anna', '100.64.1.2', 8_000],
  ['ben', '100.64.2.2', 15_000],
]);
const HOSTS: readonly string[] = frozen(['shop.spn.test', 'news.spn.test']);
const CHAOS_MS = 2_000;

/** A swarm of faults out of the seed; when it is over the network is as good as before. */
export const chaos: Scenario = frozen<Scenario>({
  name: 'chaos',
  about: 'faults of all kinds, drawn from the seed; healed, and pages load as before',
  params: {
    chaos: { default: 20_000, min: 1_000, max: 600_000, unit: 'ms', about: 'time things go wrong' },
    // What is silently dead, a link finds out after three minutes (SILENCE_US).
    heal: { default: 200_000, min: 1_000, max: 600_000, unit: 'ms', about: 'time to recover' },
    faults: { default: 3, min: 1, max: 20, unit: 'faults', about: 'of one family, at most' },
    clock: {
      default: 60_000,
      min: 0,
      max: 86_400_000,
      unit: 'ms',
      // Beyond an hour, two clocks that differ need not understand each other (KEY_OVERLAP_MS).
      about: 'by which wall clocks are off, at most',
    },
    octets: { default: 60_000, min: 0, max: 5_000_000, unit: 'octets', about: 'length of a page' },
  },
  plan: ({ chaos: chaosLen = 0, heal = 0, faults = 1, clock = 0, octets = 0 }) => {
    const healMs = CHAOS_MS + chaosLen;
    const quietMs = healMs + heal;
    const starts = [
      ...[200, 900],
      ...Array.from({ length: 5 }, (_, i) => CHAOS_MS + Math.floor((chaosLen * i) / 5)),
      ...[quietMs + 100, quietMs + 600, quietMs + 2_000],
    ];
    return {
      ...smallNetwork(),
      clients: CLIENTS.map(([name, ip, delayUs]) => ({ name, ip, delayUs, mbps: 50, hops: 3 })),
      visits: CLIENTS.flatMap(([client], person) =>
        starts.map((startMs, i) => ({
          client,
          page: 100 * person + i + 1,
          startMs: startMs + 70 * person,
          host: HOSTS[(i + person) % HOSTS.length] as string,
          port: 443,
          isolation: i % 3 === 2 ? 'other' : '',
          upLen: 800,
          downLen: octets,
        })),
      ),
      phases: { chaosMs: CHAOS_MS, healMs, quietMs },
      swarm: { perFamily: faults, shortestMs: 200, longestMs: chaosLen, clockMs: clock },
      limitMs: quietMs + 60_000,
    };
  },
  mustHold: [
    'quiet-loads',
    'visits-end',
    'healed',
    'names-sealed',
    'canary-kept',
    'closed-once',
    'conserved',
    'octets-conserved',
    'credits-conserved',
    'causal',
    'progress',
    'nothing-ambient',
    'repeatable',
  ],
});
