import { AEAD_TAG_LEN, type AeadKey, KeyChain } from '#core/crypto/mod.ts';
import { createNobleSuite } from '#core/crypto/noble/mod.ts';
import { exchange, makePair, type Pair } from './pair.case.ts';
import { LENGTH_BLOCK_LEN } from './record.ts';

// A peer that holds the keys of its own link and seals what our sealer would refuse to. For tests only.

/** A link that is open, and what its dialler may seal now. */
export class Liar {
  readonly pair: Pair;
  readonly #key: AeadKey;
  /** Its introduction has gone before. */
  #counter = 2;

  constructor() {
    const secrets: Uint8Array[] = [];
    this.pair = makePair(4, false, (secret) => secrets.push(secret.slice()));
    exchange(this.pair);
    const secret = secrets[0] as Uint8Array;
    this.#key = new KeyChain(0, createNobleSuite(), secret, 'spn link key').key;
  }

  /** A record of any type and length; `content` is zeros. */
  record(type: number, content: number): Uint8Array {
    const body = new Uint8Array(1 + content);
    body[0] = type;
    const length = Uint8Array.of(body.length >> 8, body.length & 0xff);
    const sealed = new Uint8Array(LENGTH_BLOCK_LEN + body.length + AEAD_TAG_LEN);
    this.#key.seal(this.#counter, length, 0, 2, sealed, 0);
    this.#key.seal(this.#counter + 1, body, 0, body.length, sealed, LENGTH_BLOCK_LEN);
    this.#counter += 2;
    return sealed;
  }
}
