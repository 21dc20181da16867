import { exponential } from '../exponential.ts';
import type { PipeOptions, QueueKind } from '../network/mod.ts';
import { type Case, certain, estimated } from './case.ts';
import { Chain, OCTETS_MIN, serialisedNs } from './chain.ts';
import { ratioOf } from './estimate.ts';

// What holds of every network, whatever comes: who is inside came and has not gone, and nobody vanishes uncounted.

const RATE_BPS = 8_000_000;
const OCTETS = 1000;
const PERIODS = 400;
/** Bursts a period, on average, and times in it that somebody looks. */
const PERIOD_BURSTS = 100;
const PERIOD_LOOKS = 1000;

export function little(): Case {
  return {
    name: 'little',
    about:
      'bursts over two links, one of which drops: inside on average = those let in a second x their time (Little 1961)',
    parameters: {
      burst: {
        default: 10,
        min: 1,
        max: 50,
        unit: 'packets',
        about: 'that come at once',
        whole: true,
      },
      busy: { default: 0.8, min: 0.2, max: 1.5, unit: 'of the rate', about: 'what comes' },
    },
    measure: (given, ground) => {
      const [burst, busy] = [given.whole('burst'), given.get('busy')];
      const gapNs = (burst * serialisedNs(OCTETS, RATE_BPS)) / busy;
      const periodNs = Math.round(PERIOD_BURSTS * gapNs);
      const inside = new Float64Array(PERIODS);
      const stayedNs = new Float64Array(PERIODS);
      const add = (sums: Float64Array, fromNs: number, value: number): void => {
        const period = Math.floor(fromNs / periodNs);
        if (period < PERIODS) sums[period] = (sums[period] as number) + value;
      };
      const sentNs: number[] = [];
      const first = { delayNs: 2_000_000, rateBps: RATE_BPS, queueBytes: 60_000 };
      const chain: Chain = new Chain(
        ground,
        [first, { delayNs: 0, rateBps: 12_000_000 }],
        (number) => {
          const fromNs = sentNs[number] as number;
          add(stayedNs, fromNs, (chain.nowNs - fromNs) / periodNs);
        },
      );
      const [arrivals, looks] = [chain.random('arrivals'), chain.random('looks')];
      chain.every(
        () => Math.round(exponential(arrivals) * gapNs),
        () => {
          for (let n = 0; n < burst; n++) {
            sentNs.push(chain.nowNs);
            chain.send(sentNs.length - 1, OCTETS);
          }
        },
      );
      // Whoever looks in by chance sees the average of time.
      chain.every(
        () => Math.round((exponential(looks) * periodNs) / PERIOD_LOOKS),
        () => add(inside, chain.nowNs, inFlight(chain) / PERIOD_LOOKS),
      );
      chain.runUntil(() => chain.nowNs > (PERIODS + 1) * periodNs);
      const ratio = ratioOf(inside, stayedNs);
      return [estimated('inside, to those let in x their time', 'times', 1, ratio, 0)];
    },
  };
}

/** Packets that links say are in them. */
const inFlight = (chain: Chain): number =>
  chain.links.reduce((sum, { there }) => sum + there.inFlight, 0);

const HOPS = 4;
const QUEUES: readonly QueueKind[] = Object.freeze<QueueKind[]>(['drop-tail', 'codel', 'fq-codel']);
const LOOKS = 1000;

export function conservation(): Case {
  return {
    name: 'conservation',
    about: `${HOPS} links with every trouble: what was sent or copied arrived, is counted as gone, or is under way`,
    parameters: {
      sent: {
        default: 20_000,
        min: 1000,
        max: 500_000,
        unit: 'packets',
        about: 'sent',
        whole: true,
      },
      trouble: { default: 5, min: 0, max: 50, unit: '%', about: 'of packets, for each trouble' },
    },
    measure: (given, ground) => {
      const count = given.whole('sent');
      const ppm = Math.round(given.get('trouble') * 10_000);
      const bursts = { beginPpm: Math.round(ppm / 5), endPpm: 200_000, lossPpm: 500_000 };
      const troubles = { lossPpm: ppm, damagePpm: ppm, duplicatePpm: ppm, jitterNs: 3_000_000 };
      const pipes = Array.from({ length: HOPS }, (_, i): PipeOptions => {
        const queue = QUEUES[i % QUEUES.length] as QueueKind;
        const rest = { ...troubles, bursts };
        const keepsOrder = i % 2 === 0;
        return {
          delayNs: 1_000_000,
          rateBps: RATE_BPS,
          queueBytes: 9000,
          queue,
          keepsOrder,
          ...rest,
        };
      });
      let arrived = 0;
      const chain: Chain = new Chain(ground, pipes, () => {
        arrived += 1;
      });
      const random = chain.random('arrivals');
      const gapNs = serialisedNs(OCTETS, RATE_BPS);
      let [sent, astray] = [0, 0];
      const send = (): void => {
        const octets = OCTETS_MIN + random.below(1400);
        chain.send(sent, octets, random.below(5));
        sent += 1;
        if (sent < count) chain.at(chain.nowNs + random.below(Math.round(1.5 * gapNs)), send);
        // What the links say is under way is what there is.
        if (sent % Math.ceil(count / LOOKS) === 0)
          astray += Math.abs(inFlight(chain) - chain.network.packets.used);
        if (sent % 1000 < 2) chain.links[1]?.there.setUp(sent % 1000 === 1);
      };
      chain.at(0, send);
      chain.runUntil(() => sent === count && inFlight(chain) === 0);
      const counts = chain.links.map(({ there }) => there);
      const gone = counts.reduce((sum, { lost, dropped }) => sum + lost + dropped, 0);
      const copied = counts.reduce((sum, { duplicated }) => sum + duplicated, 0);
      const between = counts.slice(1).map((pipe, i) => pipe.sent - (counts[i]?.delivered ?? 0));
      const unlike = between.reduce((sum, off) => sum + Math.abs(off), 0);
      return [
        certain('arrived', 'packets', sent + copied - gone, arrived, 0),
        certain('lost or made between links', 'packets', 0, unlike, 0),
        certain('under way that no link knows of', 'packets', 0, astray, 0),
        certain('left over', 'packets', 0, chain.network.packets.used, 0),
      ];
    },
  };
}
