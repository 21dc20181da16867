import { MSS, MTU, RECEIVE_BUFFER } from '../network/mod.ts';
import { type Case, certain, type Parameter, type Quantity } from './case.ts';
import { type Estimate, estimateOf } from './estimate.ts';
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
/** Linux's least of four times the variance. */
const MARGIN_MS = 200;
/** Rounds in which a sender has learned its round trip, and filled its window. */
const SETTLED = 60;

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
      const transfer = new Transfer(
        seed,
        1,
        { delayNs: delayOf(rttMs) },
        'reno',
        (_sender, segment) => {
          if (firstNs < 0) firstNs = segment.timeNs;
          // The acknowledgements of a round come after it, all at once: half a round is early enough.
          const round = Math.floor((segment.timeNs - firstNs) / (rttMs * NS_PER_MS) + 0.5);
          if (round < ROUNDS) octets[round] = (octets[round] as number) + segment.length;
        },
      );
      transfer.run(20 + rttMs * (ROUNDS + 3));
      return octets.map((sent, round) => {
        const segments = INITIAL_SEGMENTS * (1 << round);
        return certain(`round ${round + 1}`, 'octets', segments * MSS, sent, MSS);
      });
    },
  };
}

export function timeout(): Case {
  return {
    name: 'rto',
    about:
      'a link that is cut: sent again after the round trip and 200 ms, then after twice as long each time',
    parameters: { rtt: RTT },
    measure: (given, seed) => {
      const rttMs = given.get('rtt');
      const again: number[] = [];
      let cutNs = Infinity;
      const transfer = new Transfer(
        seed,
        1,
        { delayNs: delayOf(rttMs) },
        'reno',
        (_sender, segment) => {
          if (segment.timeNs > cutNs + rttMs * NS_PER_MS) again.push(segment.timeNs);
        },
      );
      transfer.run(rttMs * SETTLED);
      cutNs = transfer.world.nowNs;
      transfer.link.there.setUp(false);
      transfer.run(16 * (MARGIN_MS + rttMs));
      const waits = again.slice(1).map((ns, i) => (ns - (again[i] as number)) / NS_PER_MS);
      const [second = 0, third = 0] = waits;
      const expected = rttMs + MARGIN_MS;
      return [
        // The second wait is twice the first, which begins unseen, with the last acknowledgement.
        certain('first wait', 'ms', expected, second / 2, 0.02 * expected),
        certain('next wait to the one before', 'times', 2, third / second, 0.001),
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
      return [certain('octets a second', 'octets/s', expected, measured, 0.02 * expected)];
    },
  };
}

/** Of Mathis, Semke, Mahdavi and Ott (1997), for losses by chance where every segment is acknowledged. */
const BY_CHANCE = 1.31;

/** Losses a batch: as many sawtooths. */
const LOSSES = 20;

/** Octets a second of one stream that has about `expected`, and loses a share of its packets. */
function pace(
  seed: string,
  rttMs: number,
  share: number,
  expected: number,
  loss: { readonly lossPpm?: number; readonly lossEvery?: number },
): Estimate {
  const delayNs = delayOf(rttMs);
  const transfer = new Transfer(seed, 1, { delayNs, ...loss, back: { delayNs } });
  const batchMs = (1000 * MSS * LOSSES) / share / expected;
  transfer.run(batchMs);
  return estimateOf(Array.from({ length: 32 }, () => transfer.rate(0, batchMs)));
}

export function mathis(): Case {
  return {
    name: 'mathis',
    about:
      'Reno under loss p: 1.31 MSS / (RTT sqrt(p)) by chance; periodic: 1 / p packets in sqrt(2 / 3p) + 1 round trips',
    parameters: {
      // Beyond half a percent time-outs count, which neither formula knows of (Padhye and others 1998).
      loss: { default: 0.2, min: 0.05, max: 0.5, unit: '%', about: 'p' },
      rtt: { ...RTT, default: 60, max: 200 },
    },
    measure: (given, seed) => {
      const rttMs = given.get('rtt');
      const share = given.get('loss') / 100;
      const reno = (MSS * 1000) / (rttMs * Math.sqrt(share));
      // The window grows from half to all of it in as many rounds as it has segments more, and recovers in one.
      const rounds = Math.sqrt(8 / (3 * share)) / 2 + 1;
      const sawtooth = (MSS * 1000) / (rttMs * share * rounds);
      const chance = pace(seed, rttMs, share, reno, { lossPpm: Math.round(share * 1e6) });
      const periodic = pace(seed, rttMs, share, reno, { lossEvery: Math.round(1 / share) });
      return [
        rate('losses by chance', BY_CHANCE * reno, chance),
        rate('periodic losses', sawtooth, periodic),
      ];
    },
  };
}

/** RFC 9438, 4.1: segments / s^3, and what is left after a loss. */
const CUBIC_C = 0.4;
const CUBIC_BETA = 0.7;
/** 4.3: segments a round trip that make it no slower than Reno. */
const CUBIC_ALPHA: number = (3 * (1 - CUBIC_BETA)) / (1 + CUBIC_BETA);
/** By when a window that lost early is larger than before (so it yields nothing, 4.7), and no receiver's limit yet. */
const GROWN_MS = 6500;

export function cubic(): Case {
  return {
    name: 'cubic',
    about:
      'after a loss at W: W(t) = C (t - K)^3 + W, K = ((1 - b) W / C)^(1/3), or what Reno has (RFC 9438, 4.2, 4.3)',
    parameters: { rtt: { ...RTT, min: 70, max: 200 } },
    measure: (given, seed) => {
      const rttMs = given.get('rtt');
      let segments = 0;
      const link = { delayNs: delayOf(rttMs) };
      const transfer = new Transfer(seed, 1, link, 'cubic', () => {
        segments += 1;
      });
      const { there } = transfer.link;
      const inOneRound = (): number => {
        const before = segments;
        transfer.run(rttMs);
        return segments - before;
      };
      const loseOne = (): void => {
        there.setUp(false);
        const before = there.dropped;
        transfer.world.runUntil(() => there.dropped > before, Infinity);
        there.setUp(true);
      };
      // In slow start, before the receiver's window is the limit.
      transfer.run(20 + 3.5 * rttMs);
      loseOne();
      transfer.run(GROWN_MS);
      const most = inOneRound();
      loseOne();
      // Heard of after a round trip, made good after another.
      transfer.run(2 * rttMs);
      const k = cubeRoot(((1 - CUBIC_BETA) * most) / CUBIC_C);
      let atMs = 0;
      return [0.25, 0.5, 0.75, 1.25].map((part) => {
        const beyond = (part - 1) * k;
        transfer.run(1000 * part * k - atMs);
        const measured = inOneRound();
        atMs = 1000 * part * k + rttMs;
        // A round trip more or less; and a segment in W, and one here, that are not whole.
        const slope = (3 * CUBIC_C * beyond * beyond * rttMs) / 1000;
        const reno = renoBeside(most, (1000 * part * k) / rttMs);
        const expected = Math.max(CUBIC_C * beyond * beyond * beyond + most, reno);
        return certain(`window at ${part} K`, 'segments', expected, measured, 3 + slope);
      });
    },
  };
}

/** What Reno would have so many round trips after a loss at W: slower until it is back there, then one a round. */
function renoBeside(most: number, rounds: number): number {
  const back = ((1 - CUBIC_BETA) * most) / CUBIC_ALPHA;
  return rounds < back ? CUBIC_BETA * most + CUBIC_ALPHA * rounds : most + rounds - back;
}

/** By halving what lies between. */
function cubeRoot(value: number): number {
  let [low, high] = [0, Math.max(1, value)];
  for (let step = 0; step < 100; step++) {
    const middle = (low + high) / 2;
    if (middle * middle * middle < value) low = middle;
    else high = middle;
  }
  return low;
}

/** A tenth: the formulas leave recovery out, which takes a round trip or two of each sawtooth. */
function rate(quantity: string, expected: number, { mean, standardError }: Estimate): Quantity {
  const known = { expected, measured: mean, standardError, tolerance: 0.1 * expected };
  return { quantity, unit: 'octets/s', ...known };
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
    measure: (given, seed) => {
      const rttMs = given.get('rtt');
      const rateBps = given.whole('rate') * 1e6;
      const count = given.whole('streams');
      const queueBytes = Math.max(20 * count * MTU, Math.round((rateBps / 8000) * rttMs));
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
        certain("Jain's index", 'of 1', 1, (sum * sum) / (count * squares), 0.05),
        certain('of the link in use', 'of all', 1, sum / full, 0.1),
      ];
    },
  };
}
