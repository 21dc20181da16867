import { AEAD_TAG_LEN, type PqnkResult, type Suite } from '#core/crypto/mod.ts';
import { type Cause, END, type StreamUser } from '#core/host/mod.ts';
import { STEP_RECORD_OPENED, STEP_RECORD_SEALED, type Trace } from '#core/observe/mod.ts';
import { assert, unreachable } from '../base/assert.ts';
import type { BufferPool } from '../base/buffer-pool.ts';
import { RECORD_PAYLOAD_MAX, RECORDS_PER_CALL } from '../base/limits.ts';
import type { Id } from '../base/slab.ts';
import type { Micros } from '../base/time.ts';
import type { Handshake } from './handshake.ts';
import { Liveness } from './liveness.ts';
import {
  BODY_MAX,
  CONTENT_AT,
  LENGTH_BLOCK_LEN,
  RECORD_DATA,
  RECORD_END,
  RECORD_INTRODUCTION,
  RECORD_MAX,
  RECORD_PADDING,
  RECORD_REKEY,
  RecordOpener,
  RecordSealer,
} from './record.ts';
import { CAUSE_OF, type LinkReject } from './rejects.ts';
import { UnitReader } from './unit-reader.ts';

/** Octets of the pool's buffers: the longest unit. */
export const UNIT_MAX: number = BODY_MAX;

/** What a link shares with the others of its root. */
export type LinkShared = {
  readonly suite: Suite;
  readonly user: StreamUser;
  readonly rejects: { add(reject: LinkReject): void };
  /** For units that arrive in pieces. */
  readonly pool: BufferPool;
  /** BODY_MAX octets; holds one opened body during a call. */
  readonly scratch: Uint8Array;
  wake(id: Id): void;
  /** Whoever has such a link takes all that is said over it, at both ends. */
  readonly isAlwaysRead?: boolean;
  readonly trace?: Trace;
};

type Phase = 'idle' | 'shaking' | 'introducing' | 'open' | 'over';

/**
 * One authenticated, encrypted hop over one host stream: pqNK, an introduction, then sealed records.
 * Above it looks as a host stream looks from above, so whatever runs on one runs on the other. A user is
 * offered the content of one record at a time, whole. PROTOCOL §4 and §5.
 *
 *   idle -> shaking -> introducing -> open -> over
 */
export class Link {
  readonly id: Id;
  /** Set when the link has failed: the owner aborts its stream, and tells the user this cause. */
  failure: Cause | undefined;
  readonly #shared: LinkShared;
  readonly #handshake: Handshake;
  readonly #liveness: Liveness;
  #phase: Phase = 'idle';
  /** There from the handshake until our direction has ended, and until the peer's has. */
  #sealer: RecordSealer | undefined;
  #opener: RecordOpener | undefined;
  /** A message of ours that waits for credit. */
  #outgoing: Uint8Array | undefined;
  /** Handshake messages, length blocks and body blocks, one at a time. */
  readonly #units: UnitReader;
  #isBody = false;
  /** Opened content the user did not take; while there is some, nothing more is read. */
  #leftover: Uint8Array | undefined;
  #weEnded = false;
  #peerEnded = false;

  constructor(id: Id, shared: LinkShared, handshake: Handshake) {
    this.id = id;
    this.#shared = shared;
    this.#handshake = handshake;
    this.#liveness = new Liveness(shared.isAlwaysRead === true);
    this.#units = new UnitReader(shared.pool, shared.trace);
  }

  /** The peer proved to be this node (32 octets); undefined for a client. Settled once the link is open. */
  get peerId(): Uint8Array | undefined {
    return this.#handshake.peerId;
  }

  get isOpen(): boolean {
    return this.#phase === 'open';
  }

  /** When `handleTimeout` is due. */
  get deadlineUs(): Micros {
    return this.#liveness.deadlineUs;
  }

  /** The host was asked to connect: opening as a whole has a time-out from here. */
  dialled(nowUs: Micros): void {
    this.#liveness.opening(nowUs);
  }

  /** The host stream is open. */
  opened(nowUs: Micros): void {
    if (this.#phase !== 'idle' || this.failure !== undefined) return;
    this.#phase = 'shaking';
    this.#liveness.opening(nowUs);
    this.#units.length = this.#handshake.expects;
    this.#send(this.#handshake.start());
  }

  /** Takes octets from the host stream. What does not fit the user's appetite is left with the host. */
  receive(nowUs: Micros, bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    let budget = 2 * RECORDS_PER_CALL;
    if (this.#phase === 'idle') return 0;
    while (at < end && this.failure === undefined && this.#leftover === undefined) {
      // Small records cost what large ones do: whoever sends many waits for the others in between.
      if (budget-- === 0) {
        this.#shared.wake(this.id);
        break;
      }
      if (this.#peerEnded) {
        this.#reject('after-end');
        break;
      }
      at += this.#units.offer(bytes, at, end);
      if (this.#units.isComplete) {
        this.#unit(nowUs, this.#units.bytes, this.#units.at);
        this.#units.next();
      }
    }
    return at - start;
  }

  /** Writes what is due; asks the user for content while a whole record fits. */
  transmit(nowUs: Micros, out: Uint8Array, start: number, end: number): number {
    let at = start;
    if (this.#outgoing !== undefined && this.#outgoing.length <= end - at) {
      out.set(this.#outgoing, at);
      at += this.#outgoing.length;
      this.#outgoing = undefined;
    }
    const sealer = this.#sealer;
    if (sealer === undefined || this.#phase !== 'open' || this.#outgoing !== undefined)
      return at - start;
    while (!this.#weEnded && end - at >= RECORD_MAX) {
      if (sealer.rekeyDueUs <= nowUs) {
        at += sealer.seal(nowUs, RECORD_REKEY, out, at, 0);
        continue;
      }
      const content = at + CONTENT_AT;
      const written = this.#shared.user.transmit(
        nowUs,
        this.id,
        out,
        content,
        content + RECORD_PAYLOAD_MAX,
      );
      if (this.failure !== undefined) return 0;
      if (written === 0) break;
      this.#weEnded = written === END;
      if (this.#weEnded && this.#peerEnded) this.#liveness.closing(nowUs);
      const type = this.#weEnded ? RECORD_END : RECORD_DATA;
      const sealed = sealer.seal(nowUs, type, out, at, Math.max(written, 0));
      this.#shared.trace?.(STEP_RECORD_SEALED, this.id, sealed);
      at += sealed;
    }
    if (at === start && this.#weEnded) return this.#giveEnd(sealer);
    if (at === start && this.#liveness.paddingIsDue(nowUs) && end - at >= RECORD_MAX)
      at += sealer.seal(nowUs, RECORD_PADDING, out, at, 0);
    if (at > start) this.#liveness.said(nowUs, sealer.rekeyDueUs);
    return at - start;
  }

  /** The user can take content again. */
  resume(nowUs: Micros): void {
    const leftover = this.#leftover;
    if (leftover === undefined || this.failure !== undefined) return;
    const taken = this.#shared.user.receive(nowUs, this.id, leftover, 0, leftover.length);
    if (this.failure !== undefined) return;
    this.#leftover = taken === leftover.length ? undefined : leftover.subarray(taken);
    if (this.#leftover !== undefined) return;
    // While we did not read, the peer could not be heard: not held against it.
    this.#liveness.heard(nowUs);
  }

  /** The host stream's other direction is over. Only an END record makes that a clean end. PROTOCOL §5.4. */
  ended(): void {
    if (!this.#peerEnded) this.#reject('truncated');
  }

  handleTimeout(nowUs: Micros): void {
    const hears = !this.#peerEnded && this.#leftover === undefined;
    const rekeyDueUs = this.#sealer?.rekeyDueUs ?? Number.POSITIVE_INFINITY;
    const due = this.#liveness.due(nowUs, rekeyDueUs, hears, !this.#weEnded, this.#peerEnded);
    if (due === 'speak') this.#shared.wake(this.id);
    else if (due !== 'nothing') this.#reject(due);
  }

  /** Our side gives the link up: nothing more is offered to the user. */
  abort(): void {
    this.#fail('local');
  }

  /** The stream is gone. */
  destroy(): void {
    this.#phase = 'over';
    this.#forget();
  }

  // ---- what arrives --------------------------------------------------------------------------------------

  #unit(nowUs: Micros, bytes: Uint8Array, at: number): void {
    if (this.#phase === 'shaking')
      this.#handshakeMessage(nowUs, bytes.slice(at, at + this.#units.length));
    else if (this.#isBody) this.#body(nowUs, bytes, at);
    else this.#length(bytes, at);
  }

  #handshakeMessage(nowUs: Micros, message: Uint8Array): void {
    const answer = this.#handshake.receive(message);
    if (answer.kind === 'reject') return this.#reject(answer.reject);
    this.#send(answer.message);
    const sealer = this.#keys(nowUs, answer.result, answer.isInitiator);
    this.#units.length = LENGTH_BLOCK_LEN;
    if (!answer.isInitiator) {
      this.#phase = 'introducing';
      return;
    }
    const introduction = this.#handshake.introduce(answer.result.transcript);
    const record = new Uint8Array(CONTENT_AT + introduction.length + AEAD_TAG_LEN);
    record.set(introduction, CONTENT_AT);
    sealer.seal(nowUs, RECORD_INTRODUCTION, record, 0, introduction.length);
    this.#send(record);
    this.#open(nowUs);
  }

  #length(bytes: Uint8Array, at: number): void {
    const opener = this.#opener ?? unreachable('keys are there');
    const blockLen = opener.openLength(bytes, at);
    if (blockLen < 0) return this.#reject(opener.reject);
    // A stranger gets room for an introduction and no more.
    if (
      this.#phase === 'introducing' &&
      blockLen !== this.#handshake.introductionLen + 1 + AEAD_TAG_LEN
    )
      return this.#reject('introduction-malformed');
    this.#units.length = blockLen;
    this.#isBody = true;
  }

  #body(nowUs: Micros, bytes: Uint8Array, at: number): void {
    const opener = this.#opener ?? unreachable('keys are there');
    const { scratch } = this.#shared;
    const contentLen = opener.openBody(nowUs, bytes, at, this.#units.length, scratch);
    if (contentLen < 0) return this.#reject(opener.reject);
    this.#units.length = LENGTH_BLOCK_LEN;
    this.#isBody = false;
    this.#liveness.heard(nowUs);
    const type = scratch[0];
    if (this.#phase !== 'open') {
      if (type === RECORD_INTRODUCTION) this.#introduced(nowUs, scratch.slice(1, 1 + contentLen));
      else this.#reject('record-unexpected');
    } else if (type === RECORD_DATA && contentLen > 0) this.#data(nowUs, scratch, contentLen);
    else if (type === RECORD_END && contentLen === 0) this.#end(nowUs);
    else if (type !== RECORD_PADDING && (type !== RECORD_REKEY || contentLen !== 0))
      this.#reject('record-unexpected');
  }

  #data(nowUs: Micros, scratch: Uint8Array, length: number): void {
    const end = 1 + length;
    this.#shared.trace?.(STEP_RECORD_OPENED, this.id, length);
    const taken = this.#shared.user.receive(nowUs, this.id, scratch, 1, end);
    assert(taken <= length, 'a user takes no more than it was offered');
    if (taken === length || this.failure !== undefined) return;
    this.#leftover = scratch.slice(1 + taken, end);
  }

  #introduced(nowUs: Micros, content: Uint8Array): void {
    const reject = this.#handshake.introduced(nowUs, content);
    if (reject !== undefined) return this.#reject(reject);
    this.#open(nowUs);
  }

  #end(nowUs: Micros): void {
    this.#peerEnded = true;
    this.#opener?.destroy();
    this.#opener = undefined;
    if (this.#weEnded) this.#liveness.closing(nowUs);
    this.#shared.user.ended(nowUs, this.id);
  }

  // ---- what changes --------------------------------------------------------------------------------------

  #keys(nowUs: Micros, result: PqnkResult, isInitiator: boolean): RecordSealer {
    const { suite } = this.#shared;
    const { initiatorSecret, responderSecret } = result;
    const sealer = new RecordSealer(nowUs, suite, isInitiator ? initiatorSecret : responderSecret);
    this.#sealer = sealer;
    this.#opener = new RecordOpener(nowUs, suite, isInitiator ? responderSecret : initiatorSecret);
    return sealer;
  }

  #open(nowUs: Micros): void {
    this.#phase = 'open';
    this.#liveness.open(nowUs);
    this.#shared.user.opened(nowUs, this.id);
    this.#shared.wake(this.id);
  }

  /** The END record has gone before: now the stream's own end, once. */
  #giveEnd(sealer: RecordSealer): number {
    sealer.destroy();
    this.#sealer = undefined;
    return END;
  }

  #send(message: Uint8Array | undefined): void {
    if (message === undefined) return;
    assert(this.#outgoing === undefined, 'one message at a time');
    this.#outgoing = message;
    this.#shared.wake(this.id);
  }

  #reject(reject: LinkReject): void {
    if (this.failure !== undefined) return;
    this.#shared.rejects.add(reject);
    this.#fail(CAUSE_OF[reject]);
  }

  #fail(cause: Cause): void {
    if (this.failure !== undefined) return;
    this.failure = cause;
    this.#forget();
    this.#shared.wake(this.id);
  }

  /** Every key and every octet of content, at once. */
  #forget(): void {
    this.#liveness.over();
    this.#handshake.destroy();
    this.#sealer?.destroy();
    this.#opener?.destroy();
    this.#sealer = undefined;
    this.#opener = undefined;
    this.#outgoing = undefined;
    this.#units.next();
    this.#leftover?.fill(0);
    this.#leftover = undefined;
  }
}
