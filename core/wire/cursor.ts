import { assert } from '../base/assert.ts';

/**
 * Reads control messages, PROTOCOL §1. Running past the end makes it `short` and yields zeros: check once, at the
 * end.
 */
export class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;
  short = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** True when everything was read and nothing was missing. Decoders refuse trailing octets. */
  get complete(): boolean {
    return !this.short && this.#at === this.#bytes.length;
  }

  u8(): number {
    return this.#take(1) ? (this.#bytes[this.#at - 1] as number) : 0;
  }

  u32(): number {
    const high = (this.u8() << 8) | this.u8();
    return high * 0x1_0000 + ((this.u8() << 8) | this.u8());
  }

  /** A copy of the next `length` octets; zeros when they are not there. */
  octets(length: number): Uint8Array {
    return this.#take(length)
      ? this.#bytes.slice(this.#at - length, this.#at)
      : new Uint8Array(length);
  }

  #take(length: number): boolean {
    if (this.short || length > this.#bytes.length - this.#at) {
      this.short = true;
      return false;
    }
    this.#at += length;
    return true;
  }
}

/** Writes control messages of a length known beforehand. Big-endian throughout. */
export class Writer {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(length: number) {
    this.#bytes = new Uint8Array(length);
  }

  u8(value: number): this {
    this.#bytes[this.#at++] = value;
    return this;
  }

  u32(value: number): this {
    return this.u8(value >>> 24)
      .u8(value >>> 16)
      .u8(value >>> 8)
      .u8(value);
  }

  octets(bytes: Uint8Array): this {
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
    return this;
  }

  /** The message. It must have come out exactly as long as said. */
  done(): Uint8Array {
    assert(this.#at === this.#bytes.length, 'a message is as long as announced');
    return this.#bytes;
  }
}
