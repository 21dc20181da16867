import { STEP_CELL_LEAVES, STEP_CELL_WAITS, type Trace } from '#core/observe/mod.ts';
import type { ChunkPool } from '../base/chunk-pool.ts';
import { ChunkQueue } from '../base/chunk-queue.ts';
import { CIRCUIT_WINDOW } from '../base/limits.ts';
import { CELL_LARGE, CELL_SMALL } from './frame.ts';

/** Cells in both classes that can be in one window at once. */
const CELLS_MAX: number = Math.ceil(CIRCUIT_WINDOW / CELL_SMALL);

/** Cells that wait for their next link, in order. Holds what is alive of each; a cell's class is kept beside. */
export class CellQueue {
  readonly #octets: ChunkQueue;
  readonly #trace: Trace;
  /** 1 for a large cell; a ring. */
  readonly #isLarge = new Uint8Array(CELLS_MAX);
  #head = 0;
  #count = 0;

  constructor(pool: ChunkPool, trace?: Trace) {
    this.#trace = trace;
    this.#octets = new ChunkQueue(pool);
  }

  /** Length of the first cell; 0 when there is none. */
  get nextCellLen(): number {
    if (this.#count === 0) return 0;
    return this.#isLarge[this.#head] === 1 ? CELL_LARGE : CELL_SMALL;
  }

  /** Octets of all cells here, what is dead of them counted too: what they cost of a window. */
  get cellOctets(): number {
    let octets = 0;
    for (let i = 0; i < this.#count; i++)
      octets += this.#isLarge[(this.#head + i) % CELLS_MAX] === 1 ? CELL_LARGE : CELL_SMALL;
    return octets;
  }

  /** Keeps `live` octets of a cell of `cellLen`. False when the root holds all it may hold. */
  push(cellLen: number, bytes: Uint8Array, at: number, live: number): boolean {
    if (this.#count === CELLS_MAX) return false;
    if (this.#octets.push(bytes, at, at + live) < live) return false;
    this.#isLarge[(this.#head + this.#count) % CELLS_MAX] = cellLen === CELL_LARGE ? 1 : 0;
    this.#count += 1;
    this.#trace?.(STEP_CELL_WAITS, this.#count, live);
    return true;
  }

  /** Moves the `live` octets of the first cell out. */
  pull(out: Uint8Array, at: number, live: number): void {
    this.#octets.pull(out, at, at + live);
    this.#head = (this.#head + 1) % CELLS_MAX;
    this.#count -= 1;
    this.#trace?.(STEP_CELL_LEAVES, this.#count, live);
  }

  clear(): void {
    this.#octets.clear();
    this.#count = 0;
  }
}
