import { exponential } from '../exponential.ts';
import { type Case, certain, estimated, type Given, type Parameter } from './case.ts';
import { Chain, serialisedNs } from './chain.ts';
import { BatchMeans } from './estimate.ts';
import { sweep } from './picture.ts';

// Queues that are full at times.

const RATE_BPS = 8_000_000;
const OCTETS = 1000;
/** What comes, where what comes is more than can go. */
export const LOAD: Parameter = Object.freeze({
  default: 1.6,
  min: 1.1,
  max: 4,
  unit: 'of the rate',
  about: 'what comes',
});

export function dropTail(): Case {
  const formula = (given: Given): number => 1 - 1 / given.get('load');
  const measure: Case['measure'] = (given, ground) => {
    const load = given.get('load');
    const queueBytes = given.whole('queue');
    const eachNs = serialisedNs(OCTETS, RATE_BPS);
    const sentNs: number[] = [];
    let lastNs = 0;
    const pipe = { delayNs: 0, rateBps: RATE_BPS, queueBytes };
    const chain = new Chain(ground, [pipe], (number) => {
      lastNs = chain.nowNs - (sentNs[number] as number);
    });
    // Until the queue is full, and then long enough for a thousandth.
    const full = Math.ceil(queueBytes / OCTETS / (1 - 1 / load));
    const count = full + 20_000;
    const { there } = chain.links[0] as { there: { sent: number; dropped: number } };
    let before = { sent: 0, dropped: 0 };
    for (let n = 0; n < count; n++)
      chain.at(Math.round((n * eachNs) / load), () => {
        if (n === full) before = { sent: there.sent, dropped: there.dropped };
        sentNs[n] = chain.nowNs;
        chain.send(n, OCTETS);
      });
    chain.runUntil(() => sentNs.length === count);
    const share = (there.dropped - before.dropped) / (there.sent - before.sent);
    // A packet that finds room came up to a gap after there was some.
    const slackNs = eachNs / load / 2;
    const waits = serialisedNs(queueBytes, RATE_BPS) - slackNs;
    return [
      certain('dropped', 'of all', formula(given), share, 0.001),
      certain('wait of those that are not', 'ns', waits, lastNs, slackNs + 1),
    ];
  };
  return {
    name: 'drop-tail',
    about:
      'a steady load x > 1: a share 1 - 1 / x is dropped, and the others wait B / C less half a gap',
    parameters: {
      load: LOAD,
      queue: {
        default: 30_000,
        min: 10_000,
        max: 1_000_000,
        unit: 'octets',
        about: 'the queue',
        whole: true,
      },
    },
    measure,
    picture: sweep(
      measure,
      formula,
      { x: { name: 'load', unit: 'of the rate' }, y: { name: 'dropped', unit: 'of all' } },
      { over: 'load', low: 1.1, high: 4, steps: 12 },
    ),
  };
}

/** Service so short that nobody waits for CoDel's 5 ms. */
const SERVICE_NS = 20_000;
const RATE_MAX_BPS = 1e12 - 1;

export function mm1k(): Case {
  const measure: Case['measure'] = (given, ground) => {
    const [offered, room] = [given.get('offered'), given.whole('room')];
    const batch = 400 + 50 * room * room;
    const [dropped, there] = [new BatchMeans(batch), new BatchMeans(batch)];
    let inside = 0;
    // One is being served, and equal packets fill the rest of the room. The queue is CoDel's, which keeps its packets
    // until the serialiser is free; it never acts.
    const queueBytes = (room - 1) * OCTETS;
    const options = { delayNs: 0, queueBytes, queue: 'codel' as const };
    const serve = () => {
      const ns = exponential(chain.random('service')) * SERVICE_NS;
      const rateBps = Math.min(RATE_MAX_BPS, Math.max(1, Math.round((OCTETS * 8e9) / ns)));
      return { ...options, rateBps };
    };
    const pipeOf = (): Chain['links'][number]['there'] =>
      (chain.links[0] as Chain['links'][number]).there;
    const chain: Chain = new Chain(ground, [{ ...options, rateBps: RATE_BPS }], () => {
      inside -= 1;
      // Equal packets take exponential time because the rate is drawn for each: no packet is longer than the MTU.
      pipeOf().change(serve());
    });
    pipeOf().change(serve());
    const arrivals = chain.random('arrivals');
    chain.every(
      () => Math.round((exponential(arrivals) * SERVICE_NS) / offered),
      () => {
        const before = pipeOf().dropped;
        there.add(inside);
        chain.send(0, OCTETS);
        const isDropped = pipeOf().dropped > before;
        dropped.add(isDropped ? 1 : 0);
        if (!isDropped) inside += 1;
      },
    );
    chain.runUntil(() => dropped.isDone && there.isDone);
    return [
      estimated('dropped', 'of all', blockedShare(given), dropped.estimate, 0),
      estimated('packets in the system', 'packets', meanPresent(given), there.estimate, 0),
    ];
  };
  return {
    name: 'm-m-1-k',
    about:
      'room for K, equal packets that each take exponential time: P(n) ~ rho^n, P(K) is dropped, N = sum n P(n)',
    parameters: {
      offered: { default: 1, min: 0.7, max: 3, unit: 'of the rate', about: 'rho' },
      room: {
        default: 5,
        min: 3,
        max: 10,
        unit: 'packets',
        about: 'K, waiting and served',
        whole: true,
      },
    },
    measure,
    picture: sweep(
      measure,
      blockedShare,
      { x: { name: 'rho', unit: 'of the rate' }, y: { name: 'dropped', unit: 'of all' } },
      { over: 'offered', low: 0.7, high: 2, steps: 6 },
    ),
  };
}

/** P(n) of 0 to K customers: as rho^n, adding up to 1. */
function probabilities(given: Given): readonly number[] {
  const powers = [1];
  for (let n = 1; n <= given.whole('room'); n++)
    powers.push((powers[n - 1] as number) * given.get('offered'));
  const sum = powers.reduce((all, power) => all + power, 0);
  return powers.map((power) => power / sum);
}

const blockedShare = (given: Given): number => probabilities(given).at(-1) as number;

const meanPresent = (given: Given): number =>
  probabilities(given).reduce((sum, share, n) => sum + n * share, 0);
