import { type Cause, END } from '#core/host/mod.ts';
import type { Destination } from '#core/wire/mod.ts';
import { equalBytes } from '../base/bytes.ts';
import { ChunkPool } from '../base/chunk-pool.ts';
import { STREAM_WINDOW } from '../base/limits.ts';
import { readU32 } from './frame.ts';
import { MESSAGE_CREDIT, MESSAGE_DATA, MESSAGE_HEAD_LEN, readU16 } from './message.ts';
import { Streams, type StreamsUser } from './mod.ts';

// Two ends of a circuit's streams, with the cells between them in the test's hands. For tests only.

export const TO: Destination = Object.freeze({ host: 'web.test', port: 443 });
const POOL_OCTETS = 64 * 1024 * 1024;

/** What an end's side knows of one of its streams. */
export type Side = {
  pushed: number;
  pulled: number;
  isEnded: boolean;
  /** It was told of the far end's END. */
  sawEnd: boolean;
  cause: Cause | undefined;
  /** It may push, and there may be something to pull: set by what the end tells it. */
  mayPush: boolean;
  mayPull: boolean;
  isOpened: boolean;
};

export class StreamEnd implements StreamsUser {
  readonly pool: ChunkPool = new ChunkPool(POOL_OCTETS);
  readonly streams: Streams;
  readonly sides: Map<number, Side> = new Map<number, Side>();
  readonly asks: { readonly stream: number; readonly to: Destination }[] = [];
  readonly #isClient: boolean;
  isAwake = false;

  constructor(isClient: boolean) {
    this.#isClient = isClient;
    this.streams = new Streams(isClient, this, this.pool, () => {
      this.isAwake = true;
    });
  }

  open(to: Destination = TO): number {
    const stream = this.streams.open(to);
    this.#add(stream);
    return stream;
  }

  /** The octets of this stream from `at` on, as this end sends them. */
  octets(stream: number, at: number, length: number): Uint8Array {
    const octets = new Uint8Array(length);
    let octet = stream * 31 + at * 7 + (this.#isClient ? 3 : 0);
    for (let i = 0; i < length; i++, octet += 7) octets[i] = octet;
    return octets;
  }

  push(stream: number, length: number): number {
    const side = this.side(stream);
    const bytes = this.octets(stream, side.pushed, length);
    const taken = this.streams.push(0, stream, bytes, 0, length);
    side.pushed += taken;
    side.mayPush = taken === length;
    return taken;
  }

  end(stream: number): void {
    this.side(stream).isEnded = true;
    this.streams.end(stream);
  }

  /** Pulls up to `length` octets, and complains when they are not what the far end sent. */
  pull(stream: number, length: number, from: StreamEnd): number {
    const side = this.side(stream);
    const out = new Uint8Array(length);
    const given = this.streams.pull(stream, out, 0, length);
    if (given === END) {
      const far = from.side(stream);
      if (!far.isEnded || far.pushed !== side.pulled)
        throw new Error('an end before the last octet');
      side.sawEnd = true;
    }
    const sent = from.octets(stream, side.pulled, Math.max(0, given));
    if (!equalBytes(out.subarray(0, sent.length), sent)) throw new Error('another octet');
    if (given > 0) side.pulled += given;
    else side.mayPull = false;
    return given;
  }

  reset(_nowUs: number, stream: number, cause: Cause): void {
    const side = this.side(stream);
    if (side.cause !== undefined) throw new Error('reset twice');
    side.cause = cause;
  }

  giveUp(stream: number, cause: Cause): void {
    const side = this.side(stream);
    side.cause ??= cause;
    this.streams.reset(stream, cause);
  }

  side(stream: number): Side {
    const side = this.sides.get(stream);
    if (side === undefined) throw new Error('a stream nobody knows');
    return side;
  }

  asked(_nowUs: number, stream: number, to: Destination): void {
    this.asks.push({ stream, to });
    this.#add(stream);
  }

  opened(_nowUs: number, stream: number): void {
    this.side(stream).isOpened = true;
  }

  stirred(_nowUs: number, stream: number): void {
    const side = this.side(stream);
    side.mayPush = true;
    side.mayPull = true;
  }

  #add(stream: number): void {
    this.sides.set(stream, {
      pushed: 0,
      pulled: 0,
      isEnded: false,
      sawEnd: false,
      cause: undefined,
      mayPush: true,
      mayPull: false,
      isOpened: false,
    });
  }
}

/** Messages of a cell's content. */
export function messagesOf(
  content: Uint8Array,
): readonly { readonly type: number; readonly stream: number; readonly body: Uint8Array }[] {
  const messages = [];
  for (let at = 0; content.length - at >= MESSAGE_HEAD_LEN && content[at] !== 0; ) {
    const length = readU16(content, at + 3);
    const body = content.slice(at + MESSAGE_HEAD_LEN, at + MESSAGE_HEAD_LEN + length);
    messages.push({ type: content[at] as number, stream: readU16(content, at + 1), body });
    at += MESSAGE_HEAD_LEN + length;
  }
  return messages;
}

/** One direction of cells: counts what PROTOCOL §10.2 bounds, from the cells alone. */
export class CellPipe {
  readonly cells: Uint8Array[] = [];
  readonly #from: StreamEnd;
  readonly #to: StreamEnd;
  /** Octets of DATA under way by stream: sent here, given back by the other direction. */
  readonly underWay: Map<number, number> = new Map<number, number>();

  constructor(from: StreamEnd, to: StreamEnd) {
    this.#from = from;
    this.#to = to;
  }

  /** The next cell of this length, if there is something to say; `other` is the direction back. */
  fill(length: number, other: CellPipe): boolean {
    const content = new Uint8Array(length).fill(0xcc);
    const data = this.#from.streams.fill(0, content, 0, length);
    if (data < 0) {
      this.#from.isAwake = false;
      return false;
    }
    let seen = 0;
    for (const { type, stream, body } of messagesOf(content)) {
      if (type === MESSAGE_DATA) {
        seen += body.length;
        const underWay = (this.underWay.get(stream) ?? 0) + body.length;
        if (underWay > STREAM_WINDOW) throw new Error('more than the window');
        this.underWay.set(stream, underWay);
      } else if (type === MESSAGE_CREDIT)
        other.underWay.set(stream, (other.underWay.get(stream) ?? 0) - readU32(body, 0));
    }
    if (seen !== data) throw new Error('it answers for other octets than it sent');
    this.cells.push(content);
    return true;
  }

  deliver(): void {
    const cell = this.cells.shift();
    if (cell !== undefined && !this.#to.streams.receive(0, cell, 0, cell.length))
      throw new Error(`refused: ${this.#to.streams.reject}`);
  }
}
