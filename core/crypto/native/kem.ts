import {
  createPrivateKey,
  createPublicKey,
  decapsulate,
  diffieHellman,
  encapsulate,
  hash,
  type KeyObject,
} from 'node:crypto';
import type { Random } from '#core/host/mod.ts';
import { assert } from '../../base/assert.ts';
import { concatBytes, wipe } from '../../base/bytes.ts';
import { KEM_CIPHERTEXT_LEN, KEM_PUBLIC_LEN, KEM_SEED_LEN, type KemSecret } from '../suite.ts';
import {
  combinerInput,
  EXPANDED_SEED_LEN,
  MLKEM_CIPHERTEXT_LEN,
  MLKEM_PUBLIC_LEN,
  MLKEM_SEED_LEN,
  X25519_LEN,
} from '../xwing.ts';
import { plainBytes, rawPublic } from './octets.ts';

const MLKEM = 'ml-kem-768';
const X25519 = 'x25519';
const SHAKE_OUTPUT: { readonly outputEncoding: 'buffer'; readonly outputLength: number } =
  Object.freeze({
    outputEncoding: 'buffer',
    outputLength: EXPANDED_SEED_LEN,
  });

/** The key pair of a 32-octet seed (X-Wing, GenerateKeyPairDerand). Keeps no reference to the seed. */
export function createNativeKemSecret(seed: Uint8Array): KemSecret {
  assert(seed.length === KEM_SEED_LEN, 'a KEM seed is 32 octets');
  const expanded = hash('shake256', seed, SHAKE_OUTPUT);
  const mlkem = createPrivateKey({
    key: expanded.subarray(0, MLKEM_SEED_LEN),
    format: 'raw-seed',
    asymmetricKeyType: MLKEM,
  });
  const scalar = importScalar(expanded.subarray(MLKEM_SEED_LEN));
  wipe(expanded);
  const publicKey = concatBytes(
    rawPublic(createPublicKey(mlkem)),
    rawPublic(createPublicKey(scalar)),
  );
  return new NativeKemSecret(publicKey, mlkem, scalar);
}

/** What ML-KEM sends and what both ends then know. */
export type Encapsulated = { readonly ciphertext: Uint8Array; readonly shared: Uint8Array };

/**
 * X-Wing's Encapsulate; undefined when ML-KEM refuses the key. The 32 octets of the X25519 half come from
 * `random`; ML-KEM's coins come from the operating system, because node:crypto takes none.
 */
export function nativeEncapsulate(publicKey: Uint8Array, random: Random): Encapsulated | undefined {
  if (publicKey.length !== KEM_PUBLIC_LEN) return undefined;
  const mlkemPublic = importMlkemPublic(publicKey.subarray(0, MLKEM_PUBLIC_LEN));
  if (mlkemPublic === undefined) return undefined;
  const seed = new Uint8Array(X25519_LEN);
  random.fill(seed);
  const { ciphertext, sharedKey } = encapsulate(mlkemPublic);
  return encapsulateBeside({ ciphertext, shared: sharedKey }, publicKey, seed);
}

/** Adds the X25519 half, from a scalar, to that of ML-KEM. Wipes both secrets. */
export function encapsulateBeside(
  mlkem: Encapsulated,
  publicKey: Uint8Array,
  scalar: Uint8Array,
): Encapsulated {
  const theirs = publicKey.subarray(MLKEM_PUBLIC_LEN);
  const key = importScalar(scalar);
  wipe(scalar);
  const ephemeral = rawPublic(createPublicKey(key));
  const shared = combine(mlkem.shared, agree(key, theirs), ephemeral, theirs);
  return { ciphertext: concatBytes(mlkem.ciphertext, ephemeral), shared };
}

class NativeKemSecret implements KemSecret {
  readonly publicKey: Uint8Array;
  readonly #x25519Public: Uint8Array;
  #mlkem: KeyObject | undefined;
  #scalar: KeyObject | undefined;

  constructor(publicKey: Uint8Array, mlkem: KeyObject, scalar: KeyObject) {
    this.publicKey = publicKey;
    this.#x25519Public = publicKey.slice(MLKEM_PUBLIC_LEN);
    this.#mlkem = mlkem;
    this.#scalar = scalar;
  }

  decapsulate(ciphertext: Uint8Array): Uint8Array | undefined {
    const mlkem = this.#mlkem;
    const scalar = this.#scalar;
    assert(mlkem !== undefined && scalar !== undefined, 'a destroyed secret decapsulates nothing');
    if (ciphertext.length !== KEM_CIPHERTEXT_LEN) return undefined;
    const ephemeral = ciphertext.subarray(MLKEM_CIPHERTEXT_LEN);
    const mlkemShared = decapsulate(mlkem, ciphertext.subarray(0, MLKEM_CIPHERTEXT_LEN));
    return combine(mlkemShared, agree(scalar, ephemeral), ephemeral, this.#x25519Public);
  }

  /** The octets themselves go when the runtime collects the keys. */
  destroy(): void {
    this.#mlkem = undefined;
    this.#scalar = undefined;
  }
}

function importScalar(octets: Uint8Array): KeyObject {
  return createPrivateKey({ key: octets, format: 'raw-private', asymmetricKeyType: X25519 });
}

function importMlkemPublic(octets: Uint8Array): KeyObject | undefined {
  try {
    return createPublicKey({ key: octets, format: 'raw-public', asymmetricKeyType: MLKEM });
  } catch {
    return undefined; // the modulus check of FIPS 203, 7.2: the only refusal left for 1184 octets
  }
}

/**
 * X25519 (RFC 7748). A point of low order agrees on zero octets, which X-Wing admits: the ML-KEM half still
 * keeps the secret. OpenSSL refuses there, and, for inputs of the right length, only there.
 */
function agree(scalar: KeyObject, theirs: Uint8Array): Uint8Array {
  const publicKey = createPublicKey({
    key: theirs,
    format: 'raw-public',
    asymmetricKeyType: X25519,
  });
  try {
    return diffieHellman({ privateKey: scalar, publicKey });
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
  const shared = plainBytes(hash('sha3-256', input, 'buffer'));
  wipe(input);
  wipe(mlkemShared);
  wipe(agreed);
  return shared;
}
