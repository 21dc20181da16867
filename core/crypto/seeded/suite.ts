import type { Random } from '#core/host/mod.ts';
import { wipe } from '../../base/bytes.ts';
import { createNativeSuite, type Encapsulated, encapsulateBeside } from '../native/mod.ts';
import { nobleMlkemEncapsulate } from '../noble/mod.ts';
import { KEM_PUBLIC_LEN, type Suite } from '../suite.ts';
import { ENCAPSULATION_SEED_LEN, MLKEM_COINS_LEN, MLKEM_PUBLIC_LEN } from '../xwing.ts';
import { type MlkemEncapsulate, openOpensslMlkem } from './openssl-mlkem.ts';

/**
 * The suite of the simulator: a world replayed from its seed must draw every octet from that seed. All of the
 * native suite is a function of its inputs except one operation: node:crypto's ML-KEM encapsulation takes its coins
 * from the operating system. So ML-KEM's half of that is OpenSSL called by us, or where that cannot be the pure
 * backend's: the octets are the same.
 */
export function createSeededSuite(chosen?: MlkemEncapsulate): Suite {
  const native = createNativeSuite();
  const mlkem = chosen ?? openOpensslMlkem(native) ?? nobleMlkemEncapsulate;
  const encapsulate = (publicKey: Uint8Array, random: Random): Encapsulated | undefined =>
    seededEncapsulate(mlkem, publicKey, random);
  const backend = mlkem === nobleMlkemEncapsulate ? 'seeded by noble' : 'seeded';
  return { ...native, backend, encapsulate };
}

/** EncapsulateDerand of X-Wing with 64 octets drawn from `random`; undefined when ML-KEM refuses the key. */
function seededEncapsulate(
  mlkem: MlkemEncapsulate,
  publicKey: Uint8Array,
  random: Random,
): Encapsulated | undefined {
  if (publicKey.length !== KEM_PUBLIC_LEN) return undefined;
  const seed = new Uint8Array(ENCAPSULATION_SEED_LEN);
  random.fill(seed);
  const made = mlkem(publicKey.subarray(0, MLKEM_PUBLIC_LEN), seed.subarray(0, MLKEM_COINS_LEN));
  const scalar = seed.slice(MLKEM_COINS_LEN);
  wipe(seed);
  return made && encapsulateBeside(made, publicKey, scalar);
}
