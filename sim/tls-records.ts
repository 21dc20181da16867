import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';
import { concatBytes } from '#core/base/bytes.ts';

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

const TAG_LEN = 16;
const NONCE_LEN = 12;

/** A record in the clear. */
export function clearRecord(type: number, content: Uint8Array): Uint8Array {
  return concatBytes(header(type, content.length), content);
}

/** One direction's sealing: real AES-256-GCM, with a key only this world can know. */
export class RecordSeal {
  readonly #key: Uint8Array;
  #sequence = 0;

  constructor(secret: string, direction: string, clientHello: Uint8Array, serverHello: Uint8Array) {
    this.#key = createHash('sha256')
      .update(`simulated tls ${direction} ${secret}`)
      .update(clientHello)
      .update(serverHello)
      .digest();
  }

  /** The whole record. */
  seal(type: number, content: Uint8Array): Uint8Array {
    const front = header(CONTENT.data, content.length + SEAL_LEN);
    const cipher = createCipheriv('aes-256-gcm', this.#key, this.#nonce());
    cipher.setAAD(front);
    const sealed = cipher.update(concatBytes(content, Uint8Array.of(type)));
    cipher.final();
    return concatBytes(front, sealed, cipher.getAuthTag());
  }

  /** Type and content of a record, or undefined when it is not what the peer sealed next. */
  open(record: Uint8Array): { readonly type: number; readonly content: Uint8Array } | undefined {
    const end = record.length - TAG_LEN;
    if (end <= HEADER_LEN) return undefined;
    const decipher = createDecipheriv('aes-256-gcm', this.#key, this.#nonce());
    decipher.setAAD(record.subarray(0, HEADER_LEN));
    decipher.setAuthTag(record.subarray(end));
    const inner = decipher.update(record.subarray(HEADER_LEN, end));
    try {
      decipher.final();
    } catch {
      return undefined;
    }
    const last = inner.length - 1;
    return { type: inner[last] as number, content: inner.subarray(0, last) };
  }

  #nonce(): Uint8Array {
    const nonce = new Uint8Array(NONCE_LEN);
    new DataView(nonce.buffer).setFloat64(0, this.#sequence++);
    return nonce;
  }
}

function header(type: number, length: number): Uint8Array {
  return Uint8Array.of(type, 3, 3, length >> 8, length & 255);
}
