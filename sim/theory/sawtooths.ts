import { MSS } from '../network/mod.ts';
import { type Case, certain, estimated, type Given, type Parameter } from './case.ts';
import { controlled, type Estimate } from './estimate.ts';
import type { Ground } from './ground.ts';
import { type Picture, type Point, sweep } from './picture.ts';
import { delayOf, RTT } from './streams.ts';
import { Transfer } from './transfer.ts';

// What a sender's window does between losses: Reno (RFC 5681, 6582) and CUBIC (RFC 9438).

const NS_PER_MS = 1_000_000;
const NS_PER_S = 1e9;
const PERIODS = 12;
/** Each halves the window that is wrong and lets it grow the other way: a quarter of what was wrong is left. */
const WARM_UP = 6;
const SEGMENTS: { readonly name: string; readonly unit: string } = Object.freeze({
  name: 'under way',
  unit: 'segments',
});
const SECONDS: { readonly name: string; readonly unit: string } = Object.freeze({
  name: 'time',
  unit: 's',
});

/** When each segment was sent, and when one of them was lost. */
function timesOf(ground: Ground, rttMs: number, every: number, losses: number) {
  const sentNs: number[] = [];
  const lostNs: number[] = [];
  const delayNs = delayOf(rttMs);
  const link = { delayNs, lossEvery: every, back: { delayNs } };
  const transfer: Transfer = new Transfer(ground, 1, link, 'reno', (_sender, { timeNs }) => {
    sentNs.push(timeNs);
  });
  const { there } = transfer.link;
  transfer.world.runUntil(() => {
    if (lostNs.length < there.lost) lostNs.push(transfer.world.nowNs);
    return lostNs.length > losses;
  }, Infinity);
  return { sentNs, lostNs };
}

/** Segments sent in the round trip that begins then. */
function windowAt(sentNs: readonly number[], fromNs: number, rttMs: number): number {
  const untilNs = fromNs + rttMs * NS_PER_MS;
  return sentNs.filter((ns) => ns >= fromNs && ns < untilNs).length;
}

/**
 * The largest window of a sawtooth of n segments: W until the loss is heard of, W/2 until it is made good, then one
 * more each round trip: n = W + W/2 + (W/2 + 1) + ... + W = 3 W^2 / 8 + 7 W / 4.
 */
const largest = (given: Given): number => (Math.sqrt(49 + 24 * given.get('segments')) - 7) / 3;

export function renoSawtooth(): Case {
  return {
    name: 'reno-sawtooth',
    about:
      'every n-th segment lost: W/2 to W by one a round trip, two more to recover; n = 3 W^2 / 8 + 7 W / 4',
    parameters: {
      segments: {
        default: 4000,
        // Fewer, and a round trip is too much of a sawtooth; more, and the receiver's window is the limit.
        min: 4000,
        max: 5000,
        unit: 'segments',
        about: 'n, from loss to loss',
        whole: true,
      },
      rtt: { ...RTT, default: 60, max: 200 },
    },
    measure: (given, ground) => {
      const rttMs = given.get('rtt');
      const { sentNs, lostNs } = timesOf(ground, rttMs, given.whole('segments'), PERIODS);
      const counted = lostNs.slice(WARM_UP);
      const mean = (values: readonly number[]): number =>
        values.reduce((sum, value) => sum + value, 0) / values.length;
      const rttNs = rttMs * NS_PER_MS;
      const most = mean(counted.map((ns) => windowAt(sentNs, ns - rttNs, rttMs)));
      // Heard of after a round trip, made good after another.
      const least = mean(counted.slice(0, -1).map((ns) => windowAt(sentNs, ns + 2 * rttNs, rttMs)));
      const [first = 0, last = 0] = [counted[0], counted.at(-1)];
      const period = (last - first) / (counted.length - 1) / rttNs;
      const expected = largest(given);
      return [
        // Windows are whole segments, a period is whole round trips, and a loss may be anywhere in one.
        certain('largest window', 'segments', expected, most, 2.5),
        certain('window after recovery', 'segments', expected / 2, least, 2.5),
        certain('from loss to loss', 'round trips', expected / 2 + 2, period, 1),
      ];
    },
    picture: sawtoothPicture,
  };
}

/** Three teeth, against the straight lines of the formula. */
function sawtoothPicture(given: Given, ground: Ground): Picture {
  const rttMs = given.get('rtt');
  const { sentNs, lostNs } = timesOf(ground, rttMs, given.whole('segments'), WARM_UP + 4);
  const rttNs = rttMs * NS_PER_MS;
  const fromNs = lostNs[WARM_UP] as number;
  const toNs = lostNs[WARM_UP + 3] as number;
  const most = largest(given);
  const measured: Point[] = [];
  for (let ns = fromNs; ns < toNs; ns += rttNs)
    measured.push([(ns - fromNs) / NS_PER_S, windowAt(sentNs, ns - rttNs / 2, rttMs)]);
  const formula = lostNs.slice(WARM_UP, WARM_UP + 3).flatMap((ns): readonly Point[] => {
    const startS = (ns - fromNs) / NS_PER_S;
    const roundS = rttNs / NS_PER_S;
    return [
      [startS, most],
      [startS + roundS, most],
      [startS + 2 * roundS, most / 2],
      [startS + (most / 2 + 2) * roundS, most],
    ];
  });
  return { x: SECONDS, y: SEGMENTS, formula, measured, halfWidths: [], isLine: true };
}

/** Of Mathis, Semke, Mahdavi and Ott (1997), for losses by chance where every segment is acknowledged. */
const BY_CHANCE = 1.31;
/** The same where every n-th segment is lost. */
const PERIODIC: number = Math.sqrt(3 / 2);

/** Losses a batch: as many sawtooths. */
const LOSSES = 20;
const BATCHES = 64;

const roundsOf = (share: number, constant: number): number => 1 / (constant * Math.sqrt(share)) + 1;

/** Octets a second: 1 / p segments from loss to loss, in the round trips the formula says, and one to recover. */
const paceOf = (given: Given, constant: number): number => {
  const share = given.get('loss') / 100;
  return (MSS * 1000) / (given.get('rtt') * share * roundsOf(share, constant));
};

/** Octets a second of one stream that loses a share of its packets. */
function pace(
  ground: Ground,
  given: Given,
  expected: number,
  batches: number,
  loss: { readonly lossPpm?: number; readonly lossEvery?: number },
): Estimate {
  const delayNs = delayOf(given.get('rtt'));
  const transfer = new Transfer(ground, 1, { delayNs, ...loss, back: { delayNs } });
  const { there } = transfer.link;
  const share = given.get('loss') / 100;
  const batchMs = (1000 * MSS * LOSSES) / share / expected;
  transfer.run(batchMs);
  // By how many losses were more than there should be, in the batch: 0 on average, and most of why batches differ.
  const excess = (): number => there.lost - share * there.sent;
  const controls: number[] = [];
  const rates = Array.from({ length: batches }, () => {
    const before = excess();
    const rate = transfer.rate(0, batchMs);
    controls.push(excess() - before);
    return rate;
  });
  return controlled(rates, controls);
}

export function mathis(): Case {
  const measure: Case['measure'] = (given, ground) => {
    const share = given.get('loss') / 100;
    const [byChance, periodic] = [paceOf(given, BY_CHANCE), paceOf(given, PERIODIC)];
    const drawn = pace(ground, given, byChance, BATCHES, { lossPpm: Math.round(share * 1e6) });
    const counted = pace(ground, given, periodic, 8, { lossEvery: Math.round(1 / share) });
    return [
      estimated('losses by chance', 'octets/s', byChance, drawn, TOLERANCE * byChance),
      estimated('periodic losses', 'octets/s', periodic, counted, TOLERANCE * periodic),
    ];
  };
  return {
    name: 'mathis',
    about:
      'Reno under loss p: 1 / p segments in 1 / (c sqrt(p)) + 1 round trips; c = 1.31 by chance, sqrt(3 / 2) periodic',
    parameters: {
      // Beyond, a sawtooth is so few round trips that a whole one counts, and time-outs do (Padhye and others 1998).
      loss: { default: 0.2, min: 0.1, max: 0.3, unit: '%', about: 'p' },
      rtt: { ...RTT, default: 60, max: 200 },
    },
    measure,
    picture: sweep(
      measure,
      (given) => paceOf(given, BY_CHANCE),
      { x: { name: 'loss', unit: '%' }, y: { name: 'losses by chance', unit: 'octets/s' } },
      { over: 'loss', low: 0.1, high: 0.3, steps: 3 },
    ),
  };
}

/** What the formulas leave out: windows in whole segments, sawtooths in whole round trips, and what recovery sends. */
const TOLERANCE = 0.05;

/** RFC 9438, 4.1: segments / s^3, and what is left after a loss. */
const CUBIC_C = 0.4;
const CUBIC_BETA = 0.7;
/** 4.3: segments a round trip that make it no slower than Reno. */
const CUBIC_ALPHA: number = (3 * (1 - CUBIC_BETA)) / (1 + CUBIC_BETA);
/** By when a window that lost early is larger than before (so it yields nothing, 4.7), and no receiver's limit yet. */
const GROWN_MS = 6500;

const CUBIC_RTT: Parameter = Object.freeze({
  ...{ default: 100, min: 70, max: 200, unit: 'ms', about: 'there and back' },
});

/** A sender of CUBIC that has just made good a loss at `most` segments, and the seconds until it is back there. */
function afterLoss(ground: Ground, rttMs: number) {
  let segments = 0;
  const link = { delayNs: delayOf(rttMs) };
  const transfer = new Transfer(ground, 1, link, 'cubic', () => {
    segments += 1;
  });
  const { there } = transfer.link;
  /** Segments sent in the next round trip. */
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
  return { transfer, inOneRound, most, k: cubeRoot(((1 - CUBIC_BETA) * most) / CUBIC_C) };
}

/** The window so many seconds after the loss. */
function cubicWindow(most: number, k: number, rttMs: number, seconds: number): number {
  const beyond = seconds - k;
  const reno = renoBeside(most, (1000 * seconds) / rttMs);
  return Math.max(CUBIC_C * beyond * beyond * beyond + most, reno);
}

export function cubic(): Case {
  return {
    name: 'cubic',
    about:
      'after a loss at W: W(t) = C (t - K)^3 + W, K = ((1 - b) W / C)^(1/3), or what Reno has (RFC 9438, 4.2, 4.3)',
    parameters: { rtt: CUBIC_RTT },
    measure: (given, ground) => {
      const rttMs = given.get('rtt');
      const { transfer, inOneRound, most, k } = afterLoss(ground, rttMs);
      let atMs = 0;
      return [0.25, 0.5, 0.75, 1.25].map((part) => {
        const beyond = (part - 1) * k;
        transfer.run(1000 * part * k - atMs);
        const measured = inOneRound();
        atMs = 1000 * part * k + rttMs;
        // What is sent in a round trip is what the window is in its middle, half a round trip more or less.
        const slope = (3 * CUBIC_C * beyond * beyond * rttMs) / 2000;
        const expected = cubicWindow(most, k, rttMs, part * k + rttMs / 2000);
        return certain(`window at ${part} K`, 'segments', expected, measured, slope + WHOLE);
      });
    },
    picture: (given, ground) => {
      const rttMs = given.get('rtt');
      const { inOneRound, most, k } = afterLoss(ground, rttMs);
      const rounds = Math.floor((1500 * k) / rttMs);
      const measured = Array.from(
        { length: rounds },
        (_, i): Point => [(i * rttMs) / 1000, inOneRound()],
      );
      const formula = measured.map(([s]): Point => [s, cubicWindow(most, k, rttMs, s)]);
      return { x: SECONDS, y: SEGMENTS, formula, measured, halfWidths: [] };
    },
  };
}

/** Segments by which W is not whole, what is measured is not, and a round trip may begin within a burst. */
const WHOLE = 4;

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
