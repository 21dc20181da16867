import { type Cause, END } from '#core/host/mod.ts';
import { STEP_CELL_FILLED, type Trace } from '#core/observe/mod.ts';
import { type Destination, decodeDestination, encodeDestination } from '#core/wire/mod.ts';
import { assert } from '../base/assert.ts';
import type { ChunkPool } from '../base/chunk-pool.ts';
import {
  STREAM_OUTBOX,
  STREAM_WINDOW,
  STREAMS_LINGERING_MAX,
  STREAMS_PER_CIRCUIT_MAX,
} from '../base/limits.ts';
import type { Micros } from '../base/time.ts';
import { CELL_LARGE, readU32 } from './frame.ts';
import {
  causeOfCode,
  codeOfCause,
  MESSAGE_CREDIT,
  MESSAGE_DATA,
  MESSAGE_END,
  MESSAGE_HEAD_LEN,
  MESSAGE_NONE,
  MESSAGE_OPEN,
  MESSAGE_OPENED,
  MESSAGE_RESET,
  readU16,
  writeMessageHead,
} from './message.ts';
import { CircuitStream } from './stream.ts';
import type { MessageReject, StreamsUser } from './streams-user.ts';

const STREAM_NUMBERS = 0x1_0000;

/** The streams of one circuit at one of its ends: the same at both, but that only a client opens. PROTOCOL §10. */
export class Streams {
  /** Set when `receive` answered false. */
  reject: MessageReject = 'message-malformed';
  /** When the last END of ours went into a cell: what was said before it may be on its way. */
  lastEndUs: Micros = Number.NEGATIVE_INFINITY;
  readonly #isClient: boolean;
  readonly #user: StreamsUser;
  readonly #pool: ChunkPool;
  readonly #wake: () => void;
  readonly #trace: Trace;
  readonly #streams = new Map<number, CircuitStream>();
  /** Streams with something to say, by turns. */
  readonly #ready = new Set<CircuitStream>();
  #next = 1;

  /** `wake`: there is something to `fill` a cell with. */
  constructor(
    isClient: boolean,
    user: StreamsUser,
    pool: ChunkPool,
    wake: () => void,
    trace?: Trace,
  ) {
    this.#trace = trace;
    this.#isClient = isClient;
    this.#user = user;
    this.#pool = pool;
    this.#wake = wake;
  }

  get size(): number {
    return this.#streams.size;
  }

  /** Those that are not over. */
  get all(): Iterable<CircuitStream> {
    return this.#streams.values();
  }

  get hasToSay(): boolean {
    return this.#ready.size > 0;
  }

  /** Stream octets that could go into cells now, counted up to a large cell and no further. */
  get waiting(): number {
    let octets = 0;
    for (const stream of this.#ready) {
      octets += stream.sendable;
      if (octets >= CELL_LARGE) break;
    }
    return octets;
  }

  /** Numbers are never used twice in a circuit: when they are spent, it takes no more streams. */
  get isSpent(): boolean {
    return this.#next >= STREAM_NUMBERS || this.#streams.size >= STREAMS_PER_CIRCUIT_MAX;
  }

  // ---- our side ------------------------------------------------------------------------------------------

  /** Asks the last hop for a stream; answers its number. */
  open(to: Destination): number {
    assert(this.#isClient && !this.isSpent, 'a client opens streams while it may');
    const stream = new CircuitStream(this.#next++, this.#pool, this.#trace);
    stream.owesOpen = to;
    this.#streams.set(stream.number, stream);
    this.#say(stream);
    return stream.number;
  }

  /** The last hop is connected for this stream. */
  granted(number: number): void {
    const stream = this.#streams.get(number);
    if (stream === undefined) return;
    stream.owesOpened = true;
    this.#say(stream);
  }

  /** Takes octets from our side; answers how many. The rest when the stream stirs. */
  push(nowUs: Micros, number: number, bytes: Uint8Array, start: number, end: number): number {
    const stream = this.#streams.get(number);
    if (stream === undefined || stream.owesReset !== undefined) return end - start;
    const length = Math.min(end - start, STREAM_OUTBOX - stream.outbox.length);
    if (stream.take(bytes, start, start + length) < length) {
      // The root holds all it may hold: this stream is over, rather than stuck.
      this.reset(number, 'limit');
      this.#user.reset(nowUs, number, 'limit');
      return end - start;
    }
    stream.isHeld = length < end - start;
    if (length > 0) this.#say(stream);
    return length;
  }

  /** Our side has no more. */
  end(number: number): void {
    const stream = this.#streams.get(number);
    if (stream === undefined) return;
    stream.weEnded = true;
    this.#say(stream);
  }

  /** Gives octets to our side: how many, 0 for none now, END once behind the last. */
  pull(number: number, out: Uint8Array, start: number, end: number): number {
    const stream = this.#streams.get(number);
    if (stream === undefined) return 0;
    const given = stream.give(out, start, end);
    if (given > 0) {
      stream.taken += given;
      if (stream.owesCredit) this.#say(stream);
      return given;
    }
    // A stream given up has no end: what was left of it was thrown away.
    if (!stream.peerEnded || stream.endTaken || stream.owesReset !== undefined) return 0;
    stream.endTaken = true;
    if (stream.isOver) this.#forget(stream);
    return END;
  }

  /** Our side gives the stream up, and pulls nothing more: the far end is told the cause. */
  reset(number: number, cause: Cause): void {
    const stream = this.#streams.get(number);
    if (stream === undefined) return;
    this.#empty(stream);
    stream.owesReset = cause;
    this.#say(stream);
  }

  /** The circuit is gone, and with it every stream. */
  destroy(nowUs: Micros, cause: Cause): void {
    const streams = [...this.#streams.values()];
    for (const stream of streams) this.#forget(stream);
    for (const { number, owesReset } of streams)
      if (owesReset === undefined) this.#user.reset(nowUs, number, cause);
  }

  // ---- cells ---------------------------------------------------------------------------------------------

  /**
   * Fills the content of a cell with messages; answers the octets of stream data in it, or -1 when there was
   * nothing to say. What is left over is zero.
   */
  fill(nowUs: Micros, out: Uint8Array, start: number, end: number): number {
    let at = start;
    let data = 0;
    for (const stream of this.#ready) {
      // What it had to say may have become of no use meanwhile: credit, when the far end has ended.
      if (!stream.hasToSay) {
        this.#ready.delete(stream);
        continue;
      }
      const before = at;
      at = this.#control(stream, out, at, end);
      if (stream.owesOpen === undefined && stream.owesReset === undefined) {
        const length = Math.min(stream.sendable, end - at - MESSAGE_HEAD_LEN);
        if (length > 0) {
          at = this.#sendData(nowUs, stream, length, out, at);
          data += length;
        }
        if (stream.owesEnd && end - at >= MESSAGE_HEAD_LEN) {
          writeMessageHead(out, at, MESSAGE_END, stream.number, 0);
          at += MESSAGE_HEAD_LEN;
          stream.endSent = true;
          this.lastEndUs = nowUs;
        }
      }
      // What does not fit stays first, so that OPENs go in the order of their numbers.
      if (at === before) break;
      this.#ready.delete(stream);
      if (stream.isOver || stream.resetSent) this.#forget(stream);
      else if (stream.hasToSay) this.#ready.add(stream);
    }
    if (at === start) return -1;
    out.fill(0, at, end);
    this.#trace?.(STEP_CELL_FILLED, end - start, data);
    return data;
  }

  /** Takes the messages of a cell. False, with `reject` set, when the far end broke a rule: the circuit is over. */
  receive(nowUs: Micros, bytes: Uint8Array, start: number, end: number): boolean {
    let at = start;
    while (end - at >= MESSAGE_HEAD_LEN && bytes[at] !== MESSAGE_NONE) {
      const type = bytes[at] as number;
      const number = readU16(bytes, at + 1);
      const length = readU16(bytes, at + 3);
      at += MESSAGE_HEAD_LEN;
      if (length > end - at) return this.#no('message-malformed');
      if (!this.#message(nowUs, type, number, bytes, at, length)) return false;
      at += length;
    }
    for (; at < end; at++) if (bytes[at] !== 0) return this.#no('message-malformed');
    return true;
  }

  #message(
    nowUs: Micros,
    type: number,
    number: number,
    bytes: Uint8Array,
    at: number,
    length: number,
  ): boolean {
    if (type === MESSAGE_OPEN) return this.#opening(nowUs, number, bytes, at, length);
    if (number === 0 || number >= this.#next) return this.#no('stream-unknown');
    const stream = this.#streams.get(number);
    // A stream we have forgotten: what was on its way meanwhile is of no interest.
    if (stream === undefined || stream.owesReset !== undefined) {
      if (stream !== undefined && type === MESSAGE_RESET) this.#forget(stream);
      return type > MESSAGE_OPEN && type <= MESSAGE_CREDIT ? true : this.#no('message-malformed');
    }
    switch (type) {
      case MESSAGE_OPENED:
        if (!this.#isClient || length !== 0) return this.#no('message-malformed');
        this.#user.opened(nowUs, number);
        return true;
      case MESSAGE_DATA:
        return this.#data(nowUs, stream, bytes, at, length);
      case MESSAGE_END:
        if (stream.peerEnded || length !== 0) return this.#no('message-malformed');
        stream.peerEnded = true;
        this.#user.stirred(nowUs, number);
        return true;
      case MESSAGE_RESET:
        return this.#resetCame(
          nowUs,
          stream,
          length === 1 ? causeOfCode(bytes[at] as number) : undefined,
        );
      case MESSAGE_CREDIT:
        if (length !== 4) return this.#no('message-malformed');
        stream.credit += readU32(bytes, at);
        if (stream.credit > STREAM_WINDOW) return this.#no('stream-credit');
        if (stream.hasToSay) this.#say(stream);
        return true;
      default:
        return this.#no('message-malformed');
    }
  }

  #opening(nowUs: Micros, number: number, bytes: Uint8Array, at: number, length: number): boolean {
    const decoded = decodeDestination(bytes, at, at + length);
    // Numbers go up by one, so none comes twice.
    if (this.#isClient || decoded?.length !== length || number !== this.#next)
      return this.#no('message-malformed');
    if (this.#streams.size >= STREAMS_LINGERING_MAX || !this.#pool.takeStream())
      return this.#no('stream-limit');
    this.#next += 1;
    this.#streams.set(number, new CircuitStream(number, this.#pool, this.#trace));
    this.#user.asked(nowUs, number, decoded.destination);
    return true;
  }

  #data(
    nowUs: Micros,
    stream: CircuitStream,
    bytes: Uint8Array,
    at: number,
    length: number,
  ): boolean {
    if (length === 0 || stream.peerEnded) return this.#no('message-malformed');
    if (length > stream.granted) return this.#no('stream-credit');
    stream.granted -= length;
    if (stream.keep(bytes, at, at + length) < length) return this.#no('pool-exhausted');
    this.#user.stirred(nowUs, stream.number);
    return true;
  }

  #resetCame(nowUs: Micros, stream: CircuitStream, cause: Cause | undefined): boolean {
    if (cause === undefined) return this.#no('message-malformed');
    this.#forget(stream);
    this.#user.reset(nowUs, stream.number, cause);
    return true;
  }

  // ---- within --------------------------------------------------------------------------------------------

  /** OPEN, OPENED, CREDIT and RESET, as far as they fit. */
  #control(stream: CircuitStream, out: Uint8Array, start: number, end: number): number {
    let at = start;
    if (stream.owesReset !== undefined) {
      // The numbers of a circuit have no gaps: the far end hears of this stream, and that it is over.
      at = this.#open(stream, out, at, end);
      if (stream.owesOpen !== undefined || end - at < MESSAGE_HEAD_LEN + 1) return at;
      stream.resetSent = true;
      writeMessageHead(out, at, MESSAGE_RESET, stream.number, 1);
      out[at + MESSAGE_HEAD_LEN] = codeOfCause(stream.owesReset);
      return at + MESSAGE_HEAD_LEN + 1;
    }
    at = this.#open(stream, out, at, end);
    if (stream.owesOpened && end - at >= MESSAGE_HEAD_LEN) {
      writeMessageHead(out, at, MESSAGE_OPENED, stream.number, 0);
      at += MESSAGE_HEAD_LEN;
      stream.owesOpened = false;
    }
    if (stream.owesCredit && end - at >= MESSAGE_HEAD_LEN + 4) {
      writeMessageHead(out, at, MESSAGE_CREDIT, stream.number, 4);
      at += MESSAGE_HEAD_LEN;
      for (let shift = 24; shift >= 0; shift -= 8) out[at++] = stream.taken >>> shift;
      stream.granted += stream.taken;
      stream.taken = 0;
    }
    return at;
  }

  #sendData(
    nowUs: Micros,
    stream: CircuitStream,
    length: number,
    out: Uint8Array,
    at: number,
  ): number {
    const end = at + MESSAGE_HEAD_LEN + length;
    writeMessageHead(out, at, MESSAGE_DATA, stream.number, length);
    stream.write(out, at + MESSAGE_HEAD_LEN, end);
    stream.credit -= length;
    if (stream.isHeld) {
      stream.isHeld = false;
      this.#user.stirred(nowUs, stream.number);
    }
    return end;
  }

  #open(stream: CircuitStream, out: Uint8Array, at: number, end: number): number {
    if (stream.owesOpen === undefined) return at;
    const body = encodeDestination(stream.owesOpen);
    if (end - at < MESSAGE_HEAD_LEN + body.length) return at;
    writeMessageHead(out, at, MESSAGE_OPEN, stream.number, body.length);
    out.set(body, at + MESSAGE_HEAD_LEN);
    stream.owesOpen = undefined;
    return at + MESSAGE_HEAD_LEN + body.length;
  }

  #say(stream: CircuitStream): void {
    if (!stream.hasToSay) return;
    this.#ready.add(stream);
    this.#wake();
  }

  #forget(stream: CircuitStream): void {
    this.#empty(stream);
    this.#ready.delete(stream);
    if (this.#streams.delete(stream.number) && !this.#isClient) this.#pool.giveBackStream();
  }

  #empty(stream: CircuitStream): void {
    stream.inbox.clear();
    stream.outbox.clear();
  }

  #no(reject: MessageReject): boolean {
    this.reject = reject;
    return false;
  }
}
