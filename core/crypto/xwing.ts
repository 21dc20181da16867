// X-Wing (draft-connolly-cfrg-xwing-kem; MLKEM768-X25519 in draft-irtf-cfrg-concrete-hybrid-kems) is ML-KEM-768
// and X25519 side by side: broken only when both are. This is the layout alone; each backend composes the two
// halves on its own, so that one checks the other.
//
//   secret      SHAKE256(seed, 96) = ML-KEM seed d || z (64) || X25519 scalar (32)
//   public key  ML-KEM (1184) || X25519 (32)
//   ciphertext  ML-KEM (1088) || X25519 (32)
//   shared      SHA3-256(ML-KEM shared || X25519 shared || X25519 ciphertext || X25519 public key || label)

export const EXPANDED_SEED_LEN = 96;
export const MLKEM_SEED_LEN = 64;
export const MLKEM_PUBLIC_LEN = 1184;
export const MLKEM_CIPHERTEXT_LEN = 1088;
export const MLKEM_COINS_LEN = 32;
export const X25519_LEN = 32;
/** ML-KEM coins, then the ephemeral X25519 scalar: `eseed` of EncapsulateDerand. */
export const ENCAPSULATION_SEED_LEN: number = MLKEM_COINS_LEN + X25519_LEN;

const SHARED_PART_LEN = 32;
const LABEL: readonly number[] = Object.freeze([0x5c, 0x2e, 0x2f, 0x2f, 0x5e, 0x5c]);

/**
 * What the combiner hashes. The caller owns the answer and wipes it: it holds both shared secrets.
 */
export function combinerInput(
  mlkemShared: Uint8Array,
  x25519Shared: Uint8Array,
  x25519Ciphertext: Uint8Array,
  x25519Public: Uint8Array,
): Uint8Array {
  const input = new Uint8Array(2 * SHARED_PART_LEN + 2 * X25519_LEN + LABEL.length);
  input.set(mlkemShared, 0);
  input.set(x25519Shared, SHARED_PART_LEN);
  input.set(x25519Ciphertext, 2 * SHARED_PART_LEN);
  input.set(x25519Public, 2 * SHARED_PART_LEN + X25519_LEN);
  input.set(LABEL, 2 * SHARED_PART_LEN + 2 * X25519_LEN);
  return input;
}
