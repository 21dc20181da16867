import { entryOf, mapOf } from '#core/circuit/map.case.ts';
import { Mesh, type Party } from '#core/circuit/mesh.case.ts';
import {
  Carrier,
  type CircuitFailure,
  type CircuitUser,
  CLIENT_REJECTS,
  ClientCircuit,
  type ClientReject,
  FRAME_REJECTS,
  type FrameReject,
  NodeLinks,
  type Streams,
} from '#core/circuit/mod.ts';
import { nodeKeys, suite } from '#core/circuit/scene.case.ts';
import type { KeyRing, NodeKeys } from '#core/crypto/mod.ts';
import type { NodeEntry, Snapshot } from '#core/directory/mod.ts';
import type { Cause } from '#core/host/mod.ts';
import { testRandom } from '#core/link/pair.case.ts';
import { Counters } from '#core/observe/mod.ts';
import type { Destination } from '#core/wire/mod.ts';
import { ChunkPool } from '../base/chunk-pool.ts';
import { type Id, NO_ID } from '../base/slab.ts';
import { Relay } from './mod.ts';

// Relays in a mesh, and a client that makes circuits over them. For tests only.

const POOL_OCTETS = 64 * 1024 * 1024;

/** Answers every stream at once, and sends back what it is sent. */
class Echo {
  readonly asked: string[] = [];
  readonly causes: Cause[] = [];

  user(streams: Streams): ReturnType<NonNullable<ConstructorParameters<typeof Relay>[0]['exit']>> {
    const scratch = new Uint8Array(100_000);
    const echo = (nowUs: number, stream: number): void => {
      for (;;) {
        const given = streams.pull(stream, scratch, 0, 8000);
        if (given < 0) streams.end(stream);
        if (given <= 0) return;
        streams.push(nowUs, stream, scratch, 0, given);
      }
    };
    return {
      asked: (_nowUs, stream, { host, port }) => {
        this.asked.push(`${host}:${port}`);
        streams.granted(stream);
      },
      opened: () => undefined,
      stirred: echo,
      reset: (_nowUs, _stream, cause) => this.causes.push(cause),
    };
  }
}

export type Node = {
  readonly party: Party;
  readonly relay: Relay;
  readonly echo: Echo;
  readonly pool: ChunkPool;
  readonly entry: NodeEntry;
  /** What its key ring holds, newest first. */
  readonly keys: NodeKeys[];
};

/** A circuit of the client's, and what became of its streams. */
export class Trip implements CircuitUser {
  circuit: ClientCircuit | undefined;
  isReady = false;
  failure: CircuitFailure | undefined;
  readonly received: Map<number, number[]> = new Map<number, number[]>();
  readonly causes: Map<number, Cause> = new Map<number, Cause>();
  readonly opens: number[] = [];
  readonly ends: number[] = [];

  ready(): void {
    this.isReady = true;
  }

  failed(_nowUs: number, failure: CircuitFailure): void {
    this.failure = failure;
  }

  asked(): void {
    throw new Error('nobody asks a client');
  }

  opened(_nowUs: number, stream: number): void {
    this.opens.push(stream);
  }

  stirred(_nowUs: number, stream: number): void {
    const out = new Uint8Array(20_000);
    for (;;) {
      const given = this.circuit?.streams.pull(stream, out, 0, out.length) ?? 0;
      if (given < 0) this.ends.push(stream);
      if (given <= 0) return;
      const all = this.received.get(stream) ?? [];
      for (let i = 0; i < given; i++) all.push(out[i] as number);
      this.received.set(stream, all);
    }
  }

  reset(_nowUs: number, stream: number, cause: Cause): void {
    this.causes.set(stream, cause);
  }

  open(to: Destination): number {
    return this.circuit?.streams.open(to) ?? 0;
  }

  say(stream: number, octets: Uint8Array): number {
    return this.circuit?.streams.push(0, stream, octets, 0, octets.length) ?? 0;
  }
}

export class TestNetwork {
  readonly mesh: Mesh = new Mesh();
  readonly nodes: readonly Node[];
  readonly rejects: Counters<FrameReject | ClientReject> = new Counters<FrameReject | ClientReject>(
    [...FRAME_REJECTS, ...CLIENT_REJECTS],
  );
  readonly clientPool: ChunkPool = new ChunkPool(POOL_OCTETS);
  readonly client: Party;
  snapshot: Snapshot | undefined;
  /** Of the next CREATE: no two are alike. */
  seed = 10_000;
  readonly #links: NodeLinks;

  readonly #poolOctets: number;

  /** `count` nodes, all of them exits but those in `middles`. */
  constructor(count: number, middles: readonly number[] = [], poolOctets: number = POOL_OCTETS) {
    this.#poolOctets = poolOctets;
    this.nodes = Array.from({ length: count }, (_, n) => this.#makeNode(n, !middles.includes(n)));
    this.snapshot = mapOf(this.nodes.map(({ entry }) => entry));
    this.client = this.mesh.add('client', undefined, (port) => {
      const carrier = new Carrier(
        port,
        {
          linkOpened: (nowUs, link) => this.#links.opened(nowUs, link),
          linkClosed: (nowUs, link) => this.#links.closed(nowUs, link),
          create: () => undefined,
        },
        this.rejects,
      );
      return carrier;
    });
    this.#links = new NodeLinks(this.client, (link) => this.client.carrier?.dialled(link));
  }

  node(n: number): Node {
    const node = this.nodes[n];
    if (node === undefined) throw new Error(`there is no node ${n}`);
    return node;
  }

  /** Begins a circuit over these nodes, under the keys they have been published with. */
  start(...path: readonly number[]): Trip {
    const trip = new Trip();
    const circuit = new ClientCircuit({
      suite,
      random: testRandom(this.seed++),
      pool: this.clientPool,
      rejects: this.rejects,
      user: trip,
    });
    trip.circuit = circuit;
    const statements = path.map((n) => this.node(n).entry.statement);
    this.reach(this.node(path[0] ?? 0), (link) => {
      if (this.client.carrier !== undefined) circuit.create(this.client.carrier, link, statements);
    });
    return trip;
  }

  /** The client's link to a node, once there is one. */
  reach({ entry }: Node, then: (link: Id) => void): void {
    this.#links.reach(this.mesh.nowUs, entry, (_nowUs, link) => {
      if (link !== NO_ID) then(link);
    });
  }

  /** A circuit that is there. */
  made(...path: readonly number[]): Trip {
    const trip = this.start(...path);
    this.mesh.run();
    if (!trip.isReady) throw new Error(`not made: ${JSON.stringify(trip.failure)}`);
    return trip;
  }

  /** What every node counted, by name, and the client: `node 1 cell-forged`. */
  counted(): readonly string[] {
    const all = this.nodes.map(({ relay }, n) => [`node ${n}`, relay.rejects] as const);
    return [...all, ['client', this.rejects] as const].flatMap(([name, counters]) =>
      Object.entries(counters.toJSON()).flatMap(([reject, count]) =>
        Array.from({ length: count }, () => `${name} ${reject}`),
      ),
    );
  }

  #makeNode(n: number, isExit: boolean): Node {
    const keys = nodeKeys(n);
    const entry = entryOf(n, keys);
    const echo = new Echo();
    const pool = new ChunkPool(this.#poolOctets);
    const live = [keys];
    let relay: Relay | undefined;
    const party = this.mesh.add(`node ${n}`, entry.id, (port) => {
      relay = new Relay({
        suite,
        random: testRandom(500 + n),
        keys: { live } as unknown as KeyRing,
        pool,
        links: port,
        snapshot: () => this.snapshot,
        ...(isExit ? { exit: (streams: Streams) => echo.user(streams) } : {}),
      });
      return relay.carrier;
    });
    return { party, relay: relay as unknown as Relay, echo, pool, entry, keys: live };
  }
}
