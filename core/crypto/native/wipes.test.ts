import crypto from 'node:crypto';
import ffi from 'node:ffi';
import { syncBuiltinESMExports } from 'node:module';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { wipe } from '../../base/bytes.ts';
import { counting } from '../fixture.case.ts';
import { AEAD_TAG_LEN } from '../suite.ts';
import { createNativeAead } from './aead.ts';
import { evpFunctions } from './evp.ts';
import { createNativeSuite } from './mod.ts';
import { GCM_MEMORY_LEN, KNOWN, OpensslGcm, openOpenssl } from './openssl.ts';
import { createOpensslAead } from './openssl-aead.ts';

// What node:crypto answers lies in memory of ours, and what is secret of it must be wiped. Hence this looks at
// everything that went into node:crypto or came out of it.

const suite = createNativeSuite();
const noted: { readonly what: string; readonly octets: Uint8Array }[] = [];

/** Notes octets by reference, wherever they are in what a function takes and gives. */
function note(what: string, value: unknown): void {
  if (value instanceof Uint8Array) noted.push({ what, octets: value });
  else if (value !== null && Object.getPrototypeOf(value ?? 0) === Object.prototype)
    for (const [key, inner] of Object.entries(value as object)) note(`${what}.${key}`, inner);
}

beforeEach(() => {
  noted.length = 0;
  const names = [
    'hash',
    'createPrivateKey',
    'diffieHellman',
    'decapsulate',
    'encapsulate',
  ] as const;
  for (const name of names) {
    const own = crypto[name] as (...given: unknown[]) => unknown;
    vi.spyOn(crypto, name as 'hash').mockImplementation(((...given: unknown[]) => {
      for (const one of given) note(`${name} takes`, one);
      const answer = own(...given);
      note(`${name} gives`, answer);
      return answer;
    }) as typeof crypto.hash);
  }
  syncBuiltinESMExports();
});
afterEach(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
});

/** What is not zero now. */
function left(): readonly string[] {
  return noted.filter(({ octets }) => octets.some((octet) => octet !== 0)).map(({ what }) => what);
}

test('of a KEM key nothing is left but the seed of the caller, and of a secret only itself', () => {
  const seed = counting(32);
  const secret = suite.kemSecret(seed);
  expect(noted.map(({ what }) => what)).toContain('hash gives');
  expect(left()).toEqual(['hash takes']);
  wipe(seed);
  expect(left()).toEqual([]);

  const drawn: Uint8Array[] = [];
  const random = {
    fill: (bytes: Uint8Array): void => {
      bytes.fill(7);
      drawn.push(bytes);
    },
  };
  const sent = suite.encapsulate(secret.publicKey, random);
  if (sent === undefined) throw new Error('a generated key is valid');
  expect(drawn).toEqual([new Uint8Array(32)]);
  expect(left()).toEqual(['encapsulate gives.ciphertext', 'hash gives']);
  noted.length = 0;
  secret.decapsulate(sent.ciphertext);
  expect(noted.map(({ what }) => what)).toContain('diffieHellman gives');
  expect(left()).toEqual(['decapsulate takes', 'hash gives']);
});

test('what was opened and is not authentic is wiped by node:crypto, and never given', () => {
  const key = createNativeAead(counting(32));
  const sealed = new Uint8Array(100 + AEAD_TAG_LEN);
  key.seal(0, new Uint8Array(100).fill(7), 0, 100, sealed, 0);
  const decipher = crypto.createDecipheriv('aes-256-gcm', counting(32), counting(12));
  const update = vi.spyOn(Object.getPrototypeOf(decipher), 'update');
  const out = new Uint8Array(100);
  expect(key.open(0, sealed, 0, sealed.length, out, 0)).toBe(100);
  const given = (): unknown => update.mock.results.at(-1)?.value;
  expect(given()).toEqual(Buffer.alloc(100, 7));
  sealed[sealed.length - 1] = (sealed[sealed.length - 1] as number) ^ 1;
  out.fill(0);
  expect(key.open(0, sealed, 0, sealed.length, out, 0)).toBe(-1);
  expect(update).toHaveBeenCalledTimes(2);
  expect(given()).toEqual(Buffer.alloc(100));
  expect(out).toEqual(new Uint8Array(100));
});

/** Elsewhere the suite does without. */
const isKnown = KNOWN.includes(process.versions.node) && process.platform !== 'win32';

test.skipIf(!isKnown)(
  'what was opened and is not authentic is wiped in the memory of OpenSSL, and a destroyed key too',
  () => {
    const memory = new Uint8Array(GCM_MEMORY_LEN);
    const gcm = new OpensslGcm(evpFunctions(ffi), memory, ffi.getRawPointer(memory));
    const key = createOpensslAead(gcm, counting(32).fill(9));
    const sealed = new Uint8Array(100 + AEAD_TAG_LEN);
    key.seal(0, new Uint8Array(100).fill(7), 0, 100, sealed, 0);
    const out = new Uint8Array(100);
    expect(key.open(0, sealed, 0, sealed.length, out, 0)).toBe(100);
    const at = memory.indexOf(7);
    expect(memory.subarray(at, at + 100)).toEqual(out);
    sealed[sealed.length - 1] = (sealed[sealed.length - 1] as number) ^ 1;
    out.fill(0);
    expect(key.open(0, sealed, 0, sealed.length, out, 0)).toBe(-1);
    expect([memory.indexOf(7), memory.includes(9), out.some((octet) => octet !== 0)]).toEqual([
      -1,
      true,
      false,
    ]);
    key.destroy();
    expect(memory.some((octet) => octet !== 0)).toBe(false);
    expect(() => key.seal(1, out, 0, 1, sealed, 0)).toThrow('destroyed');
  },
);

type Call = (...given: unknown[]) => unknown;

test.skipIf(!isKnown)(
  'a Node that was not tried, or an OpenSSL that answers otherwise, is not used',
  () => {
    expect(openOpenssl(KNOWN[0])).toBeDefined();
    expect(openOpenssl('26.99.0')).toBe(undefined);
    const own = ffi.dlopen;
    const withFunction = (name: string, make: (own: Call) => Call): unknown => {
      const spy = vi.spyOn(ffi, 'dlopen').mockImplementation(((path: null, wanted: object) => {
        const { functions } = own(path, wanted as Parameters<typeof own>[1]);
        const all = functions as unknown as Record<string, Call>;
        return { functions: { ...all, [name]: make(all[name] as Call) } };
      }) as unknown as typeof own);
      const found = openOpenssl(KNOWN[0]);
      spy.mockRestore();
      return found;
    };
    expect(withFunction('EVP_CipherUpdate', (same) => same)).toBeDefined();
    // All calls succeed, but nothing was sealed; then: nothing is ever forged; then: a call fails.
    expect(withFunction('EVP_CipherUpdate', () => () => 1)).toBe(undefined);
    expect(
      withFunction('EVP_CipherFinal_ex', (final) => (...given) => {
        final(...given);
        return 1;
      }),
    ).toBe(undefined);
    expect(withFunction('EVP_CIPHER_CTX_ctrl', () => () => 0)).toBe(undefined);
  },
);
