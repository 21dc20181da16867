import { ed25519 } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { assert } from '../../base/assert.ts';
import { concatBytes, equalBytes, wipe } from '../../base/bytes.ts';
import { SIGN_PUBLIC_LEN, SIGN_SEED_LEN, SIGNATURE_LEN, type Signer } from '../suite.ts';

// Ed25519 (RFC 8032) spelled out over the library's curve arithmetic, for two reasons. The library's signing
// blinds its scalars with octets from the operating system, which a deterministic world must not touch. And its
// verification multiplies by the cofactor, so it accepts signatures that the shipped backend refuses; a
// simulator that believes what a real node does not is worthless. Hence the shipped rule: S below the group
// order, neither A nor R of small order (such a key would sign every message), and the encoding of [S]B - [k]A
// equal to R, octet for octet.

const { Point } = ed25519;
const ORDER: bigint = Point.Fn.ORDER;
const HALF = 32;

/** The signer of a 32-octet seed (RFC 8032, 5.1.5). Keeps no reference to the seed. */
export function createNobleSigner(seed: Uint8Array): Signer {
  assert(seed.length === SIGN_SEED_LEN, 'a signing seed is 32 octets');
  const expanded = sha512(seed);
  const scalar = expanded.subarray(0, HALF);
  scalar[0] = (scalar[0] as number) & 0xf8;
  scalar[31] = ((scalar[31] as number) & 0x7f) | 0x40;
  return new NobleSigner(expanded);
}

/** RFC 8032, 5.1.7, without the cofactor. False for anything malformed. */
export function nobleVerify(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (publicKey.length !== SIGN_PUBLIC_LEN || signature.length !== SIGNATURE_LEN) return false;
  const r = signature.subarray(0, HALF);
  const s = littleEndian(signature.subarray(HALF));
  if (s >= ORDER) return false;
  const key = decodePoint(publicKey);
  if (key === undefined || key.isSmallOrder()) return false;
  const k = hashToScalar(r, publicKey, message);
  const expected = Point.BASE.multiplyUnsafe(s).subtract(key.multiplyUnsafe(k));
  return !expected.isSmallOrder() && equalBytes(expected.toBytes(), r);
}

class NobleSigner implements Signer {
  readonly publicKey: Uint8Array;
  /** The clamped scalar, then the prefix of RFC 8032, 5.1.6. */
  readonly #expanded: Uint8Array;
  #isAlive = true;

  constructor(expanded: Uint8Array) {
    this.#expanded = expanded;
    this.publicKey = Point.BASE.multiplyUnsafe(this.#scalar()).toBytes();
  }

  /** RFC 8032, 5.1.6. */
  sign(message: Uint8Array): Uint8Array {
    assert(this.#isAlive, 'a destroyed signer signs nothing');
    const nonce = hashToScalar(this.#expanded.subarray(HALF), message);
    const r = Point.BASE.multiplyUnsafe(nonce).toBytes();
    const k = hashToScalar(r, this.publicKey, message);
    return concatBytes(r, Point.Fn.toBytes((nonce + k * this.#scalar()) % ORDER));
  }

  destroy(): void {
    this.#isAlive = false;
    wipe(this.#expanded);
  }

  #scalar(): bigint {
    return littleEndian(this.#expanded.subarray(0, HALF)) % ORDER;
  }
}

function hashToScalar(...parts: readonly Uint8Array[]): bigint {
  return littleEndian(sha512(concatBytes(...parts))) % ORDER;
}

/** RFC 8032, 5.1.3, but taking coordinates from 2^255 - 19 up and -0 as the shipped backend does. */
function decodePoint(bytes: Uint8Array): InstanceType<typeof Point> | undefined {
  try {
    return Point.fromBytes(bytes, true);
  } catch {
    return undefined;
  }
}

function littleEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] as number);
  return value;
}
