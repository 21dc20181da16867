import { assert } from '../../base/assert.ts';
import { wipe } from '../../base/bytes.ts';
import { AEAD_ASSOCIATED_MAX, AEAD_OCTETS_MAX } from '../../base/limits.ts';
import { createNonce, hasNonce, setNonce } from '../nonce.ts';
import { isWithin } from '../range.ts';
import { AEAD_KEY_LEN, AEAD_TAG_LEN, type AeadKey } from '../suite.ts';
import type { OpensslGcm } from './openssl.ts';

/** AES-256-GCM (NIST SP 800-38D) by one context of OpenSSL for all keys. Copies the key. */
export function createOpensslAead(gcm: OpensslGcm, key: Uint8Array): AeadKey {
  assert(key.length === AEAD_KEY_LEN, 'an AEAD key is 32 octets');
  // Not slice(): a Buffer's shares its memory.
  return new OpensslAead(gcm, Uint8Array.from(key));
}

class OpensslAead implements AeadKey {
  readonly #gcm: OpensslGcm;
  readonly #key: Uint8Array;
  readonly #nonce: Uint8Array = createNonce();
  #isAlive = true;

  constructor(gcm: OpensslGcm, key: Uint8Array) {
    this.#gcm = gcm;
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
    assert(this.#isAlive, 'a destroyed key seals nothing');
    assert(isWithin(bytes, start, end), 'what is sealed lies inside its array');
    setNonce(this.#nonce, counter);
    this.#gcm.seal(this.#key, this.#nonce, bytes, start, end, out, at, associated);
    return end - start + AEAD_TAG_LEN;
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
    assert(this.#isAlive, 'a destroyed key opens nothing');
    if (end - start < AEAD_TAG_LEN || !isWithin(bytes, start, end) || !hasNonce(counter)) return -1;
    if (end - start - AEAD_TAG_LEN > AEAD_OCTETS_MAX) return -1;
    if (associated !== undefined && associated.length > AEAD_ASSOCIATED_MAX) return -1;
    setNonce(this.#nonce, counter);
    const isAuthentic = this.#gcm.open(
      this.#key,
      this.#nonce,
      bytes,
      start,
      end,
      out,
      at,
      associated,
    );
    return isAuthentic ? end - start - AEAD_TAG_LEN : -1;
  }

  destroy(): void {
    this.#isAlive = false;
    wipe(this.#key);
    this.#gcm.forget();
  }
}
