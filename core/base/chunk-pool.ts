import { BufferPool } from './buffer-pool.ts';
import { STREAMS_FOREIGN_MAX } from './limits.ts';

/** Octets of a chunk: an idle stream holds none, one with an octet to go holds one. */
export const CHUNK_LEN = 4096;
/** Chunks kept for reuse when nobody uses them: 16 MiB. */
const KEPT = 4096;

/** All octets that a root holds for others, in chunks. The bound is hard. */
export class ChunkPool {
  readonly #max: number;
  readonly #buffers = new BufferPool(CHUNK_LEN, KEPT);
  #used = 0;
  #streams = 0;

  /** `octets`: what may be in use at once. */
  constructor(octets: number) {
    this.#max = Math.floor(octets / CHUNK_LEN);
  }

  /** Octets in use. */
  get used(): number {
    return this.#used * CHUNK_LEN;
  }

  /** A chunk with whatever its last user left in it; undefined when all are in use. */
  take(): Uint8Array | undefined {
    if (this.#used >= this.#max) return undefined;
    this.#used += 1;
    return this.#buffers.take();
  }

  /** Room for one more stream of somebody else's, in tables: false when there are STREAMS_FOREIGN_MAX. */
  takeStream(): boolean {
    if (this.#streams >= STREAMS_FOREIGN_MAX) return false;
    this.#streams += 1;
    return true;
  }

  giveBackStream(): void {
    this.#streams -= 1;
  }

  giveBack(chunk: Uint8Array): void {
    this.#used -= 1;
    this.#buffers.giveBack(chunk);
  }
}
