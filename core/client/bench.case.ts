import { byId, FarEnd } from '#core/circuit/far-end.case.ts';
import { entryOf, mapOf } from '#core/circuit/map.case.ts';
import { Mesh, type Party } from '#core/circuit/mesh.case.ts';
import {
  Carrier,
  CLIENT_REJECTS,
  type ClientReject,
  FRAME_REJECTS,
  type FrameReject,
  type Leg,
  type Streams,
  type StreamsUser,
} from '#core/circuit/mod.ts';
import { nodeKeys, suite } from '#core/circuit/scene.case.ts';
import type { NodeEntry, Snapshot } from '#core/directory/mod.ts';
import { testRandom } from '#core/link/pair.case.ts';
import { Counters } from '#core/observe/mod.ts';
import type { Destination } from '#core/wire/mod.ts';
import { toHex } from '../base/bytes.ts';
import { ChunkPool } from '../base/chunk-pool.ts';
import { Circuits } from './mod.ts';

// A client's circuits in a mesh of nodes, each of which plays every hop behind it. Time is the test's. For tests only.

const NODES = 6;
const POOL_OCTETS = 64 * 1024 * 1024;

/** What a stream asked for, where it arrived. */
export type Ask = { readonly far: FarEnd; readonly stream: number; readonly to: Destination };

export class Bench {
  readonly mesh: Mesh = new Mesh();
  readonly rejects: Counters<FrameReject | ClientReject> = new Counters<FrameReject | ClientReject>(
    [...FRAME_REJECTS, ...CLIENT_REJECTS],
  );
  readonly pool: ChunkPool = new ChunkPool(POOL_OCTETS);
  readonly client: Party;
  readonly circuits: Circuits;
  /** Every CREATE that arrived, and what is asked for over the circuits. */
  readonly ends: FarEnd[] = [];
  readonly asks: Ask[] = [];
  /** What becomes of a CREATE: answered, unless the test says otherwise. */
  onCreate: (far: FarEnd) => void = (far) => far.answer();
  changes = 0;
  /** The users of streams that the circuits are given; replaced by whoever is tested. */
  user: (streams: Streams) => StreamsUser = () => IDLE;
  changed: (nowUs: number) => void = () => undefined;
  readonly entries: readonly NodeEntry[] = Array.from({ length: NODES }, (_, n) => entryOf(n));

  constructor(hops = 2) {
    const nodes = byId(Array.from({ length: NODES }, (_, n) => nodeKeys(n)));
    for (const { id } of this.entries) this.#addNode(id, nodes);
    let circuits: Circuits | undefined;
    this.client = this.mesh.add('client', undefined, (port) => {
      const made: Circuits = new Circuits({
        suite,
        random: testRandom(77),
        pool: this.pool,
        rejects: this.rejects,
        links: port,
        carrier: () => this.client.carrier as Carrier,
        hops,
        streams: (streams) => this.user(streams),
        changed: (nowUs) => {
          this.changes += 1;
          this.changed(nowUs);
        },
      });
      circuits = made;
      return new Carrier(
        port,
        {
          linkOpened: (nowUs, link) => made.linkOpened(nowUs, link),
          linkClosed: (nowUs, link) => made.linkClosed(nowUs, link),
          create: () => undefined,
        },
        this.rejects,
      );
    });
    this.circuits = circuits as unknown as Circuits;
  }

  get nowUs(): number {
    return this.mesh.nowUs;
  }

  get map(): Snapshot {
    return mapOf(this.entries);
  }

  /** The client has a map of all nodes, and its first circuits. */
  started(): this {
    this.circuits.use(this.nowUs, this.map);
    this.mesh.run();
    return this;
  }

  /** Nodes whose circuits are alive. */
  get alive(): readonly FarEnd[] {
    return this.ends.filter(({ isGone }) => !isGone);
  }

  /** Lets time pass: whatever has a deadline is called when it is due, as a host would. */
  wait(
    us: number,
    ...others: readonly { deadlineUs: number; handleTimeout(nowUs: number): void }[]
  ): void {
    const untilUs = this.nowUs + us;
    const timed = [this.circuits, ...others];
    for (;;) {
      const dueUs = Math.min(...timed.map(({ deadlineUs }) => deadlineUs));
      if (dueUs > untilUs) break;
      this.mesh.nowUs = Math.max(this.mesh.nowUs, dueUs);
      for (const one of timed) if (one.deadlineUs <= this.nowUs) one.handleTimeout(this.nowUs);
      this.mesh.run();
      for (const one of timed)
        if (one.deadlineUs <= this.nowUs) throw new Error('a deadline that is over stays');
    }
    this.mesh.nowUs = untilUs;
    this.mesh.run();
  }

  #addNode(id: Uint8Array, nodes: ReturnType<typeof byId>): void {
    const create = (_nowUs: number, leg: Leg, body: Uint8Array): void => {
      const far: FarEnd = new FarEnd(leg, body, toHex(id), nodes, () => ({
        ...IDLE,
        asked: (_now, stream, to) => this.asks.push({ far, stream, to }),
      }));
      this.ends.push(far);
      this.onCreate(far);
    };
    this.mesh.add(
      toHex(id),
      id,
      (port) =>
        new Carrier(
          port,
          { linkOpened: () => undefined, linkClosed: () => undefined, create },
          new Counters<FrameReject>(FRAME_REJECTS),
        ),
    );
  }
}

const IDLE: StreamsUser = Object.freeze({
  asked: () => undefined,
  opened: () => undefined,
  stirred: () => undefined,
  reset: () => undefined,
});
