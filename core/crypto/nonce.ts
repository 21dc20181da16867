import { assert } from '../base/assert.ts';

// The nonce of a record is its counter: nothing is drawn, nothing is sent, and a nonce repeats only if a
// counter does. The counter stays below 2^48, so that JavaScript numbers hold it exactly with room to spare.

const NONCE_LEN = 12;

const COUNTER_LIMIT = 0x1_0000_0000_0000;
const WORD = 0x1_0000_0000;

/** Whether a counter has a nonce: a whole number in [0, 2^48). */
export function hasNonce(counter: number): boolean {
  return Number.isInteger(counter) && counter >= 0 && counter < COUNTER_LIMIT;
}

/** A nonce for counter 0, to be set with `setNonce` before each use. */
export function createNonce(): Uint8Array {
  return new Uint8Array(NONCE_LEN);
}

/** Writes the counter, big-endian, to the last 8 octets; the first 4 (and, below 2^48, the next 2) stay zero. */
export function setNonce(nonce: Uint8Array, counter: number): void {
  assert(hasNonce(counter), 'a record counter is a whole number below 2^48');
  const high = Math.floor(counter / WORD);
  nonce[6] = high >>> 8;
  nonce[7] = high;
  nonce[8] = counter >>> 24;
  nonce[9] = counter >>> 16;
  nonce[10] = counter >>> 8;
  nonce[11] = counter;
}
