import { assert } from '../base/assert.ts';
import { DNS_MESSAGE_MAX } from '../base/limits.ts';

// RFC 1035 section 4.2.2, RFC 7766 section 8: length 2 | message

export const FRAME_HEAD_LEN = 2;

/** Writes a message with its length at `at`; answers where it ends. The caller has made sure of the room. */
export function writeFrame(message: Uint8Array, out: Uint8Array, at: number): number {
  assert(message.length <= 0xffff, 'a message of ours has a length');
  out[at] = message.length >> 8;
  out[at + 1] = message.length & 0xff;
  out.set(message, at + FRAME_HEAD_LEN);
  return at + FRAME_HEAD_LEN + message.length;
}

/** Cuts a stream into messages, however it comes in pieces. Holds at most one message that it accepts. */
export class FrameReader {
  /** A complete message; good until the next `offer`, and while what was offered is. */
  message: Uint8Array | undefined;
  /** The last `offer` met a message longer than DNS_MESSAGE_MAX: the next ones pass over it. */
  isTooLong = false;
  readonly #piece = new Uint8Array(DNS_MESSAGE_MAX);
  #head = 0;
  #headLen = 0;
  /** Octets of the present message still to come; of one too long, to be passed over. */
  #left = 0;
  #gathered = 0;
  #isSkipping = false;

  /** Inside a message: an end here cuts it. */
  get isInside(): boolean {
    return this.#headLen > 0;
  }

  /** Takes octets up to the end of the present message, at least one of those there are; answers how many. */
  offer(bytes: Uint8Array, start: number, end: number): number {
    this.message = undefined;
    this.isTooLong = false;
    let at = start;
    while (this.#headLen < FRAME_HEAD_LEN) {
      if (at === end) return at - start;
      this.#head = this.#head * 0x100 + (bytes[at++] as number);
      if (++this.#headLen === FRAME_HEAD_LEN) this.#begin();
    }
    if (this.isTooLong) return at - start;
    const taken = Math.min(this.#left, end - at);
    if (!this.#isSkipping) this.#gather(bytes, at, taken);
    this.#left -= taken;
    if (this.#left === 0) this.#finish(bytes, at + taken);
    return at + taken - start;
  }

  /** Forgets a message that never became complete. */
  reset(): void {
    this.message = undefined;
    this.isTooLong = false;
    this.#next();
  }

  #begin(): void {
    this.#left = this.#head;
    this.#isSkipping = this.#head > DNS_MESSAGE_MAX;
    this.isTooLong = this.#isSkipping;
  }

  /** Only what does not lie whole in the buffer offered is copied. */
  #gather(bytes: Uint8Array, at: number, taken: number): void {
    if (this.#gathered === 0 && taken === this.#left) return;
    this.#piece.set(bytes.subarray(at, at + taken), this.#gathered);
    this.#gathered += taken;
  }

  #finish(bytes: Uint8Array, end: number): void {
    if (!this.#isSkipping) {
      this.message =
        this.#gathered > 0
          ? this.#piece.subarray(0, this.#head)
          : bytes.subarray(end - this.#head, end);
    }
    this.#next();
  }

  #next(): void {
    this.#head = 0;
    this.#headLen = 0;
    this.#left = 0;
    this.#gathered = 0;
    this.#isSkipping = false;
  }
}
