// Cryptography is one suite behind one interface. A second suite to choose from would need negotiation, and
// negotiation is where an attacker in the path chooses; so the suite has a number, the number stands in every
// node's statement, and a new suite is a new network generation, not an option.
//
//   AES-256-GCM   every record, under a nonce that is its counter (nonce.ts)
//   SHA-256       hashes, HMAC and HKDF (kdf.ts)
//   X-Wing        key agreement that falls only when both ML-KEM-768 and X25519 fall (xwing.ts)
//   Ed25519       statements
//
// Three backends give the same octets and pass the same tests (suite.case.ts): native (the OpenSSL in Node), for
// real nodes; noble, pure, against which native is checked; seeded, native but for ML-KEM's encapsulation, to simulate.
// Each is exported by the mod.ts of its own folder alone: a program loads none but its own.
//
// Errors: a wrong length, tag, key or signature from a peer is an answer (-1, undefined, false). Misuse by our
// own code (a key of the wrong length, a counter out of range, a destroyed key) breaks an invariant and throws.

export {
  epochOf,
  introductionToSign,
  isCertified,
  isStatementOf,
  isTimely,
  linkPrologue,
  makeIdentity,
  makeNodeKeys,
  type NodeIdentity,
  type NodeKeys,
  nodeIdOf,
} from './identity.ts';
export { hkdfExpand, hkdfExtract } from './kdf.ts';
export { KeyChain } from './key-chain.ts';
export { KeyRing } from './key-ring.ts';
export {
  PQNK_FIRST_LEN,
  PQNK_SECOND_LEN,
  PqnkInitiator,
  PqnkResponder,
  type PqnkResult,
} from './pqnk.ts';
export {
  AEAD_KEY_LEN,
  AEAD_TAG_LEN,
  type AeadKey,
  HASH_LEN,
  KEM_CIPHERTEXT_LEN,
  KEM_PUBLIC_LEN,
  KEM_SEED_LEN,
  KEM_SHARED_LEN,
  type KemSecret,
  SIGN_PUBLIC_LEN,
  SIGN_SEED_LEN,
  SIGNATURE_LEN,
  type Signer,
  SUITE_ID,
  type Suite,
} from './suite.ts';
