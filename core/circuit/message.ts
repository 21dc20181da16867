import type { Cause } from '#core/host/mod.ts';

// PROTOCOL §10.1: what the client and the last hop say to each other. The content of a cell holds whole messages,
// and zero octets behind the last one.
//
//   type 1 | stream 2 | length 2 | body

export const MESSAGE_HEAD_LEN = 5;

export const MESSAGE_NONE = 0;
export const MESSAGE_OPEN = 1;
export const MESSAGE_OPENED = 2;
export const MESSAGE_DATA = 3;
export const MESSAGE_END = 4;
export const MESSAGE_RESET = 5;
export const MESSAGE_CREDIT = 6;

/** The causes a RESET can carry, by number. What a far end does not need to know is `reset`. */
const CAUSES: readonly Cause[] = Object.freeze<Cause[]>([
  'reset',
  'refused',
  'unreachable',
  'timed-out',
  'limit',
  'policy',
  'untrusted',
]);

export function codeOfCause(cause: Cause): number {
  return Math.max(CAUSES.indexOf(cause), 0);
}

/** Undefined for a number that means nothing. */
export function causeOfCode(code: number): Cause | undefined {
  return CAUSES[code];
}

export function writeMessageHead(
  out: Uint8Array,
  at: number,
  type: number,
  stream: number,
  length: number,
): void {
  out[at] = type;
  out[at + 1] = stream >> 8;
  out[at + 2] = stream;
  out[at + 3] = length >> 8;
  out[at + 4] = length;
}

export function readU16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}
