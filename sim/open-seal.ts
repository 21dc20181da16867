import { AEAD_TAG_LEN, type AeadKey, type Suite } from '#core/crypto/mod.ts';

/** The suite, but that nothing is sealed: what was to be hidden stands there. */
export function unsealed(suite: Suite): Suite {
  return { ...suite, aead: () => new OpenSeal() };
}

/** Leaves plaintext where the ciphertext should be, with a tag of zeros that it believes itself. */
export class OpenSeal implements AeadKey {
  seal(
    _counter: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    out: Uint8Array,
    at: number,
  ): number {
    out.set(bytes.subarray(start, end), at);
    out.fill(0, at + end - start, at + end - start + AEAD_TAG_LEN);
    return end - start + AEAD_TAG_LEN;
  }

  open(
    _counter: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    out: Uint8Array,
    at: number,
  ): number {
    if (end - start < AEAD_TAG_LEN) return -1;
    out.set(bytes.subarray(start, end - AEAD_TAG_LEN), at);
    return end - start - AEAD_TAG_LEN;
  }

  destroy(): void {
    // It has no key.
  }
}
