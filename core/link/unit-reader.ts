import { STEP_RECORD_GATHERED, type Trace } from '#core/observe/mod.ts';
import { assert } from '../base/assert.ts';
import type { BufferPool } from '../base/buffer-pool.ts';

/** Shorter units are gathered in a buffer of their own length: whoever sends one octet holds no whole record. */
const POOLED_FROM = 4_096;

/**
 * Cuts a byte stream into units whose length is known one at a time. A unit that lies whole in what was
 * offered is used where it lies; one that arrives in pieces is gathered in a buffer from the pool.
 */
export class UnitReader {
  /** Octets the present unit has. Set it before the next `offer`. */
  length = 0;
  /** Where the complete unit lies; good until `next`. */
  bytes: Uint8Array;
  at = 0;
  isComplete = false;
  readonly #pool: BufferPool;
  #piece: Uint8Array | undefined;
  #gathered = 0;
  readonly #trace: Trace;

  constructor(pool: BufferPool, trace?: Trace) {
    this.#trace = trace;
    this.#pool = pool;
    this.bytes = new Uint8Array(0);
  }

  /** Takes octets for the present unit; answers how many. */
  offer(bytes: Uint8Array, start: number, end: number): number {
    assert(!this.isComplete && this.length > 0, 'a unit is used before the next one');
    const missing = this.length - this.#gathered;
    const isWhole = end - start >= missing;
    if (this.#gathered === 0 && isWhole) {
      this.#complete(bytes, start);
      return missing;
    }
    const taken = isWhole ? missing : end - start;
    this.#piece ??= this.length < POOLED_FROM ? new Uint8Array(this.length) : this.#pool.take();
    this.#piece.set(bytes.subarray(start, start + taken), this.#gathered);
    this.#gathered += taken;
    if (!isWhole) return taken;
    this.#trace?.(STEP_RECORD_GATHERED, taken, this.length);
    this.#complete(this.#piece, 0);
    return taken;
  }

  /** The complete unit has been used: its octets may go. */
  next(): void {
    this.isComplete = false;
    this.#gathered = 0;
    if (this.#piece !== undefined && this.#piece.length >= POOLED_FROM)
      this.#pool.giveBack(this.#piece);
    this.#piece = undefined;
  }

  #complete(bytes: Uint8Array, at: number): void {
    this.bytes = bytes;
    this.at = at;
    this.isComplete = true;
  }
}
