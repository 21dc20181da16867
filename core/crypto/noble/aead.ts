import { gcm } from '@noble/ciphers/aes.js';
import { assert } from '../../base/assert.ts';
import { wipe } from '../../base/bytes.ts';
import { createNonce, hasNonce, setNonce } from '../nonce.ts';
import { isWithin } from '../range.ts';
import { AEAD_KEY_LEN, AEAD_TAG_LEN, type AeadKey } from '../suite.ts';

/** AES-256-GCM (NIST SP 800-38D) in plain TypeScript. Copies the key. */
export function createNobleAead(key: Uint8Array): AeadKey {
  assert(key.length === AEAD_KEY_LEN, 'an AEAD key is 32 octets');
  return new NobleAead(Uint8Array.from(key));
}

class NobleAead implements AeadKey {
  readonly #key: Uint8Array;
  readonly #nonce: Uint8Array = createNonce();
  #isAlive = true;

  constructor(key: Uint8Array) {
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
    const sealed = gcm(this.#key, this.#nonce, associated).encrypt(bytes.subarray(start, end));
    out.set(sealed, at);
    return sealed.length;
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
    if (end - start < AEAD_TAG_LEN || !isWithin(bytes, start, end)) return -1;
    if (!hasNonce(counter)) return -1;
    setNonce(this.#nonce, counter);
    const plain = this.#decrypt(bytes.subarray(start, end), associated);
    if (plain === undefined) return -1;
    out.set(plain, at);
    wipe(plain);
    return plain.length;
  }

  destroy(): void {
    this.#isAlive = false;
    wipe(this.#key);
  }

  #decrypt(sealed: Uint8Array, associated: Uint8Array | undefined): Uint8Array | undefined {
    try {
      return gcm(this.#key, this.#nonce, associated).decrypt(sealed);
    } catch {
      return undefined;
    }
  }
}
