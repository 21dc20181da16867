import {
  Carrier,
  type CarrierUser,
  CreateOpened,
  FRAME_REJECTS,
  type FrameReject,
  type Leg,
  type LinkWaiter,
  NodeLinks,
  ReplaySet,
  STATUS_BUSY,
  STATUS_NEXT_REFUSED,
  STATUS_NEXT_UNREACHABLE,
  type Streams,
  type StreamsUser,
} from '#core/circuit/mod.ts';
import type { KeyRing, NodeKeys, Suite } from '#core/crypto/mod.ts';
import type { NodeEntry, Snapshot } from '#core/directory/mod.ts';
import type { Cause, Random } from '#core/host/mod.ts';
import type { LinkPort } from '#core/link/mod.ts';
import { Counters, type Trace } from '#core/observe/mod.ts';
import type { ChunkPool } from '../base/chunk-pool.ts';
import {
  CIRCUITS_MAX,
  CREATE_BURST,
  CREATE_EARN_US,
  CREATE_US,
  CREATES_PER_TURN,
  CREATES_WAITING_MAX,
  DIAL_WAITERS_MAX,
  REPLAYS_MAX,
} from '../base/limits.ts';
import { type Id, NO_ID } from '../base/slab.ts';
import type { Micros } from '../base/time.ts';

import {
  CELL_REJECTS,
  type CellReject,
  RelayCircuit,
  type RelayShared,
  SCRATCH_LEN,
} from './relay-circuit.ts';

/** Why a CREATE is not carried out. */
export type CreateReject =
  | 'create-forged'
  | 'create-replayed'
  | 'create-replays-full'
  | 'create-rate'
  | 'create-limit'
  | 'create-next-unknown'
  | 'create-next-unreachable'
  | 'create-next-busy'
  | 'create-not-exit'
  | 'create-no-map'
  | 'create-overdue';

export const CREATE_REJECTS: readonly CreateReject[] = Object.freeze<CreateReject[]>([
  'create-forged',
  'create-replayed',
  'create-replays-full',
  'create-rate',
  'create-limit',
  'create-next-unknown',
  'create-next-unreachable',
  'create-next-busy',
  'create-not-exit',
  'create-no-map',
  'create-overdue',
]);

export type RelayReject = FrameReject | CellReject | CreateReject;

export type RelayOptions = {
  readonly suite: Suite;
  readonly random: Random;
  readonly keys: KeyRing;
  readonly pool: ChunkPool;
  readonly links: LinkPort;
  /** The map; undefined while there is none, and then nothing is extended and nothing ends here. */
  readonly snapshot: () => Snapshot | undefined;
  /** What becomes of streams that end here; absent for a node that is no exit. */
  readonly exit?: (streams: Streams) => StreamsUser;
  readonly trace?: Trace;
};

/** The volunteer's machine: takes CREATEs, extends them to nodes of the snapshot and nobody else, relays cells. */
export class Relay implements CarrierUser {
  readonly carrier: Carrier;
  /** Circuits go on, and none is added: 'create-limit'. */
  isLeaving = false;
  readonly rejects: Counters<RelayReject> = new Counters<RelayReject>([
    ...FRAME_REJECTS,
    ...CELL_REJECTS,
    ...CREATE_REJECTS,
  ]);
  readonly #options: RelayOptions;
  readonly #shared: RelayShared;
  readonly #nodes: NodeLinks;
  readonly #circuits = new Set<RelayCircuit>();
  /** Circuits on their way to the next hop, oldest first; those that have arrived stay until their time is up. */
  readonly #creating = new Set<RelayCircuit>();
  /** Those of them that wait for a link, and those whose link has opened or failed (NO_ID): their turn comes. */
  readonly #waiting = new Map<RelayCircuit, LinkWaiter>();
  readonly #reached = new Map<RelayCircuit, Id>();
  #reachedUs: Micros = 0;
  /** What was seen under each onion key that is alive. */
  readonly #replays = new Map<NodeKeys, ReplaySet>();
  /** Per link the time at which its bucket of CREATEs is full again. */
  readonly #fullAtUs = new Map<Id, Micros>();

  constructor(options: RelayOptions) {
    this.#options = options;
    const { suite, random, pool, links, trace } = options;
    this.carrier = new Carrier(links, this, this.rejects, trace);
    this.#nodes = new NodeLinks(links, (link) => this.carrier.dialled(link));
    this.#shared = {
      suite,
      random,
      pool,
      rejects: this.rejects,
      scratch: new Uint8Array(SCRATCH_LEN),
      trace,
      answered: (circuit) => this.#creating.delete(circuit),
      gone: (circuit) => {
        this.#circuits.delete(circuit);
        this.#creating.delete(circuit);
        this.#reached.delete(circuit);
        const waiter = this.#waiting.get(circuit);
        if (waiter !== undefined) this.#nodes.cancel(waiter);
        this.#waiting.delete(circuit);
      },
    };
  }

  get circuits(): number {
    return this.#circuits.size;
  }

  get deadlineUs(): Micros {
    if (this.#reached.size > 0) return this.#reachedUs;
    const [oldest] = this.#creating;
    return oldest === undefined ? Number.POSITIVE_INFINITY : oldest.startUs + CREATE_US;
  }

  handleTimeout(nowUs: Micros): void {
    this.#serve(nowUs);
    for (const circuit of this.#creating) {
      if (circuit.startUs + CREATE_US > nowUs) return;
      this.rejects.add('create-overdue');
      circuit.destroy(nowUs);
    }
  }

  // ---- CarrierUser ---------------------------------------------------------------------------------------

  linkOpened(nowUs: Micros, link: Id): void {
    this.#nodes.opened(nowUs, link);
    this.#serve(nowUs);
  }

  linkClosed(nowUs: Micros, link: Id, _cause: Cause): void {
    this.#nodes.closed(nowUs, link);
    this.#serve(nowUs);
    this.#fullAtUs.delete(link);
  }

  create(nowUs: Micros, leg: Leg, body: Uint8Array): void {
    if (!this.#isInTime(nowUs, leg.link)) return this.rejects.add('create-rate');
    const opened = this.#open(body);
    if (typeof opened === 'string') return this.rejects.add(opened);
    const circuit = new RelayCircuit(nowUs, this.#shared, leg, opened);
    if (this.isLeaving || this.#circuits.size >= CIRCUITS_MAX) {
      this.rejects.add('create-limit');
      return circuit.decline(nowUs, STATUS_BUSY);
    }
    this.#circuits.add(circuit);
    if (opened.order.command === 'last') this.#terminate(nowUs, circuit);
    else this.#extend(nowUs, circuit, opened.order.next);
  }

  // ---- within --------------------------------------------------------------------------------------------

  /** Tries the onion keys that are alive, and remembers what it opened: nothing is opened twice. */
  #open(body: Uint8Array): CreateOpened | CreateReject {
    const { suite, keys } = this.#options;
    for (const known of this.#replays.keys())
      if (!keys.live.includes(known)) this.#replays.delete(known);
    for (const live of keys.live) {
      const opened = CreateOpened.open(suite, live.onion, live.statement, body);
      if (opened === undefined) continue;
      const seen =
        this.#replays.get(live) ?? new ReplaySet(suite, this.#options.random, REPLAYS_MAX);
      this.#replays.set(live, seen);
      const verdict = seen.add(opened.replayTag);
      if (verdict === 'new') return opened;
      opened.destroy();
      return verdict === 'seen' ? 'create-replayed' : 'create-replays-full';
    }
    return 'create-forged';
  }

  /** Without a map nobody knows which addresses are nodes, so it is no exit: the client is to look for another. */
  #terminate(nowUs: Micros, circuit: RelayCircuit): void {
    const { exit, snapshot } = this.#options;
    if (exit === undefined) return this.#decline(nowUs, circuit, 'create-not-exit');
    if (snapshot() === undefined) return this.#decline(nowUs, circuit, 'create-no-map');
    circuit.terminate(nowUs, exit);
  }

  #extend(nowUs: Micros, circuit: RelayCircuit, nodeId: Uint8Array): void {
    const node = this.#options.snapshot()?.byId(nodeId);
    if (node === undefined) return this.#decline(nowUs, circuit, 'create-next-unknown');
    if (this.#isCrowded(node)) return this.#decline(nowUs, circuit, 'create-next-busy');
    this.#creating.add(circuit);
    let isTold = false;
    let isWaiting = false;
    const waiter: LinkWaiter = (thenUs, link) => {
      isTold = true;
      if (!isWaiting) return this.#goOn(thenUs, circuit, link);
      this.#waiting.delete(circuit);
      this.#reached.set(circuit, link);
      this.#reachedUs = thenUs;
    };
    this.#nodes.reach(nowUs, node, waiter);
    if (isTold) return;
    isWaiting = true;
    this.#waiting.set(circuit, waiter);
  }

  /** Whoever waits for a link keeps its onion here meanwhile. */
  #isCrowded(node: NodeEntry): boolean {
    const waiting = this.#nodes.waitingFor(node);
    if (waiting < 0) return false;
    return (
      waiting >= DIAL_WAITERS_MAX || this.#waiting.size + this.#reached.size >= CREATES_WAITING_MAX
    );
  }

  /** Those that waited, a few at a time: each may cost an answer. */
  #serve(nowUs: Micros): void {
    let budget = CREATES_PER_TURN;
    for (const [circuit, link] of this.#reached) {
      if (budget-- === 0) return;
      this.#reached.delete(circuit);
      this.#goOn(nowUs, circuit, link);
    }
  }

  #goOn(nowUs: Micros, circuit: RelayCircuit, link: Id): void {
    const next =
      link === NO_ID ? undefined : this.carrier.create(link, circuit, circuit.nextBody());
    if (next === undefined) this.#decline(nowUs, circuit, 'create-next-unreachable');
    else circuit.extended(next);
  }

  #decline(nowUs: Micros, circuit: RelayCircuit, reject: CreateReject): void {
    this.rejects.add(reject);
    circuit.decline(nowUs, STATUS_OF[reject] ?? STATUS_NEXT_REFUSED);
  }

  /** A bucket of CREATEs per link (GCRA): KEM work is what a neighbour can make us do most of. */
  #isInTime(nowUs: Micros, link: Id): boolean {
    const fullAtUs = Math.max(nowUs, this.#fullAtUs.get(link) ?? 0) + CREATE_EARN_US;
    if (fullAtUs - nowUs > CREATE_BURST * CREATE_EARN_US) return false;
    this.#fullAtUs.set(link, fullAtUs);
    return true;
  }
}

const STATUS_OF: { readonly [reject in CreateReject]?: number } = Object.freeze({
  'create-next-unreachable': STATUS_NEXT_UNREACHABLE,
  'create-next-busy': STATUS_BUSY,
});
