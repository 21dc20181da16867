import { createHash, createHmac, hash } from 'node:crypto';
import type { Suite } from '../suite.ts';
import { createNativeAead } from './aead.ts';
import { createNativeKemSecret, nativeEncapsulate } from './kem.ts';
import { plainBytes } from './octets.ts';
import { openOpenssl } from './openssl.ts';
import { createOpensslAead } from './openssl-aead.ts';
import { createNativeSigner, nativeVerify } from './sign.ts';

const SHA256 = 'sha256';

/**
 * The suite by node:crypto, which is OpenSSL: what a real node runs. Synchronous throughout: at these sizes a
 * trip through the thread pool costs more than the work.
 */
export function createNativeSuite(): Suite {
  const gcm = openOpenssl();
  return {
    backend: gcm === undefined ? 'node:crypto' : 'openssl',
    aead: gcm === undefined ? createNativeAead : (key) => createOpensslAead(gcm, key),
    hash: nativeHash,
    hmac: nativeHmac,
    kemSecret: createNativeKemSecret,
    encapsulate: nativeEncapsulate,
    signer: createNativeSigner,
    verify: nativeVerify,
  };
}

function nativeHash(...parts: readonly Uint8Array[]): Uint8Array {
  const only = parts[0];
  if (parts.length === 1 && only !== undefined) return plainBytes(hash(SHA256, only, 'buffer'));
  const state = createHash(SHA256);
  for (const part of parts) state.update(part);
  return plainBytes(state.digest());
}

function nativeHmac(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  const state = createHmac(SHA256, key);
  for (const part of parts) state.update(part);
  return plainBytes(state.digest());
}
