import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  type DecipherGCM,
  type KeyObject,
} from 'node:crypto';
import { assert } from '../../base/assert.ts';
import { wipe } from '../../base/bytes.ts';
import { createNonce, hasNonce, setNonce } from '../nonce.ts';
import { isWithin } from '../range.ts';
import { AEAD_KEY_LEN, AEAD_TAG_LEN, type AeadKey } from '../suite.ts';

// For where ./openssl.ts does not answer. Most of the time is the context and the buffers that node:crypto allocates
// for each record (there is no way to give it any), so each makes as few calls as GCM needs: one update, one final,
// one tag.

const CIPHER = 'aes-256-gcm';
const OPTIONS: { readonly authTagLength: number } = Object.freeze({ authTagLength: AEAD_TAG_LEN });

/** AES-256-GCM (NIST SP 800-38D) by node:crypto. Copies the key. */
export function createNativeAead(key: Uint8Array): AeadKey {
  assert(key.length === AEAD_KEY_LEN, 'an AEAD key is 32 octets');
  return new NativeAead(createSecretKey(key));
}

class NativeAead implements AeadKey {
  readonly #nonce: Uint8Array = createNonce();
  #key: KeyObject | undefined;

  constructor(key: KeyObject) {
    this.#key = key;
  }

  seal(
    counter: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    out: Uint8Array,
    at: number,
    associated?: Uint8Array,
  ): number {
    const key = this.#key;
    assert(key !== undefined, 'a destroyed key seals nothing');
    assert(isWithin(bytes, start, end), 'what is sealed lies inside its array');
    setNonce(this.#nonce, counter);
    const cipher = createCipheriv(CIPHER, key, this.#nonce, OPTIONS);
    if (associated !== undefined) cipher.setAAD(associated);
    const length = end - start;
    if (length > 0) out.set(cipher.update(bytes.subarray(start, end)), at);
    cipher.final();
    out.set(cipher.getAuthTag(), at + length);
    return length + AEAD_TAG_LEN;
  }

  open(
    counter: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    out: Uint8Array,
    at: number,
    associated?: Uint8Array,
  ): number {
    const key = this.#key;
    assert(key !== undefined, 'a destroyed key opens nothing');
    const tagAt = end - AEAD_TAG_LEN;
    if (tagAt < start || !isWithin(bytes, start, end) || !hasNonce(counter)) return -1;
    setNonce(this.#nonce, counter);
    const decipher = createDecipheriv(CIPHER, key, this.#nonce, OPTIONS);
    if (associated !== undefined) decipher.setAAD(associated);
    decipher.setAuthTag(bytes.subarray(tagAt, end));
    if (tagAt === start) return isAuthentic(decipher) ? 0 : -1;
    const plain = decipher.update(bytes.subarray(start, tagAt));
    if (!isAuthentic(decipher)) {
      wipe(plain);
      return -1;
    }
    out.set(plain, at);
    return plain.length;
  }

  /** The octets themselves go when the runtime collects the key: node:crypto wipes them then. */
  destroy(): void {
    this.#key = undefined;
  }
}

function isAuthentic(decipher: DecipherGCM): boolean {
  try {
    decipher.final();
    return true;
  } catch {
    return false;
  }
}
