import { type Cause, END, type StreamOwner, type StreamPort } from '#core/host/mod.ts';
import type { ChunkPool } from '../base/chunk-pool.ts';
import { ChunkQueue } from '../base/chunk-queue.ts';
import { IO_CHUNK } from '../base/limits.ts';
import { type Id, NO_ID } from '../base/slab.ts';
import type { Micros } from '../base/time.ts';

type Side = { id: Id; readonly queue: ChunkQueue; isEnded: boolean; isHeld: boolean };

/** Two host streams as one: what comes on either goes out on the other. Wires a TLS filter to its carrier. */
export class StreamPipe implements StreamOwner {
  readonly #port: StreamPort;
  /** What waits to go out on each. */
  readonly #sides: readonly [Side, Side];
  #isOver = false;

  constructor(port: StreamPort, pool: ChunkPool) {
    this.#port = port;
    const side = (): Side => ({
      id: NO_ID,
      queue: new ChunkQueue(pool),
      isEnded: false,
      isHeld: false,
    });
    this.#sides = [side(), side()];
  }

  join(a: Id, b: Id): void {
    this.#sides[0].id = a;
    this.#sides[1].id = b;
  }

  /** Ends both. What still comes is thrown away. */
  abort(): void {
    this.#isOver = true;
    for (const side of this.#sides) {
      side.queue.clear();
      if (side.id !== NO_ID) this.#port.abort(side.id);
    }
  }

  woken(): void {
    // The host offers and pulls.
  }

  opened(_nowUs: Micros, id: Id): void {
    this.#port.wake(this.#other(id).id);
  }

  receive(_nowUs: Micros, id: Id, bytes: Uint8Array, start: number, end: number): number {
    const out = this.#other(id);
    if (this.#isOver) return end - start;
    const room = Math.min(end - start, IO_CHUNK - out.queue.length);
    const taken = out.queue.push(bytes, start, start + room);
    if (taken < room) {
      // The root holds all it may hold: this is over, rather than stuck.
      this.abort();
      return end - start;
    }
    out.isHeld = taken < end - start;
    this.#port.wake(out.id);
    return taken;
  }

  ended(_nowUs: Micros, id: Id): void {
    const out = this.#other(id);
    out.isEnded = true;
    this.#port.wake(out.id);
  }

  transmit(_nowUs: Micros, id: Id, out: Uint8Array, start: number, end: number): number {
    const side = this.#side(id);
    const given = side.queue.pull(out, start, end);
    if (given > 0 && side.isHeld) this.#port.wake(this.#other(id).id);
    if (given > 0) return given;
    if (!side.isEnded) return 0;
    side.isEnded = false;
    return END;
  }

  closed(_nowUs: Micros, id: Id, cause: Cause): void {
    const side = this.#side(id);
    side.queue.clear();
    side.id = NO_ID;
    if (cause !== 'ended') this.abort();
  }

  #side(id: Id): Side {
    return this.#sides[0].id === id ? this.#sides[0] : this.#sides[1];
  }

  #other(id: Id): Side {
    return this.#sides[0].id === id ? this.#sides[1] : this.#sides[0];
  }
}
