import { MSS, MTU, RECEIVE_BUFFER } from '../network/mod.ts';
import type { Case, Parameter, Quantity } from './case.ts';
import { estimateOf } from './estimate.ts';
import { Transfer } from './transfer.ts';

// How streams take their share: Reno (RFC 5681, 6582), started with ten segments (RFC 6928), timed by RFC 6298.

const NS_PER_MS = 1_000_000;
const RTT: Parameter = Object.freeze({
  default: 100,
  min: 20,
  max: 500,
  unit: 'ms',
  about: 'there and back',
});
const INITIAL_SEGMENTS = 10;
const ROUNDS = 5;
const RTO_LEAST_MS = 200;
/** Rounds in which a sender has learned its round trip, and filled its window. */
const SETTLED = 60;

const sure = (
  quantity: string,
  unit: string,
  expected: number,
  measured: number,
  tolerance: number,
): Quantity => ({ quantity, unit, expected, measured, standardError: 0, tolerance });

const delayOf = (rttMs: number): number => Math.round((rttMs * NS_PER_MS) / 2);

export function slowStart(): Case {
  return {
    name: 'slow-start',
    about: 'every round trip twice as much as in the one before: 10, 20, 40, 80, 160 segments',
    parameters: { rtt: RTT },
    measure: (given, seed) => {
      const rttMs = given.get('rtt');
      const octets = Array.from({ length: ROUNDS }, () => 0);
      let firstNs = -1;
      const transfer = new Transfer(seed, 1, { delayNs: delayOf(rttMs) }, (_sender, segment) => {
        if (firstNs < 0) firstNs = segment.timeNs;
        // The acknowledgements of a round come after it, all at once: half a round is early enough.
        const round = Math.floor((segment.timeNs - firstNs) / (rttMs * NS_PER_MS) + 0.5);
        if (round < ROUNDS) octets[round] = (octets[round] as number) + segment.length;
      });
      transfer.run(20 + rttMs * (ROUNDS + 3));
      return octets.map((sent, round) => {
        const segments = INITIAL_SEGMENTS * (1 << round);
        return sure(`round ${round + 1}`, 'octets', segments * MSS, sent, MSS);
      });
    },
  };
}

export function timeout(): Case {
  return {
    name: 'rto',
    about:
      'a link that is cut: sent again after max(200 ms, round trip), then after twice as long each time',
    parameters: { rtt: RTT },
    measure: (given, seed) => {
      const rttMs = given.get('rtt');
      const again: number[] = [];
      let cutNs = Infinity;
      const transfer = new Transfer(seed, 1, { delayNs: delayOf(rttMs) }, (_sender, segment) => {
        if (segment.timeNs > cutNs + rttMs * NS_PER_MS) again.push(segment.timeNs);
      });
      transfer.run(rttMs * SETTLED);
      cutNs = transfer.world.nowNs;
      transfer.link.there.setUp(false);
      transfer.run(16 * Math.max(RTO_LEAST_MS, 2 * rttMs) + 2 * rttMs);
      const waits = again.slice(1).map((ns, i) => (ns - (again[i] as number)) / NS_PER_MS);
      const [second = 0, third = 0] = waits;
      const expected = Math.max(RTO_LEAST_MS, rttMs);
      return [
        // The second wait is twice the first, which begins unseen, with the last acknowledgement.
        sure('first wait', 'ms', expected, second / 2, 0.02 * expected),
        sure('next wait to the one before', 'times', 2, third / second, 0.001),
      ];
    },
  };
}

export function windowLimit(): Case {
  return {
    name: 'bandwidth-delay',
    about: 'a stream has the smaller of window / round trip and the rate, less what headers take',
    parameters: {
      rtt: RTT,
      rate: { default: 10, min: 1, max: 1000, unit: 'Mbit/s', about: 'of the link' },
    },
    measure: (given, seed) => {
      const rttMs = given.get('rtt');
      const rateBps = given.whole('rate') * 1e6;
      const link = { delayNs: delayOf(rttMs), rateBps };
      const transfer = new Transfer(seed, 1, link);
      transfer.run(rttMs * SETTLED + 2000);
      const measured = transfer.rate(0, rttMs * SETTLED + 2000);
      // A segment has to be serialised before its acknowledgement can come.
      const roundMs = rttMs + (MTU * 8e3) / rateBps;
      const window = Math.floor(RECEIVE_BUFFER / MSS) * MSS;
      const expected = Math.min((1000 * window) / roundMs, (rateBps / 8) * (MSS / MTU));
      return [sure('octets a second', 'octets/s', expected, measured, 0.02 * expected)];
    },
  };
}

/** Of random loss and an acknowledgement for every segment. */
const MATHIS = 1.31;

export function mathis(): Case {
  return {
    name: 'mathis',
    about: 'Reno under random loss p: 1.31 MSS / (RTT sqrt(p)) (Mathis, Semke, Mahdavi, Ott 1997)',
    parameters: {
      loss: { default: 0.5, min: 0.05, max: 1, unit: '%', about: 'p' },
      rtt: { ...RTT, default: 60, max: 200 },
    },
    measure: (given, seed) => {
      const rttMs = given.get('rtt');
      const share = given.get('loss') / 100;
      const link = {
        delayNs: delayOf(rttMs),
        lossPpm: Math.round(share * 1e6),
        back: { delayNs: delayOf(rttMs) },
      };
      const transfer = new Transfer(seed, 1, link);
      // A sawtooth has sqrt(8 / 3 p) / 2 rounds; a batch has hundreds of them.
      const batchMs = (rttMs * 100) / Math.sqrt(share);
      transfer.run(batchMs);
      const rates = Array.from({ length: 32 }, () => transfer.rate(0, batchMs));
      const { mean, standardError } = estimateOf(rates);
      const expected = (MATHIS * MSS * 1000) / (rttMs * Math.sqrt(share));
      const unit = 'octets/s';
      const known = { expected, measured: mean, standardError, tolerance: 0.1 * expected };
      return [{ quantity: 'octets a second', unit, ...known }];
    },
  };
}

export function fairness(): Case {
  return {
    name: 'fairness',
    about: 'streams alike over one link: each has the same share (Chiu, Jain 1989)',
    parameters: {
      streams: { default: 4, min: 2, max: 32, unit: 'streams', about: 'at once' },
      rate: { default: 20, min: 2, max: 200, unit: 'Mbit/s', about: 'of the link' },
      rtt: { ...RTT, default: 40, max: 100 },
    },
    measure: (given, seed) => {
      const rttMs = given.get('rtt');
      const rateBps = given.whole('rate') * 1e6;
      const count = given.whole('streams');
      const queueBytes = Math.max(20 * MTU, Math.round((rateBps / 8000) * rttMs));
      const link = {
        delayNs: delayOf(rttMs),
        rateBps,
        queueBytes,
        // A little chance, so that no two senders beat in time (Floyd and Jacobson 1992).
        lossPpm: 100,
      };
      const transfer = new Transfer(seed, count, link);
      transfer.run(20_000);
      const before = [...transfer.frontier];
      const seconds = 600;
      transfer.run(1000 * seconds);
      const rates = transfer.frontier.map((end, i) => (end - (before[i] as number)) / seconds);
      const sum = rates.reduce((all, rate) => all + rate, 0);
      const squares = rates.reduce((all, rate) => all + rate * rate, 0);
      const full = (rateBps / 8) * (MSS / MTU);
      return [
        sure("Jain's index", 'of 1', 1, (sum * sum) / (count * squares), 0.05),
        sure('of the link in use', 'of all', 1, sum / full, 0.1),
      ];
    },
  };
}
