import {
  type Carrier,
  type CircuitFailure,
  ClientCircuit,
  type ClientReject,
  NodeLinks,
  type Streams,
  type StreamsUser,
} from '#core/circuit/mod.ts';
import type { Suite } from '#core/crypto/mod.ts';
import type { NodeEntry, Snapshot } from '#core/directory/mod.ts';
import type { Random } from '#core/host/mod.ts';
import type { LinkPort } from '#core/link/mod.ts';
import type { Tally, Trace } from '#core/observe/mod.ts';
import { type Homes, type NoPath, Router } from '#core/routing/mod.ts';
import { toHex } from '../base/bytes.ts';
import type { ChunkPool } from '../base/chunk-pool.ts';
import {
  BUILD_RETRY_MAX_US,
  BUILD_RETRY_US,
  CIRCUIT_DIRTY_US,
  CIRCUIT_IDLE_US,
  CIRCUIT_LINGER_US,
  CIRCUITS_LINGERING_MAX,
  CLIENT_CIRCUITS_MAX,
  CREATE_US,
  SUSPECT_US,
  WARM_CIRCUITS,
} from '../base/limits.ts';
import { type Id, NO_ID } from '../base/slab.ts';
import type { Micros } from '../base/time.ts';

export type CircuitsOptions = {
  readonly suite: Suite;
  readonly random: Random;
  readonly pool: ChunkPool;
  readonly rejects: Tally<ClientReject>;
  readonly links: LinkPort;
  readonly carrier: () => Carrier;
  readonly hops: number;
  /** The user of one circuit's streams. */
  readonly streams: (streams: Streams) => StreamsUser;
  /** A circuit is ready, or it is known why there will be none: whoever waits may ask again. */
  readonly changed: (nowUs: Micros) => void;
  readonly trace?: Trace;
};

/** One of our circuits, and whom it serves. */
export type OurCircuit = {
  readonly circuit: ClientCircuit;
  readonly path: readonly NodeEntry[];
  readonly createdUs: Micros;
  /** The one isolation class it serves, once it has had a stream. */
  isolation: string | undefined;
  firstUsedUs: Micros;
  wasOpen: boolean;
};

/**
 * The client's circuits: a few ready ones that nobody has used, and for each isolation class one that takes its new
 * streams. No circuit ever serves two classes, and none takes new streams for longer than ten minutes.
 */
export class Circuits {
  /** Why the last attempt to find a path failed; undefined when it did not. */
  noPath: NoPath | undefined;
  /** Why the last circuit failed to be created, and how many did. */
  lastFailure: CircuitFailure | undefined;
  failures = 0;
  created = 0;
  readonly #options: CircuitsOptions;
  readonly #nodes: NodeLinks;
  readonly #all = new Set<OurCircuit>();
  /** Nodes that circuits failed at lately, by id, and until when they are left out. */
  readonly #suspects = new Map<string, { readonly id: Uint8Array; readonly untilUs: Micros }>();
  #router: Router | undefined;
  #homes: Homes | undefined;
  #retryUs = BUILD_RETRY_US;
  #nextBuildUs: Micros = 0;
  /** Classes whose applications wait for a circuit. */
  #wanted = 0;

  constructor(options: CircuitsOptions) {
    this.#options = options;
    this.#nodes = new NodeLinks(options.links, (link) => options.carrier().dialled(link));
  }

  /** Circuits that are ready, used or not. */
  get ready(): readonly OurCircuit[] {
    return [...this.#all].filter(({ circuit }) => circuit.state === 'open');
  }

  /** A new map; undefined when there is none any more, and then nothing is made. Circuits that are there go on. */
  use(nowUs: Micros, snapshot: Snapshot | undefined): void {
    this.noPath = undefined;
    this.#suspects.clear();
    this.#router = snapshot === undefined ? undefined : new Router(snapshot);
    if (snapshot !== undefined && this.#router !== undefined)
      this.#homes = this.#pin(snapshot, this.#router) ?? this.#homes;
    this.#nextBuildUs = nowUs;
    this.tend(nowUs);
    this.#options.changed(nowUs);
  }

  /** A circuit that takes a new stream of this class, now; undefined: wait for `changed`. `want` is to follow. */
  take(nowUs: Micros, isolation: string): OurCircuit | undefined {
    let warm: OurCircuit | undefined;
    for (const ours of this.#all) {
      if (ours.circuit.state !== 'open' || ours.circuit.streams.isSpent) continue;
      if (ours.isolation === undefined) warm ??= ours;
      else if (ours.isolation === isolation && nowUs - ours.firstUsedUs < CIRCUIT_DIRTY_US)
        return ours;
    }
    if (warm !== undefined) {
      warm.isolation = isolation;
      warm.firstUsedUs = nowUs;
    }
    return warm;
  }

  /** How many classes wait now: as many circuits are made, beside the ready ones. */
  want(nowUs: Micros, classes: number): void {
    this.#wanted = classes;
    this.tend(nowUs);
  }

  /** Makes the circuits that are missing. */
  tend(nowUs: Micros): void {
    while (this.#buildUs <= nowUs) {
      this.#makeRoom(nowUs);
      if (!this.#build(nowUs)) return;
    }
  }

  get deadlineUs(): Micros {
    let earliest = this.#buildUs;
    for (const ours of this.#all) earliest = Math.min(earliest, this.#endUs(ours));
    return earliest;
  }

  handleTimeout(nowUs: Micros): void {
    for (const ours of this.#all) {
      if (this.#endUs(ours) > nowUs) continue;
      if (ours.circuit.state === 'creating')
        this.#failed(nowUs, ours, { hop: 0, cause: 'timed-out' });
      ours.circuit.destroy(nowUs, 'timed-out');
      this.#all.delete(ours);
    }
    this.tend(nowUs);
  }

  linkOpened(nowUs: Micros, link: Id): void {
    this.#nodes.opened(nowUs, link);
  }

  linkClosed(nowUs: Micros, link: Id): void {
    this.#nodes.closed(nowUs, link);
  }

  // ---- within --------------------------------------------------------------------------------------------

  /** When the next circuit that is missing can be made: with a map, and room, or one that makes room for who waits. */
  get #buildUs(): Micros {
    if (this.#router === undefined || this.#homes === undefined) return Infinity;
    let [unused, idle] = [0, 0];
    for (const ours of this.#all) {
      if (ours.isolation === undefined) unused += 1;
      else if (isIdle(ours)) idle += 1;
    }
    if (unused >= WARM_CIRCUITS + this.#wanted) return Infinity;
    if (this.#all.size < CLIENT_CIRCUITS_MAX) return this.#nextBuildUs;
    const hasRoom = this.#all.size - idle < CLIENT_CIRCUITS_MAX;
    return hasRoom && unused < this.#wanted ? this.#nextBuildUs : Infinity;
  }

  /** Of those that have served, and serve nobody now, the one that has been quiet for longest. */
  #idle(): OurCircuit | undefined {
    let first: OurCircuit | undefined;
    for (const ours of this.#all) {
      if (!isIdle(ours)) continue;
      if (first === undefined || quietUs(ours) < quietUs(first)) first = ours;
    }
    return first;
  }

  /** One that only lingers stays beside the others, as long as those are few: what it said last may be on its way. */
  #makeRoom(nowUs: Micros): void {
    if (this.#all.size < CLIENT_CIRCUITS_MAX) return;
    const idle = this.#idle();
    if (idle === undefined) return;
    const isFull = this.#all.size >= CLIENT_CIRCUITS_MAX + CIRCUITS_LINGERING_MAX;
    if (!isFull && quietUs(idle) > nowUs) return;
    this.#all.delete(idle);
    idle.circuit.destroy(nowUs, 'local');
  }

  /** When a circuit is to go: it was not created in time, or nobody has used it for long. */
  #endUs(ours: OurCircuit): Micros {
    const { circuit, isolation, createdUs, firstUsedUs } = ours;
    if (circuit.state === 'creating') return createdUs + CREATE_US;
    if (isolation === undefined) return createdUs + CIRCUIT_IDLE_US;
    if (circuit.streams.size > 0) return Infinity;
    return Math.max(firstUsedUs + CIRCUIT_DIRTY_US, quietUs(ours));
  }

  /** Each home stays while it is listed, whatever its state today: whoever can shake one off gets to choose. */
  #pin(snapshot: Snapshot, router: Router): Homes | undefined {
    const { random } = this.#options;
    const [first, second] = (this.#homes ?? []).flatMap(({ id }) => snapshot.byId(id) ?? []);
    if (first !== undefined && second !== undefined) return [first, second];
    const drawn = first === undefined ? router.pinHomes(random) : router.pinPartner(random, first);
    if ('reason' in drawn) {
      this.noPath = drawn;
      return undefined;
    }
    return first === undefined ? (drawn as Homes) : [first, drawn as NodeEntry];
  }

  #build(nowUs: Micros): boolean {
    const { suite, random, pool, rejects, hops, trace } = this.#options;
    if (this.#router === undefined || this.#homes === undefined) return false;
    const homes = this.#homes.map(({ id }) => id);
    const request = { hops, homes, port: 443 };
    const around = this.#router.choosePath(random, { ...request, avoid: this.#avoided(nowUs) });
    // A suspect is better than nothing.
    const path = 'reason' in around ? this.#router.choosePath(random, request) : around;
    this.noPath = 'reason' in path ? path : undefined;
    if ('reason' in path) {
      this.#later(nowUs);
      this.#options.changed(nowUs);
      return false;
    }
    let user: StreamsUser | undefined;
    const circuit: ClientCircuit = new ClientCircuit({
      suite,
      random,
      pool,
      rejects,
      trace,
      user: {
        ready: (at) => {
          ours.wasOpen = true;
          this.#ready(at);
        },
        failed: (at, failure) => this.#failed(at, ours, failure),
        asked: () => undefined,
        opened: (at, stream) => user?.opened(at, stream),
        stirred: (at, stream) => user?.stirred(at, stream),
        reset: (at, stream, cause) => user?.reset(at, stream, cause),
      },
    });
    user = this.#options.streams(circuit.streams);
    const ours: OurCircuit = {
      circuit,
      path,
      createdUs: nowUs,
      isolation: undefined,
      firstUsedUs: nowUs,
      wasOpen: false,
    };
    this.#all.add(ours);
    this.#nodes.reach(nowUs, path[0] as NodeEntry, (thenUs, link) => {
      if (circuit.state !== 'creating') return;
      const statements = path.map(({ statement }) => statement);
      const failure =
        link === NO_ID
          ? ({ hop: 0, cause: 'unreachable' } as const)
          : circuit.create(this.#options.carrier(), link, statements);
      if (failure !== undefined) this.#failed(thenUs, ours, failure);
    });
    return this.#all.has(ours);
  }

  #ready(nowUs: Micros): void {
    this.created += 1;
    this.#retryUs = BUILD_RETRY_US;
    this.#nextBuildUs = nowUs;
    this.#options.changed(nowUs);
  }

  #failed(nowUs: Micros, ours: OurCircuit, failure: CircuitFailure): void {
    const { wasOpen } = ours;
    if (!this.#all.delete(ours)) return;
    if (!wasOpen) this.#suspect(nowUs, ours.path, failure);
    ours.circuit.destroy(nowUs, failure.cause);
    this.failures += 1;
    this.lastFailure = failure;
    this.#later(nowUs);
    this.#options.changed(nowUs);
  }

  /**
   * A hop that says it cannot reach the next, and the next: either may be at fault, so the next attempts do without
   * both. Where it only came to nothing, all hops but the home. The home itself is left out only where no link to it
   * could be had: nothing that a later hop does may drive a client off its home.
   */
  #suspect(nowUs: Micros, path: readonly NodeEntry[], { hop, cause }: CircuitFailure): void {
    const [home] = path;
    const isHomeGone = hop === 0 && cause === 'unreachable';
    const at = hop === 0 ? path : [path[hop - 1], path[hop]];
    for (const node of isHomeGone ? [home] : at.filter((other) => other !== home))
      if (node !== undefined)
        this.#suspects.set(toHex(node.id), { id: node.id, untilUs: nowUs + SUSPECT_US });
  }

  #avoided(nowUs: Micros): readonly Uint8Array[] {
    for (const [name, { untilUs }] of this.#suspects)
      if (untilUs <= nowUs) this.#suspects.delete(name);
    return [...this.#suspects.values()].map(({ id }) => id);
  }

  /** Attempts that fail come ever more slowly. */
  #later(nowUs: Micros): void {
    if (nowUs < this.#nextBuildUs) return;
    this.#nextBuildUs = nowUs + this.#retryUs;
    this.#retryUs = Math.min(2 * this.#retryUs, BUILD_RETRY_MAX_US);
  }
}

/** It has served, and serves nobody now. */
function isIdle({ circuit, isolation }: OurCircuit): boolean {
  return isolation !== undefined && circuit.streams.size === 0;
}

/** From when on nothing that a stream of it said can be on its way any more: DESTROY does not wait for it. */
function quietUs({ circuit }: OurCircuit): Micros {
  return circuit.streams.lastEndUs + CIRCUIT_LINGER_US;
}
