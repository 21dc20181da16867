import {
  CELL_LARGE,
  CellQueue,
  type CreateOpened,
  contentLen,
  FLAG_HERE,
  LAYER_LEN,
  Layer,
  type LayerReject,
  type Leg,
  type LegUser,
  liveLen,
  type MessageReject,
  Pace,
  STATUS_DONE,
  Streams,
  type StreamsUser,
} from '#core/circuit/mod.ts';
import type { Suite } from '#core/crypto/mod.ts';
import type { Random } from '#core/host/mod.ts';
import {
  STEP_CIRCUIT_EXTENDED,
  STEP_NOISE_BEFORE,
  STEP_NOISE_BEHIND,
  type Tally,
  type Trace,
} from '#core/observe/mod.ts';
import { assert } from '../base/assert.ts';
import { wipe } from '../base/bytes.ts';
import type { ChunkPool } from '../base/chunk-pool.ts';
import type { Micros } from '../base/time.ts';

export type CellReject = LayerReject | MessageReject | 'cell-misaddressed' | 'create-key-invalid';

export const CELL_REJECTS: readonly CellReject[] = Object.freeze<CellReject[]>([
  'cell-forged',
  'cell-flags',
  'cell-key-overdue',
  'cell-rekey-flood',
  'cell-misaddressed',
  'message-malformed',
  'stream-unknown',
  'stream-credit',
  'stream-limit',
  'pool-exhausted',
  'create-key-invalid',
]);

/** What circuits of a relay share. */
export type RelayShared = {
  readonly suite: Suite;
  readonly random: Random;
  readonly pool: ChunkPool;
  readonly rejects: Tally<CellReject>;
  /** CELL_LARGE octets; holds one opened cell during a call. */
  readonly scratch: Uint8Array;
  readonly trace?: Trace;
  /** The CREATE was answered: from here on it is not a matter of time. */
  answered(circuit: RelayCircuit): void;
  gone(circuit: RelayCircuit): void;
};

/**
 * A circuit at one of its relays: a layer of ours off what comes from the client, and one onto what goes back. In
 * the middle cells go on to the next leg; at the last hop they carry streams.
 */
export class RelayCircuit implements LegUser {
  /** Until it is answered: then all that was decrypted goes. */
  #opened: CreateOpened | undefined;
  readonly startUs: Micros;
  readonly #shared: RelayShared;
  readonly #previous: Leg;
  #next: Leg | undefined;
  #layer: Layer | undefined;
  #streams: Streams | undefined;
  readonly #pace = new Pace();
  readonly #forward: CellQueue;
  readonly #backward: CellQueue;
  #isGone = false;

  constructor(nowUs: Micros, shared: RelayShared, previous: Leg, opened: CreateOpened) {
    this.#opened = opened;
    this.startUs = nowUs;
    this.#shared = shared;
    this.#previous = previous;
    this.#forward = new CellQueue(shared.pool, shared.trace);
    this.#backward = new CellQueue(shared.pool, shared.trace);
    previous.user = this;
  }

  /** Where cells that came by this leg go on; undefined where they end. */
  onward(leg: Leg): Leg | undefined {
    return leg === this.#previous ? this.#next : this.#previous;
  }

  /** Those of the last hop. */
  get streams(): Streams | undefined {
    return this.#streams;
  }

  /** Octets of cells that came by this leg and have not left. */
  keptFrom(leg: Leg): number {
    return (leg === this.#previous ? this.#forward : this.#backward).cellOctets;
  }

  /** The body of the CREATE for the next hop. */
  nextBody(): Uint8Array {
    assert(this.#opened !== undefined, 'a circuit goes on before it is answered');
    return this.#opened.nextBody(this.#shared.random);
  }

  /** The CREATE has gone on over this leg. */
  extended(next: Leg): void {
    this.#next = next;
    this.#shared.trace?.(STEP_CIRCUIT_EXTENDED, this.#previous.circuit, next.circuit);
  }

  /** We are the last hop: the circuit is there, and its streams are this user's. */
  terminate(nowUs: Micros, makeUser: (streams: Streams) => StreamsUser): void {
    const order = this.#opened?.order;
    const content = order?.command === 'last' ? order.content.slice() : new Uint8Array(0);
    if (!this.#answer(nowUs, STATUS_DONE, undefined)) {
      wipe(content);
      return;
    }
    let user: StreamsUser | undefined;
    const late: StreamsUser = {
      asked: (at, stream, to) => user?.asked(at, stream, to),
      opened: () => undefined,
      stirred: (at, stream) => user?.stirred(at, stream),
      reset: (at, stream, cause) => user?.reset(at, stream, cause),
    };
    const { pool, trace } = this.#shared;
    this.#streams = new Streams(false, late, pool, () => this.#previous.ready(), trace);
    user = makeUser(this.#streams);
    const isGood = this.#streams.receive(nowUs, content, 0, content.length);
    wipe(content);
    if (!isGood) this.#refuse(nowUs, this.#streams.reject);
  }

  /** It goes no further: the client hears the status, sealed, and then that it is over. */
  decline(nowUs: Micros, status: number): void {
    if (this.#answer(nowUs, status, undefined)) this.destroy(nowUs);
  }

  /** Ends it both ways. */
  destroy(nowUs: Micros): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#previous.destroy();
    this.#next?.destroy();
    this.#opened?.destroy();
    this.#opened = undefined;
    this.#layer?.destroy();
    this.#forward.clear();
    this.#backward.clear();
    this.#streams?.destroy(nowUs, 'reset');
    this.#shared.gone(this);
  }

  // ---- LegUser -------------------------------------------------------------------------------------------

  /** The next hop's answer goes into ours. */
  created(nowUs: Micros, _leg: Leg, answer: Uint8Array): void {
    this.#answer(nowUs, STATUS_DONE, answer);
  }

  cell(nowUs: Micros, leg: Leg, bytes: Uint8Array, at: number, cellLen: number): void {
    const layer = this.#layer;
    if (layer === undefined) return this.destroy(nowUs);
    if (leg !== this.#previous) return this.#goBack(nowUs, layer, bytes, at, cellLen);
    const { scratch } = this.#shared;
    const flags = layer.open(nowUs, bytes, at, cellLen, scratch, 0);
    if (flags < 0) return this.#refuse(nowUs, layer.reject);
    const live = liveLen(cellLen, layer.index + 1);
    if (flags === FLAG_HERE) this.#arrive(nowUs, layer, cellLen);
    else if (this.#next === undefined) this.#refuse(nowUs, 'cell-misaddressed');
    else if (this.#forward.push(cellLen, scratch, 1, live)) this.#next.ready();
    else this.#refuse(nowUs, 'pool-exhausted');
  }

  pull(nowUs: Micros, leg: Leg, out: Uint8Array, at: number, room: number): number {
    const layer = this.#layer;
    if (layer === undefined) return 0;
    if (leg === this.#next) return this.#pullForward(layer, out, at, room);
    return this.#streams === undefined
      ? this.#pullBackward(nowUs, layer, out, at, room)
      : this.#pullStreams(nowUs, layer, this.#streams, out, at, room);
  }

  destroyed(nowUs: Micros): void {
    this.destroy(nowUs);
  }

  // ---- cells ---------------------------------------------------------------------------------------------

  #arrive(nowUs: Micros, layer: Layer, cellLen: number): void {
    const { scratch } = this.#shared;
    // A hop in the middle has nothing to hear yet.
    if (this.#streams === undefined) return this.#refuse(nowUs, 'cell-misaddressed');
    this.#previous.release(cellLen);
    if (!this.#streams.receive(nowUs, scratch, 1, 1 + contentLen(cellLen, layer.index)))
      this.#refuse(nowUs, this.#streams.reject);
  }

  #goBack(nowUs: Micros, layer: Layer, bytes: Uint8Array, at: number, cellLen: number): void {
    if (this.#backward.push(cellLen, bytes, at, liveLen(cellLen, layer.index + 1)))
      this.#previous.ready();
    else this.#refuse(nowUs, 'pool-exhausted');
  }

  /** What is alive, and fresh noise where our layer was. */
  #pullForward(layer: Layer, out: Uint8Array, at: number, room: number): number {
    const cellLen = this.#forward.nextCellLen;
    if (cellLen === 0 || cellLen > room) return cellLen === 0 ? 0 : -1;
    const live = liveLen(cellLen, layer.index + 1);
    this.#forward.pull(out, at, live);
    this.#shared.random.fill(out.subarray(at + live, at + cellLen));
    this.#shared.trace?.(STEP_NOISE_BEHIND, layer.index, cellLen - live);
    this.#previous.release(cellLen);
    return cellLen;
  }

  #pullBackward(nowUs: Micros, layer: Layer, out: Uint8Array, at: number, room: number): number {
    const cellLen = this.#backward.nextCellLen;
    if (cellLen === 0 || cellLen > room) return cellLen === 0 ? 0 : -1;
    this.#backward.pull(out, at + 1, liveLen(cellLen, layer.index + 1));
    this.#sealInto(nowUs, layer, out, at, cellLen, 0);
    this.#next?.release(cellLen);
    return cellLen;
  }

  #pullStreams(
    nowUs: Micros,
    layer: Layer,
    streams: Streams,
    out: Uint8Array,
    at: number,
    room: number,
  ): number {
    if (!streams.hasToSay) return 0;
    const cellLen = this.#pace.cellLen(nowUs, streams.waiting);
    if (cellLen > room) return -1;
    const content = at + 1;
    const data = streams.fill(nowUs, out, content, content + contentLen(cellLen, layer.index));
    if (data < 0) return 0;
    this.#pace.sent(nowUs, data);
    this.#sealInto(nowUs, layer, out, at, cellLen, FLAG_HERE);
    return cellLen;
  }

  #sealInto(
    nowUs: Micros,
    layer: Layer,
    out: Uint8Array,
    at: number,
    cellLen: number,
    flags: number,
  ): void {
    layer.seal(nowUs, out, at, cellLen, flags);
    const noise = LAYER_LEN * (layer.index - 1);
    if (noise === 0) return;
    this.#shared.random.fill(out.subarray(at + cellLen - noise, at + cellLen));
    this.#shared.trace?.(STEP_NOISE_BEFORE, layer.index, noise);
  }

  // ---- within --------------------------------------------------------------------------------------------

  #answer(nowUs: Micros, status: number, inner: Uint8Array | undefined): boolean {
    const { suite, random } = this.#shared;
    const opened = this.#opened;
    assert(opened !== undefined, 'a CREATE is answered once');
    const answered = opened.answer(random, status, inner);
    if (answered === undefined) {
      this.#refuse(nowUs, 'create-key-invalid');
      return false;
    }
    this.#layer = new Layer(nowUs, suite, opened.index, answered.keys, false, this.#shared.trace);
    opened.destroy();
    this.#opened = undefined;
    this.#previous.answer(answered.body);
    this.#shared.answered(this);
    return true;
  }

  #refuse(nowUs: Micros, reject: CellReject): void {
    this.#shared.rejects.add(reject);
    this.destroy(nowUs);
  }
}

export const SCRATCH_LEN: number = CELL_LARGE;
