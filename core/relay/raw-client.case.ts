import {
  CreateRequest,
  contentLen,
  LAYER_LEN,
  type Leg,
  type LegUser,
  liveLen,
} from '#core/circuit/mod.ts';
import { suite } from '#core/circuit/scene.case.ts';
import { KeyChain, type Suite } from '#core/crypto/mod.ts';
import { testRandom } from '#core/link/pair.case.ts';
import { concatBytes } from '../base/bytes.ts';
import type { Node, TestNetwork } from './network.case.ts';

const HERE = 1;
const REKEY = 2;

/** A client that holds the keys of its circuit and seals whatever it likes. From PROTOCOL §9. For tests only. */
export class RawClient implements LegUser {
  leg: Leg | undefined;
  isGone = false;
  answer: ReturnType<CreateRequest['readAnswer']> | undefined;
  readonly heard: Uint8Array[] = [];
  readonly #cells: Uint8Array[] = [];
  #request: CreateRequest | undefined;
  #chains: KeyChain[] = [];
  readonly #suite: Suite;

  constructor(own: Suite = suite) {
    this.#suite = own;
  }

  /** A circuit over these nodes whose CREATE carries this content. `spoil` may change the body. */
  start(
    network: TestNetwork,
    path: readonly (number | Node)[],
    content: Uint8Array = new Uint8Array(0),
    spoil: (body: Uint8Array) => Uint8Array = (body) => body,
  ): this {
    const { client } = network;
    const nodes = path.map((one) => (typeof one === 'number' ? network.node(one) : one));
    const statements = nodes.map(({ entry }) => entry.statement);
    const random = testRandom(network.seed++);
    const request = CreateRequest.make(this.#suite, random, statements, content);
    this.#request = typeof request === 'number' ? undefined : request;
    const body = spoil(this.#request?.body ?? new Uint8Array(0));
    network.reach(nodes[0] as Node, (link) => {
      this.leg = client.carrier?.create(link, this, body);
    });
    return this;
  }

  /** Whether every hop is there. */
  get isMade(): boolean {
    return this.answer !== undefined && 'keys' in this.answer && !this.isGone;
  }

  /** Sends a cell whose layers carry these flags, first hop's first. */
  send(flags: readonly number[], content: Uint8Array, cellLen = 507): void {
    const inner = new Uint8Array(contentLen(cellLen, flags.length));
    inner.set(content.subarray(0, inner.length));
    let live: Uint8Array = inner;
    for (let i = flags.length - 1; i >= 0; i--) {
      const chain = this.#chains[i] as KeyChain;
      const sealed = new Uint8Array(live.length + LAYER_LEN);
      const plain = concatBytes(Uint8Array.of(flags[i] as number), live);
      chain.key.seal(chain.counter, plain, 0, plain.length, sealed, 0);
      chain.counter += 1;
      if (((flags[i] as number) & REKEY) !== 0) chain.advance();
      live = sealed;
    }
    const cell = new Uint8Array(cellLen);
    cell.set(live);
    this.#cells.push(cell);
    this.leg?.ready();
  }

  /** Sends these messages to the last hop. */
  say(...messages: readonly Uint8Array[]): void {
    const flags = this.#chains.map((_, i) => (i === this.#chains.length - 1 ? HERE : 0));
    this.send(flags, concatBytes(...messages));
  }

  // ---- LegUser -------------------------------------------------------------------------------------------

  created(nowUs: number, _leg: Leg, answer: Uint8Array): void {
    this.answer = this.#request?.readAnswer(answer);
    if (this.answer === undefined || !('keys' in this.answer)) return;
    this.#chains = this.answer.keys.map(
      ({ initiatorSecret }) => new KeyChain(nowUs, suite, initiatorSecret, 'spn circuit key'),
    );
  }

  cell(_nowUs: number, leg: Leg, bytes: Uint8Array, at: number, cellLen: number): void {
    this.heard.push(bytes.slice(at, at + liveLen(cellLen, 1)));
    leg.release(cellLen);
  }

  pull(_nowUs: number, _leg: Leg, out: Uint8Array, at: number, room: number): number {
    const [cell] = this.#cells;
    if (cell === undefined) return 0;
    if (cell.length > room) return -1;
    this.#cells.shift();
    out.set(cell, at);
    return cell.length;
  }

  destroyed(): void {
    this.isGone = true;
  }
}
