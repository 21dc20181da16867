import type { Random } from '#core/host/mod.ts';
import { wipe } from '../../base/bytes.ts';
import { createNativeSuite, type Encapsulated, encapsulateBeside } from '../native/mod.ts';
import { nobleMlkemEncapsulate } from '../noble/mod.ts';
import { KEM_PUBLIC_LEN, type Suite } from '../suite.ts';
import { ENCAPSULATION_SEED_LEN, MLKEM_COINS_LEN, MLKEM_PUBLIC_LEN } from '../xwing.ts';

/**
 * The suite of the simulator: a world replayed from its seed must draw every octet from that seed. All of the
 * native suite is a function of its inputs except one operation: OpenSSL's ML-KEM encapsulation takes its
 * coins from the operating system. So ML-KEM's half of that is the pure backend's, and the rest keeps native speed.
 */
export function createSeededSuite(): Suite {
  return { ...createNativeSuite(), backend: 'seeded', encapsulate: seededEncapsulate };
}

/** EncapsulateDerand of X-Wing with 64 octets drawn from `random`; undefined when ML-KEM refuses the key. */
function seededEncapsulate(publicKey: Uint8Array, random: Random): Encapsulated | undefined {
  if (publicKey.length !== KEM_PUBLIC_LEN) return undefined;
  const seed = new Uint8Array(ENCAPSULATION_SEED_LEN);
  random.fill(seed);
  const coins = seed.subarray(0, MLKEM_COINS_LEN);
  const mlkem = nobleMlkemEncapsulate(publicKey.subarray(0, MLKEM_PUBLIC_LEN), coins);
  const scalar = seed.slice(MLKEM_COINS_LEN);
  wipe(seed);
  return (
    mlkem &&
    encapsulateBeside(
      { ciphertext: mlkem.cipherText, shared: mlkem.sharedSecret },
      publicKey,
      scalar,
    )
  );
}
