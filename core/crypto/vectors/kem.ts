// X-Wing, from the test vectors of draft-connolly-cfrg-xwing-kem (appendix C, revisions 06 and later, with the
// final ML-KEM of FIPS 203; earlier revisions print other values for the same seeds). `seed`, `eseed` and
// `shared` are as printed; the long public key and ciphertext stand here as their SHA3-256 digests.
//
// The points of low order of Curve25519 are those of https://cr.yp.to/ecdh.html#validate, little-endian, with
// the encodings from the field prime up. All octets in hexadecimal.

export interface KemVector {
  readonly title: string;
  /** Of GenerateKeyPairDerand. */
  readonly seed: string;
  /** Of EncapsulateDerand: ML-KEM coins, then the ephemeral X25519 scalar. */
  readonly eseed: string;
  readonly shared: string;
  readonly publicKeyDigest: string;
  readonly ciphertextDigest: string;
}

export const KEM_VECTORS: readonly KemVector[] = [
  {
    title: 'X-Wing vector 1',
    seed: '7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26',
    eseed:
      '3cb1eea988004b93103cfb0aeefd2a686e01fa4a58e8a3639ca8a1e3f9ae57e235b8cc873c23dc62b8d260169afa2f75ab916a58d974918835d25e6a435085b2',
    shared: 'd2df0522128f09dd8e2c92b1e905c793d8f57a54c3da25861f10bf4ca613e384',
    publicKeyDigest: '5121745904643ad9dfacca7869292c19a8a69533b53e60666b7db910b4ad6367',
    ciphertextDigest: 'c0abd149f83f45324ac3a7ddc7606c71f257e5ea86113522834a0ee1bcb34e3e',
  },
  {
    title: 'X-Wing vector 2',
    seed: 'badfd6dfaac359a5efbb7bcc4b59d538df9a04302e10c8bc1cbf1a0b3a5120ea',
    eseed:
      '17cda7cfad765f5623474d368ccca8af0007cd9f5e4c849f167a580b14aabdefaee7eef47cb0fca9767be1fda69419dfb927e9df07348b196691abaeb580b32d',
    shared: 'f2e86241c64d60f6649fbc6c5b7d17180b780a3f34355e64a85749949c45f150',
    publicKeyDigest: '799b6016e5daa56ffa1b5e79f7caf73413ceecd6df428642404cac41ddee4853',
    ciphertextDigest: '7680b7ba47ae09bac4b43001edcef9d98e50df20026e70ba6a424447e1f2b961',
  },
  {
    title: 'X-Wing vector 3',
    seed: 'ef58538b8d23f87732ea63b02b4fa0f4873360e2841928cd60dd4cee8cc0d4c9',
    eseed:
      '22a96188d032675c8ac850933c7aff1533b94c834adbb69c6115bad4692d8619f90b0cdf8a7b9c264029ac185b70b83f2801f2f4b3f70c593ea3aeeb613a7f1b',
    shared: '953f7f4e8c5b5049bdc771d1dffada0dd961477d1a2ae0988baa7ea6898d893f',
    publicKeyDigest: '1ef0c99a06026450564957a5402a788feffbbefdcce55d25de254d0a49eb095a',
    ciphertextDigest: '3088688d63201d5d844170b79f148b2791c15f346ff6f8bd559807fbd442f91f',
  },
];

export const LOW_ORDER_X25519: readonly string[] = [
  '00'.repeat(32),
  `01${'00'.repeat(31)}`,
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  `ec${'ff'.repeat(30)}7f`,
  `ed${'ff'.repeat(30)}7f`,
  `ee${'ff'.repeat(30)}7f`,
  `${'00'.repeat(31)}80`,
];
