// What two programs say to each other over one stream, as data. The same flows run over plain host streams and
// over links, in the simulator and on real sockets, and must come out the same everywhere.

/** Who stops first, and how. */
export type Ending =
  | 'each-alone' // both send and end without waiting for the other
  | 'dialler-first' // the answerer speaks only after the dialler's end
  | 'answerer-first' // the dialler speaks only after the answerer's end
  | 'answerer-resets' // once it has all it was promised
  | 'dialler-resets'
  | 'refused'; // nobody listens there

export type Flow = {
  /** 0 to 2^32 - 1; said in the first four octets, so that the answerer knows its part. */
  readonly id: number;
  readonly from: string;
  readonly to: string;
  readonly startMs: number;
  /** Octets from dialler to answerer and back, the first four not counted. */
  readonly upLen: number;
  readonly downLen: number;
  readonly ending: Ending;
  /** Octets the answerer reads per 10 ms; absent: as they come. */
  readonly readPerTick?: number;
};

/** What a flow's ends saw, in the order they saw it: equal in every world. */
export type Transcript = {
  readonly dialler: readonly string[];
  readonly answerer: readonly string[];
};

/** What must come out, worked out from the flow alone. */
export function expectedTranscript(flow: Flow): Transcript {
  const up = `received ${flow.upLen}`;
  const down = `received ${flow.downLen}`;
  switch (flow.ending) {
    case 'each-alone':
    case 'dialler-first':
    case 'answerer-first':
      return {
        dialler: ['opened', down, 'ended', 'closed ended'],
        answerer: ['opened', up, 'ended', 'closed ended'],
      };
    case 'answerer-resets':
      return {
        dialler: ['opened', down, 'closed reset'],
        answerer: ['opened', up, 'closed local'],
      };
    case 'dialler-resets':
      return {
        dialler: ['opened', down, 'closed local'],
        answerer: ['opened', up, 'closed reset'],
      };
    case 'refused':
      return { dialler: ['closed refused'], answerer: [] };
  }
}

/** Octets of content between two occurrences of the canary: any packet of content holds one whole. */
const CANARY_PERIOD = 64;
export const CANARY: readonly number[] = Object.freeze([
  0xc5, 0x5f, 0x9d, 0x13, 0x8e, 0x27, 0xb1, 0x6a, 0xf4, 0x02, 0x79, 0xe8, 0x4c, 0xd6, 0x30, 0xab,
]);

/** Octet `at` of a direction's content: the canary, then a pattern that depends on flow, direction and place. */
export function contentOctet(flow: number, isUp: boolean, at: number): number {
  const place = at % CANARY_PERIOD;
  if (place < CANARY.length) return CANARY[place] as number;
  let mix =
    Math.imul(at + 1, 0x9e37_79b1) ^ Math.imul(flow + (isUp ? 1 : 0x8000_0001), 0x85eb_ca6b);
  mix = Math.imul(mix ^ (mix >>> 15), 0x2c1b_3c6d);
  return (mix >>> 11) & 0xff;
}
