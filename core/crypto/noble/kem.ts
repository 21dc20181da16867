import { x25519 } from '@noble/curves/ed25519.js';
import { sha3_256, shake256 } from '@noble/hashes/sha3.js';
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import type { Random } from '#core/host/mod.ts';
import { assert } from '../../base/assert.ts';
import { concatBytes, wipe } from '../../base/bytes.ts';
import { KEM_CIPHERTEXT_LEN, KEM_PUBLIC_LEN, KEM_SEED_LEN, type KemSecret } from '../suite.ts';
import {
  combinerInput,
  ENCAPSULATION_SEED_LEN,
  EXPANDED_SEED_LEN,
  MLKEM_CIPHERTEXT_LEN,
  MLKEM_COINS_LEN,
  MLKEM_PUBLIC_LEN,
  MLKEM_SEED_LEN,
  X25519_LEN,
} from '../xwing.ts';

/** The key pair of a 32-octet seed (X-Wing, GenerateKeyPairDerand). Keeps no reference to the seed. */
export function createNobleKemSecret(seed: Uint8Array): KemSecret {
  assert(seed.length === KEM_SEED_LEN, 'a KEM seed is 32 octets');
  const expanded = shake256(seed, { dkLen: EXPANDED_SEED_LEN });
  const mlkem = ml_kem768.keygen(expanded.subarray(0, MLKEM_SEED_LEN));
  const scalar = expanded.slice(MLKEM_SEED_LEN);
  wipe(expanded);
  const publicKey = concatBytes(mlkem.publicKey, x25519Public(scalar));
  return new NobleKemSecret(publicKey, mlkem.secretKey, scalar);
}

/** EncapsulateDerand of X-Wing with 64 octets drawn from `random`; undefined when ML-KEM refuses the key. */
export function nobleEncapsulate(
  publicKey: Uint8Array,
  random: Random,
): { readonly ciphertext: Uint8Array; readonly shared: Uint8Array } | undefined {
  if (publicKey.length !== KEM_PUBLIC_LEN) return undefined;
  const seed = new Uint8Array(ENCAPSULATION_SEED_LEN);
  random.fill(seed);
  const coins = seed.subarray(0, MLKEM_COINS_LEN);
  const scalar = seed.subarray(MLKEM_COINS_LEN);
  const mlkem = nobleMlkemEncapsulate(publicKey.subarray(0, MLKEM_PUBLIC_LEN), coins);
  if (mlkem === undefined) {
    wipe(seed);
    return undefined;
  }
  const theirs = publicKey.subarray(MLKEM_PUBLIC_LEN);
  const ephemeral = x25519Public(scalar);
  const agreed = agree(scalar, theirs);
  const shared = combine(mlkem.shared, agreed, ephemeral, theirs);
  wipe(seed);
  return { ciphertext: concatBytes(mlkem.ciphertext, ephemeral), shared };
}

class NobleKemSecret implements KemSecret {
  readonly publicKey: Uint8Array;
  readonly #mlkem: Uint8Array;
  readonly #scalar: Uint8Array;
  readonly #x25519Public: Uint8Array;
  #isAlive = true;

  constructor(publicKey: Uint8Array, mlkem: Uint8Array, scalar: Uint8Array) {
    this.publicKey = publicKey;
    this.#mlkem = mlkem;
    this.#scalar = scalar;
    this.#x25519Public = publicKey.slice(MLKEM_PUBLIC_LEN);
  }

  decapsulate(ciphertext: Uint8Array): Uint8Array | undefined {
    assert(this.#isAlive, 'a destroyed secret decapsulates nothing');
    if (ciphertext.length !== KEM_CIPHERTEXT_LEN) return undefined;
    const ephemeral = ciphertext.subarray(MLKEM_CIPHERTEXT_LEN);
    const mlkemShared = ml_kem768.decapsulate(
      ciphertext.subarray(0, MLKEM_CIPHERTEXT_LEN),
      this.#mlkem,
    );
    const agreed = agree(this.#scalar, ephemeral);
    return combine(mlkemShared, agreed, ephemeral, this.#x25519Public);
  }

  destroy(): void {
    this.#isAlive = false;
    wipe(this.#mlkem);
    wipe(this.#scalar);
  }
}

/** ML-KEM's Encapsulate from 32 octets of coins; undefined when it refuses the key. */
export function nobleMlkemEncapsulate(
  publicKey: Uint8Array,
  coins: Uint8Array,
): { readonly ciphertext: Uint8Array; readonly shared: Uint8Array } | undefined {
  try {
    const { cipherText, sharedSecret } = ml_kem768.encapsulate(publicKey, coins);
    return { ciphertext: cipherText, shared: sharedSecret };
  } catch {
    return undefined; // the modulus check of FIPS 203, 7.2: the only refusal left for 1184 octets
  }
}

/**
 * The public half of a scalar (RFC 7748, 6.1), by the general multiplication: the library's shortcut for the
 * base point blinds the scalar with octets from the operating system.
 */
function x25519Public(scalar: Uint8Array): Uint8Array {
  return x25519.scalarMult(scalar, x25519.GuBytes);
}

/**
 * X25519 (RFC 7748). A point of low order agrees on zero octets, which X-Wing admits: the ML-KEM half still
 * keeps the secret. The library throws there, and, for inputs of the right length, only there.
 */
function agree(scalar: Uint8Array, theirs: Uint8Array): Uint8Array {
  try {
    return x25519.getSharedSecret(scalar, theirs);
  } catch {
    return new Uint8Array(X25519_LEN);
  }
}

/** Hashes both secrets into one and wipes them. */
function combine(
  mlkemShared: Uint8Array,
  agreed: Uint8Array,
  ephemeral: Uint8Array,
  theirs: Uint8Array,
): Uint8Array {
  const input = combinerInput(mlkemShared, agreed, ephemeral, theirs);
  const shared = sha3_256(input);
  wipe(input);
  wipe(mlkemShared);
  wipe(agreed);
  return shared;
}
