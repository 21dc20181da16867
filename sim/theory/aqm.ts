import type { QueueKind } from '../network/mod.ts';
import { atMost, type Case, certain, type Given } from './case.ts';
import { Chain } from './chain.ts';
import { LOAD } from './finite-queues.ts';
import type { Ground } from './ground.ts';
import type { Point } from './picture.ts';

// Queues that manage themselves, under loads that do not give way.

const RATE_BPS = 8_000_000;
const OCTETS = 500;
/** That a packet takes to be serialised. */
const EACH_NS: number = (OCTETS * 8e9) / RATE_BPS;
/** RFC 8289, 4.2 and 4.3: what a packet may wait, and for how long it may wait longer. Not the queue's own word. */
const CODEL_TARGET_NS = 5_000_000;
const CODEL_INTERVAL_NS = 100_000_000;
const NO_LIMIT = 1e9;
const DROPS = 40;

/** A link with such a queue, on which flows send packets as fast as they say, as shares of its rate. */
function loaded(
  ground: Ground,
  queue: QueueKind,
  loads: readonly number[],
  until: (chain: Chain) => boolean,
) {
  const pipe = { delayNs: 0, rateBps: RATE_BPS, queueBytes: NO_LIMIT, queue };
  const arrivals = loads.map(() => 0);
  const waitNs = loads.map(() => 0);
  const sentNs: number[] = [];
  const flowOf: number[] = [];
  const chain: Chain = new Chain(ground, [pipe], (number) => {
    const flow = flowOf[number] as number;
    arrivals[flow] = (arrivals[flow] as number) + 1;
    waitNs[flow] = Math.max(waitNs[flow] as number, chain.nowNs - (sentNs[number] as number));
  });
  for (const [flow, load] of loads.entries()) {
    let sent = 0;
    // Exactly so often: what is left of a nanosecond is not lost.
    chain.every(
      () => Math.round(((sent + 1) * EACH_NS) / load) - Math.round((sent * EACH_NS) / load),
      () => {
        sent += 1;
        flowOf.push(flow);
        sentNs.push(chain.nowNs);
        chain.send(sentNs.length - 1, OCTETS, flow);
      },
    );
  }
  chain.runUntil(() => until(chain));
  return { chain, arrivals, waitNs };
}

export function codel(): Case {
  return {
    name: 'codel',
    about:
      'too much for too long: the first drop an interval after the target is passed, the next n-th after T / sqrt(n)',
    parameters: { load: LOAD },
    measure: (given, ground) => {
      const { dropsNs, expectedNs: passedNs } = dropsOf(given, ground);
      const [firstNs = 0] = dropsNs;
      let expected = 0;
      for (let n = 1; n < DROPS; n++) expected += CODEL_INTERVAL_NS / Math.sqrt(n);
      const lastNs = (dropsNs[DROPS - 1] ?? Infinity) - firstNs;
      return [
        // Packets come, are looked at and dropped one at a time.
        certain('first drop', 'ns', passedNs + CODEL_INTERVAL_NS, firstNs, 5 * EACH_NS),
        certain(`from the first to drop ${DROPS}`, 'ns', expected, lastNs, 2 * EACH_NS),
      ];
    },
    picture: (given, ground) => {
      const { dropsNs, expectedNs } = dropsOf(given, ground);
      let atNs = expectedNs + CODEL_INTERVAL_NS;
      const formula = dropsNs.map((_, i): Point => {
        if (i > 0) atNs += CODEL_INTERVAL_NS / Math.sqrt(i);
        return [atNs / 1e6, i + 1];
      });
      return {
        x: { name: 'time', unit: 'ms' },
        y: { name: 'dropped', unit: 'packets' },
        formula,
        measured: dropsNs.map((ns, i): Point => [ns / 1e6, i + 1]),
        halfWidths: [],
      };
    },
  };
}

/** When the first packets are dropped, and when one will first have waited for too long. */
function dropsOf(given: Given, ground: Ground) {
  const load = given.get('load');
  const dropsNs: number[] = [];
  loaded(ground, 'codel', [load], (running) => {
    const { there } = running.links[0] as (typeof running.links)[number];
    while (dropsNs.length < there.dropped) dropsNs.push(running.nowNs);
    return dropsNs.length >= DROPS;
  });
  // A packet waits as long as what came before it takes longer than it took to come.
  return { dropsNs, expectedNs: CODEL_TARGET_NS / (1 - 1 / load) };
}

export function fqCodel(): Case {
  return {
    name: 'fq-codel',
    about:
      'a light flow beside a heavy one has all it wants and waits for a quantum at most; the other has the rest',
    parameters: {
      light: { default: 0.2, min: 0.05, max: 0.45, unit: 'of the rate', about: 'the light flow' },
      heavy: { ...LOAD, default: 3 },
    },
    measure: (given, ground) => {
      const light = given.get('light');
      const packets = 20_000;
      const { arrivals, waitNs } = loaded(
        ground,
        'fq-codel',
        [light, given.get('heavy')],
        ({ links }) => (links[0]?.there.delivered ?? 0) >= packets,
      );
      const share = (flow: number): number => (arrivals[flow] as number) / packets;
      return [
        certain('share of the light', 'of the rate', light, share(0), 0.002),
        certain('share of the heavy', 'of the rate', 1 - light, share(1), 0.002),
        // One of the other on the wire, three that make up its quantum, and three of its own.
        atMost('longest wait of the light', 'ns', 7 * EACH_NS, waitNs[0] as number),
      ];
    },
  };
}
