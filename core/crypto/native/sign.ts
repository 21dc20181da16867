import {
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign as signWith,
  verify as verifyWith,
} from 'node:crypto';
import { assert } from '../../base/assert.ts';
import { SIGN_PUBLIC_LEN, SIGN_SEED_LEN, SIGNATURE_LEN, type Signer } from '../suite.ts';
import { plainBytes, rawPublic } from './octets.ts';

const ED25519 = 'ed25519';

/** The signer of a 32-octet seed (RFC 8032, 5.1.5). Copies the seed. */
export function createNativeSigner(seed: Uint8Array): Signer {
  assert(seed.length === SIGN_SEED_LEN, 'a signing seed is 32 octets');
  return new NativeSigner(
    createPrivateKey({ key: seed, format: 'raw-private', asymmetricKeyType: ED25519 }),
  );
}

/** RFC 8032, 5.1.7, without the cofactor (OpenSSL's rule). False for anything malformed. */
export function nativeVerify(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (publicKey.length !== SIGN_PUBLIC_LEN || signature.length !== SIGNATURE_LEN) return false;
  try {
    const key = createPublicKey({
      key: publicKey,
      format: 'raw-public',
      asymmetricKeyType: ED25519,
    });
    return verifyWith(null, message, key, signature);
  } catch {
    return false;
  }
}

class NativeSigner implements Signer {
  readonly publicKey: Uint8Array;
  #key: KeyObject | undefined;

  constructor(key: KeyObject) {
    this.#key = key;
    this.publicKey = rawPublic(createPublicKey(key));
  }

  sign(message: Uint8Array): Uint8Array {
    const key = this.#key;
    assert(key !== undefined, 'a destroyed signer signs nothing');
    return plainBytes(signWith(null, message, key));
  }

  /** The octets themselves go when the runtime collects the key. */
  destroy(): void {
    this.#key = undefined;
  }
}
