import { assert } from '#core/base/assert.ts';

/** Octets of a window: what no two strangers may share. */
export const WINDOW = 8;
/** Different octets among a window's eight: fewer are padding, counters or text, which anybody may have. */
const DISTINCT_MIN = 6;
/**
 * Octets of at least 16 among them. With three, the head of a frame on circuit 1 and what chance put beside it, two
 * strangers met in 2 of 100 seeds; each random octet more makes that 256 times rarer.
 */
const LARGE_MIN = 4;
const LARGE = 16;
const WORDS = 2;

/** A set of 8-octet strings over typed arrays: every place of every octet string put into it. */
export class WindowSet {
  #words: Uint32Array;
  #used: Uint8Array;
  #count = 0;

  constructor(slots: number = 1 << 16) {
    this.#words = new Uint32Array(slots * WORDS);
    this.#used = new Uint8Array(slots);
  }

  add(octets: Uint8Array): void {
    eachWindow(octets, (high, low) => this.#add(high, low));
  }

  /** Where a string first shares a window of high entropy with the set, and -1 where it does not. */
  find(octets: Uint8Array, except: WindowSet): number {
    let found = -1;
    eachWindow(octets, (high, low, at) => {
      if (found < 0 && this.has(high, low) && !except.has(high, low)) found = at;
    });
    return found;
  }

  has(high: number, low: number): boolean {
    return this.#used[this.#slot(this.#words, this.#used, high, low)] === 1;
  }

  #add(high: number, low: number): void {
    let slot = this.#slot(this.#words, this.#used, high, low);
    if (this.#used[slot] === 1) return;
    if (2 * (this.#count + 1) > this.#used.length) {
      this.#grow();
      slot = this.#slot(this.#words, this.#used, high, low);
    }
    this.#used[slot] = 1;
    this.#words[slot * WORDS] = high;
    this.#words[slot * WORDS + 1] = low;
    this.#count += 1;
  }

  #slot(words: Uint32Array, used: Uint8Array, high: number, low: number): number {
    const mask = used.length - 1;
    let slot = (Math.imul(high, 0x9e37_79b1) ^ Math.imul(low, 0x85eb_ca6b)) & mask;
    slot = (slot ^ (slot >>> 7)) & mask;
    for (let looked = 0; ; slot = (slot + 1) & mask) {
      assert(looked++ < used.length, 'a table at most half full has a free slot');
      if (used[slot] === 0) return slot;
      if (words[slot * WORDS] === high && words[slot * WORDS + 1] === low) return slot;
    }
  }

  #grow(): void {
    const words = new Uint32Array(this.#words.length * 2);
    const used = new Uint8Array(this.#used.length * 2);
    for (let old = 0; old < this.#used.length; old++) {
      if (this.#used[old] === 0) continue;
      const high = this.#words[old * WORDS] as number;
      const low = this.#words[old * WORDS + 1] as number;
      const slot = this.#slot(words, used, high, low);
      used[slot] = 1;
      words[slot * WORDS] = high;
      words[slot * WORDS + 1] = low;
    }
    this.#words = words;
    this.#used = used;
  }
}

/** Every window of high entropy: its two words and where it begins. */
function eachWindow(
  octets: Uint8Array,
  use: (high: number, low: number, at: number) => void,
): void {
  if (octets.length < WINDOW) return;
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  for (let at = 0; at + WINDOW <= octets.length; at++)
    if (isMixed(octets, at)) use(view.getUint32(at), view.getUint32(at + 4), at);
}

function isMixed(octets: Uint8Array, at: number): boolean {
  let distinct = 0;
  let large = 0;
  for (let i = 0; i < WINDOW; i++) {
    let isNew = 1;
    for (let j = 0; j < i; j++) if (octets[at + i] === octets[at + j]) isNew = 0;
    distinct += isNew;
    if ((octets[at + i] as number) >= LARGE) large += 1;
  }
  return distinct >= DISTINCT_MIN && large >= LARGE_MIN;
}
