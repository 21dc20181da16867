import type { LinkOptions } from '../network/mod.ts';
import { RandomStream } from '../random.ts';
import { type Case, certain, type Parameter, type Quantity } from './case.ts';
import { Ground } from './ground.ts';
import { arrivals, cut, type Sent, slowed, strangers, TROUBLES } from './laws.ts';

// Metamorphic laws, which hold whatever the figures are: what is true of one world says what must be true of another.
// Each over random networks: how many arrivals are as the law says.

const NETWORKS: Parameter = Object.freeze({
  default: 20,
  min: 1,
  max: 1000,
  unit: 'networks',
  about: 'random ones, each compared with its other',
  whole: true,
});
const LINKS_MAX = 4;
const PACKETS = 100;
/** Rates by which octets take whole nanoseconds, so that scaled times are exact. */
const RATES: readonly number[] = Object.freeze([1_000_000, 8_000_000, 40_000_000]);

type Arrivals = ReturnType<typeof arrivals>;
/** A random chain, and what is sent over it. */
type Sample = {
  readonly pipes: readonly LinkOptions[];
  readonly sent: readonly Sent[];
  readonly random: RandomStream;
};

function lawCase(
  name: string,
  about: string,
  law: (ground: Ground, sample: Sample) => readonly [expected: Arrivals, measured: Arrivals],
): Case {
  return {
    name,
    about,
    parameters: { networks: NETWORKS },
    measure: (given, ground) => {
      const random = new RandomStream(ground.seed, `samples of ${name}`);
      let [same, all] = [0, 0];
      for (let n = 0; n < given.whole('networks'); n++) {
        const own = new Ground(`${ground.seed} ${n}`, ground.plant);
        const [expected, measured] = law(own, sample(random));
        all += expected.length;
        same += expected.filter((ns, i) => ns === measured[i]).length;
      }
      return [sameOf(same, all)];
    },
  };
}

const sameOf = (same: number, all: number): Quantity =>
  certain('packets of the same fate', 'of all', 1, same / all, 0);

export function unrelatedNode(): Case {
  return lawCase(
    'unrelated-node',
    'nodes, links and packets beside change nothing for others, though much is left to chance',
    (ground, { pipes, sent }) => {
      const troubled = pipes.map((pipe) => ({ ...pipe, ...TROUBLES }));
      const alone = arrivals(ground, troubled, sent);
      return [alone, arrivals(ground, troubled, sent, { beside: strangers })];
    },
  );
}

export function timeScaling(): Case {
  return lawCase(
    'time-scaling',
    'at half the rate, twice the delay and twice the gaps all comes at twice the time',
    (ground, { pipes, sent }) => {
      const later = sent.map(({ atNs, octets }) => ({ atNs: 2 * atNs, octets }));
      const twice = arrivals(ground, pipes, sent).map((ns) => (ns === undefined ? ns : 2 * ns));
      return [twice, arrivals(ground, slowed(pipes), later)];
    },
  );
}

export function splitLink(): Case {
  return lawCase(
    'split-link',
    'a wire may be cut in two anywhere',
    (ground, { pipes, sent, random }) => {
      const split = pipes.flatMap((pipe) => cut(pipe, random.below(pipe.delayNs + 1)));
      return [arrivals(ground, pipes, sent), arrivals(ground, split, sent)];
    },
  );
}

export function relabelling(): Case {
  return lawCase(
    'relabelling',
    'names mean nothing where nothing is left to chance',
    (ground, { pipes, sent }) => {
      const names = (place: number): string => `other ${LINKS_MAX - place}`;
      return [arrivals(ground, pipes, sent), arrivals(ground, pipes, sent, { names })];
    },
  );
}

function sample(random: RandomStream): Sample {
  const pipes = Array.from({ length: 1 + random.below(LINKS_MAX) }, () => ({
    delayNs: random.below(5_000_000),
    rateBps: RATES[random.below(RATES.length)] as number,
    queueBytes: 1500 + random.below(18_500),
  }));
  let atNs = 0;
  const sent = Array.from({ length: PACKETS }, (): Sent => {
    atNs += random.below(2_000_000);
    return { atNs, octets: 48 + random.below(1453) };
  });
  return { pipes, sent, random };
}
