import { KeyChain, type NodeKeys, type PqnkResult } from '#core/crypto/mod.ts';
import { testRandom } from '#core/link/pair.case.ts';
import { concatBytes, toHex } from '../base/bytes.ts';
import { ChunkPool } from '../base/chunk-pool.ts';
import { CELL_SMALL, LAYER_LEN, liveLen } from './frame.ts';
import { contentLen, FLAG_HERE } from './layer.ts';
import type { Leg, LegUser } from './leg.ts';
import { CreateOpened, STATUS_DONE, Streams, type StreamsUser } from './mod.ts';
import { idOf, suite } from './scene.case.ts';

const KEY_LABEL = 'spn circuit key';
const POOL_OCTETS = 16 * 1024 * 1024;
const REKEY = 2;

/** All hops of somebody's circuit at once: holds the keys of each, answers honestly or as told. For tests only. */
export class FarEnd implements LegUser {
  /** Ids of the nodes the path goes over, first to last, hexadecimal. */
  readonly path: readonly string[];
  readonly streams: Streams;
  readonly leg: Leg;
  isGone = false;
  readonly #opened: readonly CreateOpened[];
  #forward: readonly KeyChain[] = [];
  #backward: readonly KeyChain[] = [];
  readonly #cells: Uint8Array[] = [];

  /** `nodes` by id in hexadecimal; the CREATE has come to the one called `first`. */
  constructor(
    leg: Leg,
    body: Uint8Array,
    first: string,
    nodes: ReadonlyMap<string, NodeKeys>,
    makeUser: (streams: Streams) => StreamsUser,
  ) {
    this.leg = leg;
    leg.user = this;
    const opened: CreateOpened[] = [];
    const path: string[] = [];
    for (let at = first, next = body; ; ) {
      const keys = nodes.get(at);
      const one = keys && CreateOpened.open(suite, keys.onion, keys.statement, next);
      if (one === undefined) throw new Error('a CREATE that opens');
      opened.push(one);
      path.push(at);
      if (one.order.command === 'last') break;
      next = one.nextBody(testRandom(opened.length));
      at = toHex(one.order.next);
    }
    this.#opened = opened;
    this.path = path;
    let user: StreamsUser | undefined;
    this.streams = new Streams(
      false,
      {
        asked: (nowUs, stream, to) => user?.asked(nowUs, stream, to),
        opened: () => undefined,
        stirred: (nowUs, stream) => user?.stirred(nowUs, stream),
        reset: (nowUs, stream, cause) => user?.reset(nowUs, stream, cause),
      },
      new ChunkPool(POOL_OCTETS),
      () => leg.ready(),
    );
    user = makeUser(this.streams);
  }

  /** Answers: every hop is there, or hop `failed` (1 to n) says something else. */
  answer(failed = 0, status: number = STATUS_DONE): void {
    const all: PqnkResult[] = [];
    let inner: Uint8Array | undefined;
    const last = failed === 0 ? this.#opened.length : failed;
    for (let hop = last; hop >= 1; hop--) {
      const said = hop === failed ? status : STATUS_DONE;
      const made = this.#opened[hop - 1]?.answer(testRandom(40 + hop), said, inner);
      if (made === undefined) throw new Error('the client has keys');
      all.unshift(made.keys);
      inner = made.body;
    }
    const chain = (secret: Uint8Array): KeyChain => new KeyChain(0, suite, secret, KEY_LABEL);
    this.#forward = all.map(({ initiatorSecret }) => chain(initiatorSecret));
    this.#backward = all.map(({ responderSecret }) => chain(responderSecret));
    this.leg.answer(inner as Uint8Array);
    if (failed !== 0) this.leave();
  }

  /** Ends the circuit. */
  leave(): void {
    this.isGone = true;
    this.leg.destroy();
  }

  /** Sends the client a cell whose layers carry these flags, first hop's first. */
  send(flags: readonly number[], content: Uint8Array, cellLen: number = CELL_SMALL): void {
    const inner = new Uint8Array(contentLen(cellLen, flags.length));
    inner.set(content.subarray(0, inner.length));
    let live: Uint8Array = inner;
    for (let i = flags.length - 1; i >= 0; i--) {
      const chain = this.#backward[i] as KeyChain;
      const plain = concatBytes(Uint8Array.of(flags[i] as number), live);
      const sealed = new Uint8Array(live.length + LAYER_LEN);
      chain.key.seal(chain.counter, plain, 0, plain.length, sealed, 0);
      chain.counter += 1;
      if (((flags[i] as number) & REKEY) !== 0) chain.advance();
      live = sealed;
    }
    this.sendRaw(concatBytes(live, new Uint8Array(cellLen - live.length)));
  }

  /** Sends the client a cell of any octets. */
  sendRaw(cell: Uint8Array): void {
    this.#cells.push(cell);
    this.leg.ready();
  }

  /** Sends messages as the last hop does. */
  say(...messages: readonly Uint8Array[]): void {
    this.send(this.#flags, concatBytes(...messages));
  }

  // ---- LegUser -------------------------------------------------------------------------------------------

  created(): void {
    throw new Error('it creates nothing');
  }

  cell(nowUs: number, leg: Leg, bytes: Uint8Array, at: number, cellLen: number): void {
    let live = bytes.slice(at, at + cellLen);
    let flags = 0;
    for (const [i, chain] of this.#forward.entries()) {
      const out = new Uint8Array(cellLen);
      if (chain.key.open(chain.counter, live, 0, liveLen(cellLen, i + 1), out, 0) < 0)
        throw new Error('the client seals what opens');
      chain.counter += 1;
      flags = out[0] as number;
      if ((flags & REKEY) !== 0) chain.advance();
      live = out.slice(1);
    }
    if ((flags & FLAG_HERE) === 0) throw new Error('cells are for the last hop');
    leg.release(cellLen);
    const end = contentLen(cellLen, this.#forward.length);
    if (!this.streams.receive(nowUs, live, 0, end)) throw new Error(this.streams.reject);
  }

  pull(nowUs: number, _leg: Leg, out: Uint8Array, at: number, room: number): number {
    if (this.#cells.length === 0 && this.streams.hasToSay) {
      const content = new Uint8Array(contentLen(CELL_SMALL, this.#forward.length));
      if (this.streams.fill(nowUs, content, 0, content.length) >= 0)
        this.send(this.#flags, content);
    }
    const [cell] = this.#cells;
    if (cell === undefined) return 0;
    if (cell.length > room) return -1;
    this.#cells.shift();
    out.set(cell, at);
    return cell.length;
  }

  destroyed(nowUs: number): void {
    this.isGone = true;
    this.streams.destroy(nowUs, 'reset');
  }

  get #flags(): readonly number[] {
    return this.#backward.map((_, i) => (i === this.#backward.length - 1 ? FLAG_HERE : 0));
  }
}

export function byId(nodes: readonly NodeKeys[]): ReadonlyMap<string, NodeKeys> {
  return new Map(nodes.map((keys) => [toHex(idOf(keys)), keys] as const));
}
