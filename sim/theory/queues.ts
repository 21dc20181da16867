import { exponential } from '../exponential.ts';
import { type Case, certain, type Parameter, type Quantity } from './case.ts';
import { Chain, OCTETS_MIN, serialisedNs } from './chain.ts';
import { BatchMeans, type Estimate } from './estimate.ts';

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
const NO_LIMIT = 1e12;
/** Shortest packets a message has on average: its length is all but exponential. */
const MESSAGE_PACKETS = 50;

/** A queue is felt for about 1 / (1 - rho)^2 customers; a batch is many times as long. */
const batchOf = (rho: number): number => Math.round(400 + 50 / ((1 - rho) * (1 - rho)));

const known = (
  quantity: string,
  unit: string,
  expected: number,
  { mean, standardError }: Estimate,
  tolerance: number,
): Quantity => ({ quantity, unit, expected, measured: mean, standardError, tolerance });

/**
 * Customers by a Poisson process, each of so many packets as `packetsOf` says. Measures the time from a customer's
 * coming to the arrival of its last packet, and how many customers are there on average when one comes (which is what
 * an onlooker sees at any time: Wolff, "Poisson arrivals see time averages", 1982).
 */
function measureQueue(
  seed: string,
  rho: number,
  meanNs: number,
  octetsOf: (chain: Chain) => number,
  packetsOf: (chain: Chain) => number,
): { readonly time: Estimate; readonly customers: Estimate } {
  const [times, customers] = [new BatchMeans(batchOf(rho)), new BatchMeans(batchOf(rho))];
  const came = new Map<number, { readonly atNs: number; left: number }>();
  const pipe = { delayNs: 0, rateBps: RATE_BPS, queueBytes: NO_LIMIT };
  const chain: Chain = new Chain(seed, [pipe], (number) => {
    const customer = came.get(number);
    if (customer === undefined || --customer.left > 0) return;
    times.add(chain.nowNs - customer.atNs);
    came.delete(number);
  });
  let number = 0;
  chain.every(
    () => Math.round((exponential(chain.random('arrivals')) * meanNs) / rho),
    () => {
      const left = packetsOf(chain);
      customers.add(came.size);
      came.set(number, { atNs: chain.nowNs, left });
      for (let n = 0; n < left; n++) chain.send(number, octetsOf(chain));
      number += 1;
    },
  );
  chain.runUntil(() => times.isDone && customers.isDone);
  return { time: times.estimate, customers: customers.estimate };
}

/** Mean time in the system by Pollaczek and Khinchin, from mean and mean square of the service time. */
const systemNs = (rho: number, meanNs: number, squareNs2: number): number =>
  meanNs + (rho * squareNs2) / (2 * meanNs * (1 - rho));

export function md1(): Case {
  return {
    name: 'm-d-1',
    about: 'equal packets by chance: T = S + rho S / (2 (1 - rho)); customers: lambda T (Little)',
    parameters: { rho: RHO },
    measure: (given, seed) => {
      const rho = given.get('rho');
      const meanNs = serialisedNs(OCTETS, RATE_BPS);
      const one = () => 1;
      const { time, customers } = measureQueue(seed, rho, meanNs, () => OCTETS, one);
      const expected = systemNs(rho, meanNs, meanNs * meanNs);
      return [
        known('time in the system', 'ns', expected, time, 1),
        known('packets in the system', 'packets', (rho * expected) / meanNs, customers, 0.001),
      ];
    },
  };
}

export function mg1(): Case {
  return {
    name: 'm-g-1',
    about:
      'short and long packets by chance (Pollaczek, Khinchin): T = S + lambda E[S^2] / (2 (1 - rho))',
    parameters: {
      rho: RHO,
      long: { default: 30, min: 0, max: 100, unit: '%', about: 'packets of 1500 octets, not 100' },
    },
    measure: (given, seed) => {
      const rho = given.get('rho');
      const longPpm = Math.round(given.get('long') * 10_000);
      const [short, long] = [serialisedNs(100, RATE_BPS), serialisedNs(1500, RATE_BPS)];
      const mix = (a: number, b: number): number => a + ((b - a) * longPpm) / 1e6;
      const meanNs = mix(short, long);
      const octetsOf = (chain: Chain): number =>
        chain.random('lengths').chancePpm(longPpm) ? 1500 : 100;
      const { time } = measureQueue(seed, rho, meanNs, octetsOf, () => 1);
      const expected = systemNs(rho, meanNs, mix(short * short, long * long));
      return [known('time in the system', 'ns', expected, time, 1)];
    },
  };
}

export function mm1(): Case {
  return {
    name: 'm-m-1',
    about: 'messages of exponential length by chance: T = S / (1 - rho), N = rho / (1 - rho)',
    parameters: { rho: RHO },
    measure: (given, seed) => {
      const rho = given.get('rho');
      const meanNs = MESSAGE_PACKETS * serialisedNs(OCTETS_MIN, RATE_BPS);
      const packetsOf = (chain: Chain): number => {
        let count = 1;
        while (chain.random('lengths').below(MESSAGE_PACKETS) !== 0) count += 1;
        return count;
      };
      const shortest = () => OCTETS_MIN;
      const { time, customers } = measureQueue(seed, rho, meanNs, shortest, packetsOf);
      const expected = meanNs / (1 - rho);
      // A length in whole packets varies by 1 / 50 less than an exponential one does.
      const off = 1 / MESSAGE_PACKETS;
      return [
        known('time in the system', 'ns', expected, time, off * expected),
        known(
          'messages in the system',
          'messages',
          rho / (1 - rho),
          customers,
          (off * rho) / (1 - rho),
        ),
      ];
    },
  };
}

export function dropTail(): Case {
  return {
    name: 'drop-tail',
    about: 'a steady load x > 1: a share 1 - 1 / x is dropped, and the others wait B / C',
    parameters: {
      load: { default: 1.6, min: 1.05, max: 20, unit: 'of the rate', about: 'what comes' },
      queue: {
        default: 30_000,
        min: 3000,
        max: 1_000_000,
        unit: 'octets',
        about: 'the queue',
        whole: true,
      },
    },
    measure: (given, seed) => {
      const load = given.get('load');
      const queueBytes = given.whole('queue');
      const eachNs = serialisedNs(OCTETS, RATE_BPS);
      const sentNs: number[] = [];
      let lastNs = 0;
      const pipe = { delayNs: 0, rateBps: RATE_BPS, queueBytes };
      const chain = new Chain(seed, [pipe], (number) => {
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
      const waits = serialisedNs(queueBytes, RATE_BPS);
      return [
        certain('dropped', 'of all', 1 - 1 / load, share, 0.001),
        certain('wait of those that are not', 'ns', waits, lastNs, eachNs),
      ];
    },
  };
}
