import type { ArgumentType, FunctionSignature, ReturnType } from 'node:ffi';

/** Of openssl/evp.h, as far as they are called. */
export interface EvpFunctions {
  EVP_aes_256_gcm(): bigint;
  EVP_CIPHER_CTX_new(): bigint;
  EVP_CipherInit_ex(
    context: bigint,
    cipher: bigint,
    engine: bigint,
    key: bigint,
    nonce: bigint,
    mode: number,
  ): number;
  EVP_CipherUpdate(
    context: bigint,
    out: bigint,
    outLen: bigint,
    at: bigint,
    length: number,
  ): number;
  EVP_CipherFinal_ex(context: bigint, out: bigint, outLen: bigint): number;
  EVP_CIPHER_CTX_ctrl(context: bigint, what: number, length: number, at: bigint): number;
}

/** Of the program itself, which is never closed. Throws where it does not have them all. */
export function evpFunctions(ffi: typeof import('node:ffi')): EvpFunctions {
  const { functions } = ffi.dlopen(null, {
    EVP_aes_256_gcm: signature('pointer'),
    EVP_CIPHER_CTX_new: signature('pointer'),
    EVP_CipherInit_ex: signature(
      'int32',
      'pointer',
      'pointer',
      'pointer',
      'pointer',
      'pointer',
      'int32',
    ),
    EVP_CipherUpdate: signature('int32', 'pointer', 'pointer', 'pointer', 'pointer', 'int32'),
    EVP_CipherFinal_ex: signature('int32', 'pointer', 'pointer', 'pointer'),
    EVP_CIPHER_CTX_ctrl: signature('int32', 'pointer', 'int32', 'int32', 'pointer'),
  });
  return functions as unknown as EvpFunctions;
}

function signature(answer: ReturnType, ...given: readonly ArgumentType[]): FunctionSignature {
  return { return: answer, arguments: given };
}
