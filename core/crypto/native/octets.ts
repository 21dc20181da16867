import type { KeyObject } from 'node:crypto';

// What node:crypto answers, as the rest of the code expects it: plain Uint8Arrays, and keys from raw octets.

/**
 * The same octets without the Buffer class on top, whose `slice` shares memory where Uint8Array's copies.
 * Takes over the memory; copies nothing.
 */
export function plainBytes(buffer: Uint8Array): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}

/** The raw public key of a public KeyObject. */
export function rawPublic(key: KeyObject): Uint8Array {
  return plainBytes(key.export({ format: 'raw-public' }));
}
