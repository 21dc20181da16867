import { Splicer, type Streams, type StreamsUser } from '#core/circuit/mod.ts';
import {
  type Cause,
  END,
  type Endpoint,
  type StreamOwner,
  type StreamPort,
} from '#core/host/mod.ts';
import {
  Counters,
  STEP_REPLY_WRITTEN,
  STEP_REQUEST_READ,
  STEP_STREAM_ASKED,
  type Trace,
} from '#core/observe/mod.ts';
import { concatBytes } from '../base/bytes.ts';
import { ENTRIES_MAX, ENTRY_US } from '../base/limits.ts';
import { type Id, NO_ID } from '../base/slab.ts';
import type { Micros } from '../base/time.ts';
import type { Circuits } from './circuits.ts';
import { Entry } from './entry.ts';
import { ENTRY_REJECTS, type EntryReject } from './negotiation.ts';

export type FrontCount = EntryReject | 'entry-limit' | 'entry-overdue';

/** One connection of an application, until its stream is open. */
type Guest = {
  readonly id: Id;
  readonly entry: Entry;
  endUs: Micros;
  /** Octets owed to it, and whether the connection ends behind them. */
  reply: Uint8Array | undefined;
  isLast: boolean;
  isAsking: boolean;
  isGranted: boolean;
  /** It has ended its direction, behind its request: the stream will hear it. */
  hasEnded: boolean;
  streams: Streams | undefined;
  stream: number;
};

/** Takes applications' connections, asks the circuits for streams, and joins the two. RFC 1928, RFC 9110 9.3.6. */
export class Front implements StreamOwner {
  readonly counts: Counters<FrontCount> = new Counters<FrontCount>([
    ...ENTRY_REJECTS,
    'entry-limit',
    'entry-overdue',
  ]);
  readonly #port: StreamPort;
  readonly #circuits: () => Circuits;
  readonly #splicer: Splicer;
  readonly #trace: Trace;
  /** Oldest first. */
  readonly #guests = new Map<Id, Guest>();
  readonly #byStream = new Map<Streams, Map<number, Guest>>();

  constructor(port: StreamPort, circuits: () => Circuits, trace?: Trace) {
    this.#trace = trace;
    this.#port = port;
    this.#circuits = circuits;
    this.#splicer = new Splicer(port, trace);
  }

  /** Streams that flow. */
  get open(): number {
    return this.#splicer.size;
  }

  get deadlineUs(): Micros {
    const [oldest] = this.#guests.values();
    return oldest?.endUs ?? Number.POSITIVE_INFINITY;
  }

  handleTimeout(nowUs: Micros): void {
    for (const guest of this.#guests.values()) {
      if (guest.endUs > nowUs) return;
      this.counts.add('entry-overdue');
      const mayHear = guest.entry.request !== undefined && !guest.isLast && !guest.isGranted;
      this.#leave(guest, 'timed-out');
      if (!mayHear) {
        this.#abort(guest);
        continue;
      }
      this.#refuse(guest, 'timed-out');
      // Once more as long, to hear it.
      guest.endUs = nowUs + ENTRY_US;
      this.#guests.delete(guest.id);
      this.#guests.set(guest.id, guest);
    }
  }

  /** An application has come. */
  accept(nowUs: Micros, _from: Endpoint): Id {
    if (this.#guests.size >= ENTRIES_MAX) {
      this.counts.add('entry-limit');
      return NO_ID;
    }
    const id = this.#port.take(this);
    if (id === NO_ID) return NO_ID;
    this.#guests.set(id, {
      id,
      entry: new Entry(),
      endUs: nowUs + ENTRY_US,
      reply: undefined,
      isLast: false,
      isAsking: false,
      isGranted: false,
      hasEnded: false,
      streams: undefined,
      stream: 0,
    });
    return id;
  }

  /** The circuits have changed: those who wait ask again, or hear that there is no way. */
  changed(nowUs: Micros): void {
    const waiting = new Set<string>();
    for (const guest of this.#guests.values()) {
      if (!guest.isAsking) continue;
      this.#ask(nowUs, guest);
      if (guest.isAsking) waiting.add(guest.entry.request?.isolation ?? '');
    }
    this.#circuits().want(nowUs, waiting.size);
  }

  /** The user of one circuit's streams. */
  streams(streams: Streams): StreamsUser {
    const guestOf = (stream: number): Guest | undefined => this.#byStream.get(streams)?.get(stream);
    return {
      asked: () => undefined,
      opened: (_nowUs, stream) => {
        const guest = guestOf(stream);
        if (guest !== undefined) this.#granted(guest);
      },
      stirred: (_nowUs, stream) => this.#splicer.stirred(streams, stream),
      reset: (_nowUs, stream, cause) => {
        const guest = guestOf(stream);
        if (guest === undefined) return this.#splicer.reset(streams, stream);
        this.#forget(guest);
        if (guest.isGranted) this.#abort(guest);
        else this.#refuse(guest, cause);
      },
    };
  }

  // ---- StreamOwner ---------------------------------------------------------------------------------------

  woken(): void {
    // It keeps nothing back.
  }

  opened(): void {
    // An accepted connection: its first octets say what it wants.
  }

  receive(nowUs: Micros, id: Id, bytes: Uint8Array, start: number, end: number): number {
    const guest = this.#guests.get(id);
    if (guest === undefined) return this.#splicer.receive(nowUs, id, bytes, start, end);
    if (guest.isLast) return end - start;
    if (guest.entry.request !== undefined) return 0;
    const taken = guest.entry.receive(bytes, start, end);
    this.#trace?.(STEP_REQUEST_READ, id, taken);
    this.#reply(guest, guest.entry.takeReply());
    const { reject, request } = guest.entry;
    if (reject !== undefined) {
      this.counts.add(reject);
      guest.isLast = true;
      this.#port.wake(id);
    } else if (request !== undefined) {
      guest.isAsking = true;
      this.changed(nowUs);
    }
    return taken;
  }

  ended(nowUs: Micros, id: Id): void {
    const guest = this.#guests.get(id);
    if (guest === undefined) return this.#splicer.ended(nowUs, id);
    guest.hasEnded = true;
    // It left before it had said what it wants.
    if (guest.entry.request === undefined && !guest.isLast) this.#port.abort(id);
  }

  transmit(nowUs: Micros, id: Id, out: Uint8Array, start: number, end: number): number {
    const guest = this.#guests.get(id);
    if (guest?.reply !== undefined) {
      const { reply } = guest;
      const length = Math.min(reply.length, end - start);
      out.set(reply.subarray(0, length), start);
      this.#trace?.(STEP_REPLY_WRITTEN, id, length);
      guest.reply = length < reply.length ? reply.subarray(length) : undefined;
      if (guest.reply === undefined) this.#replied(nowUs, guest);
      return length;
    }
    if (guest === undefined) return this.#splicer.transmit(nowUs, id, out, start, end);
    return guest.isLast ? END : 0;
  }

  closed(nowUs: Micros, id: Id, cause: Cause): void {
    const guest = this.#guests.get(id);
    if (guest === undefined) return this.#splicer.closed(nowUs, id, cause);
    this.#guests.delete(id);
    this.#leave(guest, cause);
  }

  // ---- within --------------------------------------------------------------------------------------------

  #ask(nowUs: Micros, guest: Guest): void {
    const { request } = guest.entry;
    if (request === undefined) return;
    const circuits = this.#circuits();
    const ours = circuits.take(nowUs, request.isolation);
    if (ours === undefined) {
      if (circuits.noPath === undefined) return;
      guest.isAsking = false;
      return this.#refuse(guest, 'unreachable');
    }
    guest.isAsking = false;
    guest.streams = ours.circuit.streams;
    guest.stream = ours.circuit.streams.open(request.destination);
    this.#trace?.(STEP_STREAM_ASKED, guest.stream, guest.id);
    const others = this.#byStream.get(guest.streams) ?? new Map<number, Guest>();
    this.#byStream.set(guest.streams, others.set(guest.stream, guest));
  }

  /** The exit is connected: the application hears it, then its octets flow. */
  #granted(guest: Guest): void {
    if (guest.isGranted) return;
    guest.isGranted = true;
    this.#reply(guest, guest.entry.granted());
  }

  /** Behind what it has not read yet. */
  #reply(guest: Guest, octets: Uint8Array | undefined): void {
    if (octets === undefined) return;
    guest.reply = guest.reply === undefined ? octets : concatBytes(guest.reply, octets);
    this.#port.wake(guest.id);
  }

  #replied(nowUs: Micros, guest: Guest): void {
    const { streams, stream, id } = guest;
    if (!guest.isGranted || streams === undefined) return;
    this.#forget(guest);
    this.#guests.delete(id);
    this.#splicer.join(id, streams, stream);
    if (guest.hasEnded) this.#splicer.ended(nowUs, id);
  }

  #refuse(guest: Guest, cause: Cause): void {
    if (guest.isLast || guest.entry.request === undefined) return;
    guest.isAsking = false;
    guest.isLast = true;
    this.#reply(guest, guest.entry.refused(cause));
  }

  /** Nothing it could be told would be true: from here on it is nobody's guest. */
  #abort(guest: Guest): void {
    this.#guests.delete(guest.id);
    this.#port.abort(guest.id);
  }

  /** The application is gone, or out of time: the stream it asked for is of no use. */
  #leave(guest: Guest, cause: Cause): void {
    const { streams, stream } = guest;
    this.#forget(guest);
    streams?.reset(stream, cause);
  }

  #forget(guest: Guest): void {
    guest.isAsking = false;
    const { streams, stream } = guest;
    guest.streams = undefined;
    if (streams === undefined) return;
    const others = this.#byStream.get(streams);
    others?.delete(stream);
    if (others?.size === 0) this.#byStream.delete(streams);
  }
}
