import { hash } from 'node:crypto';
import { expect, test } from 'vitest';
import { concatBytes, toHex } from '../base/bytes.ts';
import { counting, fixedRandom, flip, octets } from './fixture.case.ts';
import {
  KEM_CIPHERTEXT_LEN,
  KEM_PUBLIC_LEN,
  KEM_SEED_LEN,
  KEM_SHARED_LEN,
  type Suite,
} from './suite.ts';
import { KEM_VECTORS, LOW_ORDER_X25519 } from './vectors/kem.ts';
import { SIGN_VECTORS, SMALL_ORDER_POINTS } from './vectors/sign.ts';
import { MLKEM_PUBLIC_LEN } from './xwing.ts';

// The part of the compliance suite for key pairs: X-Wing and Ed25519.

/** Key agreement by X-Wing. */
export function describeKem(suite: Suite): void {
  const random = fixedRandom(counting(64, 17));
  const seed = counting(KEM_SEED_LEN, 5);

  test.each(KEM_VECTORS)('key generation: $title', (vector) => {
    const bytes = octets(vector.seed);
    const { publicKey } = suite.kemSecret(bytes);
    expect(hash('sha3-256', publicKey)).toBe(vector.publicKeyDigest);
    expect(toHex(bytes)).toBe(vector.seed);
  });

  test('both sides of an encapsulation share a secret', () => {
    const secret = suite.kemSecret(seed);
    expect(secret.publicKey.length).toBe(KEM_PUBLIC_LEN);
    const sent = suite.encapsulate(secret.publicKey, random);
    if (sent === undefined) throw new Error('a generated key is valid');
    expect(sent.ciphertext.length).toBe(KEM_CIPHERTEXT_LEN);
    expect(sent.shared.length).toBe(KEM_SHARED_LEN);
    expect(secret.decapsulate(sent.ciphertext)).toEqual(sent.shared);
    expect(Object.getPrototypeOf(sent.shared)).toBe(Uint8Array.prototype);
    expect(Object.getPrototypeOf(secret.publicKey)).toBe(Uint8Array.prototype);
  });

  test('an altered ciphertext yields another secret, the same each time', () => {
    const secret = suite.kemSecret(seed);
    const sent = suite.encapsulate(secret.publicKey, random);
    if (sent === undefined) throw new Error('a generated key is valid');
    for (const bit of [0, 8 * 1087 + 7, 8 * 1088, 8 * 1119 + 6]) {
      const altered = flip(sent.ciphertext, bit);
      const other = secret.decapsulate(altered);
      expect(other).not.toEqual(sent.shared);
      expect(secret.decapsulate(altered)).toEqual(other);
    }
  });

  test('a wrong length is no key and no ciphertext', () => {
    const secret = suite.kemSecret(seed);
    for (const length of [0, 32, KEM_CIPHERTEXT_LEN - 1, KEM_CIPHERTEXT_LEN + 1]) {
      expect(secret.decapsulate(new Uint8Array(length))).toBeUndefined();
    }
    for (const length of [0, 32, KEM_PUBLIC_LEN - 1, KEM_PUBLIC_LEN + 1]) {
      expect(suite.encapsulate(new Uint8Array(length), random)).toBeUndefined();
    }
  });

  test('an ML-KEM coefficient from the modulus up is no key', () => {
    const { publicKey } = suite.kemSecret(seed);
    for (const at of [0, 3, 1149]) {
      const invalid = publicKey.slice();
      invalid[at] = 0x01; // 3329 = 0xd01 in the first 12 bits of the group
      invalid[at + 1] = ((invalid[at + 1] as number) & 0xf0) | 0x0d;
      expect(suite.encapsulate(invalid, random)).toBeUndefined();
    }
  });

  test.each(LOW_ORDER_X25519)('the X25519 point %s of low order is not an error', (point) => {
    const secret = suite.kemSecret(seed);
    const publicKey = secret.publicKey.slice();
    publicKey.set(octets(point), MLKEM_PUBLIC_LEN);
    expect(suite.encapsulate(publicKey, random)?.shared.length).toBe(KEM_SHARED_LEN);
    const ciphertext = new Uint8Array(KEM_CIPHERTEXT_LEN);
    ciphertext.set(octets(point), KEM_CIPHERTEXT_LEN - 32);
    expect(secret.decapsulate(ciphertext)?.length).toBe(KEM_SHARED_LEN);
  });
}

/** Ed25519, and what is no signature. */
export function describeSigning(suite: Suite): void {
  test.each(SIGN_VECTORS)('Ed25519: $title', (vector) => {
    const message = octets(vector.message);
    const seed = octets(vector.seed);
    const signer = suite.signer(seed);
    seed.fill(0);
    expect(toHex(signer.publicKey)).toBe(vector.publicKey);
    const signature = signer.sign(message);
    expect(toHex(signature)).toBe(vector.signature);
    expect(suite.verify(signer.publicKey, message, signature)).toBe(true);
    expect(Object.getPrototypeOf(signature)).toBe(Uint8Array.prototype);
    expect(Object.getPrototypeOf(signer.publicKey)).toBe(Uint8Array.prototype);
  });

  test('an altered key, message or signature is false', () => {
    const signer = suite.signer(counting(32));
    const message = counting(20);
    const signature = signer.sign(message);
    const { publicKey } = signer;
    for (const bit of [0, 77, 254, 255]) {
      expect(suite.verify(flip(publicKey, bit), message, signature)).toBe(false);
    }
    for (const bit of [0, 159]) {
      expect(suite.verify(publicKey, flip(message, bit), signature)).toBe(false);
    }
    for (const bit of [0, 255, 256, 400, 509, 511]) {
      expect(suite.verify(publicKey, message, flip(signature, bit))).toBe(false);
    }
    for (const length of [0, 31, 33]) {
      expect(suite.verify(new Uint8Array(length), message, signature)).toBe(false);
    }
    for (const length of [0, 63, 65]) {
      expect(suite.verify(publicKey, message, new Uint8Array(length))).toBe(false);
    }
  });

  test('a point of small order is neither a key nor an R', () => {
    const { publicKey } = suite.signer(counting(32));
    for (const point of SMALL_ORDER_POINTS) {
      const forged = concatBytes(octets(point), new Uint8Array(32));
      for (let first = 0; first < 8; first++) {
        const message = counting(1, first);
        expect(suite.verify(octets(point), message, forged)).toBe(false);
        expect(suite.verify(octets(SMALL_ORDER_POINTS[0] as string), message, forged)).toBe(false);
        expect(suite.verify(publicKey, message, forged)).toBe(false);
      }
    }
  });
}
