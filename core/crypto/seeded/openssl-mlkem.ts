import { getBuiltinModule, versions } from 'node:process';
import { assert } from '../../base/assert.ts';
import { asciiBytes, toHex, wipe } from '../../base/bytes.ts';
import { type Encapsulated, KNOWN } from '../native/mod.ts';
import type { Suite } from '../suite.ts';
import { MLKEM_CIPHERTEXT_LEN, MLKEM_COINS_LEN, MLKEM_PUBLIC_LEN } from '../xwing.ts';

// ML-KEM-768's Encapsulate with given coins (FIPS 203, algorithm 17), by the OpenSSL inside Node (EVP_KEM-ML-KEM(7),
// parameter "ikme"): node:crypto takes no coins. 54 us where the pure backend takes 330. For simulated worlds alone.

/** ML-KEM-768's ciphertext and secret for a public key and 32 octets of coins; undefined when it refuses the key. */
export type MlkemEncapsulate = (
  publicKey: Uint8Array,
  coins: Uint8Array,
) => Encapsulated | undefined;

/** Absent where Node was built or started without it. Asked for before any world runs: there it would be ambient. */
const FFI: typeof import('node:ffi') | undefined = /* @__PURE__ */ getBuiltinModule('node:ffi');

const SHARED_LEN = 32;
/** Where things are in the one stretch of memory that OpenSSL sees. */
const NAME_AT = 0;
const PARAMETER_NAME_AT = 32;
const PUBLIC_AT = 64;
const COINS_AT: number = PUBLIC_AT + MLKEM_PUBLIC_LEN;
const CIPHERTEXT_AT: number = COINS_AT + MLKEM_COINS_LEN;
const SHARED_AT: number = CIPHERTEXT_AT + MLKEM_CIPHERTEXT_LEN;
const CIPHERTEXT_LEN_AT: number = SHARED_AT + SHARED_LEN;
const SHARED_LEN_AT: number = CIPHERTEXT_LEN_AT + 8;
/** An OSSL_PARAM: name, type, data, length, length given back; and one that is zero behind it. */
const PARAMETERS_AT: number = SHARED_LEN_AT + 8;
const MEMORY_LEN: number = PARAMETERS_AT + 80;
/** OSSL_PARAM_OCTET_STRING of openssl/core.h. */
const OCTET_STRING = 5;

/** SHA-256 of ciphertext and secret for the key of a seed of zeros and coins of zeros, by the pure backend. */
const ANSWER = '1e4259756f28a689c3a2c54026ec1fcddb06015d74956d18086580ccdf09f916';

/** Undefined, for the pure backend to be used, where this Node is another than was tried, or answers otherwise. */
export function openOpensslMlkem(native: Suite): MlkemEncapsulate | undefined {
  opened ??= { found: open(native) };
  return opened.found;
}

/** Once in a process: a world is made in less time than this takes. */
let opened: { readonly found: MlkemEncapsulate | undefined } | undefined;

function open(native: Suite): MlkemEncapsulate | undefined {
  if (FFI === undefined || !KNOWN.includes(versions.node)) return undefined;
  try {
    const memory = new Uint8Array(MEMORY_LEN);
    const encapsulate = encapsulator(functionsOf(FFI), memory, FFI.getRawPointer(memory));
    return knowsAnswer(native, encapsulate) ? encapsulate : undefined;
  } catch {
    return undefined;
  }
}

/** `at`: where `memory` is. */
function encapsulator(call: KemFunctions, memory: Uint8Array, at: bigint): MlkemEncapsulate {
  memory.set(asciiBytes('ML-KEM-768'), NAME_AT);
  memory.set(asciiBytes('ikme'), PARAMETER_NAME_AT);
  const view = new DataView(memory.buffer);
  const put = (place: number, value: bigint): void => view.setBigUint64(place, value, true);
  put(PARAMETERS_AT, at + BigInt(PARAMETER_NAME_AT));
  put(PARAMETERS_AT + 8, BigInt(OCTET_STRING));
  put(PARAMETERS_AT + 16, at + BigInt(COINS_AT));
  put(PARAMETERS_AT + 24, BigInt(MLKEM_COINS_LEN));
  return (publicKey, coins) => {
    assert(
      publicKey.length === MLKEM_PUBLIC_LEN && coins.length === MLKEM_COINS_LEN,
      'a key and coins of ML-KEM-768',
    );
    memory.set(publicKey, PUBLIC_AT);
    const [name, key] = [at + BigInt(NAME_AT), at + BigInt(PUBLIC_AT)];
    const length = BigInt(MLKEM_PUBLIC_LEN);
    const pkey = call.EVP_PKEY_new_raw_public_key_ex(0n, name, 0n, key, length);
    if (pkey === 0n) return undefined;
    const context = call.EVP_PKEY_CTX_new_from_pkey(0n, pkey, 0n);
    memory.set(coins, COINS_AT);
    put(CIPHERTEXT_LEN_AT, BigInt(MLKEM_CIPHERTEXT_LEN));
    put(SHARED_LEN_AT, BigInt(SHARED_LEN));
    const isDone =
      call.EVP_PKEY_encapsulate_init(context, at + BigInt(PARAMETERS_AT)) === 1 &&
      call.EVP_PKEY_encapsulate(
        context,
        at + BigInt(CIPHERTEXT_AT),
        at + BigInt(CIPHERTEXT_LEN_AT),
        at + BigInt(SHARED_AT),
        at + BigInt(SHARED_LEN_AT),
      ) === 1;
    call.EVP_PKEY_CTX_free(context);
    call.EVP_PKEY_free(pkey);
    assert(isDone, 'OpenSSL encapsulates to a key that it took');
    const ciphertext = memory.slice(CIPHERTEXT_AT, SHARED_AT);
    const shared = memory.slice(SHARED_AT, SHARED_AT + SHARED_LEN);
    wipe(memory.subarray(COINS_AT, CIPHERTEXT_LEN_AT));
    return { ciphertext, shared };
  };
}

function knowsAnswer(suite: Suite, encapsulate: MlkemEncapsulate): boolean {
  // X-Wing's key of a seed begins with ML-KEM's.
  const secret = suite.kemSecret(new Uint8Array(32));
  const key = secret.publicKey.subarray(0, MLKEM_PUBLIC_LEN);
  secret.destroy();
  const made = encapsulate(key, new Uint8Array(MLKEM_COINS_LEN));
  return made !== undefined && toHex(suite.hash(made.ciphertext, made.shared)) === ANSWER;
}

/** Of openssl/evp.h, as far as they are called. */
interface KemFunctions {
  EVP_PKEY_new_raw_public_key_ex(
    library: bigint,
    name: bigint,
    properties: bigint,
    key: bigint,
    length: bigint,
  ): bigint;
  EVP_PKEY_CTX_new_from_pkey(library: bigint, key: bigint, properties: bigint): bigint;
  EVP_PKEY_encapsulate_init(context: bigint, parameters: bigint): number;
  EVP_PKEY_encapsulate(
    context: bigint,
    ciphertext: bigint,
    ciphertextLen: bigint,
    shared: bigint,
    sharedLen: bigint,
  ): number;
  EVP_PKEY_CTX_free(context: bigint): void;
  EVP_PKEY_free(key: bigint): void;
}

/** Of the program itself, which is never closed. Throws where it does not have them all. */
function functionsOf(ffi: typeof import('node:ffi')): KemFunctions {
  const pointers = (count: number) => Array.from({ length: count }, () => 'pointer' as const);
  const { functions } = ffi.dlopen(null, {
    EVP_PKEY_new_raw_public_key_ex: { return: 'pointer', arguments: [...pointers(4), 'uint64'] },
    EVP_PKEY_CTX_new_from_pkey: { return: 'pointer', arguments: pointers(3) },
    EVP_PKEY_encapsulate_init: { return: 'int32', arguments: pointers(2) },
    EVP_PKEY_encapsulate: { return: 'int32', arguments: pointers(5) },
    EVP_PKEY_CTX_free: { return: 'void', arguments: pointers(1) },
    EVP_PKEY_free: { return: 'void', arguments: pointers(1) },
  });
  return functions as unknown as KemFunctions;
}
