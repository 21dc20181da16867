import { unreachable } from '#core/base/assert.ts';
import type { Id } from '#core/base/slab.ts';
import {
  type Carrier,
  CELL_LARGE,
  CELL_SMALL,
  FRAME_HEADER_LEN,
  liveLen,
} from '#core/circuit/mod.ts';
import { RandomStream } from '../random.ts';

// A relay that changes what it sends, behind the seal of its links: it holds the keys of its own links and of its own
// layer, and lets its honest part do the rest. Written from PROTOCOL §9.

/** What is changed: a bit of a region of a cell, which cells arrive, and frames that nobody honest would send. */
export type Deed =
  | 'flip-flags'
  | 'flip-inner'
  | 'flip-tag'
  | 'flip-tail'
  | 'drop'
  | 'double'
  | 'reorder'
  | 'replay'
  | 'credit'
  | 'unknown-circuit';

export const DEEDS: readonly Deed[] = Object.freeze<Deed[]>([
  'flip-flags',
  'flip-inner',
  'flip-tag',
  'flip-tail',
  'drop',
  'double',
  'reorder',
  'replay',
  'credit',
  'unknown-circuit',
]);

export type Sabotage = {
  readonly deed: Deed;
  readonly isLarge: boolean;
  /** The hop (1 to n) whose layer is the outermost of the cells that are changed. */
  readonly layer: number;
  readonly seed: string;
  /** Links that lead where the changed cells go. */
  readonly isTarget: (link: Id) => boolean;
};

const KIND_SMALL = 3;
const KIND_LARGE = 4;
const KIND_CREDIT = 5;
const TAG_LEN = 16;
/** Cells of the victim that go by first. */
const HONEST_CELLS = 2;
const RECORD_MAX = 16_384;

/** Replaces what a carrier sends: spoils the first circuit that speaks towards the target, once. */
export class MaliciousRelay {
  /** How often it did what it is there for. */
  done = 0;
  readonly #sabotage: Sabotage;
  readonly #random: RandomStream;
  readonly #honest: Carrier['transmit'];
  readonly #room = new Uint8Array(RECORD_MAX);
  #victim: number | undefined;
  #seen = 0;
  #held: Uint8Array | undefined;
  /** A cell of another circuit. */
  #foreign: Uint8Array | undefined;
  /** Frames on their way to the target. */
  #queue: Uint8Array[] = [];

  constructor(carrier: Carrier, sabotage: Sabotage) {
    this.#sabotage = sabotage;
    this.#random = new RandomStream(sabotage.seed, 'malicious relay');
    this.#honest = carrier.transmit.bind(carrier);
    carrier.transmit = (...call) => this.#transmit(...call);
  }

  #transmit(nowUs: number, id: Id, out: Uint8Array, start: number, end: number): number {
    if (!this.#sabotage.isTarget(id)) {
      const written = this.#honest(nowUs, id, out, start, end);
      for (const frame of framesOf(out.subarray(start, start + written))) this.#overhear(frame);
      return written;
    }
    while (this.#queue.length === 0) {
      const written = this.#honest(nowUs, id, this.#room, 0, RECORD_MAX);
      if (written <= 0) return written;
      for (const frame of framesOf(this.#room.slice(0, written)))
        this.#queue.push(...this.#spoiled(frame));
    }
    let at = start;
    for (let frame = this.#queue[0]; frame !== undefined; frame = this.#queue[0]) {
      if (frame.length > end - at) break;
      out.set(frame, at);
      at += frame.length;
      this.#queue.shift();
    }
    return at - start;
  }

  /** What is sent in the place of a frame. */
  #spoiled(frame: Uint8Array): readonly Uint8Array[] {
    const { isLarge } = this.#sabotage;
    if (frame[4] !== KIND_SMALL && frame[4] !== KIND_LARGE) return [frame];
    const circuit = numberOf(frame);
    this.#victim ??= circuit;
    if (circuit !== this.#victim) {
      this.#overhear(frame);
      return [frame];
    }
    if (this.#held !== undefined) {
      const held = this.#held;
      this.#held = undefined;
      this.done += 1;
      return [frame, held];
    }
    const isTime = frame[4] === (isLarge ? KIND_LARGE : KIND_SMALL) && this.done === 0;
    if (!isTime || this.#seen++ < HONEST_CELLS) return [frame];
    return this.#act(frame, circuit);
  }

  #act(frame: Uint8Array, circuit: number): readonly Uint8Array[] {
    const { deed } = this.#sabotage;
    if (deed === 'reorder') {
      this.#held = frame;
      return [];
    }
    if (deed === 'replay' && this.#foreign === undefined) return [frame];
    this.done += 1;
    switch (deed) {
      case 'drop':
        return [];
      case 'double':
        return [frame, frame];
      case 'replay':
        return [renumbered(this.#foreign ?? frame, circuit), frame];
      case 'credit':
        return [frame, creditOf(circuit)];
      case 'unknown-circuit':
        return [frame, renumbered(frame, circuit ^ 0x0010_0000)];
      default:
        return [this.#flipped(frame, deed)];
    }
  }

  #flipped(frame: Uint8Array, deed: Deed): Uint8Array {
    const { isLarge, layer } = this.#sabotage;
    const cellLen = isLarge ? CELL_LARGE : CELL_SMALL;
    const live = liveLen(cellLen, layer);
    const regions: { readonly [deed: string]: readonly [number, number] } = {
      'flip-flags': [0, 1],
      'flip-inner': [1, live - TAG_LEN],
      'flip-tag': [live - TAG_LEN, live],
      'flip-tail': [live, cellLen],
    };
    const [from, to] = regions[deed] ?? unreachable('every other deed was done before');
    const spoiled = frame.slice();
    const at = FRAME_HEADER_LEN + from + this.#random.below(to - from);
    spoiled[at] = (spoiled[at] as number) ^ (1 << this.#random.below(8));
    return spoiled;
  }

  #overhear(frame: Uint8Array): void {
    const kind = this.#sabotage.isLarge ? KIND_LARGE : KIND_SMALL;
    if (frame[4] === kind && this.#foreign === undefined) this.#foreign = frame.slice();
  }
}

function framesOf(record: Uint8Array): readonly Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (let at = 0; at < record.length; ) {
    const length = FRAME_HEADER_LEN + bodyLen(record[at + 4] as number);
    frames.push(record.subarray(at, at + length));
    at += length;
  }
  return frames;
}

/** Octets behind the header, by kind. PROTOCOL §9.1. */
function bodyLen(kind: number): number {
  const lengths = [0, 16_379, 8_187, CELL_SMALL, CELL_LARGE, 4, 0];
  const length = lengths[kind];
  if (length === undefined) throw new Error(`an honest relay sends no frame of kind ${kind}`);
  return length;
}

function numberOf(frame: Uint8Array): number {
  return new DataView(frame.buffer, frame.byteOffset).getUint32(0);
}

function renumbered(frame: Uint8Array, circuit: number): Uint8Array {
  const copy = frame.slice();
  new DataView(copy.buffer).setUint32(0, circuit);
  return copy;
}

/** More than any window. */
function creditOf(circuit: number): Uint8Array {
  const frame = new Uint8Array(FRAME_HEADER_LEN + 4).fill(0xff, FRAME_HEADER_LEN);
  frame[4] = KIND_CREDIT;
  return renumbered(frame, circuit);
}
