import { KeyRing, type NodeIdentity, type Suite } from '#core/crypto/mod.ts';
import type { Snapshot, Trust } from '#core/directory/mod.ts';
import type { Endpoint, HostEvent, Random, StoreSnapshot } from '#core/host/mod.ts';
import { Links } from '#core/link/mod.ts';
import type { Trace } from '#core/observe/mod.ts';
import { CLOSED_PORTS, Exit, type ExitPolicy, Relay } from '#core/relay/mod.ts';
import { encodeStatement, type Statement } from '#core/wire/mod.ts';
import { sharesBits } from '../base/bits.ts';
import { equalBytes } from '../base/bytes.ts';
import { ChunkPool } from '../base/chunk-pool.ts';
import { POOL_MAX } from '../base/limits.ts';
import { type Id, NO_ID } from '../base/slab.ts';
import type { Micros } from '../base/time.ts';
import { WallClock } from '../base/wall-clock.ts';
import { bootAfter, nextBoot } from './boot-count.ts';
import { DotClient, type Upstream } from './dot-client.ts';
import { KeyTurner } from './key-turner.ts';
import { type MapReject, SnapshotHolder } from './snapshot-holder.ts';
import { type Acceptor, Switchboard, type Timed } from './switchboard.ts';

/** Told what an operator wants to know. */
export interface RelayNodeUser {
  listening(nowUs: Micros, at: Endpoint): void;
  /** Nobody can reach this node. */
  notListening(nowUs: Micros, cause: (HostEvent & { kind: 'unbound' })['cause']): void;
  /** Its count of starts could not be stored: it signs nothing, so nobody gets in. */
  notCounted(nowUs: Micros, reason: string): void;
  /** What this node offers from now on; it is also stored under STATEMENT_KEY. */
  stated(nowUs: Micros, statement: Statement): void;
  /** A snapshot was judged: the present one, and why the last was not taken. */
  mapped(nowUs: Micros, snapshot: Snapshot | undefined, reject: MapReject | undefined): void;
}

export type RelayNodeOptions = {
  readonly suite: Suite;
  readonly random: Random;
  readonly identity: NodeIdentity;
  readonly store: StoreSnapshot;
  readonly listen: Endpoint;
  /** Networks of this machine as they are now, loopback left out: an exit connects to nothing in them. */
  readonly ownNetworks?: () => readonly { readonly ip: Uint8Array; readonly bits: number }[];
  readonly trust: Trust;
  /** Absent for a node that is no exit. */
  readonly exit?: { readonly upstream: Upstream };
  readonly user: RelayNodeUser;
  /** Told of every step a cell makes here. */
  readonly trace?: Trace;
};

/** Where a node's statement is stored, and the document its snapshot comes as. */
export const STATEMENT_KEY = 'statement';
export const SNAPSHOT_DOCUMENT = 'snapshot';

/** A volunteer's node: hop relay, and exit if it has a resolver. One object in the simulator and in the binary. */
export class RelayNode extends Switchboard {
  readonly links: Links;
  readonly relay: Relay;
  readonly exit: Exit | undefined;
  readonly resolver: DotClient | undefined;
  readonly pool: ChunkPool = new ChunkPool(POOL_MAX);
  protected readonly timed: readonly Timed[];
  readonly #options: RelayNodeOptions;
  readonly #wall = new WallClock();
  readonly #keys: KeyRing;
  readonly #turner: KeyTurner;
  readonly #map: SnapshotHolder;
  #listener: Id = NO_ID;
  #isLeaving = false;
  #boot: ReturnType<typeof nextBoot>;
  /** The count of starts is on disk. Before that nothing is signed: a start that is forgotten would be counted twice,
   * and there would be two statements of one boot. PROTOCOL §2.2. */
  #isCounted = false;

  constructor(options: RelayNodeOptions) {
    super();
    this.#options = options;
    const { suite, random, identity, store, exit, user } = options;
    this.#boot = nextBoot(store);
    this.command(this.#boot.put);
    this.#keys = new KeyRing(suite, random, identity, this.#boot.count);
    this.#turner = new KeyTurner(
      this.#keys,
      this.#wall,
      (nowUs, statement) => {
        this.command({ kind: 'put', key: STATEMENT_KEY, bytes: encodeStatement(statement) });
        user.stated(nowUs, statement);
      },
      () => this.#beginAgain(),
    );
    this.#map = new SnapshotHolder(suite, options.trust, this.#wall, (nowUs) =>
      user.mapped(nowUs, this.#map.current, this.#map.reject),
    );
    if (exit !== undefined) {
      this.resolver = this.#makeResolver(exit.upstream);
      this.exit = new Exit({
        port: this,
        policy: () => this.#policy(),
        resolver: this.resolver,
        trace: options.trace,
      });
    }
    const parts = this.#makeRelay(suite, random, identity);
    this.links = parts.links;
    this.relay = parts.relay;
    this.timed = [
      this.#turner,
      this.#map,
      this.links,
      this.relay,
      ...(this.resolver === undefined ? [] : [this.resolver]),
      ...(this.exit === undefined ? [] : [this.exit]),
    ];
  }

  get statement(): Statement | undefined {
    return this.#keys.newest?.statement;
  }

  get snapshot(): Snapshot | undefined {
    return this.#map.current;
  }

  protected happened(nowUs: Micros, event: HostEvent): void {
    switch (event.kind) {
      case 'document':
        if (event.name === SNAPSHOT_DOCUMENT) this.#map.offer(nowUs, event.bytes);
        return;
      case 'stored':
        if (event.key === this.#boot.put.key) this.#counted();
        return this.#start(nowUs);
      case 'storage-failed':
        if (event.name === this.#boot.put.key) this.#options.user.notCounted(nowUs, event.reason);
        return;
      case 'wall':
        this.#wall.set(nowUs, event.wallMs);
        this.#map.handleTimeout(nowUs);
        return this.#start(nowUs);
    }
  }

  /** The clock went away and came back, and this epoch's keys went: as after a start, with the next count. */
  #beginAgain(): void {
    if (!this.#isCounted) return;
    this.#isCounted = false;
    this.#boot = bootAfter(this.#boot.count);
    this.command(this.#boot.put);
  }

  #counted(): void {
    if (this.#isCounted) return;
    this.#isCounted = true;
    this.#keys.begin(this.#boot.count);
  }

  /** Makes keys and listens, once it may; turns keys when the clock was told. */
  #start(nowUs: Micros): void {
    if (!this.#wall.isKnown || !this.#isCounted) return;
    this.#turner.handleTimeout(nowUs);
    if (this.#listener === NO_ID && !this.#isLeaving)
      this.#listener = this.listen(this.#acceptor, this.#options.listen);
  }

  /** What may still have octets to deliver: circuits, and connections of the exit, which may outlive theirs. */
  get unfinished(): number {
    return this.relay.circuits + (this.exit?.connected ?? 0);
  }

  /** Takes no more connections and no more circuits; those that are there go on. The host's turn is due. */
  leave(): void {
    this.#isLeaving = true;
    this.relay.isLeaving = true;
    this.unlisten(this.#listener);
  }

  readonly #acceptor: Acceptor = {
    accept: (nowUs, from) => this.links.accept(nowUs, from),
    bound: (nowUs, at) => this.#options.user.listening(nowUs, at),
    unbound: (nowUs, cause) => {
      this.#listener = NO_ID;
      this.#options.user.notListening(nowUs, cause);
    },
  };

  #makeRelay(
    suite: Suite,
    random: Random,
    identity: NodeIdentity,
  ): { readonly links: Links; readonly relay: Relay } {
    const { exit } = this;
    const { trace } = this.#options;
    let relay: Relay | undefined;
    const links = new Links({
      suite,
      random,
      port: this,
      wall: this.#wall,
      isAlwaysRead: true,
      identity,
      keys: this.#keys,
      trace,
      user: (port) => {
        relay = new Relay({
          suite,
          random,
          keys: this.#keys,
          pool: this.pool,
          links: port,
          trace,
          snapshot: () => this.#map.current,
          ...(exit === undefined ? {} : { exit: (streams) => exit.circuit(streams) }),
        });
        return relay.carrier;
      },
    });
    return { links, relay: relay as unknown as Relay };
  }

  #makeResolver(upstream: Upstream): DotClient {
    return new DotClient({
      port: this,
      random: this.#options.random,
      pool: this.pool,
      upstream,
      answered: (nowUs, ticket, addresses) => this.exit?.resolved(nowUs, ticket, addresses),
    });
  }

  /** No snapshot, no exit: without it nobody knows which addresses are nodes. */
  #policy(): ExitPolicy {
    const snapshot = this.#map.current;
    const { ip: listened } = this.#options.listen;
    const own = this.#options.ownNetworks?.() ?? [];
    return {
      isTestNetwork: snapshot?.isTest === true,
      closedPorts: snapshot === undefined ? ALL_PORTS : CLOSED_PORTS,
      isNode: (ip) => snapshot?.isNode(ip) === true,
      isOwn: (ip) =>
        equalBytes(listened, ip) || own.some((network) => sharesBits(network.ip, ip, network.bits)),
    };
  }
}

const ALL_PORTS: ExitPolicy['closedPorts'] = Object.freeze([
  Object.freeze({ first: 0, last: 0xffff, why: 'no snapshot' }),
]);
