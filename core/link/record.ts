import { AEAD_TAG_LEN, KeyChain, type Suite } from '#core/crypto/mod.ts';
import { assert } from '../base/assert.ts';
import { RECORD_PAYLOAD_MAX } from '../base/limits.ts';
import type { Micros } from '../base/time.ts';

// PROTOCOL §5.1 and §5.2: one direction of a link as sealed records.
//
//   +----------------------+------------------------------------------+
//   | length, sealed  2+16 | type 1 | content 0..16384, sealed     +16 |
//   +----------------------+------------------------------------------+
//
// Both blocks are sealed under the direction's key with the counter as nonce: even for lengths, odd for
// bodies. The length counts type and content.

export const RECORD_DATA = 0;
export const RECORD_END = 1;
export const RECORD_REKEY = 2;
export const RECORD_INTRODUCTION = 3;
export const RECORD_PADDING = 4;

const KEY_LABEL = 'spn link key';

export const LENGTH_BLOCK_LEN: number = 2 + AEAD_TAG_LEN;
/** Where a record's content goes, counted from the start of the record. */
export const CONTENT_AT: number = LENGTH_BLOCK_LEN + 1;
export const RECORD_MAX: number = CONTENT_AT + RECORD_PAYLOAD_MAX + AEAD_TAG_LEN;
export const BODY_MAX: number = 1 + RECORD_PAYLOAD_MAX + AEAD_TAG_LEN;

/** Seals records in place. */
export class RecordSealer {
  readonly #chain: KeyChain;

  constructor(nowUs: Micros, suite: Suite, secret: Uint8Array) {
    this.#chain = new KeyChain(nowUs, suite, secret, KEY_LABEL);
  }

  /** When this key has served its time, or cannot take another full record; Infinity while it is unused. */
  get rekeyDueUs(): Micros {
    return this.#chain.dueUs(RECORD_MAX);
  }

  /** Seals the `length` octets that stand at `at + CONTENT_AT`; answers the length of the whole record. */
  seal(nowUs: Micros, type: number, out: Uint8Array, at: number, length: number): number {
    assert(length <= RECORD_PAYLOAD_MAX, 'content fits a record');
    const chain = this.#chain;
    const body = at + LENGTH_BLOCK_LEN;
    out[at] = (length + 1) >> 8;
    out[at + 1] = (length + 1) & 0xff;
    chain.key.seal(chain.counter, out, at, at + 2, out, at);
    out[body] = type;
    chain.key.seal(chain.counter + 1, out, body, body + 1 + length, out, body);
    chain.counter += 2;
    const total = CONTENT_AT + length + AEAD_TAG_LEN;
    chain.used(nowUs, total);
    if (type === RECORD_REKEY) chain.advance();
    return total;
  }

  destroy(): void {
    this.#chain.destroy();
  }
}

/** Why a record was not accepted. */
export type RecordReject =
  | 'length-forged'
  | 'length-invalid'
  | 'record-forged'
  | 'key-overdue'
  | 'rekey-flood';

/** Opens records, a block at a time: the length says how many octets the body block has. */
export class RecordOpener {
  readonly #chain: KeyChain;
  readonly #length = new Uint8Array(2);
  /** Set when a call answered -1. */
  reject: RecordReject = 'record-forged';

  constructor(nowUs: Micros, suite: Suite, secret: Uint8Array) {
    this.#chain = new KeyChain(nowUs, suite, secret, KEY_LABEL);
  }

  /** Octets of the body block that follows, tag included; -1 with `reject` set. */
  openLength(bytes: Uint8Array, at: number): number {
    const chain = this.#chain;
    if (chain.isOverdue) return this.#no('key-overdue');
    if (chain.key.open(chain.counter, bytes, at, at + LENGTH_BLOCK_LEN, this.#length, 0) < 0) {
      return this.#no('length-forged');
    }
    const length = ((this.#length[0] as number) << 8) | (this.#length[1] as number);
    if (length < 1 || length > RECORD_PAYLOAD_MAX + 1) return this.#no('length-invalid');
    return length + AEAD_TAG_LEN;
  }

  /** Opens a body block of `blockLen` octets into `out` (type first); answers content octets, or -1. */
  openBody(
    nowUs: Micros,
    bytes: Uint8Array,
    at: number,
    blockLen: number,
    out: Uint8Array,
  ): number {
    const chain = this.#chain;
    const opened = chain.key.open(chain.counter + 1, bytes, at, at + blockLen, out, 0);
    if (opened < 0) return this.#no('record-forged');
    chain.counter += 2;
    chain.used(nowUs, LENGTH_BLOCK_LEN + blockLen);
    if (out[0] === RECORD_REKEY) {
      if (!chain.mayAdvance(nowUs)) return this.#no('rekey-flood');
      chain.advance();
    }
    return opened - 1;
  }

  destroy(): void {
    this.#chain.destroy();
  }

  #no(reject: RecordReject): number {
    this.reject = reject;
    return -1;
  }
}
