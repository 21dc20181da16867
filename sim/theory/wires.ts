import { type Case, estimated, type Given, type Parameter, type Quantity } from './case.ts';
import { Chain, OCTETS_MIN } from './chain.ts';
import { BatchMeans } from './estimate.ts';
import { sweep } from './picture.ts';

// What happens to packets on a wire, one sent every microsecond or as often as the case says.

/** Values a batch: packets that follow each other at this distance know nothing of each other. */
const BATCH = 2000;
const SPACING_NS = 1000;
/** Runs of losses a batch: each knows nothing of the one before. */
const RUNS = 200;

const share = (about: string, percent: number, min = 1, max = 90): Parameter => ({
  default: percent,
  min,
  max,
  unit: '%',
  about,
});

const ppm = (percent: number): number => Math.round(percent * 10_000);

const ofBatches = (
  quantity: string,
  unit: string,
  expected: number,
  batches: BatchMeans,
): Quantity => estimated(quantity, unit, expected, batches.estimate, 0);

export function gilbertElliott(): Case {
  return {
    name: 'gilbert-elliott',
    about:
      'a wire turns bad with b and good with e: a share h b / (b + e) is lost, in runs of 1 / (1 - h (1 - e))',
    parameters: {
      begin: share('packets before which a good wire turns bad', 2, 1, 50),
      end: share('packets before which a bad wire turns good', 25, 5),
      severity: share('packets a bad wire loses', 80, 20, 100),
    },
    measure: (given, ground) => {
      const [begin, end, loss] = ['begin', 'end', 'severity'].map(
        (name) => given.get(name) / 100,
      ) as [number, number, number];
      const batch = Math.round(BATCH + 50 / (begin + end));
      const [lost, runs] = [new BatchMeans(batch), new BatchMeans(RUNS)];
      let run = 0;
      let expects = 0;
      const note = (isLost: boolean): void => {
        lost.add(isLost ? 1 : 0);
        if (!isLost && run > 0) runs.add(run);
        run = isLost ? run + 1 : 0;
      };
      const chain: Chain = new Chain(
        ground,
        [
          {
            delayNs: 0,
            bursts: {
              beginPpm: ppm(given.get('begin')),
              endPpm: ppm(given.get('end')),
              lossPpm: ppm(given.get('severity')),
            },
          },
        ],
        (number) => {
          for (; expects < number; expects++) note(true);
          note(false);
          expects += 1;
        },
      );
      let number = 0;
      chain.every(
        () => SPACING_NS,
        () => chain.send(number++, OCTETS_MIN),
      );
      chain.runUntil(() => lost.isDone && runs.isDone);
      // After a loss the wire is bad: the next packet is lost too when it stays so and loses again.
      const again = (1 - end) * loss;
      return [
        ofBatches('lost', 'of all', (loss * begin) / (begin + end), lost),
        ofBatches('length of a run of losses', 'packets', 1 / (1 - again), runs),
      ];
    },
  };
}

export function reordering(): Case {
  const formula = (given: Given): number => {
    const free = 1 - given.get('spacing');
    return (free * free) / 2;
  };
  const measure: Case['measure'] = (given, ground) => {
    const jitterNs = Math.round(given.get('jitter') * 1e6);
    const spacingNs = Math.round(given.get('spacing') * jitterNs);
    const overtakes = new BatchMeans(BATCH);
    const arrivedNs = new Map<number, number>();
    let judged = 1;
    const pipe = { delayNs: 1_000_000, jitterNs, keepsOrder: false };
    const chain: Chain = new Chain(ground, [pipe], (number) => {
      arrivedNs.set(number, chain.nowNs);
      for (;;) {
        const [before, after] = [arrivedNs.get(judged - 1), arrivedNs.get(judged)];
        if (before === undefined || after === undefined) return;
        overtakes.add(after < before ? 1 : 0);
        arrivedNs.delete(judged - 1);
        judged += 1;
      }
    });
    let number = 0;
    chain.every(
      () => spacingNs,
      () => chain.send(number++, OCTETS_MIN),
    );
    chain.runUntil(() => overtakes.isDone);
    return [ofBatches('overtake', 'of all', formula(given), overtakes)];
  };
  return {
    name: 'jitter-reordering',
    about:
      'uniform jitter J, packets s apart: each overtakes the one before with (1 - s / J)^2 / 2',
    parameters: {
      jitter: { default: 5, min: 0.1, max: 1000, unit: 'ms', about: 'J' },
      spacing: { default: 0.4, min: 0.01, max: 0.9, unit: 'of J', about: 's' },
    },
    measure,
    picture: sweep(
      measure,
      formula,
      { x: { name: 'spacing', unit: 'of J' }, y: { name: 'overtake', unit: 'of all' } },
      { over: 'spacing', low: 0.05, high: 0.85, steps: 8 },
    ),
  };
}

export function troubles(): Case {
  return {
    name: 'loss-damage-duplicates',
    about: 'each share as it was asked for, each independent of the others',
    parameters: {
      loss: share('packets that vanish', 5, 2, 50),
      damage: share('packets that arrive changed', 10, 2, 50),
      duplicates: share('packets that arrive twice', 20, 2, 50),
    },
    measure: (given, ground) => {
      const batches = {
        lost: new BatchMeans(BATCH),
        damaged: new BatchMeans(BATCH),
        twice: new BatchMeans(BATCH),
      };
      const pipe = {
        delayNs: 0,
        lossPpm: ppm(given.get('loss')),
        damagePpm: ppm(given.get('damage')),
        duplicatePpm: ppm(given.get('duplicates')),
      };
      let copies = 0;
      let wasDamaged = false;
      const chain = new Chain(ground, [pipe], (_number, isDamaged) => {
        copies += 1;
        wasDamaged = isDamaged;
      });
      const { there } = chain.links[0] as (typeof chain.links)[number];
      chain.every(
        () => SPACING_NS,
        () => {
          if (there.sent > 0) {
            batches.lost.add(copies === 0 ? 1 : 0);
            if (copies > 0) batches.damaged.add(wasDamaged ? 1 : 0);
            if (copies > 0) batches.twice.add(copies === 2 ? 1 : 0);
          }
          copies = 0;
          chain.send(0, OCTETS_MIN + 1);
        },
      );
      const all = Object.values(batches);
      chain.runUntil(() => all.every(({ isDone }) => isDone));
      return [
        ofBatches('lost', 'of all', given.get('loss') / 100, batches.lost),
        ofBatches('damaged', 'of those that arrive', given.get('damage') / 100, batches.damaged),
        ofBatches('twice', 'of those that arrive', given.get('duplicates') / 100, batches.twice),
      ];
    },
  };
}
