import type { Suite } from '#core/crypto/mod.ts';
import type { Random } from '#core/host/mod.ts';
import { assert } from '../base/assert.ts';

const WORDS = 4;
const FIRST_SLOTS = 1024;
const SECRET_LEN = 32;

/**
 * Exact memory of what was seen, 16 octets each, over typed arrays: open addressing with linear probing, at most
 * half full. Who sends CREATEs can choose some octets of their hashes, so what is kept is a MAC of them under a secret
 * of the set's own: nobody else knows which lie beside each other. PROTOCOL §9.3.
 */
export class ReplaySet {
  /** Slots looked at, ever: a few for each entry, whatever is sent. */
  looked = 0;
  readonly #max: number;
  readonly #suite: Suite;
  readonly #secret: Uint8Array = new Uint8Array(SECRET_LEN);
  #words: Uint32Array = new Uint32Array(FIRST_SLOTS * WORDS);
  #used: Uint8Array = new Uint8Array(FIRST_SLOTS);
  #count = 0;

  /** `max`: entries it may hold. */
  constructor(suite: Suite, random: Random, max: number) {
    this.#suite = suite;
    this.#max = max;
    random.fill(this.#secret);
  }

  get size(): number {
    return this.#count;
  }

  /** Remembers the first 16 octets of a hash: 'new' once, then 'seen'; 'full' takes nothing new. */
  add(hash: Uint8Array): 'new' | 'seen' | 'full' {
    const kept = this.#suite.hmac(this.#secret, hash.subarray(0, WORDS * 4));
    const view = new DataView(kept.buffer, kept.byteOffset, WORDS * 4);
    const words = [0, 4, 8, 12].map((at) => view.getUint32(at));
    let slot = this.#find(this.#words, this.#used, words);
    if (this.#used[slot] === 1) return 'seen';
    if (this.#count >= this.#max) return 'full';
    if (2 * (this.#count + 1) > this.#used.length) {
      this.#grow();
      slot = this.#find(this.#words, this.#used, words);
    }
    this.#words.set(words, slot * WORDS);
    this.#used[slot] = 1;
    this.#count += 1;
    return 'new';
  }

  /** The slot that holds these words, or the free one where they belong. */
  #find(table: Uint32Array, used: Uint8Array, words: ArrayLike<number>): number {
    const mask = used.length - 1;
    for (let slot = (words[0] as number) & mask, looked = 0; ; slot = (slot + 1) & mask) {
      assert(looked++ < used.length, 'a table at most half full has a free slot');
      this.looked += 1;
      if (used[slot] === 0) return slot;
      const at = slot * WORDS;
      if (
        table[at] === words[0] &&
        table[at + 1] === words[1] &&
        table[at + 2] === words[2] &&
        table[at + 3] === words[3]
      ) {
        return slot;
      }
    }
  }

  #grow(): void {
    const slots = this.#used.length * 2;
    const table = new Uint32Array(slots * WORDS);
    const used = new Uint8Array(slots);
    for (let slot = 0; slot < this.#used.length; slot++) {
      if (this.#used[slot] === 0) continue;
      const words = this.#words.subarray(slot * WORDS, slot * WORDS + WORDS);
      const place = this.#find(table, used, words);
      table.set(words, place * WORDS);
      used[place] = 1;
    }
    this.#words = table;
    this.#used = used;
  }
}
