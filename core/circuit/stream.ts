import type { Cause } from '#core/host/mod.ts';
import {
  STEP_DATA_KEPT,
  STEP_DATA_WRITTEN,
  STEP_STREAM_GIVES,
  STEP_STREAM_TAKES,
  type Trace,
} from '#core/observe/mod.ts';
import type { Destination } from '#core/wire/mod.ts';
import type { ChunkPool } from '../base/chunk-pool.ts';
import { ChunkQueue } from '../base/chunk-queue.ts';
import { STREAM_WINDOW } from '../base/limits.ts';

/** One stream of a circuit at one of its ends: what came, what waits to go, what is owed. PROTOCOL §10.2. */
export class CircuitStream {
  readonly number: number;
  /** From the circuit to our side, and the other way. */
  readonly inbox: ChunkQueue;
  readonly outbox: ChunkQueue;
  /** Our side has octets that did not fit. */
  isHeld = false;
  /** Octets the far end will still take. */
  credit: number = STREAM_WINDOW;
  /** Octets the far end may still send, and those we have taken since we last told it. */
  granted: number = STREAM_WINDOW;
  taken = 0;
  /** Messages owed. */
  owesOpen: Destination | undefined;
  owesOpened = false;
  owesReset: Cause | undefined;
  resetSent = false;
  /** Our direction: ended by our side, and told. */
  weEnded = false;
  endSent = false;
  /** The far end's: it ended, and our side knows. */
  peerEnded = false;
  endTaken = false;
  readonly #trace: Trace;

  constructor(number: number, pool: ChunkPool, trace?: Trace) {
    this.#trace = trace;
    this.number = number;
    this.inbox = new ChunkQueue(pool);
    this.outbox = new ChunkQueue(pool);
  }

  /** Octets of data that could go into a cell now. */
  get sendable(): number {
    return Math.min(this.outbox.length, this.credit);
  }

  get owesCredit(): boolean {
    return this.taken >= STREAM_WINDOW / 2 && !this.peerEnded;
  }

  get owesEnd(): boolean {
    return this.weEnded && !this.endSent && this.outbox.length === 0;
  }

  get hasToSay(): boolean {
    return (
      this.owesOpen !== undefined ||
      this.owesOpened ||
      this.owesReset !== undefined ||
      this.owesCredit ||
      this.sendable > 0 ||
      this.owesEnd
    );
  }

  get isOver(): boolean {
    return this.endSent && this.endTaken;
  }

  /** From our side to the outbox, and from there into a message; both answer how many octets went. */
  take(bytes: Uint8Array, start: number, end: number): number {
    const taken = this.outbox.push(bytes, start, end);
    if (taken > 0) this.#trace?.(STEP_STREAM_TAKES, this.number, taken);
    return taken;
  }

  write(out: Uint8Array, start: number, end: number): number {
    const written = this.outbox.pull(out, start, end);
    this.#trace?.(STEP_DATA_WRITTEN, this.number, written);
    return written;
  }

  /** From a message to the inbox, and from there to our side. */
  keep(bytes: Uint8Array, start: number, end: number): number {
    const kept = this.inbox.push(bytes, start, end);
    this.#trace?.(STEP_DATA_KEPT, this.number, kept);
    return kept;
  }

  give(out: Uint8Array, start: number, end: number): number {
    const given = this.inbox.pull(out, start, end);
    if (given > 0) this.#trace?.(STEP_STREAM_GIVES, this.number, given);
    return given;
  }
}
