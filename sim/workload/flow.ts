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
