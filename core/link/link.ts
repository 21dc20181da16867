import { AEAD_TAG_LEN, type PqnkResult, type Suite } from '#core/crypto/mod.ts';
import { type Cause, END, type StreamUser } from '#core/host/mod.ts';
import { assert, unreachable } from '../base/assert.ts';
import type { BufferPool } from '../base/buffer-pool.ts';
import { CLOSE_US, HANDSHAKE_US, RECORD_PAYLOAD_MAX } from '../base/limits.ts';
import type { Id } from '../base/slab.ts';
import type { Micros } from '../base/time.ts';
import type { Handshake, HandshakeReject } from './handshake.ts';
import {
  BODY_MAX,
  CONTENT_AT,
  LENGTH_BLOCK_LEN,
  RECORD_DATA,
  RECORD_END,
  RECORD_INTRODUCTION,
  RECORD_MAX,
  RECORD_REKEY,
  RecordOpener,
  type RecordReject,
  RecordSealer,
} from './record.ts';
import { UnitReader } from './unit-reader.ts';

/** Every way a peer's octets are refused on a link. Each is counted, and each ends the link. */
export type LinkReject =
  | HandshakeReject
  | RecordReject
  | 'record-unexpected'
  | 'after-end'
  | 'truncated'
  | 'handshake-overdue'
  | 'close-overdue';

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
};

type Phase = 'idle' | 'shaking' | 'introducing' | 'open' | 'over';

/**
 * One authenticated, encrypted hop over one host stream: pqNK, an introduction, then sealed records.
 * Above it looks as a host stream looks from above, so whatever runs on one runs on the other.
 * PROTOCOL §4 and §5.
 *
 *   idle -> shaking -> introducing -> open -> over
 */
export class Link {
  readonly id: Id;
  /** When `handleTimeout` is due. */
  deadlineUs: Micros = Number.POSITIVE_INFINITY;
  /** Set when the link has failed: the owner aborts its stream, and tells the user this cause. */
  failure: Cause | undefined;
  readonly #shared: LinkShared;
  readonly #handshake: Handshake;
  #phase: Phase = 'idle';
  #sealer: RecordSealer | undefined;
  #opener: RecordOpener | undefined;
  /** A message of ours that waits for credit. */
  #outgoing: Uint8Array | undefined;
  /** Handshake messages, length blocks and body blocks, one at a time. */
  readonly #units: UnitReader;
  #isBody = false;
  /** Opened content the user did not take; while there is some, nothing more is read. */
  #leftover: Uint8Array | undefined;
  #stalledAtUs: Micros = 0;
  #weEnded = false;
  #endGiven = false;
  #peerEnded = false;

  constructor(id: Id, shared: LinkShared, handshake: Handshake) {
    this.id = id;
    this.#shared = shared;
    this.#handshake = handshake;
    this.#units = new UnitReader(shared.pool);
  }

  /** The peer proved to be this node (32 octets); undefined for a client. Settled once the link is open. */
  get peerId(): Uint8Array | undefined {
    return this.#handshake.peerId;
  }

  get isOpen(): boolean {
    return this.#phase === 'open';
  }

  /** The host was asked to connect: opening as a whole has a time-out from here. */
  dialled(nowUs: Micros): void {
    this.deadlineUs = nowUs + HANDSHAKE_US;
  }

  /** The host stream is open. */
  opened(nowUs: Micros): void {
    assert(this.#phase === 'idle', 'a link starts once');
    this.#phase = 'shaking';
    this.deadlineUs = Math.min(this.deadlineUs, nowUs + HANDSHAKE_US);
    this.#units.length = this.#handshake.expects;
    this.#send(this.#handshake.start());
  }

  /** Takes octets from the host stream. What does not fit the user's appetite is left with the host. */
  receive(nowUs: Micros, bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    if (this.#phase === 'idle') return 0;
    while (at < end && this.failure === undefined && this.#leftover === undefined) {
      if (this.#peerEnded) {
        this.#fail('after-end');
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
    if (sealer !== undefined && this.#phase === 'open' && this.#outgoing === undefined) {
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
        if (written === 0) break;
        this.#weEnded = written === END;
        at += sealer.seal(
          nowUs,
          this.#weEnded ? RECORD_END : RECORD_DATA,
          out,
          at,
          Math.max(written, 0),
        );
      }
      this.#schedule(sealer);
    }
    if (at === start && this.#weEnded && !this.#endGiven) {
      this.#endGiven = true;
      if (this.#peerEnded) this.deadlineUs = nowUs + CLOSE_US;
      return END;
    }
    return at - start;
  }

  /** The user can take content again. */
  resume(nowUs: Micros): void {
    const leftover = this.#leftover;
    if (leftover === undefined || this.failure !== undefined) return;
    const taken = this.#shared.user.receive(nowUs, this.id, leftover, 0, leftover.length);
    this.#leftover = taken === leftover.length ? undefined : leftover.slice(taken);
    // While we did not read, the peer could not change its key: that time is not held against it.
    if (this.#leftover === undefined) this.#opener?.excuse(nowUs - this.#stalledAtUs);
  }

  /** The host stream's other direction is over. Only an END record makes that a clean end. */
  ended(): void {
    if (!this.#peerEnded) this.#fail('truncated');
  }

  handleTimeout(nowUs: Micros): void {
    if (nowUs < this.deadlineUs) return;
    this.deadlineUs = Number.POSITIVE_INFINITY;
    if (this.#phase !== 'open') this.#fail('handshake-overdue');
    else if (this.#weEnded && this.#peerEnded) this.#fail('close-overdue');
    else this.#shared.wake(this.id);
  }

  /** Forgets every key. The owner calls it when the stream is gone. */
  destroy(): void {
    this.#phase = 'over';
    this.#handshake.destroy();
    this.#sealer?.destroy();
    this.#opener?.destroy();
    this.#units.next();
    this.#leftover?.fill(0);
    this.deadlineUs = Number.POSITIVE_INFINITY;
  }

  // ---- what arrives --------------------------------------------------------------------------------------

  #unit(nowUs: Micros, bytes: Uint8Array, at: number): void {
    if (this.#phase === 'shaking')
      this.#handshakeMessage(nowUs, bytes.slice(at, at + this.#units.length));
    else if (this.#isBody) this.#body(nowUs, bytes, at);
    else this.#length(nowUs, bytes, at);
  }

  #handshakeMessage(nowUs: Micros, message: Uint8Array): void {
    const answer = this.#handshake.receive(message);
    if (answer.kind === 'reject') return this.#fail(answer.reject);
    this.#send(answer.message);
    this.#keys(answer.result, answer.isInitiator);
    this.#units.length = LENGTH_BLOCK_LEN;
    if (!answer.isInitiator) {
      this.#phase = 'introducing';
      return;
    }
    const introduction = this.#handshake.introduce(answer.result.transcript);
    const sealer = this.#sealer ?? unreachable('keys are there');
    const record = new Uint8Array(CONTENT_AT + introduction.length + AEAD_TAG_LEN);
    record.set(introduction, CONTENT_AT);
    sealer.seal(nowUs, RECORD_INTRODUCTION, record, 0, introduction.length);
    this.#send(record);
    this.#open(nowUs);
  }

  #length(nowUs: Micros, bytes: Uint8Array, at: number): void {
    const opener = this.#opener ?? unreachable('keys are there');
    const blockLen = opener.openLength(nowUs, bytes, at);
    if (blockLen < 0) return this.#fail(opener.reject);
    this.#units.length = blockLen;
    this.#isBody = true;
  }

  #body(nowUs: Micros, bytes: Uint8Array, at: number): void {
    const opener = this.#opener ?? unreachable('keys are there');
    const { scratch } = this.#shared;
    const contentLen = opener.openBody(nowUs, bytes, at, this.#units.length, scratch);
    if (contentLen < 0) return this.#fail(opener.reject);
    this.#units.length = LENGTH_BLOCK_LEN;
    this.#isBody = false;
    const type = scratch[0];
    const isOpen = this.#phase === 'open';
    if (type === RECORD_DATA && isOpen && contentLen > 0) this.#data(nowUs, scratch, contentLen);
    else if (type === RECORD_INTRODUCTION && this.#phase === 'introducing') {
      this.#introduced(nowUs, scratch.slice(1, 1 + contentLen));
    } else if (contentLen !== 0) this.#fail('record-unexpected');
    else if (type === RECORD_END && this.#phase === 'open') this.#end(nowUs);
    else if (type !== RECORD_REKEY || this.#phase !== 'open') this.#fail('record-unexpected');
  }

  #data(nowUs: Micros, scratch: Uint8Array, length: number): void {
    const end = 1 + length;
    const taken = this.#shared.user.receive(nowUs, this.id, scratch, 1, end);
    assert(taken <= length, 'a user takes no more than it was offered');
    if (taken === length) return;
    this.#leftover = scratch.slice(1 + taken, end);
    this.#stalledAtUs = nowUs;
  }

  #introduced(nowUs: Micros, content: Uint8Array): void {
    const reject = this.#handshake.introduced(content);
    if (reject !== undefined) return this.#fail(reject);
    this.#open(nowUs);
  }

  #end(nowUs: Micros): void {
    this.#peerEnded = true;
    if (this.#endGiven) this.deadlineUs = nowUs + CLOSE_US;
    this.#shared.user.ended(nowUs, this.id);
  }

  // ---- what changes --------------------------------------------------------------------------------------

  #keys(result: PqnkResult, isInitiator: boolean): void {
    const { suite } = this.#shared;
    const { initiatorSecret, responderSecret } = result;
    this.#sealer = new RecordSealer(suite, isInitiator ? initiatorSecret : responderSecret);
    this.#opener = new RecordOpener(suite, isInitiator ? responderSecret : initiatorSecret);
  }

  #open(nowUs: Micros): void {
    this.#phase = 'open';
    this.deadlineUs = Number.POSITIVE_INFINITY;
    this.#shared.user.opened(nowUs, this.id);
    this.#shared.wake(this.id);
  }

  #schedule(sealer: RecordSealer): void {
    if (!this.#weEnded) this.deadlineUs = sealer.rekeyDueUs;
    else if (!this.#endGiven) this.deadlineUs = Number.POSITIVE_INFINITY;
  }

  #send(message: Uint8Array | undefined): void {
    if (message === undefined) return;
    assert(this.#outgoing === undefined, 'one message at a time');
    this.#outgoing = message;
    this.#shared.wake(this.id);
  }

  #fail(reject: LinkReject): void {
    if (this.failure !== undefined) return;
    this.#shared.rejects.add(reject);
    this.failure = CAUSE_OF[reject];
    this.deadlineUs = Number.POSITIVE_INFINITY;
    this.#shared.wake(this.id);
  }
}

/** What a user is told. The reason itself is counted, and never sent to the peer. */
const CAUSE_OF: { readonly [reject in LinkReject]: Cause } = Object.freeze({
  'first-forged': 'untrusted',
  'first-key-invalid': 'untrusted',
  'second-forged': 'untrusted',
  'introduction-malformed': 'untrusted',
  'introduction-uncertified': 'untrusted',
  'introduction-forged': 'untrusted',
  'length-forged': 'reset',
  'length-invalid': 'reset',
  'record-forged': 'reset',
  'key-overdue': 'reset',
  'record-unexpected': 'reset',
  'after-end': 'reset',
  truncated: 'reset',
  'handshake-overdue': 'timed-out',
  'close-overdue': 'timed-out',
});

/** Octets of the pool's buffers: the longest unit. */
export const UNIT_MAX: number = BODY_MAX;
export const LINK_REJECTS: readonly LinkReject[] = Object.freeze(
  Object.keys(CAUSE_OF) as LinkReject[],
);
