import { BufferPool } from '#core/base/buffer-pool.ts';
import { IO_CHUNK } from '#core/base/limits.ts';

/** Free buffers kept: 4 MiB. More are made when many streams send at once, and left to the collector. */
const KEPT = 64;
/** Octets below which a piece is copied out, so that it does not hold a whole buffer until it is sent. */
const SMALL = 8 * 1024;

/**
 * The buffers of one host on their way out. The driver fills one at a time, so all streams fill the same one
 * until somebody's octets make it theirs; an idle stream costs none.
 */
export class SendBuffers {
  readonly #pool = new BufferPool(IO_CHUNK, KEPT);
  #filling: Uint8Array | undefined;

  /** Where the next octets go. Good until the next `take`. */
  lend(): Uint8Array {
    this.#filling ??= this.#pool.take();
    return this.#filling;
  }

  /** The first octets of what was lent, the caller's until `giveBack`. */
  take(length: number): Uint8Array {
    const filling = this.lend();
    if (length < SMALL) return Buffer.from(filling.subarray(0, length));
    this.#filling = undefined;
    return filling.subarray(0, length);
  }

  /** A copy of the first octets of what was lent, for those who cannot say when they are done with it. */
  copy(length: number): Buffer {
    const copy = Buffer.allocUnsafeSlow(length);
    copy.set(this.lend().subarray(0, length));
    return copy;
  }

  /** Only when nobody reads from it any more. */
  giveBack(bytes: Uint8Array): void {
    if (bytes.length >= SMALL && bytes.buffer.byteLength === IO_CHUNK)
      this.#pool.giveBack(new Uint8Array(bytes.buffer as ArrayBuffer));
  }
}
