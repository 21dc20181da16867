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

/** A set of 8-octet strings over one typed array: every place of every octet string it is made of. */
export class WindowSet {
  /** Two words a slot, at most half of the slots in use. Both zero: free, as eight zeros are nothing to remember. */
  readonly #words: Uint32Array;
  readonly #mask: number;

  constructor(strings: readonly Uint8Array[]) {
    const windows = strings.reduce((sum, { length }) => sum + length, 0);
    let slots = 1;
    while (slots < 2 * windows + 1) slots *= 2;
    this.#words = new Uint32Array(2 * slots);
    this.#mask = slots - 1;
    for (const octets of strings) this.#add(octets);
  }

  /** Where a string first shares a window of high entropy with the set, and -1 where it does not. */
  find(octets: Uint8Array, except: WindowSet): number {
    let high = 0;
    let low = 0;
    for (let end = 1; end <= octets.length; end++) {
      high = ((high << 8) | (low >>> 24)) >>> 0;
      low = ((low << 8) | (octets[end - 1] as number)) >>> 0;
      const at = end - WINDOW;
      if (at >= 0 && this.#has(high, low) && isMixed(octets, at) && !except.#has(high, low))
        return at;
    }
    return -1;
  }

  #has(high: number, low: number): boolean {
    const place = 2 * this.#slot(high, low);
    return this.#words[place] === high && this.#words[place + 1] === low;
  }

  #add(octets: Uint8Array): void {
    let high = 0;
    let low = 0;
    for (let end = 1; end <= octets.length; end++) {
      high = ((high << 8) | (low >>> 24)) >>> 0;
      low = ((low << 8) | (octets[end - 1] as number)) >>> 0;
      if (end < WINDOW) continue;
      const place = 2 * this.#slot(high, low);
      this.#words[place] = high;
      this.#words[place + 1] = low;
    }
  }

  /** The slot of a window, or the free one where it belongs. */
  #slot(high: number, low: number): number {
    const mixed = Math.imul(high, 0x9e37_79b1) ^ Math.imul(low, 0x85eb_ca6b);
    let slot = (mixed ^ (mixed >>> 15)) & this.#mask;
    for (; ; slot = (slot + 1) & this.#mask) {
      const heldHigh = this.#words[2 * slot] as number;
      const heldLow = this.#words[2 * slot + 1] as number;
      if ((heldHigh === high && heldLow === low) || (heldHigh === 0 && heldLow === 0)) return slot;
    }
  }
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
