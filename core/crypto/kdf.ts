import { assert } from '../base/assert.ts';
import { wipe } from '../base/bytes.ts';
import { HASH_LEN, type Suite } from './suite.ts';

// HKDF with SHA-256 (RFC 5869), over the suite's HMAC so that every backend derives the same keys.

const MAX_BLOCKS = 255;

/** HKDF-Extract (RFC 5869, 2.2): a 32-octet key. An empty salt stands for 32 zero octets. The caller wipes it. */
export function hkdfExtract(suite: Suite, salt: Uint8Array, ikm: Uint8Array): Uint8Array {
  return suite.hmac(salt, ikm);
}

/** HKDF-Expand (RFC 5869, 2.3): `length` octets, at most 255 * 32. The caller owns and wipes them. */
export function hkdfExpand(
  suite: Suite,
  prk: Uint8Array,
  info: Uint8Array,
  length: number,
): Uint8Array {
  assert(
    Number.isInteger(length) && length >= 0 && length <= MAX_BLOCKS * HASH_LEN,
    'HKDF-Expand yields at most 255 blocks',
  );
  const output = new Uint8Array(length);
  const index = new Uint8Array(1);
  let block: Uint8Array = new Uint8Array(0);
  for (let at = 0; at < length; at += HASH_LEN) {
    index[0] = at / HASH_LEN + 1;
    const next = suite.hmac(prk, block, info, index);
    wipe(block);
    block = next;
    output.set(block.subarray(0, Math.min(HASH_LEN, length - at)), at);
  }
  wipe(block);
  return output;
}
