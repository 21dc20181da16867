import {
  Carrier,
  CLIENT_REJECTS,
  type ClientReject,
  FRAME_REJECTS,
  type FrameReject,
} from '#core/circuit/mod.ts';
import { Circuits, Front } from '#core/client/mod.ts';
import type { Suite } from '#core/crypto/mod.ts';
import type { Snapshot, Trust } from '#core/directory/mod.ts';
import type { Endpoint, HostEvent, Random } from '#core/host/mod.ts';
import { Links } from '#core/link/mod.ts';
import { Counters, type Trace } from '#core/observe/mod.ts';
import { ChunkPool } from '../base/chunk-pool.ts';
import { POOL_MAX } from '../base/limits.ts';
import { NO_ID } from '../base/slab.ts';
import type { Micros } from '../base/time.ts';
import { WallClock } from '../base/wall-clock.ts';
import { SNAPSHOT_DOCUMENT } from './relay-node.ts';
import { type MapReject, SnapshotHolder } from './snapshot-holder.ts';
import { type Acceptor, Switchboard, type Timed } from './switchboard.ts';

/** Told what a person wants to know. */
export interface ClientNodeUser {
  /** Applications may come. */
  listening(nowUs: Micros, at: Endpoint): void;
  notListening(nowUs: Micros, cause: (HostEvent & { kind: 'unbound' })['cause']): void;
  mapped(nowUs: Micros, snapshot: Snapshot | undefined, reject: MapReject | undefined): void;
  /** Circuits were made or lost; see `circuits`. */
  changed(nowUs: Micros): void;
}

export type ClientNodeOptions = {
  readonly suite: Suite;
  readonly random: Random;
  /** Where applications come: loopback. */
  readonly listen: Endpoint;
  readonly trust: Trust;
  /** 1 to 5. */
  readonly hops: number;
  readonly user: ClientNodeUser;
  /** Told of every step a cell makes here. */
  readonly trace?: Trace;
};

/** A person's client: takes applications' connections and carries them over circuits. */
export class ClientNode extends Switchboard {
  readonly links: Links;
  readonly carrier: Carrier;
  readonly circuits: Circuits;
  readonly proxy: Front;
  readonly pool: ChunkPool = new ChunkPool(POOL_MAX);
  readonly rejects: Counters<FrameReject | ClientReject> = new Counters<FrameReject | ClientReject>(
    [...FRAME_REJECTS, ...CLIENT_REJECTS],
  );
  protected readonly timed: readonly Timed[];
  readonly #options: ClientNodeOptions;
  readonly #wall = new WallClock();
  readonly #map: SnapshotHolder;
  #isListening = false;

  constructor(options: ClientNodeOptions) {
    super();
    this.#options = options;
    const { suite, user } = options;
    this.#map = new SnapshotHolder(suite, options.trust, this.#wall, (nowUs) => {
      this.circuits.use(nowUs, this.#map.current);
      user.mapped(nowUs, this.#map.current, this.#map.reject);
    });
    this.proxy = new Front(this, () => this.circuits, options.trace);
    const parts = this.#makeCircuits();
    this.links = parts.links;
    this.carrier = parts.carrier;
    this.circuits = parts.circuits;
    this.timed = [this.#map, this.links, this.circuits, this.proxy];
  }

  get snapshot(): Snapshot | undefined {
    return this.#map.current;
  }

  protected happened(nowUs: Micros, event: HostEvent): void {
    if (event.kind === 'document' && event.name === SNAPSHOT_DOCUMENT)
      this.#map.offer(nowUs, event.bytes);
    if (event.kind !== 'wall') return;
    this.#wall.set(nowUs, event.wallMs);
    this.#map.handleTimeout(nowUs);
    if (!this.#isListening)
      this.#isListening = this.listen(this.#acceptor, this.#options.listen) !== NO_ID;
  }

  readonly #acceptor: Acceptor = {
    accept: (nowUs, from) => this.proxy.accept(nowUs, from),
    bound: (nowUs, at) => this.#options.user.listening(nowUs, at),
    unbound: (nowUs, cause) => {
      this.#isListening = false;
      this.#options.user.notListening(nowUs, cause);
    },
  };

  #makeCircuits(): {
    readonly links: Links;
    readonly circuits: Circuits;
    readonly carrier: Carrier;
  } {
    const { suite, random, hops, user, trace } = this.#options;
    let parts: { readonly circuits: Circuits; readonly carrier: Carrier } | undefined;
    const links = new Links({
      suite,
      random,
      port: this,
      wall: this.#wall,
      isAlwaysRead: true,
      trace,
      user: (port) => {
        const made: Circuits = new Circuits({
          suite,
          random,
          pool: this.pool,
          rejects: this.rejects,
          links: port,
          carrier: () => carrier,
          hops,
          trace,
          streams: (streams) => this.proxy.streams(streams),
          changed: (nowUs) => {
            this.proxy.changed(nowUs);
            user.changed(nowUs);
          },
        });
        const carrier = new Carrier(
          port,
          {
            linkOpened: (nowUs, link) => made.linkOpened(nowUs, link),
            linkClosed: (nowUs, link) => made.linkClosed(nowUs, link),
            // Nobody creates circuits through a client: the leg has no user, so it is destroyed.
            create: () => undefined,
          },
          this.rejects,
          trace,
        );
        parts = { circuits: made, carrier };
        return carrier;
      },
    });
    const { circuits, carrier } = parts as unknown as NonNullable<typeof parts>;
    return { links, circuits, carrier };
  }
}
