import {
  HASH_LEN,
  type KemSecret,
  nodeIdOf,
  PQNK_FIRST_LEN,
  PQNK_SECOND_LEN,
  PqnkInitiator,
  PqnkResponder,
  type PqnkResult,
  type Suite,
} from '#core/crypto/mod.ts';
import type { Random } from '#core/host/mod.ts';
import { encodeStatement, type Statement } from '#core/wire/mod.ts';
import { assert } from '../base/assert.ts';
import { asciiBytes, concatBytes, wipe } from '../base/bytes.ts';
import { HOPS_MAX } from '../base/limits.ts';
import { CREATE_FRAME_LEN, CREATED_FRAME_LEN, FRAME_HEADER_LEN, isHopIndex } from './frame.ts';

// PROTOCOL §9.2: CREATE and CREATED. Every hop has a pqNK exchange of its own with a fresh ephemeral key, one
// inside the other; each layer is eaten at the far end, and what is past the live part is fresh noise.
//
//   CREATE body    index 1 | for hop i: ct 1120 | e 1216 | sealed { order 400 | what hop i+1 gets } | noise
//   CREATED body             from hop i: ct 1120 | sealed { status 1 | what hop i+1 answered } | noise

const NODE_ID_LEN = 32;
/** Room for an access token of 354 octets, which later nodes will ask for. */
const TOKEN_LEN = 354;
const ORDER_LEN = 400;
const ORDER_PADDING_LEN: number = ORDER_LEN - 3 - NODE_ID_LEN - TOKEN_LEN;
/** What one hop takes off a CREATE and off a CREATED. */
const CREATE_STEP: number = PQNK_FIRST_LEN + ORDER_LEN;
const CREATED_STEP: number = PQNK_SECOND_LEN + 1;

/** Octets of the onion in a CREATE frame, and of the answer in a CREATED. */
const ONION_LEN: number = CREATE_FRAME_LEN - FRAME_HEADER_LEN - 1;
const ANSWER_LEN: number = CREATED_FRAME_LEN - FRAME_HEADER_LEN;

export const STATUS_DONE = 0;
export const STATUS_NEXT_UNREACHABLE = 1;
export const STATUS_NEXT_REFUSED = 2;
export const STATUS_BUSY = 3;

const COMMAND_LAST = 0;
const COMMAND_EXTEND = 1;
const KIND_STREAMS = 0;

/** What a hop is told: to hand the rest to a node, or that it is the last and what comes first. */
export type Order =
  | { readonly command: 'extend'; readonly next: Uint8Array }
  | { readonly command: 'last'; readonly content: Uint8Array };

/** Octets of the onion that are alive at hop `index`. */
export function onionLen(index: number): number {
  return ONION_LEN - CREATE_STEP * (index - 1);
}

function answerLen(index: number): number {
  return ANSWER_LEN - CREATED_STEP * (index - 1);
}

/** Octets of content (messages of §10) that a CREATE to a last hop at `index` can carry. */
export function contentRoom(index: number): number {
  return onionLen(index) - CREATE_STEP;
}

/** What both ends of one hop's exchange hash in: version, node, statement and so epoch and boot. §9.2 */
export function circuitPrologue(suite: Suite, statement: Statement): Uint8Array {
  const nodeId = nodeIdOf(suite, statement.certificate.identityKey);
  return concatBytes(asciiBytes('spn-circuit-v1'), nodeId, suite.hash(encodeStatement(statement)));
}

/** The client's part: one CREATE, and the answer to it. */
export class CreateRequest {
  readonly #hops: readonly PqnkInitiator[];
  /** The body of the CREATE frame. */
  readonly body: Uint8Array;

  private constructor(hops: readonly PqnkInitiator[], body: Uint8Array) {
    this.#hops = hops;
    this.body = body;
  }

  /** `content` goes to the last hop: at most `contentRoom`. A number: the hop (1 to n) whose key is none. */
  static make(
    suite: Suite,
    random: Random,
    path: readonly Statement[],
    content: Uint8Array,
  ): CreateRequest | number {
    assert(path.length >= 1 && path.length <= HOPS_MAX, 'a path has 1 to 5 hops');
    assert(content.length <= contentRoom(path.length), 'the content fits the last hop');
    const hops = path.map(
      (statement) =>
        new PqnkInitiator(suite, statement.onionKey, circuitPrologue(suite, statement)),
    );
    let inner: Uint8Array = content;
    for (let i = path.length - 1; i >= 0; i--) {
      const payload = new Uint8Array(onionLen(i + 1) - PQNK_FIRST_LEN);
      payload.set(encodeOrderHead(suite, i + 1, path[i + 1]));
      payload.set(inner, ORDER_LEN);
      const message = hops[i]?.writeFirst(random, payload);
      payload.fill(0);
      if (message === undefined) {
        for (const hop of hops) hop.destroy();
        return i + 1;
      }
      inner = message;
    }
    return new CreateRequest(hops, concatBytes(Uint8Array.of(1), inner));
  }

  /** The keys of each hop, first to last; or which hop (1 to n) did not do it, and what it said (-1: no answer as
   * §9.2 has it). */
  readAnswer(
    answer: Uint8Array,
  ):
    | { readonly keys: readonly PqnkResult[] }
    | { readonly failedHop: number; readonly status: number } {
    const keys: PqnkResult[] = [];
    let live = answer.subarray(0, answerLen(1));
    for (const [i, hop] of this.#hops.entries()) {
      const read = hop.readSecond(live);
      if (read === undefined) return this.#failed(keys, i + 1, -1);
      keys.push(read.result);
      const status = read.payload[0] as number;
      live = read.payload.subarray(1);
      const isEnd = status !== STATUS_DONE || i === this.#hops.length - 1;
      if (isEnd && live.some((octet) => octet !== 0)) return this.#failed(keys, i + 1, -1);
      if (status !== STATUS_DONE) return this.#failed(keys, i + 1, status);
    }
    return { keys };
  }

  destroy(): void {
    for (const hop of this.#hops) hop.destroy();
  }

  #failed(
    keys: readonly PqnkResult[],
    failedHop: number,
    status: number,
  ): { readonly failedHop: number; readonly status: number } {
    for (const { initiatorSecret, responderSecret } of keys) {
      initiatorSecret.fill(0);
      responderSecret.fill(0);
    }
    this.destroy();
    return { failedHop, status };
  }
}

/** The relay's part: a CREATE that was opened, and waits for what the next hop answers. */
export class CreateOpened {
  readonly order: Order;
  readonly index: number;
  /** Names this CREATE and no other: what the replay set remembers. */
  readonly replayTag: Uint8Array;
  readonly #pqnk: PqnkResponder;
  /** What the next hop gets, until it has got it: nobody waits with it longer than for a link. */
  #inner: Uint8Array | undefined;

  private constructor(
    pqnk: PqnkResponder,
    index: number,
    order: Order,
    inner: Uint8Array,
    tag: Uint8Array,
  ) {
    this.#pqnk = pqnk;
    this.index = index;
    this.order = order;
    this.#inner = inner;
    this.replayTag = tag;
  }

  /** Undefined unless the body was made for this key, this statement and this place in the path. */
  static open(
    suite: Suite,
    onion: KemSecret,
    statement: Statement,
    body: Uint8Array,
  ): CreateOpened | undefined {
    const index = body[0] as number;
    if (!isHopIndex(index)) return undefined;
    const message = body.subarray(1, 1 + onionLen(index));
    const pqnk = new PqnkResponder(suite, onion, circuitPrologue(suite, statement));
    const payload = pqnk.readFirst(message);
    const order = payload && decodeOrder(payload, index);
    if (payload === undefined || order === undefined) {
      pqnk.destroy();
      return undefined;
    }
    const tag = suite.hash(message.subarray(0, PQNK_FIRST_LEN));
    return new CreateOpened(pqnk, index, order, payload.subarray(ORDER_LEN), tag);
  }

  /** The body of the CREATE for the next hop: its onion, then noise. Once. */
  nextBody(random: Random): Uint8Array {
    const inner = this.#inner;
    assert(this.order.command === 'extend' && this.index < HOPS_MAX, 'there is a next hop');
    assert(inner !== undefined, 'a CREATE goes on once');
    const body = new Uint8Array(1 + ONION_LEN);
    random.fill(body);
    body[0] = this.index + 1;
    body.set(inner, 1);
    this.#forgetInner();
    return body;
  }

  /** The body of our CREATED, and our keys. `inner` is what the next hop answered, if there is one. */
  answer(
    random: Random,
    status: number,
    inner: Uint8Array | undefined,
  ): { readonly body: Uint8Array; readonly keys: PqnkResult } | undefined {
    const payload = new Uint8Array(answerLen(this.index) - PQNK_SECOND_LEN);
    payload[0] = status;
    if (inner !== undefined) payload.set(inner.subarray(0, payload.length - 1), 1);
    const written = this.#pqnk.writeSecond(random, payload);
    if (written === undefined) return undefined;
    const body = new Uint8Array(ANSWER_LEN);
    random.fill(body);
    body.set(written.message);
    return { body, keys: written.result };
  }

  /** What was decrypted goes, and what could answer. */
  destroy(): void {
    this.#pqnk.destroy();
    this.#forgetInner();
    if (this.order.command === 'last') wipe(this.order.content);
  }

  #forgetInner(): void {
    if (this.#inner !== undefined) wipe(this.#inner);
    this.#inner = undefined;
  }
}

function encodeOrderHead(suite: Suite, index: number, next: Statement | undefined): Uint8Array {
  const head = new Uint8Array(ORDER_LEN);
  head[0] = index;
  head[1] = next === undefined ? COMMAND_LAST : COMMAND_EXTEND;
  head[2] = KIND_STREAMS;
  if (next !== undefined) head.set(nodeIdOf(suite, next.certificate.identityKey), 3);
  return head;
}

/** Undefined unless the order is as §9.2 says, its unused room zero, and for this index. */
function decodeOrder(payload: Uint8Array, index: number): Order | undefined {
  const next = payload.slice(3, 3 + HASH_LEN);
  const unused = payload.subarray(ORDER_LEN - TOKEN_LEN - ORDER_PADDING_LEN, ORDER_LEN);
  const isPadded = unused.every((octet) => octet === 0);
  if (payload[0] !== index || payload[2] !== KIND_STREAMS || !isPadded) return undefined;
  if (payload[1] === COMMAND_EXTEND && index < HOPS_MAX) return { command: 'extend', next };
  if (payload[1] !== COMMAND_LAST || next.some((octet) => octet !== 0)) return undefined;
  return { command: 'last', content: payload.slice(ORDER_LEN) };
}
