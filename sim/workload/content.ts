// What flows and pages are made of: a function of flow, direction and place, so that whoever reads an octet knows
// whether it is the right one. Made a period at a time: a network of many flows spends its time here.
import { assert } from '#core/base/assert.ts';

/** Octets of content between two occurrences of the canary: any packet of content holds one whole. */
const CANARY_PERIOD = 64;
export const CANARY: readonly number[] = Object.freeze([
  0xc5, 0x5f, 0x9d, 0x13, 0x8e, 0x27, 0xb1, 0x6a, 0xf4, 0x02, 0x79, 0xe8, 0x4c, 0xd6, 0x30, 0xab,
]);

const WORDS: number = CANARY_PERIOD / 4;
const CANARY_WORDS: number = CANARY.length / 4;
const PLACES = 0x1_0000_0000;

/** Writes octets [at, at + end - start) of a direction's content to out[start, end). `at` is below 2^32. */
export function fillContent(
  flow: number,
  isUp: boolean,
  at: number,
  out: Uint8Array,
  start: number,
  end: number,
): void {
  const period = emptyPeriod();
  const salt = saltOf(flow, isUp);
  for (let i = start, place = at; i < end; ) {
    const from = makePeriod(period, salt, place);
    const length = Math.min(CANARY_PERIOD - from, end - i);
    if (length === CANARY_PERIOD) out.set(period, i);
    else out.set(period.subarray(from, from + length), i);
    i += length;
    place += length;
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
  const period = emptyPeriod();
  const salt = saltOf(flow, isUp);
  let wrong = 0;
  for (let i = start, place = at; i < end; ) {
    const from = makePeriod(period, salt, place);
    const length = Math.min(CANARY_PERIOD - from, end - i);
    for (let n = 0; n < length; n++) if (bytes[i + n] !== period[from + n]) wrong += 1;
    i += length;
    place += length;
  }
  return wrong;
}

function saltOf(flow: number, isUp: boolean): number {
  return Math.imul(flow + (isUp ? 1 : 0x8000_0001), 0x85eb_ca6b);
}

/** The canary, and room for what follows it. */
function emptyPeriod(): Uint8Array {
  const period = new Uint8Array(CANARY_PERIOD);
  for (let i = 0; i < CANARY.length; i++) period[i] = CANARY[i] as number;
  return period;
}

/** Makes the period that `place` lies in: behind the canary, a pattern. Answers where in it the place is. */
function makePeriod(period: Uint8Array, salt: number, place: number): number {
  assert(place < PLACES, 'content is below 4 GiB');
  const from = place % CANARY_PERIOD;
  const first = (place - from) / 4;
  for (let word = CANARY_WORDS; word < WORDS; word++) {
    let mix = Math.imul(first + word, 0x9e37_79b1) ^ salt;
    mix = Math.imul(mix ^ (mix >>> 15), 0x2c1b_3c6d);
    mix ^= mix >>> 13;
    const at = 4 * word;
    period[at] = mix;
    period[at + 1] = mix >>> 8;
    period[at + 2] = mix >>> 16;
    period[at + 3] = mix >>> 24;
  }
  return from;
}
