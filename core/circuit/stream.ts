import type { Cause } from '#core/host/mod.ts';
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

  constructor(number: number, pool: ChunkPool) {
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
}
