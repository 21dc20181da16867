import type { Random } from '#core/host/mod.ts';

// The cryptographic suite behind one interface: X-Wing, AES-256-GCM, SHA-256, Ed25519. One suite, pinned in
// every node's statement, so that nothing is negotiated and nothing can be downgraded. Three backends answer
// with the same octets: `native/` (OpenSSL, called directly or by node:crypto; shipped), `seeded/` (native, but for the
// coins of ML-KEM; simulated worlds) and `noble/` (pure; the cross-check). Nothing here throws for what a peer sent.

export const SUITE_ID = 1;
export const AEAD_KEY_LEN = 32;
export const AEAD_TAG_LEN = 16;
export const HASH_LEN = 32;
export const KEM_SEED_LEN = 32;
export const KEM_PUBLIC_LEN = 1216;
export const KEM_CIPHERTEXT_LEN = 1120;
export const KEM_SHARED_LEN = 32;
export const SIGN_SEED_LEN = 32;
export const SIGN_PUBLIC_LEN = 32;
export const SIGNATURE_LEN = 64;

/** AES-256-GCM under one key (NIST SP 800-38D). The nonce is 4 zero octets and the counter, big-endian. */
export interface AeadKey {
  /**
   * At most AEAD_OCTETS_MAX at once, and AEAD_ASSOCIATED_MAX beside them.
   * Seals bytes[start, end) to `out` at `at`, tag behind it; answers octets written (end - start + 16).
   * May work in place (same array, at === start). A counter is never used twice; < 2^48.
   */
  seal(
    counter: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    out: Uint8Array,
    at: number,
    associated?: Uint8Array,
  ): number;
  /** Opens; answers octets of plaintext, or -1 when altered or shorter than a tag (`out` is then undefined). */
  open(
    counter: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    out: Uint8Array,
    at: number,
    associated?: Uint8Array,
  ): number;
  /** Forgets the key. Later calls are a bug. */
  destroy(): void;
}

/** X-Wing (MLKEM768-X25519, draft-irtf-cfrg-concrete-hybrid-kems; IANA HPKE 0x647A). */
export interface KemSecret {
  readonly publicKey: Uint8Array;
  /** The shared secret. Undefined only for a ciphertext of the wrong length: a wrong one yields another secret. */
  decapsulate(ciphertext: Uint8Array): Uint8Array | undefined;
  destroy(): void;
}

/** Ed25519 (RFC 8032), deterministic. */
export interface Signer {
  readonly publicKey: Uint8Array;
  sign(message: Uint8Array): Uint8Array;
  destroy(): void;
}

export interface Suite {
  readonly backend: string;
  /** Takes a copy of the key; the caller may wipe its own. */
  aead(key: Uint8Array): AeadKey;
  /** SHA-256 over the concatenation. */
  hash(...parts: readonly Uint8Array[]): Uint8Array;
  /** HMAC-SHA-256 (RFC 2104). */
  hmac(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array;
  /** Keys from a 32-octet seed; the same seed gives the same keys in every backend. */
  kemSecret(seed: Uint8Array): KemSecret;
  /**
   * A fresh secret for the owner of `publicKey`; undefined when that is not a valid key. All of it comes from
   * `random` in the seeded and the noble backend; the native one draws the ML-KEM part from the operating system
   * (it cannot be seeded).
   */
  encapsulate(
    publicKey: Uint8Array,
    random: Random,
  ): { readonly ciphertext: Uint8Array; readonly shared: Uint8Array } | undefined;
  signer(seed: Uint8Array): Signer;
  /** False for anything malformed. */
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
}
