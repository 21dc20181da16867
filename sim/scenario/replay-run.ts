import { createHash } from 'node:crypto';
import type { Suite } from '#core/crypto/mod.ts';
import { createSeededSuite } from '#core/crypto/seeded/mod.ts';
import { isRefused, type ReplayReport, replayCreates } from '../adversary/mod.ts';
import type { WorldHashes } from '../world.ts';
import type { Onlookers, Played, RunOutcome } from './outcome.ts';
import type { Assertion, PlantName, ReplayPlan } from './scenario.ts';
import type { Recipe } from './token.ts';

/** Octets of a CREATE that name it: what a node remembers is their hash. */
const TAGGED_LEN = 2_352;

/** Every case in a world of its own, one after the other. */
export class ReplayRun implements Played {
  readonly hashes: WorldHashes;
  readonly #recipe: Recipe;
  readonly #reports: readonly ReplayReport[];

  constructor(recipe: Recipe, { replays }: ReplayPlan, onlookers: Onlookers) {
    this.#recipe = recipe;
    const suite = spoil(createSeededSuite(), recipe.plant);
    this.#reports = replays.map((one) => replayCreates(suite, recipe.seed, one, onlookers));
    const joined = (name: keyof WorldHashes): string => {
      const all = createHash('sha256');
      for (const { hashes } of this.#reports) all.update(hashes[name]);
      return all.digest('hex');
    };
    this.hashes = { trace: joined('trace'), state: joined('state'), draws: joined('draws') };
  }

  outcome(differs: readonly string[] | undefined): RunOutcome {
    const sum = (pick: (report: ReplayReport) => number): number =>
      this.#reports.reduce((total, report) => total + pick(report), 0);
    return {
      hashes: this.hashes,
      assertions: this.#recipe.scenario.mustHold.map((name): Assertion => {
        if (name === 'none-opens') return this.#noneOpens();
        const isKnown = name === 'repeatable' && differs !== undefined;
        const detail = isKnown ? `differs in ${differs.length} hashes` : 'not an oracle of replays';
        return { name, kind: 'always', ok: isKnown && differs.length === 0, detail };
      }),
      metrics: {
        replayed: { value: sum(({ replayed }) => replayed), unit: 'CREATEs' },
        accepted: { value: sum(({ accepted }) => accepted), unit: 'CREATEs' },
        cases: { value: this.#reports.length, unit: 'ways' },
      },
      virtualSeconds: sum(({ virtualSeconds }) => virtualSeconds),
      events: sum(({ events }) => events),
    };
  }

  /** Not one was answered, and each was counted as what it is. */
  #noneOpens(): Assertion {
    const failed = this.#reports.find((report) => !isRefused(report));
    const replayed = this.#reports.reduce((total, report) => total + report.replayed, 0);
    const detail =
      failed === undefined
        ? `0 of ${replayed} replayed CREATEs opened, in ${this.#reports.length} ways`
        : `${failed.accepted} of ${failed.replayed} opened: ${inWords(failed)}`;
    return { name: 'none-opens', kind: 'always', ok: failed === undefined && replayed > 0, detail };
  }
}

function inWords({ isRestarted, clockMs, by, counted }: ReplayReport): string {
  const restart = isRestarted ? `restarted, clock ${clockMs / 3_600_000} h` : 'same boot';
  return `${restart}, by ${by} neighbour, counted ${JSON.stringify(counted)}`;
}

/** A node whose memory is of no use: what it remembers of a CREATE is another number each time. */
function spoil(suite: Suite, plant: PlantName | undefined): Suite {
  if (plant !== 'forgetful') return suite;
  let seen = 0;
  return {
    ...suite,
    hash: (...parts) => {
      const hash = suite.hash(...parts);
      const [only] = parts;
      if (parts.length === 1 && only?.length === TAGGED_LEN) hash[0] = seen++;
      return hash;
    },
  };
}
