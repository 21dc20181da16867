// What flows and pages are made of: a function of flow, direction and place, so that whoever reads an octet knows
// whether it is the right one. Made and checked four octets at a time: a network of many flows spends its time here.

/** Octets of content between two occurrences of the canary: any packet of content holds one whole. */
const CANARY_PERIOD = 64;
export const CANARY: readonly number[] = Object.freeze([
  0xc5, 0x5f, 0x9d, 0x13, 0x8e, 0x27, 0xb1, 0x6a, 0xf4, 0x02, 0x79, 0xe8, 0x4c, 0xd6, 0x30, 0xab,
]);

const WORD = 4;

/** Writes octets [at, at + end - start) of a direction's content to out[start, end). */
export function fillContent(
  flow: number,
  isUp: boolean,
  at: number,
  out: Uint8Array,
  start: number,
  end: number,
): void {
  const salt = saltOf(flow, isUp);
  let place = at;
  for (let i = start; i < end; ) {
    let word = wordAt(salt, place);
    do {
      out[i++] = word;
      word >>>= 8;
      place += 1;
    } while (place % WORD !== 0 && i < end);
  }
}

/** How many of bytes[start, end) are not octets [at, at + end - start) of a direction's content. */
export function wrongContent(
  flow: number,
  isUp: boolean,
  at: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): number {
  const salt = saltOf(flow, isUp);
  let place = at;
  let wrong = 0;
  for (let i = start; i < end; ) {
    let word = wordAt(salt, place);
    do {
      if (bytes[i++] !== (word & 0xff)) wrong += 1;
      word >>>= 8;
      place += 1;
    } while (place % WORD !== 0 && i < end);
  }
  return wrong;
}

function saltOf(flow: number, isUp: boolean): number {
  return Math.imul(flow + (isUp ? 1 : 0x8000_0001), 0x85eb_ca6b);
}

/** The octets from `place` to the end of its word, the first one lowest: of the canary, then of a pattern. */
function wordAt(salt: number, place: number): number {
  const inWord = place % WORD;
  const inPeriod = place % CANARY_PERIOD;
  let mix = 0;
  if (inPeriod < CANARY.length) {
    for (let i = WORD - 1; i >= 0; i--)
      mix = (mix << 8) | (CANARY[inPeriod - inWord + i] as number);
  } else {
    mix = Math.imul(place - inWord + 1, 0x9e37_79b1) ^ salt;
    mix = Math.imul(mix ^ (mix >>> 15), 0x2c1b_3c6d);
    mix = Math.imul(mix ^ (mix >>> 12), 0x297a_2d39);
    mix ^= mix >>> 15;
  }
  return mix >>> (8 * inWord);
}
