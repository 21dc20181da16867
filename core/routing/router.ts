import type { NodeEntry, Snapshot } from '#core/directory/mod.ts';
import type { Random } from '#core/host/mod.ts';
import { assert } from '../base/assert.ts';
import { EXIT_SHARE_CAP, HOPS_MAX, PATH_WORK } from '../base/limits.ts';
import { abroadIfAny, apartFrom, clashes, isAlike } from './diversity.ts';
import { drawByWeight, sumOfWeights } from './draw.ts';
import { type NoPath, noPath } from './no-path.ts';

export type Homes = readonly [NodeEntry, NodeEntry];

export type PathRequest = {
  /** 1 to HOPS_MAX. With 1 the exit is the home. */
  readonly hops: number;
  /** Ids of the pinned homes. The second is used where the first is not usable, clashes with the exit, or shares its
   * country and the second does not. */
  readonly homes: readonly Uint8Array[];
  /** Port of the destination. No exit reaches port 0; beyond that all exits of a snapshot are equal. */
  readonly port: number;
  /** Ids that must not be part of the path, wherever they would be. */
  readonly avoid?: readonly Uint8Array[];
};

/**
 * Chooses from one snapshot. It remembers no request; everything but the pinned homes is drawn anew. Whatever it
 * answers has been found usable: what is drawn and is not is left out from then on, and the draw is made again.
 */
export class Router {
  readonly #snapshot: Snapshot;
  #nodes: readonly NodeEntry[];

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
    this.#nodes = snapshot.nodes.filter(({ isCurrent }) => isCurrent);
  }

  /**
   * Two homes that clash in nothing, in different countries where the first has a partner abroad. Drawn by measured
   * weight and by nothing a client could measure itself. Once in a client's life, and again when both are gone.
   */
  pinHomes(random: Random): Homes | NoPath {
    return this.#untilUsable(() => this.#drawHomes(random));
  }

  /** A new partner for a home that stays, drawn as a second home is. Whether that one is usable today is no matter. */
  pinPartner(random: Random, home: NodeEntry): NodeEntry | NoPath {
    const drawn = this.#untilUsable(() => {
      const partners = apartFrom(this.#nodes, home);
      if (partners.length === 0) return noPath('constraints');
      return [drawByWeight(random, abroadIfAny(partners, [home]))] as const;
    });
    return 'reason' in drawn ? drawn : drawn[0];
  }

  /**
   * Home first, exit last; `hops` nodes of which no two clash. The exit is drawn first, so that it says nothing about
   * the homes; then the home is chosen, and the middles take what clashes are left.
   */
  choosePath(random: Random, request: PathRequest): readonly NodeEntry[] | NoPath {
    const { hops } = request;
    assert(Number.isInteger(hops) && hops >= 1 && hops <= HOPS_MAX, 'a path of 1 to 5 hops');
    const avoided = new Set((request.avoid ?? []).map((id) => this.#snapshot.byId(id)));
    return this.#untilUsable(() => this.#drawPath(random, request, avoided));
  }

  #untilUsable<Path extends readonly NodeEntry[]>(draw: () => Path | NoPath): Path | NoPath {
    for (;;) {
      const drawn = draw();
      if ('reason' in drawn) return drawn;
      const unusable = drawn.find((node) => !this.#snapshot.isUsable(node));
      if (unusable === undefined) return drawn;
      this.#nodes = this.#nodes.filter((node) => node !== unusable);
    }
  }

  #drawHomes(random: Random): Homes | NoPath {
    if (this.#nodes.length < 2) return noPath('too-few-nodes');
    let work = PATH_WORK;
    let left = this.#nodes;
    while (left.length > 0 && work > 0) {
      work -= this.#nodes.length;
      const first = drawByWeight(random, left);
      const partners = apartFrom(this.#nodes, first);
      if (partners.length > 0) return [first, drawByWeight(random, abroadIfAny(partners, [first]))];
      left = left.filter((node) => !isAlike(node, first));
    }
    return noPath('constraints');
  }

  #drawPath(
    random: Random,
    { hops, homes: homeIds, port }: PathRequest,
    avoided: ReadonlySet<NodeEntry | undefined>,
  ): readonly NodeEntry[] | NoPath {
    const allowed = this.#nodes.filter((node) => !avoided.has(node));
    if (allowed.length < hops) return noPath('too-few-nodes');
    const exits = allowed.filter(({ isExit }) => isExit);
    if (exits.length === 0 || port === 0) return noPath('no-exit');
    const homes = homeIds
      .map((id) => this.#snapshot.byId(id))
      .filter((node) => node !== undefined && allowed.includes(node)) as readonly NodeEntry[];
    if (homes.length === 0) return noPath('no-home');
    if (hops === 1) {
      const only = homes.find(({ isExit }) => isExit);
      return only === undefined ? noPath('no-exit') : [only];
    }
    // An owner's chance is its weight by that of the exits left: at most EXIT_SHARE_CAP times its share of all.
    const all = sumOfWeights(this.#nodes.filter(({ isExit }) => isExit));
    if (EXIT_SHARE_CAP * sumOfWeights(exits) < all) return noPath('exit-cap');
    return new Search(random, allowed, homes, hops - 2).from(exits) ?? noPath('constraints');
  }
}

/**
 * Draws without putting back until something fits. What failed is out, and with it what is alike: if a path exists it
 * is found, unless PATH_WORK runs out first, which takes a map far from any real one.
 */
class Search {
  readonly #random: Random;
  readonly #allowed: readonly NodeEntry[];
  readonly #homes: readonly NodeEntry[];
  readonly #middles: number;
  #work = PATH_WORK;

  constructor(
    random: Random,
    allowed: readonly NodeEntry[],
    homes: readonly NodeEntry[],
    middles: number,
  ) {
    this.#random = random;
    this.#allowed = allowed;
    this.#homes = homes;
    this.#middles = middles;
  }

  from(exits: readonly NodeEntry[]): readonly NodeEntry[] | undefined {
    let left = exits;
    while (left.length > 0 && this.#work > 0) {
      const exit = drawByWeight(this.#random, left);
      for (const home of this.#homesFor(exit)) {
        this.#work -= this.#allowed.length;
        const pool = apartFrom(apartFrom(this.#allowed, exit), home);
        const middles = this.#between(pool, [exit, home], this.#middles);
        if (middles !== undefined) return [home, ...middles, exit];
      }
      left = left.filter((node) => !isAlike(node, exit));
    }
    return undefined;
  }

  /** The homes that do not clash with this exit, those abroad before those in its country. */
  #homesFor(exit: NodeEntry): readonly NodeEntry[] {
    const apart = this.#homes.filter((home) => !clashes(home, exit));
    const isAbroad = (home: NodeEntry): boolean => home.country !== exit.country;
    return [...apart.filter(isAbroad), ...apart.filter((home) => !isAbroad(home))];
  }

  /** `count` nodes of the pool, none of which clashes with `chosen`, or with each other. */
  #between(
    pool: readonly NodeEntry[],
    chosen: readonly NodeEntry[],
    count: number,
  ): readonly NodeEntry[] | undefined {
    if (count === 0) return [];
    let left = pool;
    while (left.length >= count && this.#work > 0) {
      this.#work -= left.length;
      const drawn = drawByWeight(this.#random, abroadIfAny(left, chosen));
      const further = this.#between(apartFrom(left, drawn), [...chosen, drawn], count - 1);
      if (further !== undefined) return [drawn, ...further];
      left = left.filter((node) => !isAlike(node, drawn));
    }
    return undefined;
  }
}
