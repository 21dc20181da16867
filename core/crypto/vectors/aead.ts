// AES-256-GCM, from D. McGrew and J. Viega, "The Galois/Counter Mode of Operation (GCM)", appendix B, test cases
// 13 and 14: the published cases with a 256-bit key whose 96-bit nonce has the form used here (four zero octets
// and a counter). All octets in hexadecimal.

export interface AeadVector {
  readonly title: string;
  readonly key: string;
  readonly counter: number;
  readonly plain: string;
  /** Ciphertext, then the 16-octet tag. */
  readonly sealed: string;
}

export const AEAD_VECTORS: readonly AeadVector[] = [
  {
    title: 'GCM test case 13',
    key: '00'.repeat(32),
    counter: 0,
    plain: '',
    sealed: '530f8afbc74536b9a963b4f1c4cb738b',
  },
  {
    title: 'GCM test case 14',
    key: '00'.repeat(32),
    counter: 0,
    plain: '00'.repeat(16),
    sealed: 'cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919',
  },
];
