import { createCipheriv } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { concatBytes, toHex } from '../base/bytes.ts';
import { counting, flip, octets } from './fixture.case.ts';
import { hkdfExpand, hkdfExtract } from './kdf.ts';
import { describeKem, describeSigning } from './keys.case.ts';
import {
  AEAD_KEY_LEN,
  AEAD_TAG_LEN,
  HASH_LEN,
  KEM_CIPHERTEXT_LEN,
  KEM_SEED_LEN,
  type Suite,
} from './suite.ts';
import { AEAD_VECTORS } from './vectors/aead.ts';
import { HASH_VECTORS, HKDF_VECTORS, HMAC_VECTORS } from './vectors/hash.ts';

const NO_BYTES: Uint8Array = new Uint8Array(0);

/** What every backend must do, whatever it is built on. */
export function describeSuite(name: string, create: () => Suite): void {
  describe(name, () => {
    describeHashes(create());
    describeAead(create());
    describeAeadRefusals(create());
    describeKem(create());
    describeSigning(create());
  });
}

function describeHashes(suite: Suite): void {
  test.each(HASH_VECTORS)('SHA-256 of $title', ({ message, digest }) => {
    const bytes = octets(message);
    expect(toHex(suite.hash(bytes))).toBe(digest);
    const middle = bytes.length >> 1;
    expect(toHex(suite.hash(bytes.subarray(0, middle), bytes.subarray(middle)))).toBe(digest);
  });

  test('SHA-256 of no parts is that of no octets', () => {
    expect(suite.hash()).toEqual(suite.hash(NO_BYTES));
  });

  test.each(HMAC_VECTORS)('HMAC: $title', ({ key, message, mac }) => {
    const bytes = octets(message);
    expect(toHex(suite.hmac(octets(key), bytes))).toBe(mac);
    expect(toHex(suite.hmac(octets(key), bytes.subarray(0, 3), bytes.subarray(3)))).toBe(mac);
  });

  test.each(HKDF_VECTORS)('HKDF: $title', ({ ikm, salt, info, prk, okm }) => {
    const extracted = hkdfExtract(suite, octets(salt), octets(ikm));
    expect(toHex(extracted)).toBe(prk);
    expect(toHex(hkdfExpand(suite, extracted, octets(info), okm.length / 2))).toBe(okm);
  });

  test('HKDF answers any length up to 255 blocks, each a prefix of the longest', () => {
    const longest = hkdfExpand(suite, counting(HASH_LEN), NO_BYTES, 255 * HASH_LEN);
    for (const length of [0, 1, 31, 32, 33, 64]) {
      expect(hkdfExpand(suite, counting(HASH_LEN), NO_BYTES, length)).toEqual(
        longest.slice(0, length),
      );
    }
    expect(() => hkdfExpand(suite, NO_BYTES, NO_BYTES, 255 * HASH_LEN + 1)).toThrow('255 blocks');
  });

  test('answers are plain octet arrays, whose slices are copies', () => {
    for (const answer of [suite.hash(counting(9)), suite.hash(), suite.hmac(NO_BYTES)]) {
      expect(Object.getPrototypeOf(answer)).toBe(Uint8Array.prototype);
    }
  });
}

function describeAead(suite: Suite): void {
  test.each(AEAD_VECTORS)('AES-256-GCM: $title', ({ key, counter, plain, sealed }) => {
    const aead = suite.aead(octets(key));
    const out = new Uint8Array(sealed.length / 2);
    const bytes = octets(plain);
    expect(aead.seal(counter, bytes, 0, bytes.length, out, 0)).toBe(out.length);
    expect(toHex(out)).toBe(sealed);
    const opened = new Uint8Array(bytes.length);
    expect(aead.open(counter, out, 0, out.length, opened, 0)).toBe(bytes.length);
    expect(opened).toEqual(bytes);
  });

  test.each([
    [1, '000000000000000000000001'],
    [0xffff_ffff, '0000000000000000ffffffff'],
    [2 ** 32, '000000000000000100000000'],
    [0x1234_5678_9abc, '000000000000123456789abc'],
    [2 ** 48 - 1, '000000000000ffffffffffff'],
  ])('counter %d is nonce %s', (counter, nonce) => {
    const key = counting(AEAD_KEY_LEN);
    const plain = counting(40);
    const cipher = createCipheriv('aes-256-gcm', key, octets(nonce));
    const expected = concatBytes(cipher.update(plain), cipher.final(), cipher.getAuthTag());
    const out = new Uint8Array(plain.length + AEAD_TAG_LEN);
    suite.aead(key).seal(counter, plain, 0, plain.length, out, 0);
    expect(toHex(out)).toBe(toHex(expected));
  });

  test('seals and opens in place, at any offset, and leaves what lies around alone', () => {
    const aead = suite.aead(counting(AEAD_KEY_LEN, 3));
    for (const length of [0, 1, 2, 15, 16, 17, 255, 1200]) {
      for (const at of [0, 1, 3, 5]) {
        const plain = counting(length, at);
        const associated = counting(at);
        const buffer = new Uint8Array(at + length + AEAD_TAG_LEN + 4).fill(0xee);
        buffer.set(plain, at);
        const sealed = aead.seal(length, buffer, at, at + length, buffer, at, associated);
        expect(sealed).toBe(length + AEAD_TAG_LEN);

        const apart = new Uint8Array(sealed + 2).fill(0xdd);
        expect(aead.seal(length, plain, 0, length, apart, 1, associated)).toBe(sealed);
        expect(apart.slice(1, 1 + sealed)).toEqual(buffer.slice(at, at + sealed));
        expect([apart[0], apart[sealed + 1]]).toEqual([0xdd, 0xdd]);

        expect(aead.open(length, buffer, at, at + sealed, buffer, at, associated)).toBe(length);
        expect(buffer.slice(at, at + length)).toEqual(plain);
        expect(buffer.slice(0, at)).toEqual(new Uint8Array(at).fill(0xee));
        expect(buffer.slice(-4)).toEqual(new Uint8Array(4).fill(0xee));

        const elsewhere = new Uint8Array(length + 3).fill(0xcc);
        expect(aead.open(length, apart, 1, 1 + sealed, elsewhere, 2, associated)).toBe(length);
        expect(elsewhere.slice(2, 2 + length)).toEqual(plain);
        expect([elsewhere[1], elsewhere[length + 2]]).toEqual([0xcc, 0xcc]);
      }
    }
  });

  test('no associated data and empty associated data are the same', () => {
    const aead = suite.aead(counting(AEAD_KEY_LEN));
    const out = new Uint8Array(5 + AEAD_TAG_LEN);
    aead.seal(7, counting(5), 0, 5, out, 0);
    expect(aead.open(7, out, 0, out.length, out, 0, NO_BYTES)).toBe(5);
  });

  test('keeps its own copy of the key', () => {
    const key = counting(AEAD_KEY_LEN);
    const aead = suite.aead(key);
    key.fill(0);
    const out = new Uint8Array(3 + AEAD_TAG_LEN);
    aead.seal(0, counting(3), 0, 3, out, 0);
    const again = suite.aead(counting(AEAD_KEY_LEN));
    expect(again.open(0, out, 0, out.length, out, 0)).toBe(3);
  });
}

function describeAeadRefusals(suite: Suite): void {
  test('any altered bit answers -1 and leaves the output alone', () => {
    const aead = suite.aead(counting(AEAD_KEY_LEN));
    const associated = counting(7);
    for (const length of [0, 2, 18]) {
      const sealed = new Uint8Array(length + AEAD_TAG_LEN);
      aead.seal(9, counting(length), 0, length, sealed, 0, associated);
      const out = new Uint8Array(length).fill(0xaa);
      const open = (
        bytes: Uint8Array,
        counter = 9,
        end: number = bytes.length,
        data: Uint8Array | undefined = associated,
      ) => aead.open(counter, bytes, 0, end, out, 0, data);

      for (let bit = 0; bit < 8 * sealed.length; bit++) expect(open(flip(sealed, bit))).toBe(-1);
      for (let bit = 0; bit < 8 * associated.length; bit++) {
        expect(open(sealed, 9, sealed.length, flip(associated, bit))).toBe(-1);
      }
      for (let bit = 0; bit < 48; bit++) {
        const counter = Number(9n ^ (1n << BigInt(bit)));
        expect(open(sealed, counter)).toBe(-1);
      }
      for (let end = 0; end < sealed.length; end++) expect(open(sealed, 9, end)).toBe(-1);
      expect(open(concatBytes(sealed, new Uint8Array(1)))).toBe(-1);
      expect(open(sealed, 9, sealed.length, NO_BYTES)).toBe(-1);
      expect(aead.open(9, sealed, 0, sealed.length, out, 0)).toBe(-1);
      expect(suite.aead(counting(AEAD_KEY_LEN, 1)).open(9, sealed, 0, sealed.length, out, 0)).toBe(
        -1,
      );
      expect(out).toEqual(new Uint8Array(length).fill(0xaa));
      expect(open(sealed)).toBe(length);
    }
  });

  test('a counter out of range opens nothing and must not seal', () => {
    const aead = suite.aead(counting(AEAD_KEY_LEN));
    const buffer = new Uint8Array(64);
    for (const counter of [-1, 0.5, 2 ** 48, Number.MAX_SAFE_INTEGER + 1, Number.NaN]) {
      expect(aead.open(counter, buffer, 0, 32, buffer, 0)).toBe(-1);
      expect(() => aead.seal(counter, buffer, 0, 32, buffer, 0)).toThrow('below 2^48');
    }
  });

  test('a range outside its array opens nothing and must not be sealed', () => {
    const aead = suite.aead(counting(AEAD_KEY_LEN));
    const buffer = new Uint8Array(64);
    for (const [start, end] of [
      [0, 33],
      [20, 40],
      [-20, 12],
      [40, 60],
    ] as const) {
      expect(aead.open(0, buffer.subarray(0, 32), start, end, buffer, 0)).toBe(-1);
      expect(() => aead.seal(0, buffer.subarray(0, 32), start, end, buffer, 0)).toThrow('inside');
    }
  });

  test('misuse by our own code stops it: a wrong key length, a destroyed key', () => {
    expect(() => suite.aead(new Uint8Array(16))).toThrow('32 octets');
    expect(() => suite.kemSecret(new Uint8Array(31))).toThrow('32 octets');
    expect(() => suite.signer(new Uint8Array(33))).toThrow('32 octets');
    const aead = suite.aead(new Uint8Array(AEAD_KEY_LEN));
    aead.destroy();
    expect(() => aead.seal(0, NO_BYTES, 0, 0, new Uint8Array(16), 0)).toThrow('destroyed');
    expect(() => aead.open(0, new Uint8Array(16), 0, 16, NO_BYTES, 0)).toThrow('destroyed');
    const secret = suite.kemSecret(new Uint8Array(KEM_SEED_LEN));
    secret.destroy();
    expect(() => secret.decapsulate(new Uint8Array(KEM_CIPHERTEXT_LEN))).toThrow('destroyed');
    const signer = suite.signer(new Uint8Array(32));
    signer.destroy();
    expect(() => signer.sign(NO_BYTES)).toThrow('destroyed');
  });
}
