import { type Cause, END, type Random, type StreamUser } from '#core/host/mod.ts';
import { assert } from '../base/assert.ts';
import { DNS_LOOKUP_US, DNS_LOOKUPS_MAX, DNS_TICKETS_MAX } from '../base/limits.ts';
import { type Id, NO_ID } from '../base/slab.ts';
import type { Micros } from '../base/time.ts';
import { type AnswerReject, decodeAnswer, type Verdict } from './answer.ts';
import { DnsCache } from './cache.ts';
import { encodeQuery, queryLength } from './encode.ts';
import { Flights } from './flights.ts';
import { FRAME_HEAD_LEN, FrameReader, writeFrame } from './frame.ts';
import { type DnsFailure, type Half, Lookup, type Outcome } from './lookup.ts';
import { decodeHead } from './message.ts';
import { nameKey, parseHostName } from './name.ts';
import { Retry } from './retry.ts';

/** Every way the resolver's octets are refused. Each is counted; the connection goes on. */
export type DotReject =
  | AnswerReject
  | 'id-mismatch' // nobody asked under this id, or nobody asks any more
  | 'question-mismatch'
  | 'stream-cut'; // the stream ended inside a message

type Failed = (Verdict & { kind: 'failed' })['failure'];

/** One to each ticket. `addresses`: 1 to DNS_ADDRESSES_MAX of 4 or 16 octets, the two kinds by turns. */
export type DnsAnswer =
  | { readonly ticket: number; readonly addresses: readonly Uint8Array[]; readonly ttlS: number }
  | { readonly ticket: number; readonly failure: DnsFailure };

export type DotStubOptions = {
  readonly random: Random;
  readonly rejects: { add(reject: DotReject): void };
  /** The stub has octets for this stream. */
  readonly wake: (id: Id) => void;
};

/**
 * A resolver's client on the plain side of one TLS stream, opened by its owner and held until the peer closes it:
 * all questions go over it at once, answers come in any order (RFC 7858, RFC 7766 sections 6.2.1, 7). The owner polls
 * answers, connect and abort after every call. Without a stream nothing is sent anywhere.
 *
 *   down -> dialling -> open -> down
 */
export class DotStub implements StreamUser {
  readonly #options: DotStubOptions;
  readonly #cache = new DnsCache();
  /** By name key; all have the same time, so the first is due first. */
  readonly #lookups = new Map<string, Lookup>();
  readonly #unsent = new Set<Half>();
  readonly #flights: Flights;
  readonly #frames = new FrameReader();
  readonly #retry: Retry;
  readonly #answers: DnsAnswer[] = [];
  #waiting = 0;
  #phase: 'down' | 'dialling' | 'open' = 'down';
  #id: Id = NO_ID;
  readonly #abandoned: Id[] = [];
  /** When this connection was asked for, or octets last came over it. */
  #heardUs: Micros = 0;
  #hasAnswered = false;
  /** What became of the last connection. */
  #lastFailure: Failed = 'unreachable';

  constructor(options: DotStubOptions) {
    this.#options = options;
    this.#flights = new Flights(options.random);
    this.#retry = new Retry(options.random);
  }

  // ---- the owner -----------------------------------------------------------------------------------------

  /** Looks up the addresses of a host. Exactly one answer with this ticket follows, perhaps at once. */
  lookup(nowUs: Micros, ticket: number, name: string): void {
    const labels = parseHostName(name);
    if (labels === undefined) return this.#answer(ticket, { failure: 'no-such-name', keepS: 0 });
    const key = nameKey(labels);
    const known = this.#cache.get(nowUs, key);
    if (known !== undefined) return this.#answer(ticket, known);
    let lookup = this.#lookups.get(key);
    const isNew = lookup === undefined;
    if (this.#waiting >= DNS_TICKETS_MAX || (isNew && this.#lookups.size >= DNS_LOOKUPS_MAX)) {
      return this.#answer(ticket, { failure: 'overloaded', keepS: 0 });
    }
    lookup ??= new Lookup(nowUs, key, labels);
    lookup.tickets.push(ticket);
    this.#waiting += 1;
    if (!isNew) return;
    this.#lookups.set(key, lookup);
    for (const half of lookup.halves) this.#unsent.add(half);
    if (this.#phase === 'open') this.#options.wake(this.#id);
    else if (this.#isTooLate(lookup)) this.#fail(nowUs, lookup, this.#lastFailure);
  }

  pollAnswer(): DnsAnswer | undefined {
    return this.#answers.shift();
  }

  /** True once per connection that the owner is to open now; `connecting` says under which id. */
  pollConnect(nowUs: Micros): boolean {
    if (this.#phase !== 'down' || this.#lookups.size === 0 || nowUs < this.#retry.atUs)
      return false;
    this.#phase = 'dialling';
    this.#heardUs = nowUs;
    return true;
  }

  /** The plain side of the stream being opened; NO_ID when it cannot be. */
  connecting(id: Id): void {
    assert(this.#phase === 'dialling' && this.#id === NO_ID, 'connecting was asked for');
    this.#id = id;
    if (id === NO_ID) this.#lost(this.#heardUs, 'unreachable');
  }

  /** A stream of ours that stays silent and is to be aborted, or NO_ID. The stub knows it no more. */
  pollAbort(): Id {
    return this.#abandoned.shift() ?? NO_ID;
  }

  get deadlineUs(): Micros {
    const [first] = this.#lookups.values();
    let dueUs = first?.deadlineUs ?? Number.POSITIVE_INFINITY;
    if (this.#phase === 'dialling') dueUs = Math.min(dueUs, this.#heardUs + DNS_LOOKUP_US);
    if (this.#phase === 'down' && first !== undefined) dueUs = Math.min(dueUs, this.#retry.atUs);
    return dueUs;
  }

  handleTimeout(nowUs: Micros): void {
    let isSilent = this.#phase === 'dialling' && this.#heardUs + DNS_LOOKUP_US <= nowUs;
    for (const lookup of this.#lookups.values()) {
      if (lookup.deadlineUs > nowUs) break;
      if (this.#phase === 'open' && this.#heardUs <= lookup.startUs) isSilent = true;
      this.#fail(nowUs, lookup, 'timed-out');
    }
    if (!isSilent) return;
    if (this.#id !== NO_ID) this.#abandoned.push(this.#id);
    this.#lost(nowUs, 'timed-out');
  }

  // ---- the stream ----------------------------------------------------------------------------------------

  opened(nowUs: Micros, id: Id): void {
    if (!this.#isOurs(id) || this.#phase === 'open') return;
    this.#phase = 'open';
    this.#heardUs = nowUs;
    this.#options.wake(id);
  }

  receive(nowUs: Micros, id: Id, bytes: Uint8Array, start: number, end: number): number {
    if (!this.#isOurs(id) || this.#phase !== 'open') return end - start;
    this.#heardUs = nowUs;
    for (let at = start; at < end; ) {
      at += this.#frames.offer(bytes, at, end);
      if (this.#frames.isTooLong) this.#options.rejects.add('too-long');
      if (this.#frames.message !== undefined) this.#message(nowUs, this.#frames.message);
    }
    return end - start;
  }

  /** The resolver is done: what it owes is asked elsewhere, and our direction ends too. */
  ended(nowUs: Micros, id: Id): void {
    if (!this.#isOurs(id)) return;
    this.#lost(nowUs, 'ended');
    this.#options.wake(id);
  }

  transmit(_nowUs: Micros, id: Id, out: Uint8Array, start: number, end: number): number {
    if (!this.#isOurs(id)) return END;
    if (this.#phase !== 'open') return 0;
    let at = start;
    for (const half of this.#unsent) {
      if (at + FRAME_HEAD_LEN + queryLength(half.question) > end) break;
      this.#unsent.delete(half);
      at = writeFrame(encodeQuery(this.#flights.board(half), half.question), out, at);
    }
    return at - start;
  }

  closed(nowUs: Micros, id: Id, cause: Cause): void {
    if (this.#isOurs(id)) this.#lost(nowUs, cause);
  }

  // ---- within --------------------------------------------------------------------------------------------

  #isOurs(id: Id): boolean {
    return id !== NO_ID && id === this.#id;
  }

  #message(nowUs: Micros, bytes: Uint8Array): void {
    const { rejects } = this.#options;
    const head = decodeHead(bytes);
    if (typeof head === 'string') return rejects.add(head);
    const half = this.#flights.match(head);
    if (typeof half === 'string') return rejects.add(half);
    const verdict = decodeAnswer(bytes, head);
    if (typeof verdict === 'string') {
      rejects.add(verdict);
      return this.#settle(nowUs, half, { kind: 'failed', failure: 'server-failure' });
    }
    this.#hasAnswered = true;
    this.#retry.worked();
    this.#settle(nowUs, half, verdict);
  }

  #settle(nowUs: Micros, half: Half, verdict: Verdict): void {
    this.#flights.leave(half);
    this.#unsent.delete(half);
    half.verdict = verdict;
    const { lookup } = half;
    const outcome = lookup.outcome();
    if (outcome === undefined) return;
    this.#lookups.delete(lookup.key);
    this.#cache.put(nowUs, lookup.key, outcome);
    this.#waiting -= lookup.tickets.length;
    for (const ticket of lookup.tickets) this.#answer(ticket, outcome);
  }

  /** Whatever is still open of a lookup has failed. */
  #fail(nowUs: Micros, lookup: Lookup, failure: Failed): void {
    for (const half of lookup.halves) {
      if (half.verdict === undefined) this.#settle(nowUs, half, { kind: 'failed', failure });
    }
  }

  /** The connection is gone, or could not be had. Open questions get one more, if that comes in time. */
  #lost(nowUs: Micros, cause: Cause): void {
    if (this.#frames.isInside) this.#options.rejects.add('stream-cut');
    this.#frames.reset();
    if (!this.#hasAnswered) this.#retry.failed(nowUs);
    const failure = failureOf(cause, this.#phase === 'open');
    this.#lastFailure = failure;
    this.#phase = 'down';
    this.#id = NO_ID;
    this.#hasAnswered = false;
    for (const lookup of this.#lookups.values()) {
      const isHopeless = failure === 'untrusted' || this.#isTooLate(lookup);
      for (const half of lookup.halves) {
        if (half.verdict !== undefined) continue;
        this.#flights.leave(half);
        half.losses += 1;
        if (isHopeless || half.losses > 1) this.#settle(nowUs, half, { kind: 'failed', failure });
        else this.#unsent.add(half);
      }
    }
  }

  /** No connection will be tried while this lookup has time. */
  #isTooLate(lookup: Lookup): boolean {
    return this.#phase === 'down' && this.#retry.atUs >= lookup.deadlineUs;
  }

  #answer(ticket: number, outcome: Outcome): void {
    assert(this.#answers.length < 2 * DNS_TICKETS_MAX, 'an owner polls its answers');
    if ('failure' in outcome) this.#answers.push({ ticket, failure: outcome.failure });
    else this.#answers.push({ ticket, addresses: outcome.addresses, ttlS: outcome.keepS });
  }
}

function failureOf(cause: Cause, wasOpen: boolean): Failed {
  if (cause === 'untrusted' || cause === 'timed-out') return cause;
  return wasOpen ? 'server-failure' : 'unreachable';
}

const ALL_REJECTS: { readonly [reject in DotReject]: true } = Object.freeze({
  'too-long': true,
  short: true,
  trailing: true,
  truncated: true,
  'opcode-unexpected': true,
  'question-count': true,
  'class-unexpected': true,
  'label-invalid': true,
  'name-too-long': true,
  'pointer-invalid': true,
  'pointer-limit': true,
  'rdata-length': true,
  'edns-invalid': true,
  'not-a-response': true,
  'chain-conflict': true,
  'chain-loop': true,
  'chain-limit': true,
  'id-mismatch': true,
  'question-mismatch': true,
  'stream-cut': true,
});

export const DOT_REJECTS: readonly DotReject[] = Object.freeze(
  Object.keys(ALL_REJECTS) as DotReject[],
);
