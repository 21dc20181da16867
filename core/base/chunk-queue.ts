import { CHUNK_LEN, type ChunkPool } from './chunk-pool.ts';

/** Octets first in, first out, in chunks of a pool. Empty, it holds no chunk. */
export class ChunkQueue {
  readonly #pool: ChunkPool;
  readonly #chunks: Uint8Array[] = [];
  /** Where the first octet stands in the first chunk, and how many octets there are. */
  #head = 0;
  #length = 0;

  constructor(pool: ChunkPool) {
    this.#pool = pool;
  }

  get length(): number {
    return this.#length;
  }

  /** Copies bytes[start, end) in; answers how many octets: fewer only when the pool has no more chunks. */
  push(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at < end) {
      const tail = this.#head + this.#length;
      let chunk = this.#chunks[Math.floor(tail / CHUNK_LEN)];
      if (chunk === undefined) {
        chunk = this.#pool.take();
        if (chunk === undefined) break;
        this.#chunks.push(chunk);
      }
      const place = tail % CHUNK_LEN;
      const length = Math.min(end - at, CHUNK_LEN - place);
      chunk.set(bytes.subarray(at, at + length), place);
      this.#length += length;
      at += length;
    }
    return at - start;
  }

  /** Moves up to `end - start` octets to out[start, ...); answers how many. */
  pull(out: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at < end && this.#length > 0) {
      const chunk = this.#chunks[0] as Uint8Array;
      const length = Math.min(end - at, this.#length, CHUNK_LEN - this.#head);
      out.set(chunk.subarray(this.#head, this.#head + length), at);
      at += length;
      this.#length -= length;
      this.#head += length;
      if (this.#head < CHUNK_LEN && this.#length > 0) continue;
      this.#pool.giveBack(chunk);
      this.#chunks.shift();
      this.#head = 0;
    }
    return at - start;
  }

  clear(): void {
    for (const chunk of this.#chunks) this.#pool.giveBack(chunk);
    this.#chunks.length = 0;
    this.#head = 0;
    this.#length = 0;
  }
}
