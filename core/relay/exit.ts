import { Splicer, type Streams, type StreamsUser } from '#core/circuit/mod.ts';
import type { Cause, StreamOwner, StreamPort } from '#core/host/mod.ts';
import { Counters, STEP_EXIT_CONNECTED, STEP_EXIT_DIALS, type Trace } from '#core/observe/mod.ts';
import type { Destination } from '#core/wire/mod.ts';
import {
  CLOSE_US,
  CONNECT_BURST,
  CONNECT_EARN_US,
  CONNECT_TRIES_MAX,
  EXIT_CONNECTIONS_MAX,
  EXIT_DIAL_US,
} from '../base/limits.ts';
import { type Id, NO_ID } from '../base/slab.ts';
import type { Micros } from '../base/time.ts';
import { EXIT_REJECTS, type ExitPolicy, type ExitReject, exitRefusal } from './exit-policy.ts';

/** Who turns names into addresses: the node's own resolver. Exactly one `resolved` with the ticket follows. */
export interface Resolver {
  lookup(nowUs: Micros, ticket: number, name: string): void;
}

export type ExitOptions = {
  readonly port: StreamPort;
  /** As of now: it changes with the snapshot. */
  readonly policy: () => ExitPolicy;
  readonly resolver: Resolver;
  readonly trace?: Trace;
};

/** Beside what its policy refuses. The last two: a connection closed for too long, or where others had no room. */
type OtherCount = 'connect-rate' | 'unresolved' | 'exit-close-overdue' | 'exit-close-crowded';
export type ExitCount = ExitReject | OtherCount;

const EXIT_COUNTS: readonly ExitCount[] = Object.freeze<ExitCount[]>([
  ...EXIT_REJECTS,
  'connect-rate',
  'unresolved',
  'exit-close-overdue',
  'exit-close-crowded',
]);

/** A stream on its way to its destination. */
type Dial = {
  readonly streams: Streams;
  readonly stream: number;
  /** The resolver's ticket; 0 once it has answered, or where there is nothing to resolve. */
  ticket: number;
  endUs: Micros;
  readonly port: number;
  /** Addresses not tried yet. */
  addresses: readonly Uint8Array[];
  id: Id;
};

/** The last hop's doors to the world: resolves, judges what came out, connects, and splices streams. */
export class Exit implements StreamOwner {
  readonly rejects: Counters<ExitCount> = new Counters<ExitCount>(EXIT_COUNTS);
  readonly #options: ExitOptions;
  readonly #splicer: Splicer;
  /** By id, oldest first; by ticket; and by whose they are, so that the end of a circuit costs what it has. */
  readonly #dials = new Map<Id, Dial>();
  readonly #tickets = new Map<number, Dial>();
  readonly #ofCircuit = new Map<Streams, Map<number, Dial>>();
  #nextTicket = 1;

  constructor(options: ExitOptions) {
    this.#options = options;
    this.#splicer = new Splicer(options.port, options.trace);
  }

  /** Streams that are connected. */
  get connected(): number {
    return this.#splicer.size;
  }

  /** The user of a new circuit's streams. */
  circuit(streams: Streams): StreamsUser {
    let fullAtUs = 0;
    return {
      asked: (nowUs, stream, to) => {
        fullAtUs = Math.max(nowUs, fullAtUs) + CONNECT_EARN_US;
        if (fullAtUs - nowUs > CONNECT_BURST * CONNECT_EARN_US) {
          fullAtUs -= CONNECT_EARN_US;
          this.rejects.add('connect-rate');
          streams.reset(stream, 'limit');
        } else this.#asked(nowUs, streams, stream, to);
      },
      opened: () => undefined,
      stirred: (_nowUs, stream) => this.#splicer.stirred(streams, stream),
      reset: (_nowUs, stream) => this.#reset(streams, stream),
    };
  }

  get deadlineUs(): Micros {
    const [oldest] = this.#dials.values();
    return Math.min(oldest?.endUs ?? Infinity, this.#splicer.closingSinceUs + CLOSE_US);
  }

  /** What closes for too long is let go. An address that does not answer is given up, and the next one tried. */
  handleTimeout(nowUs: Micros): void {
    while (this.#splicer.closingSinceUs + CLOSE_US <= nowUs) {
      this.#splicer.dropClosing();
      this.rejects.add('exit-close-overdue');
    }
    for (const [id, dial] of this.#dials) {
      if (dial.endUs > nowUs) return;
      this.#dials.delete(id);
      this.#options.port.abort(id);
      this.#next(nowUs, dial, 'timed-out');
    }
  }

  /** The resolver's answer: addresses in the order they are to be tried, none for a failure. */
  resolved(nowUs: Micros, ticket: number, addresses: readonly Uint8Array[]): void {
    const dial = this.#tickets.get(ticket);
    this.#tickets.delete(ticket);
    if (dial === undefined) return;
    dial.ticket = 0;
    if (addresses.length === 0) {
      this.rejects.add('unresolved');
      return this.#fail(dial, 'unreachable');
    }
    this.#tryAll(nowUs, dial, addresses);
  }

  // ---- StreamOwner ---------------------------------------------------------------------------------------

  woken(): void {
    // It keeps nothing back.
  }

  opened(_nowUs: Micros, id: Id): void {
    const dial = this.#dials.get(id);
    if (dial === undefined) return;
    this.#dials.delete(id);
    this.#forget(dial);
    this.#options.trace?.(STEP_EXIT_CONNECTED, dial.stream, id);
    this.#splicer.join(id, dial.streams, dial.stream);
    dial.streams.granted(dial.stream);
  }

  receive(nowUs: Micros, id: Id, bytes: Uint8Array, start: number, end: number): number {
    return this.#splicer.receive(nowUs, id, bytes, start, end);
  }

  ended(nowUs: Micros, id: Id): void {
    this.#splicer.ended(nowUs, id);
  }

  transmit(nowUs: Micros, id: Id, out: Uint8Array, start: number, end: number): number {
    return this.#splicer.transmit(nowUs, id, out, start, end);
  }

  closed(nowUs: Micros, id: Id, cause: Cause): void {
    const dial = this.#dials.get(id);
    if (dial === undefined) return this.#splicer.closed(nowUs, id, cause);
    this.#dials.delete(id);
    if (cause !== 'local') this.#next(nowUs, dial, cause);
  }

  // ---- within --------------------------------------------------------------------------------------------

  #asked(nowUs: Micros, streams: Streams, stream: number, to: Destination): void {
    const dial: Dial = {
      streams,
      stream,
      ticket: 0,
      endUs: 0,
      port: to.port,
      addresses: [],
      id: NO_ID,
    };
    const others = this.#ofCircuit.get(streams) ?? new Map<number, Dial>();
    this.#ofCircuit.set(streams, others.set(stream, dial));
    if (typeof to.host !== 'string') return this.#tryAll(nowUs, dial, [to.host]);
    dial.ticket = this.#nextTicket++;
    this.#tickets.set(dial.ticket, dial);
    this.#options.resolver.lookup(nowUs, dial.ticket, to.host);
  }

  /** Judged here, on what will be dialled: no name is looked at, and none is resolved again. */
  #tryAll(nowUs: Micros, dial: Dial, addresses: readonly Uint8Array[]): void {
    const policy = this.#options.policy();
    let refusal: ExitReject | undefined;
    dial.addresses = addresses
      .filter((ip) => {
        const verdict = exitRefusal(policy, ip, dial.port);
        refusal ??= verdict;
        return verdict === undefined;
      })
      .slice(0, CONNECT_TRIES_MAX);
    if (refusal !== undefined) this.rejects.add(refusal);
    this.#next(nowUs, dial, 'policy');
  }

  /** The next address, or the stream ends with the cause that the last one gave. */
  #next(nowUs: Micros, dial: Dial, cause: Cause): void {
    const [ip, ...rest] = dial.addresses;
    dial.addresses = rest;
    if (ip === undefined) return this.#fail(dial, cause);
    dial.id = this.#hasRoom() ? this.#options.port.connect(this, { ip, port: dial.port }) : NO_ID;
    if (dial.id === NO_ID) return this.#fail(dial, 'limit');
    dial.endUs = nowUs + EXIT_DIAL_US;
    this.#dials.set(dial.id, dial);
    this.#options.trace?.(STEP_EXIT_DIALS, dial.stream, dial.id);
  }

  /** Whoever has nothing left to say makes room: what is closing costs its client nothing, so it must not fill us. */
  #hasRoom(): boolean {
    if (this.#dials.size + this.#splicer.size < EXIT_CONNECTIONS_MAX) return true;
    if (!this.#splicer.dropClosing()) return false;
    this.rejects.add('exit-close-crowded');
    return true;
  }

  #fail(dial: Dial, cause: Cause): void {
    this.#forget(dial);
    dial.streams.reset(dial.stream, cause);
  }

  #forget({ streams, stream }: Dial): void {
    const others = this.#ofCircuit.get(streams);
    others?.delete(stream);
    if (others?.size === 0) this.#ofCircuit.delete(streams);
  }

  #reset(streams: Streams, stream: number): void {
    this.#splicer.reset(streams, stream);
    const dial = this.#ofCircuit.get(streams)?.get(stream);
    if (dial === undefined) return;
    this.#forget(dial);
    this.#tickets.delete(dial.ticket);
    if (this.#dials.delete(dial.id)) this.#options.port.abort(dial.id);
  }
}
