import { BURST_MAX, MTU } from '../network/mod.ts';
import { atMost, type Case, certain, type Given, type Quantity } from './case.ts';
import { Chain, OCTETS_MIN } from './chain.ts';
import type { Ground } from './ground.ts';

// Token buckets (RFC 2697 with one rate): nothing that leaves is more than a burst and the rate allow.

const PACKETS = 20_000;
/** Packets a shaper has in its queue from the start. */
const AHEAD = 100;
/** What an octet costs where a bit a second brings one each nanosecond. */
const TOKENS = 8_000_000_000n;

export function tokenBucket(): Case {
  return {
    name: 'token-bucket',
    about:
      'in any interval t at most burst + rate t leaves a bucket; a shaper makes just that of what is too much',
    parameters: {
      rate: { default: 10, min: 0.01, max: 1000, unit: 'Mbit/s', about: 'tokens come' },
      burst: {
        default: 20_000,
        min: MTU,
        max: BURST_MAX,
        whole: true,
        unit: 'octets',
        about: 'tokens that are kept',
      },
      load: { default: 1.5, min: 1.1, max: 20, unit: 'of the rate', about: 'offered' },
    },
    measure: (given, ground) => [
      ...leaves(given, ground, 'waits', 'shaper'),
      ...leaves(given, ground, 'dropped', 'policer'),
    ],
  };
}

type Packet = readonly [atNs: number, octets: number];

/** Packets of any lengths at any moments, and what of them leaves. */
function leaves(
  given: Given,
  ground: Ground,
  excess: 'waits' | 'dropped',
  name: string,
): readonly Quantity[] {
  const rateBps = Math.round(given.get('rate') * 1e6);
  const burst = given.whole('burst');
  const sent: Packet[] = [];
  const left: Packet[] = [];
  const pipe = { delayNs: 0, queueBytes: 1e12, bucket: { rateBps, burst, excess } };
  const chain: Chain = new Chain(ground, [pipe], (number) => {
    left.push([chain.nowNs, (sent[number] as Packet)[1]]);
  });
  const send = (octets: number): void => {
    sent.push([chain.nowNs, octets]);
    chain.send(sent.length - 1, octets);
  };
  // A shaper that always has something to do uses all that comes.
  for (let octets = 0; octets < burst + AHEAD * MTU; octets += MTU) send(MTU);
  const random = chain.random('lengths and gaps');
  const meanNs = (((OCTETS_MIN + MTU) / 2) * 8e9) / (rateBps * given.get('load'));
  const count = sent.length + PACKETS;
  chain.every(
    () => random.below(Math.ceil(2 * meanNs)),
    () => {
      if (sent.length < count) send(OCTETS_MIN + random.below(MTU - OCTETS_MIN + 1));
    },
  );
  const { there } = chain.links[0] as (typeof chain.links)[number];
  chain.runUntil(() => sent.length === count && there.inFlight === 0);
  const all = left.reduce((sum, [, octets]) => sum + octets, 0);
  const most = mostBeyond(left, rateBps);
  const [lastNs] = left.at(-1) as Packet;
  const [allowed, tolerance] =
    excess === 'waits'
      ? [burst + (rateBps * lastNs) / 8e9, MTU]
      : [paidFor(sent, rateBps, burst), 0];
  return [
    // A packet leaves at a whole nanosecond, up to one after it was paid for.
    atMost(`${name}: beyond rate t`, 'octets', burst, most, rateBps / 8e9),
    certain(`${name}: all that left`, 'octets', allowed, all, tolerance),
  ];
}

/** Octets that find tokens when they come, and pay with them (RFC 2697, 3). */
function paidFor(sent: readonly Packet[], rateBps: number, burst: number): number {
  const most = BigInt(burst) * TOKENS;
  let [tokens, paid, lastNs] = [most, 0, 0];
  for (const [atNs, octets] of sent) {
    const filled = tokens + BigInt(atNs - lastNs) * BigInt(rateBps);
    tokens = filled < most ? filled : most;
    lastNs = atNs;
    const cost = BigInt(octets) * TOKENS;
    if (cost > tokens) continue;
    tokens -= cost;
    paid += octets;
  }
  return paid;
}

/** The most octets any interval had beyond what its time pays for: exact, since they are counted in whole tokens. */
function mostBeyond(left: readonly Packet[], rateBps: number): number {
  let [owed, most, lastNs] = [0n, 0n, 0];
  for (const [atNs, octets] of left) {
    const paid = owed - BigInt(atNs - lastNs) * BigInt(rateBps);
    owed = (paid > 0n ? paid : 0n) + BigInt(octets) * TOKENS;
    if (owed > most) most = owed;
    lastNs = atNs;
  }
  return Number(most) / Number(TOKENS);
}
