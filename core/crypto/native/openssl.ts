import { getBuiltinModule, versions } from 'node:process';
import { assert } from '../../base/assert.ts';
import { toHex, wipe } from '../../base/bytes.ts';
import { AEAD_ASSOCIATED_MAX, AEAD_OCTETS_MAX } from '../../base/limits.ts';
import { AEAD_KEY_LEN, AEAD_TAG_LEN } from '../suite.ts';
import { type EvpFunctions, evpFunctions } from './evp.ts';

// AES-256-GCM of the OpenSSL inside Node, called by its functions (EVP_EncryptInit(3)) rather than by node:crypto,
// which makes a context and two buffers for each record: measured, 1.4 against 10 us for 1250 octets, 3 against 64
// for 16 KiB. What simulated worlds call besides is in ../seeded. OpenSSL sees one stretch of memory, ours, allocated
// once: whatever a caller does, no address of a caller's array is ever taken, and none can outlive it.

/** Versions of Node that this was tried with: their foreign function interface is experimental. */
export const KNOWN: readonly string[] = Object.freeze(['26.10.0']);

/** Absent where Node was built or started without it. */
const FFI: typeof import('node:ffi') | undefined = getBuiltinModule('node:ffi');

const KEY_AT = 0;
const NONCE_AT = 32;
const TAG_AT = 48;
const LENGTH_AT = 64;
const ASSOCIATED_AT = 128;
const DATA_AT: number = ASSOCIATED_AT + AEAD_ASSOCIATED_MAX;
/** Octets of memory that one context works in. */
export const GCM_MEMORY_LEN: number = DATA_AT + AEAD_OCTETS_MAX;

/** What `knowsAnswers` asks for, sealed and tag. */
const ANSWER = 'cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919';

/** EVP_CTRL_AEAD_GET_TAG and EVP_CTRL_AEAD_SET_TAG of openssl/evp.h. */
const GET_TAG = 0x10;
const SET_TAG = 0x11;
/** The `enc` of EVP_CipherInit_ex. */
const SEAL = 1;
const OPEN = 0;

/** One context for all keys: a key is given anew with each record, which costs 30 ns and leaves nothing to free. */
export class OpensslGcm {
  readonly #call: EvpFunctions;
  readonly #context: bigint;
  readonly #memory: Uint8Array;
  readonly #key: bigint;
  readonly #nonce: bigint;
  readonly #tag: bigint;
  readonly #length: bigint;
  readonly #associated: bigint;
  readonly #data: bigint;
  /** Octets of data since the last `forget`, at most. */
  #most = 0;

  /** `address`: where `memory` is. Both stay for as long as this does. */
  constructor(call: EvpFunctions, memory: Uint8Array, address: bigint) {
    this.#call = call;
    this.#memory = memory;
    this.#key = address + BigInt(KEY_AT);
    this.#nonce = address + BigInt(NONCE_AT);
    this.#tag = address + BigInt(TAG_AT);
    this.#length = address + BigInt(LENGTH_AT);
    this.#associated = address + BigInt(ASSOCIATED_AT);
    this.#data = address + BigInt(DATA_AT);
    this.#context = call.EVP_CIPHER_CTX_new();
    assert(this.#context !== 0n, 'there is memory for a context');
    const cipher = call.EVP_aes_256_gcm();
    must(call.EVP_CipherInit_ex(this.#context, cipher, 0n, this.#key, this.#nonce, SEAL));
  }

  /** Seals bytes[start, end) to `out` at `at`, the tag behind it. */
  seal(
    key: Uint8Array,
    nonce: Uint8Array,
    bytes: Uint8Array,
    start: number,
    end: number,
    out: Uint8Array,
    at: number,
    associated: Uint8Array | undefined,
  ): void {
    const call = this.#call;
    const length = end - start;
    this.#begin(key, nonce, length, associated, SEAL);
    if (length > 0) {
      this.#memory.set(bytes.subarray(start, end), DATA_AT);
      must(call.EVP_CipherUpdate(this.#context, this.#data, this.#length, this.#data, length));
    }
    must(call.EVP_CipherFinal_ex(this.#context, this.#tag, this.#length));
    must(call.EVP_CIPHER_CTX_ctrl(this.#context, GET_TAG, AEAD_TAG_LEN, this.#tag));
    out.set(this.#memory.subarray(DATA_AT, DATA_AT + length), at);
    out.set(this.#memory.subarray(TAG_AT, TAG_AT + AEAD_TAG_LEN), at + length);
  }

  /** Opens bytes[start, end), the tag last, to `out` at `at`. False: forged, and nothing is written. */
  open(
    key: Uint8Array,
    nonce: Uint8Array,
    bytes: Uint8Array,
    start: number,
    end: number,
    out: Uint8Array,
    at: number,
    associated: Uint8Array | undefined,
  ): boolean {
    const call = this.#call;
    const tagAt = end - AEAD_TAG_LEN;
    const length = tagAt - start;
    this.#begin(key, nonce, length, associated, OPEN);
    this.#memory.set(bytes.subarray(tagAt, end), TAG_AT);
    must(call.EVP_CIPHER_CTX_ctrl(this.#context, SET_TAG, AEAD_TAG_LEN, this.#tag));
    if (length > 0) {
      this.#memory.set(bytes.subarray(start, tagAt), DATA_AT);
      must(call.EVP_CipherUpdate(this.#context, this.#data, this.#length, this.#data, length));
    }
    const isAuthentic = call.EVP_CipherFinal_ex(this.#context, this.#tag, this.#length) === 1;
    const plain = this.#memory.subarray(DATA_AT, DATA_AT + length);
    if (isAuthentic) out.set(plain, at);
    else wipe(plain);
    return isAuthentic;
  }

  /** Overwrites the last key and octets, here and in OpenSSL's context. */
  forget(): void {
    wipe(this.#memory.subarray(0, DATA_AT + this.#most));
    this.#most = 0;
    must(this.#call.EVP_CipherInit_ex(this.#context, 0n, 0n, this.#key, this.#nonce, SEAL));
  }

  #begin(
    key: Uint8Array,
    nonce: Uint8Array,
    length: number,
    associated: Uint8Array | undefined,
    mode: number,
  ): void {
    const associatedLen = associated?.length ?? 0;
    assert(
      length <= AEAD_OCTETS_MAX && associatedLen <= AEAD_ASSOCIATED_MAX,
      'what is sealed at once is bounded',
    );
    if (length > this.#most) this.#most = length;
    this.#memory.set(key, KEY_AT);
    this.#memory.set(nonce, NONCE_AT);
    must(this.#call.EVP_CipherInit_ex(this.#context, 0n, 0n, this.#key, this.#nonce, mode));
    if (associated === undefined || associatedLen === 0) return;
    this.#memory.set(associated, ASSOCIATED_AT);
    must(
      this.#call.EVP_CipherUpdate(this.#context, 0n, this.#length, this.#associated, associatedLen),
    );
  }
}

/** Undefined, for node:crypto to be used, where this Node is another than was tried or its OpenSSL does not answer. */
export function openOpenssl(version: string = versions.node): OpensslGcm | undefined {
  if (FFI === undefined || !KNOWN.includes(version)) return undefined;
  try {
    const memory = new Uint8Array(GCM_MEMORY_LEN);
    const gcm = new OpensslGcm(evpFunctions(FFI), memory, FFI.getRawPointer(memory));
    return knowsAnswers(gcm) ? gcm : undefined;
  } catch {
    return undefined;
  }
}

/** Test case 14 of McGrew and Viega, "The Galois/Counter Mode of Operation" (2005): zeros under zeros. */
function knowsAnswers(gcm: OpensslGcm): boolean {
  const key = new Uint8Array(AEAD_KEY_LEN);
  const nonce = new Uint8Array(12);
  const sealed = new Uint8Array(32);
  gcm.seal(key, nonce, new Uint8Array(16), 0, 16, sealed, 0, undefined);
  const opened = new Uint8Array(16).fill(1);
  const isOpened = gcm.open(key, nonce, sealed, 0, sealed.length, opened, 0, undefined);
  const isRight = toHex(sealed) === ANSWER;
  sealed[3] = (sealed[3] as number) ^ 1;
  const isForged = !gcm.open(key, nonce, sealed, 0, sealed.length, opened, 0, undefined);
  return isRight && isOpened && isForged && opened.every((octet) => octet === 0);
}

/** OpenSSL fails here only for want of memory, or where our side of the call is wrong. */
function must(answer: number): void {
  assert(answer === 1, 'OpenSSL does what it is asked');
}
