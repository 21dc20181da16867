import { frozen } from '../base/frozen.ts';

// What a cell goes through, step by step: a closed list of codes. A machine is given a trace by its root, or none, and
// tells it each step where it happens: one place in the core for each code. Steps name octets, and numbers that mean
// something inside one machine; no content, no key, no person, no place.

/** Told of each step: its code, and the two numbers of its sentence. Absent: a step costs one comparison. */
export type Trace = ((step: number, a: number, b: number) => void) | undefined;

export type Step = {
  /** The constant's name without STEP_, in small letters. */
  readonly name: string;
  /** What happens, with {a} and {b} for the numbers. */
  readonly sentence: string;
  /** Part of every cell's way, of some cells', or of none: what makes way for cells. */
  readonly way: 'cell' | 'sometimes' | 'control';
  /** Content is copied once, goes once through a cipher, or stays where it is. */
  readonly content: 'copied' | 'ciphered' | 'stays';
};

export const STEP_HOST_OFFERS = 0;
export const STEP_STREAM_TAKES = 1;
export const STEP_DATA_WRITTEN = 2;
export const STEP_CELL_FILLED = 3;
export const STEP_LAYER_SEALED = 4;
export const STEP_FRAME_WRITTEN = 5;
export const STEP_RECORD_SEALED = 6;
export const STEP_RECORD_GATHERED = 7;
export const STEP_RECORD_OPENED = 8;
export const STEP_CELL_CUT = 9;
export const STEP_LAYER_OPENED = 10;
export const STEP_CELL_WAITS = 11;
export const STEP_CELL_LEAVES = 12;
export const STEP_NOISE_BEHIND = 13;
export const STEP_NOISE_BEFORE = 14;
export const STEP_DATA_KEPT = 15;
export const STEP_STREAM_GIVES = 16;
export const STEP_HOST_GIVEN = 17;
export const STEP_REQUEST_READ = 18;
export const STEP_REPLY_WRITTEN = 19;
export const STEP_STREAM_ASKED = 20;
export const STEP_EXIT_DIALS = 21;
export const STEP_EXIT_CONNECTED = 22;
export const STEP_CIRCUIT_OPEN = 23;
export const STEP_CIRCUIT_EXTENDED = 24;
export const STEP_CONTROL_QUEUED = 25;
export const STEP_CREDIT_OWED = 26;
export const STEP_CREDIT_CAME = 27;

/** All steps, by code. */
// biome-ignore format: a table
export const STEPS: readonly Step[] = frozen<readonly Step[]>([
  { name: 'host-offers', way: 'cell', content: 'stays', sentence: 'host stream {a} offers {b} octets' },
  { name: 'stream-takes', way: 'cell', content: 'copied', sentence: 'stream {a} of the circuit takes {b} of them' },
  { name: 'data-written', way: 'cell', content: 'copied', sentence: 'a message of stream {a} gets {b} of them' },
  { name: 'cell-filled', way: 'cell', content: 'stays', sentence: '{a} octets of a cell filled, {b} with data' },
  { name: 'layer-sealed', way: 'cell', content: 'ciphered', sentence: 'layer {a} put on: {b} octets sealed' },
  { name: 'frame-written', way: 'cell', content: 'stays', sentence: 'frame of circuit {a} is whole: {b} octets' },
  { name: 'record-sealed', way: 'cell', content: 'ciphered', sentence: 'record of link {a} sealed: {b} octets' },
  { name: 'record-gathered', way: 'sometimes', content: 'copied', sentence: '{b} octets gathered, {a} of them now' },
  { name: 'record-opened', way: 'cell', content: 'ciphered', sentence: 'record of link {a} opened: {b} octets' },
  { name: 'cell-cut', way: 'cell', content: 'stays', sentence: 'frame of circuit {a} cut out: {b} octets' },
  { name: 'layer-opened', way: 'cell', content: 'ciphered', sentence: 'layer {a} taken off: {b} octets opened' },
  { name: 'cell-waits', way: 'cell', content: 'copied', sentence: '{b} octets wait for the next link, number {a}' },
  { name: 'cell-leaves', way: 'cell', content: 'copied', sentence: '{b} octets go on, {a} cells stay' },
  { name: 'noise-behind', way: 'cell', content: 'stays', sentence: '{b} octets of noise where layers up to {a} were' },
  { name: 'noise-before', way: 'cell', content: 'stays', sentence: '{b} octets of noise where layers below {a} go' },
  { name: 'data-kept', way: 'cell', content: 'copied', sentence: '{b} octets of a message wait in stream {a}' },
  { name: 'stream-gives', way: 'cell', content: 'copied', sentence: 'stream {a} gives {b} octets' },
  { name: 'host-given', way: 'cell', content: 'stays', sentence: 'host stream {a} has {b} octets to send' },
  { name: 'request-read', way: 'control', content: 'stays', sentence: '{b} octets of what application {a} asks for' },
  { name: 'reply-written', way: 'control', content: 'stays', sentence: '{b} octets of the answer to application {a}' },
  { name: 'stream-asked', way: 'control', content: 'stays', sentence: 'stream {a} is asked for, for application {b}' },
  { name: 'exit-dials', way: 'control', content: 'stays', sentence: 'the exit dials for stream {a}: host stream {b}' },
  { name: 'exit-connected', way: 'control', content: 'stays', sentence: 'stream {a} is connected: host stream {b}' },
  { name: 'circuit-open', way: 'control', content: 'stays', sentence: 'circuit {a} is open, over {b} hops' },
  { name: 'circuit-extended', way: 'control', content: 'stays', sentence: 'circuit {a} goes on as circuit {b}' },
  { name: 'control-queued', way: 'control', content: 'stays', sentence: 'a frame of kind {b} is owed on circuit {a}' },
  { name: 'credit-owed', way: 'control', content: 'stays', sentence: '{b} octets of circuit {a} are free again' },
  { name: 'credit-came', way: 'control', content: 'stays', sentence: 'circuit {a} may send {b} octets more' },
]);

/** The sentence of a step with its numbers. */
export function sentenceOf({ sentence }: Step, a: number, b: number): string {
  return sentence.replace('{a}', String(a)).replace('{b}', String(b));
}
