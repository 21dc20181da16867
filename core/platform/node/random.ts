import { randomFillSync } from 'node:crypto';
import type { Random } from '#core/host/mod.ts';

/** Octets drawn from the operating system at once: a call costs about as much as this many octets. */
const POOL_LEN = 4096;

/** The operating system's CSPRNG. Small requests are cut from a pool, and wiped there when given out. */
export function systemRandom(): Random {
  const pool = new Uint8Array(POOL_LEN);
  let at = POOL_LEN;
  return {
    fill(bytes: Uint8Array): void {
      if (bytes.length > POOL_LEN / 8) {
        randomFillSync(bytes);
        return;
      }
      if (at + bytes.length > POOL_LEN) {
        randomFillSync(pool);
        at = 0;
      }
      const end = at + bytes.length;
      bytes.set(pool.subarray(at, end));
      pool.fill(0, at, end);
      at = end;
    },
  };
}
