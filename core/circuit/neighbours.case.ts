import type { Cause, Endpoint } from '#core/host/mod.ts';
import type { LinkPort } from '#core/link/mod.ts';
import { Counters } from '#core/observe/mod.ts';
import { concatBytes } from '../base/bytes.ts';
import { RECORD_PAYLOAD_MAX } from '../base/limits.ts';
import type { Id } from '../base/slab.ts';
import { Carrier, type CarrierUser, FRAME_REJECTS, type FrameReject } from './carrier.ts';
import { FRAME_HEADER_LEN, frameBodyLen, writeFrameHeader } from './frame.ts';
import type { Leg, LegUser } from './leg.ts';

// Carriers with nothing below them: one that hears what a test says, and two that hear each other. For tests only.

/** A frame of any shape; `body` is padded with zeros to what the kind asks for. */
export function frame(
  circuit: number,
  kind: number,
  body: Uint8Array = new Uint8Array(0),
): Uint8Array {
  const octets = new Uint8Array(FRAME_HEADER_LEN + Math.max(frameBodyLen(kind), body.length));
  writeFrameHeader(octets, 0, circuit, kind);
  octets.set(body, FRAME_HEADER_LEN);
  return octets;
}

/** What a record holds, as `kind circuit`. */
export function framesOf(record: Uint8Array): readonly string[] {
  const frames: string[] = [];
  for (let at = 0; at < record.length; ) {
    const view = new DataView(record.buffer, record.byteOffset + at);
    const kind = view.getUint8(4);
    frames.push(`${kind} ${view.getUint32(0)}`);
    at += FRAME_HEADER_LEN + frameBodyLen(kind);
  }
  return frames;
}

/** A leg's user that takes what comes, releases it at once if told to, and sends as many cells as it has. */
export class PlainLegUser implements LegUser {
  readonly log: string[] = [];
  cells: number[] = [];
  received = 0;
  releases = true;

  created(_nowUs: number, _leg: Leg, answer: Uint8Array): void {
    this.log.push(`created ${answer.length}`);
  }

  cell(_nowUs: number, leg: Leg, _bytes: Uint8Array, _at: number, cellLen: number): void {
    this.received += 1;
    if (this.releases) leg.release(cellLen);
  }

  pull(_nowUs: number, _leg: Leg, out: Uint8Array, at: number, room: number): number {
    const [cellLen] = this.cells;
    if (cellLen === undefined) return 0;
    if (cellLen > room) return -1;
    this.cells.shift();
    out.fill(0x11, at, at + cellLen);
    return cellLen;
  }

  destroyed(): void {
    this.log.push('destroyed');
  }
}

/** A carrier, what it does with links, and who decides. */
export class Neighbour implements CarrierUser, LinkPort {
  readonly rejects: Counters<FrameReject> = new Counters<FrameReject>(FRAME_REJECTS);
  readonly carrier: Carrier;
  readonly log: string[] = [];
  /** What becomes of a CREATE. */
  onCreate: (leg: Leg, body: Uint8Array) => void = (leg) => {
    leg.user = this.user;
    leg.answer(new Uint8Array(8187));
  };
  readonly user: PlainLegUser = new PlainLegUser();
  readonly legs: Leg[] = [];
  readonly aborted: Set<Id> = new Set<Id>();
  wakes = 0;

  constructor() {
    this.carrier = new Carrier(this, this, this.rejects);
  }

  linkOpened(_nowUs: number, link: Id): void {
    this.log.push(`opened ${link}`);
  }

  linkClosed(_nowUs: number, link: Id, cause: Cause): void {
    this.log.push(`closed ${link} ${cause}`);
  }

  create(_nowUs: number, leg: Leg, body: Uint8Array): void {
    this.legs.push(leg);
    this.onCreate(leg, body);
  }

  dial(_nowUs: number, _to: Endpoint): Id {
    return -1;
  }

  wake(): void {
    this.wakes += 1;
  }

  abort(link: Id): void {
    this.aborted.add(link);
  }

  peerId(): undefined {
    return undefined;
  }

  /** The next record for this link; empty when there is none. */
  say(link: Id = 0): Uint8Array {
    const out = new Uint8Array(RECORD_PAYLOAD_MAX);
    return out.subarray(0, this.carrier.transmit(0, link, out, 0, out.length));
  }

  hear(record: Uint8Array, link: Id = 0): void {
    this.carrier.receive(0, link, record, 0, record.length);
  }

  tell(...frames: readonly Uint8Array[]): void {
    this.hear(concatBytes(...frames));
  }
}

/** Two neighbours with link 0 between them, which the first dialled. */
export function neighbours(): { readonly dialler: Neighbour; readonly answerer: Neighbour } {
  const [dialler, answerer] = [new Neighbour(), new Neighbour()];
  dialler.carrier.dialled(0);
  dialler.carrier.opened(0, 0);
  answerer.carrier.opened(0, 0);
  return { dialler, answerer };
}

/** Carries records both ways until neither has one, or one gave the link up. */
export function exchange(a: Neighbour, b: Neighbour): void {
  for (let isQuiet = false; !isQuiet; ) {
    isQuiet = true;
    for (const [from, to] of [
      [a, b],
      [b, a],
    ] as const)
      for (let record = from.say(); record.length > 0; record = from.say()) {
        isQuiet = false;
        to.hear(record);
      }
  }
}
