import { MSS, MTU, RECEIVE_BUFFER } from '../network/mod.ts';
import { type Case, certain, type Given, type Parameter } from './case.ts';
import type { Ground } from './ground.ts';
import { type Point, sweep } from './picture.ts';
import { Transfer } from './transfer.ts';

// How streams take their share: Reno (RFC 5681, 6582), started with ten segments (RFC 6928), timed by RFC 6298.

const NS_PER_MS = 1_000_000;
export const RTT: Parameter = Object.freeze({
  default: 100,
  min: 20,
  max: 500,
  unit: 'ms',
  about: 'there and back',
});
const INITIAL_SEGMENTS = 10;
const ROUNDS = 5;
/** Linux's least of four times the variance. */
const MARGIN_MS = 200;
/** Rounds in which a sender has learned its round trip, and filled its window. */
const SETTLED = 60;

export const delayOf = (rttMs: number): number => Math.round((rttMs * NS_PER_MS) / 2);

export function slowStart(): Case {
  return {
    name: 'slow-start',
    about: 'every round trip twice as much as in the one before: 10, 20, 40, 80, 160 segments',
    parameters: { rtt: RTT },
    measure: (given, ground) =>
      octetsByRound(given, ground).map((sent, round) =>
        certain(`round ${round + 1}`, 'octets', firstWindow(round) * MSS, sent, 0),
      ),
    picture: (given, ground) => ({
      x: { name: 'round trip', unit: '' },
      y: { name: 'sent in it', unit: 'octets' },
      formula: Array.from({ length: ROUNDS }, (_, i): Point => [i + 1, firstWindow(i) * MSS]),
      measured: octetsByRound(given, ground).map((octets, i): Point => [i + 1, octets]),
      halfWidths: [],
    }),
  };
}

const firstWindow = (round: number): number => INITIAL_SEGMENTS * (1 << round);

function octetsByRound(given: Given, ground: Ground): readonly number[] {
  const rttMs = given.get('rtt');
  const octets = Array.from({ length: ROUNDS }, () => 0);
  let firstNs = -1;
  const link = { delayNs: delayOf(rttMs) };
  const transfer = new Transfer(ground, 1, link, 'reno', (_sender, segment) => {
    if (firstNs < 0) firstNs = segment.timeNs;
    // The acknowledgements of a round come after it, all at once: half a round is early enough.
    const round = Math.floor((segment.timeNs - firstNs) / (rttMs * NS_PER_MS) + 0.5);
    if (round < ROUNDS) octets[round] = (octets[round] as number) + segment.length;
  });
  transfer.run(20 + rttMs * (ROUNDS + 3));
  return octets;
}

export function timeout(): Case {
  return {
    name: 'rto',
    about:
      'a link that is cut: sent again after the round trip and 200 ms, then after twice as long each time (RFC 6298)',
    parameters: { rtt: RTT },
    measure: (given, ground) => {
      const againMs = resentMs(given, ground);
      const waits = againMs.slice(1).map((ms, i) => ms - (againMs[i] as number));
      const [second = 0, third = 0, fourth = 0] = waits;
      const expected = given.get('rtt') + MARGIN_MS;
      return [
        // The second wait is twice the first, which begins unseen, with the last acknowledgement.
        certain('first wait', 'ms', expected, second / 2, 0.02 * expected),
        certain('third wait to the second', 'times', 2, third / second, 0.001),
        certain('fourth wait to the third', 'times', 2, fourth / third, 0.001),
      ];
    },
    picture: (given, ground) => {
      const againMs = resentMs(given, ground);
      const first = againMs[0] as number;
      const wait = given.get('rtt') + MARGIN_MS;
      return {
        x: { name: 'sent again', unit: 'times' },
        y: { name: 'after the first', unit: 'ms' },
        formula: againMs.map((_, i): Point => [i + 1, wait * ((1 << (i + 1)) - 2)]),
        measured: againMs.map((ms, i): Point => [i + 1, ms - first]),
        halfWidths: [],
      };
    },
  };
}

/** When segments were sent again after the link was cut, in ms. */
function resentMs(given: Given, ground: Ground): readonly number[] {
  const rttMs = given.get('rtt');
  const againMs: number[] = [];
  let cutNs = Infinity;
  const link = { delayNs: delayOf(rttMs) };
  const transfer = new Transfer(ground, 1, link, 'reno', (_sender, { timeNs }) => {
    if (timeNs > cutNs + rttMs * NS_PER_MS) againMs.push(timeNs / NS_PER_MS);
  });
  transfer.run(rttMs * SETTLED);
  cutNs = transfer.world.nowNs;
  transfer.link.there.setUp(false);
  transfer.run(33 * (MARGIN_MS + rttMs));
  return againMs;
}

export function windowLimit(): Case {
  const rateOf = (given: Given): number => Math.round(given.get('rate') * 1e6);
  const bufferOf = (given: Given): number => given.whole('buffer') * 1024;
  const formula = (given: Given): number => {
    const rateBps = rateOf(given);
    // A segment has to be serialised before its acknowledgement can come.
    const roundMs = given.get('rtt') + (MTU * 8e3) / rateBps;
    const window = Math.floor(bufferOf(given) / MSS) * MSS;
    return Math.min((1000 * window) / roundMs, (rateBps / 8) * (MSS / MTU));
  };
  const measure: Case['measure'] = (given, ground) => {
    const rttMs = given.get('rtt');
    const link = { delayNs: delayOf(rttMs), rateBps: rateOf(given) };
    const transfer = new Transfer(ground, 1, link, 'reno', undefined, bufferOf(given));
    transfer.run(rttMs * SETTLED + 1000);
    const measured = transfer.rate(0, rttMs * SETTLED);
    const expected = formula(given);
    // A segment more or less in a round trip, of 45 or more.
    return [certain('octets a second', 'octets/s', expected, measured, 0.03 * expected)];
  };
  return {
    name: 'bandwidth-delay',
    about:
      'a stream has the smaller of buffer / round trip, in whole segments (RFC 9293, 3.8.6), and the rate less headers',
    parameters: {
      rtt: RTT,
      rate: { default: 10, min: 1, max: 1000, unit: 'Mbit/s', about: 'of the link' },
      buffer: {
        default: RECEIVE_BUFFER / 1024,
        min: 64,
        max: RECEIVE_BUFFER / 1024,
        whole: true,
        unit: 'KiB',
        about: 'of the receiver',
      },
    },
    measure,
    picture: sweep(
      measure,
      formula,
      { x: { name: 'rtt', unit: 'ms' }, y: { name: 'octets a second', unit: 'octets/s' } },
      { over: 'rtt', low: 20, high: 500, steps: 12 },
    ),
  };
}

export function fairness(): Case {
  return {
    name: 'fairness',
    about: 'streams alike over one link: each has the same share (Chiu, Jain 1989)',
    parameters: {
      streams: { default: 4, min: 2, max: 8, whole: true, unit: 'streams', about: 'at once' },
      rate: { default: 20, min: 5, max: 20, unit: 'Mbit/s', about: 'of the link' },
      rtt: { ...RTT, default: 40, max: 60 },
    },
    measure: (given, ground) => {
      const rttMs = given.get('rtt');
      const rateBps = Math.round(given.get('rate') * 1e6);
      const count = given.whole('streams');
      const queueBytes = Math.max(20 * count * MTU, Math.round((rateBps / 8000) * rttMs));
      const link = {
        delayNs: delayOf(rttMs),
        rateBps,
        queueBytes,
        // A little chance, so that no two senders beat in time (Floyd and Jacobson 1992).
        lossPpm: 100,
      };
      const transfer = new Transfer(ground, count, link);
      transfer.run(20_000);
      const before = [...transfer.frontier];
      const seconds = 600;
      transfer.run(1000 * seconds);
      const rates = transfer.frontier.map((end, i) => (end - (before[i] as number)) / seconds);
      const sum = rates.reduce((all, rate) => all + rate, 0);
      const squares = rates.reduce((all, rate) => all + rate * rate, 0);
      const full = (rateBps / 8) * (MSS / MTU);
      return [
        certain("Jain's index", 'of 1', 1, (sum * sum) / (count * squares), 0.05),
        certain('of the link in use', 'of all', 1, sum / full, 0.02),
      ];
    },
  };
}
