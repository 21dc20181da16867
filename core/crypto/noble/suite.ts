import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import type { Suite } from '../suite.ts';
import { createNobleAead } from './aead.ts';
import { createNobleKemSecret, nobleEncapsulate } from './kem.ts';
import { createNobleSigner, nobleVerify } from './sign.ts';

/**
 * The suite in plain TypeScript: no operating system, no clock, no randomness but what `encapsulate` is given
 * (importing the curve library draws 16 octets once, to see whether it could; nothing depends on them). The
 * same inputs give the same octets everywhere. Slow, and its timing may depend on secrets: for simulation
 * and for checking the native suite, not for a node on a network.
 */
export function createNobleSuite(): Suite {
  return {
    backend: 'noble',
    aead: createNobleAead,
    hash: nobleHash,
    hmac: nobleHmac,
    kemSecret: createNobleKemSecret,
    encapsulate: nobleEncapsulate,
    signer: createNobleSigner,
    verify: nobleVerify,
  };
}

function nobleHash(...parts: readonly Uint8Array[]): Uint8Array {
  const state = sha256.create();
  for (const part of parts) state.update(part);
  return state.digest();
}

function nobleHmac(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  const state = hmac.create(sha256, key);
  for (const part of parts) state.update(part);
  return state.digest();
}
