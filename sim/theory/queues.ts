import { exponential } from '../exponential.ts';
import { type Case, estimated, type Given, type Parameter, type Quantity } from './case.ts';
import { Chain, OCTETS_MIN, serialisedNs } from './chain.ts';
import { BatchMeans, type Estimate } from './estimate.ts';
import type { Ground } from './ground.ts';
import { sweep } from './picture.ts';

// Packets that come by chance to a link that takes its time: Kleinrock, "Queueing Systems" (1975), volume 1.

const RHO: Parameter = Object.freeze({
  default: 0.7,
  min: 0.05,
  max: 0.95,
  unit: 'of the rate',
  about: 'how busy the link is',
});
const RATE_BPS = 8_000_000;
const OCTETS = 1000;
const MTU_OCTETS = 1500;
/** Mean length of a message, in octets: it is in 1.6 packets on average. */
const MESSAGE_OCTETS = 1500;
const NO_LIMIT = 1e12;

/** A queue is felt for about 1 / (1 - rho)^2 customers; a batch is many times as long. */
const batchOf = (rho: number): number => Math.round(400 + 50 / ((1 - rho) * (1 - rho)));

/**
 * Customers by a Poisson process, each of the packets whose octets `lengthsOf` says. Measures the time from a
 * customer's coming to the arrival of its last packet, and how many customers are there on average when one comes
 * (which is what an onlooker sees at any time: Wolff, "Poisson arrivals see time averages", 1982).
 */
function measureQueue(
  ground: Ground,
  rho: number,
  meanNs: number,
  lengthsOf: (chain: Chain) => readonly number[],
): { readonly time: Estimate; readonly customers: Estimate } {
  const [times, customers] = [new BatchMeans(batchOf(rho)), new BatchMeans(batchOf(rho))];
  const came = new Map<number, { readonly atNs: number; left: number }>();
  const pipe = { delayNs: 0, rateBps: RATE_BPS, queueBytes: NO_LIMIT };
  const chain: Chain = new Chain(ground, [pipe], (number) => {
    const customer = came.get(number);
    if (customer === undefined || --customer.left > 0) return;
    times.add(chain.nowNs - customer.atNs);
    came.delete(number);
  });
  const arrivals = chain.random('arrivals');
  let number = 0;
  chain.every(
    () => Math.round((exponential(arrivals) * meanNs) / rho),
    () => {
      const lengths = lengthsOf(chain);
      customers.add(came.size);
      came.set(number, { atNs: chain.nowNs, left: lengths.length });
      for (const octets of lengths) chain.send(number, octets);
      number += 1;
    },
  );
  chain.runUntil(() => times.isDone && customers.isDone);
  return { time: times.estimate, customers: customers.estimate };
}

/** Mean time in the system by Pollaczek and Khinchin, from mean and mean square of the service time. */
const systemNs = (rho: number, meanNs: number, squareNs2: number): number =>
  meanNs + (rho * squareNs2) / (2 * meanNs * (1 - rho));

const TIME = Object.freeze({ name: 'time in the system', unit: 'ns' });
const BUSY = Object.freeze({ name: 'rho', unit: 'of the rate' });
/** From a link that idles to one that rarely does. */
const SWEEP = Object.freeze({ over: 'rho', low: 0.1, high: 0.85, steps: 5 });

const pictureOf = (
  measure: Case['measure'],
  formula: (given: Given) => number,
): NonNullable<Case['picture']> => sweep(measure, formula, { x: BUSY, y: TIME }, SWEEP);

/** Both means, the second by Little from the first. */
function judged(
  what: string,
  rho: number,
  meanNs: number,
  expected: number,
  { time, customers }: ReturnType<typeof measureQueue>,
): readonly Quantity[] {
  return [
    estimated(TIME.name, TIME.unit, expected, time, 1),
    estimated(`${what} in the system`, what, (rho * expected) / meanNs, customers, 0),
  ];
}

export function md1(): Case {
  const meanNs = serialisedNs(OCTETS, RATE_BPS);
  const formula = (given: Given): number => systemNs(given.get('rho'), meanNs, meanNs * meanNs);
  const lengths = Object.freeze([OCTETS]);
  const measure: Case['measure'] = (given, ground) => {
    const rho = given.get('rho');
    const found = measureQueue(ground, rho, meanNs, () => lengths);
    return judged('packets', rho, meanNs, formula(given), found);
  };
  return {
    name: 'm-d-1',
    about: 'equal packets by chance: T = S + rho S / (2 (1 - rho)), N = lambda T',
    parameters: { rho: RHO },
    measure,
    picture: pictureOf(measure, formula),
  };
}

export function mg1(): Case {
  const [short, long] = [serialisedNs(100, RATE_BPS), serialisedNs(1500, RATE_BPS)];
  const mix = (given: Given, a: number, b: number): number =>
    a + (b - a) * (given.get('long') / 100);
  const meanOf = (given: Given): number => mix(given, short, long);
  const formula = (given: Given): number =>
    systemNs(given.get('rho'), meanOf(given), mix(given, short * short, long * long));
  const measure: Case['measure'] = (given, ground) => {
    const rho = given.get('rho');
    const longPpm = Math.round(given.get('long') * 10_000);
    const lengthsOf = (chain: Chain): readonly number[] => [
      chain.random('lengths').chancePpm(longPpm) ? 1500 : 100,
    ];
    const found = measureQueue(ground, rho, meanOf(given), lengthsOf);
    return judged('packets', rho, meanOf(given), formula(given), found);
  };
  return {
    name: 'm-g-1',
    about:
      'short and long packets by chance (Pollaczek, Khinchin): T = S + lambda E[S^2] / (2 (1 - rho)), N = lambda T',
    parameters: {
      rho: RHO,
      long: { default: 30, min: 0, max: 100, unit: '%', about: 'packets of 1500 octets, not 100' },
    },
    measure,
    picture: pictureOf(measure, formula),
  };
}

export function mm1(): Case {
  const meanNs = serialisedNs(MESSAGE_OCTETS, RATE_BPS);
  const formula = (given: Given): number => meanNs / (1 - given.get('rho'));
  const lengthsOf = (chain: Chain): readonly number[] =>
    inPackets(Math.round(MESSAGE_OCTETS * exponential(chain.random('lengths'))));
  const measure: Case['measure'] = (given, ground) => {
    const rho = given.get('rho');
    const found = measureQueue(ground, rho, meanNs, lengthsOf);
    const quantities = judged('messages', rho, meanNs, formula(given), found);
    // Messages shorter than a packet's headers are as long as these: a twentieth of a percent more on average.
    return quantities.map((one) => ({ ...one, tolerance: 0.001 * one.expected }));
  };
  return {
    name: 'm-m-1',
    about: 'messages of exponential length by chance: T = S / (1 - rho), N = rho / (1 - rho)',
    parameters: { rho: RHO },
    measure,
    picture: pictureOf(measure, formula),
  };
}

/** Octets of the packets a message is sent in. A last one that would be too short borrows from the one before. */
function inPackets(octets: number): readonly number[] {
  const lengths: number[] = [];
  let left = Math.max(octets, OCTETS_MIN);
  for (; left > MTU_OCTETS; left -= lengths.at(-1) as number)
    lengths.push(Math.min(MTU_OCTETS, left - OCTETS_MIN));
  return [...lengths, left];
}
