import type { Id } from '../base/slab.ts';
import { END, type Endpoint } from './mod.ts';

/** Octets a splice keeps between its two streams. */
const SPLICE_MAX = 64 * 1024;

/** The octet of the test pattern at this place of any stream: neighbours and neighbouring blocks differ. */
export function patternAt(position: number): number {
  return (position ^ (position >> 8) ^ (position >> 16)) & 0xff;
}

/** A stream of a ProbeRoot: what it sends, what it takes, and what it was asked. */
export class ProbeStream {
  readonly id: Id;
  readonly name: string;
  /** Octets taken of each offer, at most. */
  appetite: number;
  isOpen = false;
  isClosed = false;
  /** Our direction ends behind what is to be sent. */
  isEnding = false;
  /** Octets of the pattern still to be sent. */
  toSend = 0;
  sent = 0;
  received = 0;
  /** Whether what came was the pattern so far. */
  isInOrder = true;
  /** Took less than it was offered the last time. */
  isHolding = false;
  offers = 0;
  transmits = 0;
  creditMin: number = Number.POSITIVE_INFINITY;
  creditMax = 0;
  /** What this one receives the other one sends. */
  splice: ProbeStream | undefined;
  /** What becomes of a piece on its way through the splice. */
  tamper: (bytes: Uint8Array) => Uint8Array = (bytes) => bytes;
  /** Of an accepted stream. */
  from: Endpoint | undefined;
  #queue: Uint8Array[] = [];
  #queued = 0;

  constructor(id: Id, name: string, appetite: number) {
    this.id = id;
    this.name = name;
    this.appetite = appetite;
  }

  /** Answers how many octets were taken. */
  receive(bytes: Uint8Array, start: number, end: number): number {
    this.offers += 1;
    const room = this.splice === undefined ? this.appetite : SPLICE_MAX - this.splice.#queued;
    const taken = Math.max(0, Math.min(room, end - start));
    if (this.splice !== undefined)
      this.splice.#enqueue(this.tamper(bytes.slice(start, start + taken)));
    else {
      for (let i = 0; i < taken; i++)
        if (bytes[start + i] !== patternAt(this.received + i)) this.isInOrder = false;
    }
    this.received += taken;
    this.isHolding = taken < end - start;
    return taken;
  }

  /** Answers as `transmit` of the contract. */
  transmit(out: Uint8Array, start: number, end: number): number {
    this.transmits += 1;
    this.creditMin = Math.min(this.creditMin, end - start);
    this.creditMax = Math.max(this.creditMax, end - start);
    const written =
      this.splice === undefined ? this.#fill(out, start, end) : this.#drain(out, start, end);
    this.sent += written;
    return written === 0 && this.isEnding ? END : written;
  }

  #fill(out: Uint8Array, start: number, end: number): number {
    const length = Math.min(end - start, this.toSend);
    for (let i = 0; i < length; i++) out[start + i] = patternAt(this.sent + i);
    this.toSend -= length;
    return length;
  }

  #drain(out: Uint8Array, start: number, end: number): number {
    let at = start;
    for (let next = this.#queue[0]; next !== undefined && at < end; next = this.#queue[0]) {
      const part = next.subarray(0, end - at);
      out.set(part, at);
      at += part.length;
      if (part.length === next.length) this.#queue.shift();
      else this.#queue[0] = next.subarray(part.length);
    }
    this.#queued -= at - start;
    return at - start;
  }

  #enqueue(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#queue.push(bytes);
    this.#queued += bytes.length;
  }
}
