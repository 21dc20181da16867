import {
  epochOf,
  isStatementOf,
  makeNodeKeys,
  type NodeIdentity,
  type NodeKeys,
  type Suite,
} from '#core/crypto/mod.ts';
import type {
  Cause,
  Endpoint,
  HostCommand,
  HostEvent,
  Random,
  Root,
  StreamUser,
} from '#core/host/mod.ts';
import {
  Admission,
  type AdmissionReject,
  AnswerHandshake,
  dialHandshake,
  LINK_REJECTS,
  Link,
  type LinkReject,
  type LinkShared,
  UNIT_MAX,
} from '#core/link/mod.ts';
import { Counters } from '#core/observe/mod.ts';
import type { Statement } from '#core/wire/mod.ts';
import { BufferPool } from '../base/buffer-pool.ts';
import { DeadlineHeap } from '../base/heap.ts';
import { STREAMS_MAX } from '../base/limits.ts';
import { type Id, NO_ID, Slab, slotOf } from '../base/slab.ts';
import { type Micros, US_PER_MS, type WallMillis } from '../base/time.ts';
import { WakeSet } from '../base/wake-set.ts';

/** What runs over the links of a node. It sees links exactly as a root sees host streams. */
export interface LinkUser extends StreamUser {
  readonly deadlineUs: Micros;
  handleTimeout(nowUs: Micros): void;
  /** The clock is known, and the listener, if one was asked for, is bound: dialling may begin. */
  started(nowUs: Micros, listening: Endpoint | undefined): void;
  /** The listener could not be bound, or is gone: nobody can reach this node. */
  notListening(nowUs: Micros, cause: (HostEvent & { kind: 'unbound' })['cause']): void;
}

/** What a LinkUser may do. Ids are good until `closed`. */
export interface LinkPort {
  /** Dials a node by its statement. NO_ID when the statement is not that node's, or too much is open. */
  dial(nowUs: Micros, to: Endpoint, nodeId: Uint8Array, statement: Statement): Id;
  /** The user has content for this link, or can take content again. */
  wake(id: Id): void;
  /** Ends the link at once; `closed('local')` follows. */
  abort(id: Id): void;
  /** The node at the other end (32 octets); undefined for a client. */
  peerId(id: Id): Uint8Array | undefined;
}

export type LinkNodeOptions = {
  readonly suite: Suite;
  readonly random: Random;
  /** Absent for a client: it introduces itself to nobody, and cannot listen. */
  readonly identity?: NodeIdentity;
  readonly listen?: Endpoint;
  readonly user: (port: LinkPort) => LinkUser;
};

type Slot = {
  readonly link: Link;
  readonly isDialled: boolean;
  isTold: boolean;
  isAborted: boolean;
};

/**
 * The root of whoever holds links: the same object in the simulator and in the binary. Owns the id space,
 * joins admission, links and their user, and knows nothing of what the user says over them.
 */
export class LinkNode implements Root, LinkPort {
  readonly rejects: Counters<LinkReject | AdmissionReject> = new Counters<
    LinkReject | AdmissionReject
  >([...LINK_REJECTS, 'half-open-limit', 'prefix-limit', 'not-started']);
  readonly #options: LinkNodeOptions;
  readonly #user: LinkUser;
  readonly #ids = new Slab(STREAMS_MAX);
  readonly #slots: (Slot | undefined)[] = [];
  readonly #wakes = new WakeSet(STREAMS_MAX);
  readonly #deadlines = new DeadlineHeap(STREAMS_MAX);
  readonly #commands: HostCommand[] = [];
  readonly #admission = new Admission();
  readonly #shared: LinkShared;
  #keys: NodeKeys | undefined;
  /** The wall clock as last told, and when: the epoch goes on by itself from there. */
  #wallMs = 0;
  #wallAtUs: Micros = 0;
  #listener: Id = NO_ID;
  #isStarted = false;

  constructor(options: LinkNodeOptions) {
    this.#options = options;
    this.#user = options.user(this);
    this.#shared = {
      suite: options.suite,
      user: this.#user,
      rejects: this.rejects,
      pool: new BufferPool(UNIT_MAX, 64),
      scratch: new Uint8Array(UNIT_MAX),
      wake: (id) => this.#wakes.add(id),
    };
  }

  /** What this node offers now: others dial it with this. Undefined before the clock is known. */
  get statement(): Statement | undefined {
    return this.#keys?.statement;
  }

  // ---- Root ----------------------------------------------------------------------------------------------

  get deadlineUs(): Micros {
    return Math.min(this.#deadlines.earliest, this.#user.deadlineUs);
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
    if (this.#user.deadlineUs <= nowUs) this.#user.handleTimeout(nowUs);
  }

  handle(nowUs: Micros, event: HostEvent): void {
    if (event.kind === 'wall') this.#wall(nowUs, event.wallMs);
    else if (event.kind === 'bound' && event.id === this.#listener) this.#started(nowUs, event.at);
    else if (event.kind === 'unbound' && event.id === this.#listener) {
      this.#ids.release(event.id);
      this.#listener = NO_ID;
      this.#user.notListening(nowUs, event.cause);
    }
  }

  accept(nowUs: Micros, _listener: Id, from: Endpoint): Id {
    const { suite, random } = this.#options;
    if (this.#keys === undefined) return this.#refuse('not-started');
    const reject = this.#admission.admit(nowUs, from.ip);
    if (reject !== undefined) return this.#refuse(reject);
    const id = this.#add(
      new AnswerHandshake(suite, random, this.#keys, this.#epochAt(nowUs)),
      false,
    );
    if (id === NO_ID) this.#admission.settled();
    return id;
  }

  opened(nowUs: Micros, id: Id): void {
    const entry = this.#entry(id);
    entry?.link.opened(nowUs);
    this.#settle(entry);
  }

  receive(nowUs: Micros, id: Id, bytes: Uint8Array, start: number, end: number): number {
    const entry = this.#entry(id);
    if (entry === undefined) return end - start;
    const wasOpen = entry.link.isOpen;
    const taken = entry.link.receive(nowUs, bytes, start, end);
    if (!wasOpen && entry.link.isOpen) this.#becameLink(entry);
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
    const { link } = entry;
    if (!entry.isDialled && !entry.isTold) this.#admission.settled();
    this.#slots[slotOf(id)] = undefined;
    this.#deadlines.set(slotOf(id), Number.POSITIVE_INFINITY);
    this.#ids.release(id);
    link.destroy();
    if (entry.isDialled || entry.isTold) this.#user.closed(nowUs, id, link.failure ?? cause);
  }

  pollWake(nowUs: Micros): Id {
    const id = this.#wakes.take();
    const entry = this.#entry(id);
    if (entry !== undefined) {
      entry.link.resume(nowUs);
      this.#settle(entry);
    }
    return id;
  }

  pollCommand(): HostCommand | undefined {
    return this.#commands.shift();
  }

  receiveDatagrams(): void {
    // A link node binds no datagram socket, so none arrive.
  }

  transmitDatagrams(): void {
    // And none leave.
  }

  // ---- LinkPort ------------------------------------------------------------------------------------------

  dial(nowUs: Micros, to: Endpoint, nodeId: Uint8Array, statement: Statement): Id {
    const { suite, random, identity } = this.#options;
    if (!this.#isStarted || !isStatementOf(suite, statement, nodeId, this.#epochAt(nowUs)))
      return NO_ID;
    const handshake = dialHandshake(suite, random, statement, identity);
    if (handshake === undefined) return NO_ID;
    const id = this.#add(handshake, true);
    const entry = this.#entry(id);
    if (entry === undefined) return NO_ID;
    entry.link.dialled(nowUs);
    this.#settle(entry);
    this.#commands.push({ kind: 'connect', id, to });
    return id;
  }

  wake(id: Id): void {
    if (this.#entry(id) !== undefined) this.#wakes.add(id);
  }

  abort(id: Id): void {
    const entry = this.#entry(id);
    if (entry !== undefined) this.#abort(entry);
  }

  peerId(id: Id): Uint8Array | undefined {
    return this.#entry(id)?.link.peerId;
  }

  // ---- within --------------------------------------------------------------------------------------------

  #epochAt(nowUs: Micros): number {
    return epochOf(this.#wallMs + (nowUs - this.#wallAtUs) / US_PER_MS);
  }

  #wall(nowUs: Micros, wallMs: WallMillis): void {
    const { suite, random, identity, listen } = this.#options;
    this.#wallMs = wallMs;
    this.#wallAtUs = nowUs;
    if (this.#isStarted || this.#listener !== NO_ID) return;
    if (identity === undefined || listen === undefined) return this.#started(nowUs, undefined);
    this.#keys = makeNodeKeys(suite, random, identity, this.#epochAt(nowUs));
    this.#listener = this.#ids.take();
    this.#commands.push({ kind: 'listen', id: this.#listener, at: listen });
  }

  #started(nowUs: Micros, listening: Endpoint | undefined): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#user.started(nowUs, listening);
  }

  #refuse(reject: AdmissionReject): Id {
    this.rejects.add(reject);
    return NO_ID;
  }

  #add(handshake: ConstructorParameters<typeof Link>[2], isDialled: boolean): Id {
    const id = this.#ids.take();
    if (id === NO_ID) return NO_ID;
    const link = new Link(id, this.#shared, handshake);
    this.#slots[slotOf(id)] = { link, isDialled, isTold: false, isAborted: false };
    return id;
  }

  #becameLink(entry: Slot): void {
    entry.isTold = true;
    if (!entry.isDialled) this.#admission.settled();
  }

  /** After any call into a link: its deadline is known, and a failed one is on its way out. */
  #settle(entry: Slot | undefined): void {
    if (entry === undefined) return;
    this.#deadlines.set(slotOf(entry.link.id), entry.link.deadlineUs);
    if (entry.link.failure !== undefined) this.#abort(entry);
  }

  #abort(entry: Slot): void {
    if (entry.isAborted) return;
    entry.isAborted = true;
    this.#commands.push({ kind: 'abort', id: entry.link.id });
  }

  #entry(id: Id): Slot | undefined {
    const entry = id < 0 ? undefined : this.#slots[slotOf(id)];
    return entry !== undefined && entry.link.id === id ? entry : undefined;
  }
}
