import { AEAD_TAG_LEN, KeyChain, type PqnkResult, type Suite } from '#core/crypto/mod.ts';
import { STEP_LAYER_OPENED, STEP_LAYER_SEALED, type Trace } from '#core/observe/mod.ts';
import type { Micros } from '../base/time.ts';
import { CELL_LARGE, LAYER_LEN, liveLen } from './frame.ts';

// PROTOCOL §9.4: one hop's layer of a cell. The plaintext is a flag octet and what the next hop gets; the sealed
// layer is what is alive of the cell at this hop, and begins where the cell begins.

const KEY_LABEL = 'spn circuit key';

/** The content is for this hop, or from this hop. */
export const FLAG_HERE = 1;
/** The sender changes its key behind this cell. */
const FLAG_REKEY = 2;

/** Why a cell is not accepted. */
export type LayerReject = 'cell-forged' | 'cell-flags' | 'cell-key-overdue' | 'cell-rekey-flood';

/** Both directions of one hop's layer, at one of its ends. */
export class Layer {
  /** 1 at the hop next to the client. */
  readonly index: number;
  /** Set when `open` answered -1. */
  reject: LayerReject = 'cell-forged';
  readonly #sealing: KeyChain;
  readonly #opening: KeyChain;
  readonly #trace: Trace;

  /** Takes the secrets of `keys` over. */
  constructor(
    nowUs: Micros,
    suite: Suite,
    index: number,
    keys: PqnkResult,
    isClient: boolean,
    trace?: Trace,
  ) {
    this.#trace = trace;
    this.index = index;
    const forward = new KeyChain(nowUs, suite, keys.initiatorSecret, KEY_LABEL);
    const backward = new KeyChain(nowUs, suite, keys.responderSecret, KEY_LABEL);
    this.#sealing = isClient ? forward : backward;
    this.#opening = isClient ? backward : forward;
  }

  /** Seals in place the layer of a cell of `cellLen` whose flag octet has its place at `at`, and what follows it. */
  seal(nowUs: Micros, bytes: Uint8Array, at: number, cellLen: number, flags: number): void {
    const chain = this.#sealing;
    const live = liveLen(cellLen, this.index);
    const isLast = chain.dueUs(2 * CELL_LARGE) <= nowUs;
    bytes[at] = isLast ? flags | FLAG_REKEY : flags;
    chain.key.seal(chain.counter, bytes, at, at + live - AEAD_TAG_LEN, bytes, at);
    chain.counter += 1;
    chain.used(nowUs, live);
    this.#trace?.(STEP_LAYER_SEALED, this.index, live);
    if (isLast) chain.advance();
  }

  /**
   * Opens the layer of a cell that stands at `from` into `out` at `to` (which may be the same place); answers the
   * flags, or -1 with `reject` set. The inner part stands behind the flag octet: liveLen(cellLen, index + 1).
   */
  open(
    nowUs: Micros,
    bytes: Uint8Array,
    from: number,
    cellLen: number,
    out: Uint8Array,
    to: number,
  ): number {
    const chain = this.#opening;
    const live = liveLen(cellLen, this.index);
    if (chain.isOverdue) return this.#no('cell-key-overdue');
    if (chain.key.open(chain.counter, bytes, from, from + live, out, to) < 0)
      return this.#no('cell-forged');
    chain.counter += 1;
    chain.used(nowUs, live);
    const flags = out[to] as number;
    if (flags > (FLAG_HERE | FLAG_REKEY)) return this.#no('cell-flags');
    if ((flags & FLAG_REKEY) !== 0) {
      if (!chain.mayAdvance(nowUs)) return this.#no('cell-rekey-flood');
      chain.advance();
    }
    this.#trace?.(STEP_LAYER_OPENED, this.index, live);
    return flags & FLAG_HERE;
  }

  destroy(): void {
    this.#sealing.destroy();
    this.#opening.destroy();
  }

  #no(reject: LayerReject): number {
    this.reject = reject;
    return -1;
  }
}

/** Seals all layers of the client's cell in place. The content stands at `at + layers.length`. */
export function sealAll(
  nowUs: Micros,
  layers: readonly Layer[],
  bytes: Uint8Array,
  at: number,
  cellLen: number,
): void {
  for (let i = layers.length - 1; i >= 0; i--) {
    const flags = i === layers.length - 1 ? FLAG_HERE : 0;
    (layers[i] as Layer).seal(nowUs, bytes, at + i, cellLen, flags);
  }
}

/** Octets of content in a cell whose far end is hop `index`. */
export function contentLen(cellLen: number, index: number): number {
  return cellLen - LAYER_LEN * index;
}
