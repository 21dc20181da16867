import { asciiBytes, concatBytes } from '#core/base/bytes.ts';
import type { AeadKey, Suite } from '#core/crypto/mod.ts';

/** Octets of content in one record, at most (RFC 8446 section 5). */
export const RECORD_MAX = 16_384;
/** Header; content type and tag behind the content. */
export const HEADER_LEN = 5;
export const SEAL_LEN: number = 1 + 16;
export const RANDOM_LEN = 32;

/** Content types of records. */
export const CONTENT: { readonly alert: 21; readonly handshake: 22; readonly data: 23 } =
  Object.freeze({
    alert: 21,
    handshake: 22,
    data: 23,
  });

/** A record in the clear. */
export function clearRecord(type: number, content: Uint8Array): Uint8Array {
  return concatBytes(header(type, content.length), content);
}

/** One direction's sealing: real AES-256-GCM, with a key only this world can know. */
export class RecordSeal {
  readonly #key: AeadKey;
  #sequence = 0;

  constructor(
    suite: Suite,
    secret: string,
    direction: string,
    clientHello: Uint8Array,
    serverHello: Uint8Array,
  ) {
    const label = asciiBytes(`simulated tls ${direction} ${secret}`);
    this.#key = suite.aead(suite.hash(label, clientHello, serverHello));
  }

  /** The whole record. */
  seal(type: number, content: Uint8Array): Uint8Array {
    const end = HEADER_LEN + content.length + 1;
    const record = new Uint8Array(HEADER_LEN + content.length + SEAL_LEN);
    record.set(header(CONTENT.data, content.length + SEAL_LEN));
    record.set(content, HEADER_LEN);
    record[end - 1] = type;
    const front = record.subarray(0, HEADER_LEN);
    this.#key.seal(this.#sequence++, record, HEADER_LEN, end, record, HEADER_LEN, front);
    return record;
  }

  /** Type and content of a record, or undefined when it is not what the peer sealed next. */
  open(record: Uint8Array): { readonly type: number; readonly content: Uint8Array } | undefined {
    const last = record.length - HEADER_LEN - SEAL_LEN;
    if (last < 0) return undefined;
    const inner = new Uint8Array(last + 1);
    const front = record.subarray(0, HEADER_LEN);
    const opened = this.#key.open(
      this.#sequence++,
      record,
      HEADER_LEN,
      record.length,
      inner,
      0,
      front,
    );
    if (opened < 0) return undefined;
    return { type: inner[last] as number, content: inner.subarray(0, last) };
  }
}

function header(type: number, length: number): Uint8Array {
  return Uint8Array.of(type, 3, 3, length >> 8, length & 255);
}
