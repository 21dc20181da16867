import { isStatementOf, type KeyRing, type NodeIdentity, type Suite } from '#core/crypto/mod.ts';
import type {
  Cause,
  Endpoint,
  Random,
  StreamOwner,
  StreamPort,
  StreamUser,
} from '#core/host/mod.ts';
import { Counters, type Trace } from '#core/observe/mod.ts';
import type { Statement } from '#core/wire/mod.ts';
import { BufferPool } from '../base/buffer-pool.ts';
import { DeadlineHeap } from '../base/heap.ts';
import { STREAMS_MAX } from '../base/limits.ts';
import { type Id, NO_ID, slotOf } from '../base/slab.ts';
import type { Micros } from '../base/time.ts';
import type { WallClock } from '../base/wall-clock.ts';
import {
  ADMISSION_REJECTS,
  Admission,
  type AdmissionReject,
  type Origin,
  originOf,
} from './admission.ts';
import { AnswerHandshake, dialHandshake, type Handshake } from './handshake.ts';
import { Link, type LinkShared, UNIT_MAX } from './link.ts';
import { LINK_REJECTS, type LinkReject } from './rejects.ts';

/** What runs over links may do this. Ids are good until `closed`. */
export interface LinkPort {
  /** Dials a node by its statement. NO_ID when the statement is not that node's, or too much is open. */
  dial(nowUs: Micros, to: Endpoint, nodeId: Uint8Array, statement: Statement): Id;
  /** The user has content for this link, or can take content again. */
  wake(id: Id): void;
  /** Ends the link at once: nothing more is offered, and `closed('local')` follows. */
  abort(id: Id): void;
  /** The node at the other end (32 octets); undefined for a client. */
  peerId(id: Id): Uint8Array | undefined;
}

export type LinksOptions = {
  readonly suite: Suite;
  readonly random: Random;
  readonly port: StreamPort;
  readonly wall: WallClock;
  /** Absent for a client: it introduces itself to nobody. */
  readonly identity?: NodeIdentity;
  /** Absent for whoever accepts nothing. */
  readonly keys?: KeyRing;
  readonly user: (port: LinkPort) => StreamUser;
  /** The user, and that of every peer, takes all that is said: a peer that takes nothing for UNREAD_US is given up. */
  readonly isAlwaysRead?: boolean;
  readonly trace?: Trace;
};

type Slot = {
  readonly link: Link;
  /** Where an accepted stream came from; undefined for one we dialled. */
  readonly origin: Origin | undefined;
  isTold: boolean;
  /** It counts as half-open no longer. */
  isSettled: boolean;
  isAborted: boolean;
};

/** All links of a root. Joins admission, links and their user, and knows nothing of what is said over them. */
export class Links implements StreamOwner, LinkPort {
  readonly rejects: Counters<LinkReject | AdmissionReject> = new Counters<
    LinkReject | AdmissionReject
  >([...LINK_REJECTS, ...ADMISSION_REJECTS]);
  readonly #options: LinksOptions;
  readonly #user: StreamUser;
  readonly #slots: (Slot | undefined)[] = [];
  readonly #deadlines = new DeadlineHeap(STREAMS_MAX);
  readonly #admission = new Admission();
  /** Accepted and not links yet, oldest first. */
  readonly #halfOpen = new Set<Slot>();
  readonly #shared: LinkShared;

  constructor(options: LinksOptions) {
    this.#options = options;
    this.#user = options.user(this);
    this.#shared = {
      suite: options.suite,
      user: this.#user,
      rejects: this.rejects,
      pool: new BufferPool(UNIT_MAX, 64),
      scratch: new Uint8Array(UNIT_MAX),
      wake: (id) => options.port.wake(id),
      isAlwaysRead: options.isAlwaysRead === true,
      trace: options.trace,
    };
  }

  get deadlineUs(): Micros {
    return this.#deadlines.earliest;
  }

  handleTimeout(nowUs: Micros): void {
    for (let slot = this.#deadlines.due(nowUs); slot >= 0; slot = this.#deadlines.due(nowUs)) {
      const entry = this.#slots[slot];
      if (entry === undefined) this.#deadlines.set(slot, Number.POSITIVE_INFINITY);
      else {
        entry.link.handleTimeout(nowUs);
        this.#settle(entry);
      }
    }
  }

  /** A connection for our listener: its id, or NO_ID to refuse it. */
  accept(nowUs: Micros, from: Endpoint): Id {
    const { suite, random, keys, wall, port } = this.#options;
    if (keys === undefined || keys.live.length === 0) return this.#refuse('not-started');
    const origin = originOf(from.ip);
    let reject = this.#admission.admit(nowUs, origin);
    if (reject === 'half-open-limit') {
      this.#evict(origin);
      reject = this.#admission.admit(nowUs, origin);
    }
    if (reject !== undefined) return this.#refuse(reject);
    const id = port.take(this);
    if (id === NO_ID) {
      this.#admission.settled(origin);
      this.#admission.left(origin);
      return this.#refuse('inbound-limit');
    }
    this.#halfOpen.add(this.#add(id, new AnswerHandshake(suite, random, keys, wall), origin));
    return id;
  }

  // ---- StreamOwner ---------------------------------------------------------------------------------------

  woken(nowUs: Micros, id: Id): void {
    const entry = this.#entry(id);
    entry?.link.resume(nowUs);
    this.#settle(entry);
  }

  opened(nowUs: Micros, id: Id): void {
    const entry = this.#entry(id);
    entry?.link.opened(nowUs);
    this.#settle(entry);
  }

  receive(nowUs: Micros, id: Id, bytes: Uint8Array, start: number, end: number): number {
    const entry = this.#entry(id);
    if (entry === undefined) return end - start;
    const taken = entry.link.receive(nowUs, bytes, start, end);
    if (!entry.isTold && entry.link.isOpen) this.#becameLink(entry);
    this.#settle(entry);
    // A failed link reads nothing more: the rest is thrown away rather than held.
    return entry.link.failure === undefined ? taken : end - start;
  }

  ended(_nowUs: Micros, id: Id): void {
    const entry = this.#entry(id);
    entry?.link.ended();
    this.#settle(entry);
  }

  transmit(nowUs: Micros, id: Id, out: Uint8Array, start: number, end: number): number {
    const entry = this.#entry(id);
    if (entry === undefined || entry.link.failure !== undefined) return 0;
    const written = entry.link.transmit(nowUs, out, start, end);
    this.#settle(entry);
    return written;
  }

  closed(nowUs: Micros, id: Id, cause: Cause): void {
    const entry = this.#entry(id);
    if (entry === undefined) return;
    const { link, origin } = entry;
    if (origin !== undefined) {
      this.#settled(entry);
      this.#admission.left(origin);
    }
    this.#slots[slotOf(id)] = undefined;
    this.#deadlines.set(slotOf(id), Number.POSITIVE_INFINITY);
    link.destroy();
    if (origin === undefined || entry.isTold) this.#user.closed(nowUs, id, link.failure ?? cause);
  }

  // ---- LinkPort ------------------------------------------------------------------------------------------

  dial(nowUs: Micros, to: Endpoint, nodeId: Uint8Array, statement: Statement): Id {
    const { suite, random, identity, wall, port } = this.#options;
    if (!wall.isKnown || !isStatementOf(suite, statement, nodeId, wall.at(nowUs))) return NO_ID;
    const handshake = dialHandshake(suite, random, statement, identity);
    if (handshake === undefined) return NO_ID;
    const id = port.connect(this, to);
    if (id === NO_ID) {
      handshake.destroy();
      return NO_ID;
    }
    const entry = this.#add(id, handshake, undefined);
    entry.link.dialled(nowUs);
    this.#settle(entry);
    return id;
  }

  wake(id: Id): void {
    if (this.#entry(id) !== undefined) this.#options.port.wake(id);
  }

  abort(id: Id): void {
    const entry = this.#entry(id);
    entry?.link.abort();
    this.#settle(entry);
  }

  peerId(id: Id): Uint8Array | undefined {
    return this.#entry(id)?.link.peerId;
  }

  // ---- within --------------------------------------------------------------------------------------------

  #refuse(reject: AdmissionReject): Id {
    this.rejects.add(reject);
    return NO_ID;
  }

  #add(id: Id, handshake: Handshake, origin: Origin | undefined): Slot {
    const link = new Link(id, this.#shared, handshake);
    const entry = {
      link,
      origin,
      isTold: false,
      isSettled: origin === undefined,
      isAborted: false,
    };
    this.#slots[slotOf(id)] = entry;
    return entry;
  }

  #becameLink(entry: Slot): void {
    entry.isTold = true;
    this.#settled(entry);
  }

  #settled(entry: Slot): void {
    if (entry.isSettled || entry.origin === undefined) return;
    entry.isSettled = true;
    this.#halfOpen.delete(entry);
    this.#admission.settled(entry.origin);
  }

  /** Whoever has been half-open for longest makes room: it has not proven anything, and a newcomer may. */
  #evict({ far }: Origin): void {
    let oldest: Slot | undefined;
    for (const entry of this.#halfOpen) {
      oldest ??= entry;
      if (entry.origin?.far !== far) continue;
      oldest = entry;
      break;
    }
    if (oldest === undefined) return;
    this.rejects.add('half-open-limit');
    this.#settled(oldest);
    oldest.link.abort();
    this.#settle(oldest);
  }

  /** After any call into a link: its deadline is known, and a failed one is on its way out. */
  #settle(entry: Slot | undefined): void {
    if (entry === undefined || this.#slots[slotOf(entry.link.id)] !== entry) return;
    this.#deadlines.set(slotOf(entry.link.id), entry.link.deadlineUs);
    if (entry.link.failure === undefined || entry.isAborted) return;
    entry.isAborted = true;
    this.#options.port.abort(entry.link.id);
  }

  #entry(id: Id): Slot | undefined {
    const entry = id < 0 ? undefined : this.#slots[slotOf(id)];
    return entry !== undefined && entry.link.id === id ? entry : undefined;
  }
}
