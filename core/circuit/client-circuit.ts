import type { Suite } from '#core/crypto/mod.ts';
import type { Cause, Random } from '#core/host/mod.ts';
import { STEP_CIRCUIT_OPEN, type Tally, type Trace } from '#core/observe/mod.ts';
import type { Statement } from '#core/wire/mod.ts';
import type { ChunkPool } from '../base/chunk-pool.ts';
import type { Id } from '../base/slab.ts';
import type { Micros } from '../base/time.ts';
import type { Carrier } from './carrier.ts';
import { CELL_LARGE } from './frame.ts';
import { contentLen, FLAG_HERE, Layer, type LayerReject, sealAll } from './layer.ts';
import type { Leg, LegUser } from './leg.ts';
import { CreateRequest } from './onion.ts';
import { Pace } from './pace.ts';
import { Streams } from './streams.ts';
import type { MessageReject, StreamsUser } from './streams-user.ts';

/** Why a circuit of ours failed. `hop`: the first that did not do its part, 1 to n; 0 when it was the link. */
export type CircuitFailure = { readonly hop: number; readonly cause: Cause };

export type ClientReject = LayerReject | MessageReject | 'answer-forged' | 'cell-misaddressed';

export const CLIENT_REJECTS: readonly ClientReject[] = Object.freeze<ClientReject[]>([
  'cell-forged',
  'cell-flags',
  'cell-key-overdue',
  'cell-rekey-flood',
  'message-malformed',
  'stream-unknown',
  'stream-credit',
  'stream-limit',
  'pool-exhausted',
  'answer-forged',
  'cell-misaddressed',
]);

/** Who owns a circuit at the client. */
export interface CircuitUser extends StreamsUser {
  ready(nowUs: Micros): void;
  /** Once; every stream has been reset before. */
  failed(nowUs: Micros, failure: CircuitFailure): void;
}

export type ClientCircuitOptions = {
  readonly suite: Suite;
  readonly random: Random;
  readonly pool: ChunkPool;
  readonly rejects: Tally<ClientReject>;
  readonly user: CircuitUser;
  readonly trace?: Trace;
};

/** The client's end of a circuit: creates it, seals every hop's layer onto its cells and opens those of others. */
export class ClientCircuit implements LegUser {
  readonly streams: Streams;
  state: 'creating' | 'open' | 'gone' = 'creating';
  readonly #options: ClientCircuitOptions;
  readonly #pace = new Pace();
  #request: CreateRequest | undefined;
  #layers: readonly Layer[] = [];
  #leg: Leg | undefined;
  readonly #cell = new Uint8Array(CELL_LARGE);

  constructor(options: ClientCircuitOptions) {
    this.#options = options;
    const { user, pool, trace } = options;
    this.streams = new Streams(true, user, pool, () => this.#leg?.ready(), trace);
  }

  /** Sends the CREATE over an open link to the first node of the path, or answers why that cannot be. */
  create(carrier: Carrier, link: Id, path: readonly Statement[]): CircuitFailure | undefined {
    const { suite, random } = this.#options;
    const request = CreateRequest.make(suite, random, path, new Uint8Array(0));
    if (typeof request !== 'number') {
      this.#request = request;
      this.#leg = carrier.create(link, this, request.body);
    }
    if (this.#leg !== undefined) return undefined;
    this.#forget();
    // A key that is none: of the first hop, it is as if that could not be reached.
    const hop = typeof request === 'number' && request > 1 ? request : 0;
    return { hop, cause: 'unreachable' };
  }

  /** Ends it: the path forgets it, streams are reset. `failed` is not told. */
  destroy(nowUs: Micros, cause: Cause): void {
    if (this.state === 'gone') return;
    this.#leg?.destroy();
    this.#forget();
    this.streams.destroy(nowUs, cause);
  }

  // ---- LegUser -------------------------------------------------------------------------------------------

  created(nowUs: Micros, leg: Leg, answer: Uint8Array): void {
    const read = this.#request?.readAnswer(answer);
    this.#request = undefined;
    if (read === undefined || 'failedHop' in read) {
      if (read?.status === -1) this.#options.rejects.add('answer-forged');
      return this.#fail(nowUs, { hop: read?.failedHop ?? 1, cause: 'unreachable' });
    }
    const { suite, user, trace } = this.#options;
    this.#layers = read.keys.map((keys, i) => new Layer(nowUs, suite, i + 1, keys, true, trace));
    trace?.(STEP_CIRCUIT_OPEN, leg.circuit, read.keys.length);
    this.state = 'open';
    user.ready(nowUs);
    if (this.streams.hasToSay) leg.ready();
  }

  cell(nowUs: Micros, leg: Leg, bytes: Uint8Array, at: number, cellLen: number): void {
    const cell = this.#cell;
    let source = bytes;
    let from = at;
    for (const [i, layer] of this.#layers.entries()) {
      const flags = layer.open(nowUs, source, from, cellLen, cell, i);
      if (flags < 0) return this.#refuse(nowUs, layer.reject);
      source = cell;
      from = i + 1;
      if (flags !== FLAG_HERE) continue;
      // Only the last hop has something to say to us so far.
      if (i + 1 !== this.#layers.length) break;
      leg.release(cellLen);
      const { streams } = this;
      if (!streams.receive(nowUs, cell, from, from + contentLen(cellLen, i + 1)))
        this.#refuse(nowUs, streams.reject);
      return;
    }
    this.#refuse(nowUs, 'cell-misaddressed');
  }

  pull(nowUs: Micros, _leg: Leg, out: Uint8Array, at: number, room: number): number {
    if (this.state !== 'open' || !this.streams.hasToSay) return 0;
    const cellLen = this.#pace.cellLen(nowUs, this.streams.waiting);
    if (cellLen > room) return -1;
    const hops = this.#layers.length;
    const content = at + hops;
    const data = this.streams.fill(nowUs, out, content, content + contentLen(cellLen, hops));
    if (data < 0) return 0;
    sealAll(nowUs, this.#layers, out, at, cellLen);
    this.#pace.sent(nowUs, data);
    return cellLen;
  }

  destroyed(nowUs: Micros): void {
    this.#fail(nowUs, { hop: 0, cause: 'reset' });
  }

  // ---- within --------------------------------------------------------------------------------------------

  #refuse(nowUs: Micros, reject: ClientReject): void {
    this.#options.rejects.add(reject);
    this.#fail(nowUs, { hop: 0, cause: 'reset' });
  }

  #fail(nowUs: Micros, failure: CircuitFailure): void {
    if (this.state === 'gone') return;
    this.destroy(nowUs, failure.cause);
    this.#options.user.failed(nowUs, failure);
  }

  #forget(): void {
    this.state = 'gone';
    this.#request?.destroy();
    this.#request = undefined;
    for (const layer of this.#layers) layer.destroy();
    this.#layers = [];
    this.#cell.fill(0);
  }
}
