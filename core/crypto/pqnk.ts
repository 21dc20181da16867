import type { Random } from '#core/host/mod.ts';
import { asciiBytes, concatBytes, wipe } from '../base/bytes.ts';
import { hkdfExpand, hkdfExtract } from './kdf.ts';
import {
  AEAD_TAG_LEN,
  type AeadKey,
  HASH_LEN,
  KEM_CIPHERTEXT_LEN,
  KEM_PUBLIC_LEN,
  KEM_SEED_LEN,
  type KemSecret,
  type Suite,
} from './suite.ts';

// pqNK of Post-Quantum Noise (Angel, Dowling, Huelsing, Schwabe, Weber, CCS 2022) with X-Wing for both KEMs:
//
//   <- s
//   ...
//   -> skem, e        ciphertext 1120 | ephemeral key 1216 | sealed payload
//   <- ekem           ciphertext 1120 | sealed payload
//
// Only the responder has a static key. The prologue, every key and every ciphertext are hashed in, which is
// what keeps X-Wing's combiner (it does not hash the ML-KEM half) from being misbound. PROTOCOL §3, §3.1.

/** 30 octets, zero-padded to the hash length as Noise section 5.2 says. */
const PROTOCOL_NAME = 'Noise_pqNK_XWing_AESGCM_SHA256';

export const PQNK_FIRST_LEN: number = KEM_CIPHERTEXT_LEN + KEM_PUBLIC_LEN + AEAD_TAG_LEN;
export const PQNK_SECOND_LEN: number = KEM_CIPHERTEXT_LEN + AEAD_TAG_LEN;

/** What both ends hold afterwards. Each secret is 32 octets; the owner wipes it. */
export type PqnkResult = {
  readonly initiatorSecret: Uint8Array;
  readonly responderSecret: Uint8Array;
  /** Names this session and no other: what an introduction signs (Noise section 11.2). Not secret. */
  readonly transcript: Uint8Array;
};

/** The end that knows the other's static key. One use. */
export class PqnkInitiator {
  readonly #suite: Suite;
  readonly #symmetric: SymmetricState;
  readonly #responderKey: Uint8Array;
  #ephemeral: KemSecret | undefined;

  constructor(suite: Suite, responderKey: Uint8Array, prologue: Uint8Array) {
    this.#suite = suite;
    this.#responderKey = responderKey;
    this.#symmetric = new SymmetricState(suite, prologue, responderKey);
  }

  /** The first message with its payload sealed, or undefined when the responder's key is not a key. */
  writeFirst(random: Random, payload: Uint8Array): Uint8Array | undefined {
    const toStatic = this.#suite.encapsulate(this.#responderKey, random);
    if (toStatic === undefined) return undefined;
    const seed = new Uint8Array(KEM_SEED_LEN);
    random.fill(seed);
    this.#ephemeral = this.#suite.kemSecret(seed);
    wipe(seed);
    const ciphertext = this.#symmetric.encryptAndHash(toStatic.ciphertext);
    this.#symmetric.mixKeyAndHash(toStatic.shared);
    this.#symmetric.mixHash(this.#ephemeral.publicKey);
    return concatBytes(
      ciphertext,
      this.#ephemeral.publicKey,
      this.#symmetric.encryptAndHash(payload),
    );
  }

  /** The second message's payload and the keys, or undefined when the message is not the responder's. */
  readSecond(
    message: Uint8Array,
  ): { readonly payload: Uint8Array; readonly result: PqnkResult } | undefined {
    const ephemeral = this.#ephemeral;
    if (ephemeral === undefined || message.length < PQNK_SECOND_LEN) return undefined;
    const ciphertext = message.subarray(0, KEM_CIPHERTEXT_LEN);
    const shared = ephemeral.decapsulate(ciphertext);
    this.#forgetEphemeral();
    if (shared === undefined) return undefined;
    this.#symmetric.mixHash(ciphertext);
    this.#symmetric.mixKey(shared);
    const payload = this.#symmetric.decryptAndHash(message.subarray(KEM_CIPHERTEXT_LEN));
    return payload === undefined ? undefined : { payload, result: this.#symmetric.split() };
  }

  /** Forgets every secret. Safe to call at any time. */
  destroy(): void {
    this.#forgetEphemeral();
    this.#symmetric.destroy();
  }

  #forgetEphemeral(): void {
    this.#ephemeral?.destroy();
    this.#ephemeral = undefined;
  }
}

/** The end with the static key. One use. */
export class PqnkResponder {
  readonly #suite: Suite;
  readonly #static: KemSecret;
  readonly #symmetric: SymmetricState;
  #initiatorKey: Uint8Array | undefined;

  constructor(suite: Suite, staticSecret: KemSecret, prologue: Uint8Array) {
    this.#suite = suite;
    this.#static = staticSecret;
    this.#symmetric = new SymmetricState(suite, prologue, staticSecret.publicKey);
  }

  /** The first message's payload, or undefined when it was not made for this key and prologue. */
  readFirst(message: Uint8Array): Uint8Array | undefined {
    if (message.length < PQNK_FIRST_LEN) return undefined;
    const ciphertext = message.subarray(0, KEM_CIPHERTEXT_LEN);
    const shared = this.#static.decapsulate(ciphertext);
    if (shared === undefined) return undefined;
    this.#symmetric.mixHash(ciphertext);
    this.#symmetric.mixKeyAndHash(shared);
    this.#initiatorKey = message.slice(KEM_CIPHERTEXT_LEN, KEM_CIPHERTEXT_LEN + KEM_PUBLIC_LEN);
    this.#symmetric.mixHash(this.#initiatorKey);
    return this.#symmetric.decryptAndHash(message.subarray(KEM_CIPHERTEXT_LEN + KEM_PUBLIC_LEN));
  }

  /** The second message and the keys, or undefined when the initiator's ephemeral key is not a key. */
  writeSecond(
    random: Random,
    payload: Uint8Array,
  ): { readonly message: Uint8Array; readonly result: PqnkResult } | undefined {
    if (this.#initiatorKey === undefined) return undefined;
    const toEphemeral = this.#suite.encapsulate(this.#initiatorKey, random);
    if (toEphemeral === undefined) return undefined;
    this.#symmetric.mixHash(toEphemeral.ciphertext);
    this.#symmetric.mixKey(toEphemeral.shared);
    const sealed = this.#symmetric.encryptAndHash(payload);
    return {
      message: concatBytes(toEphemeral.ciphertext, sealed),
      result: this.#symmetric.split(),
    };
  }

  /** Forgets every secret of a handshake that goes no further. Safe to call at any time. */
  destroy(): void {
    this.#symmetric.destroy();
  }
}

/** Noise section 5.2, in its own words. Secrets handed in are wiped. */
class SymmetricState {
  readonly #suite: Suite;
  /** One array from first to last: what is wiped in the end is all there ever was. */
  readonly #chainingKey: Uint8Array;
  #hash: Uint8Array;
  #key: AeadKey | undefined;
  #nonce = 0;

  constructor(suite: Suite, prologue: Uint8Array, responderKey: Uint8Array) {
    this.#suite = suite;
    this.#hash = new Uint8Array(HASH_LEN);
    this.#hash.set(asciiBytes(PROTOCOL_NAME));
    this.#chainingKey = this.#hash.slice();
    this.mixHash(prologue);
    this.mixHash(responderKey);
  }

  mixHash(data: Uint8Array): void {
    this.#hash = this.#suite.hash(this.#hash, data);
  }

  mixKey(shared: Uint8Array): void {
    const output = this.#hkdf(shared, 2);
    this.#setKey(output.subarray(HASH_LEN));
    wipe(output);
  }

  mixKeyAndHash(shared: Uint8Array): void {
    const output = this.#hkdf(shared, 3);
    this.mixHash(output.subarray(HASH_LEN, 2 * HASH_LEN));
    this.#setKey(output.subarray(2 * HASH_LEN));
    wipe(output);
  }

  encryptAndHash(plaintext: Uint8Array): Uint8Array {
    if (this.#key === undefined) {
      this.mixHash(plaintext);
      return plaintext;
    }
    const sealed = new Uint8Array(plaintext.length + AEAD_TAG_LEN);
    this.#key.seal(this.#nonce++, plaintext, 0, plaintext.length, sealed, 0, this.#hash);
    this.mixHash(sealed);
    return sealed;
  }

  decryptAndHash(sealed: Uint8Array): Uint8Array | undefined {
    if (this.#key === undefined || sealed.length < AEAD_TAG_LEN) return undefined;
    const plaintext = new Uint8Array(sealed.length - AEAD_TAG_LEN);
    if (this.#key.open(this.#nonce++, sealed, 0, sealed.length, plaintext, 0, this.#hash) < 0) {
      return undefined;
    }
    this.mixHash(sealed);
    return plaintext;
  }

  /** Ends the handshake: no more messages under this state. */
  split(): PqnkResult {
    const output = this.#hkdf(new Uint8Array(0), 2);
    this.destroy();
    const result = {
      initiatorSecret: output.slice(0, HASH_LEN),
      responderSecret: output.slice(HASH_LEN),
      transcript: this.#hash,
    };
    wipe(output);
    return result;
  }

  destroy(): void {
    this.#key?.destroy();
    this.#key = undefined;
    wipe(this.#chainingKey);
  }

  /** Chains: the first 32 octets become the chaining key, the caller uses the rest. Wipes its input. */
  #hkdf(input: Uint8Array, outputs: number): Uint8Array {
    const extracted = hkdfExtract(this.#suite, this.#chainingKey, input);
    const output = hkdfExpand(this.#suite, extracted, new Uint8Array(0), outputs * HASH_LEN);
    wipe(extracted);
    wipe(input);
    this.#chainingKey.set(output.subarray(0, HASH_LEN));
    return output;
  }

  #setKey(key: Uint8Array): void {
    this.#key?.destroy();
    this.#key = this.#suite.aead(key);
    this.#nonce = 0;
  }
}
