import { CIRCUITS_PER_LINK_MAX, CONTROL_FRAME_COST, CONTROL_OCTETS_MAX } from '../base/limits.ts';
import type { Id } from '../base/slab.ts';
import type { ControlBudget } from './control-budget.ts';
import { FRAME_CREDIT, FRAME_HEADER_LEN, frameBodyLen, writeFrameHeader } from './frame.ts';
import type { Leg } from './leg.ts';

const CREDIT_FRAME_LEN: number = FRAME_HEADER_LEN + frameBodyLen(FRAME_CREDIT);
/** Circuit numbers of the end that accepted the link have this bit. */
const ACCEPTED_BIT = 0x8000_0000;

/** One link with its circuits, and what it has to send. */
export class CarriedLink {
  readonly link: Id;
  readonly legs: Map<number, Leg> = new Map<number, Leg>();
  /** Numbers that we have ended and the neighbour has not. */
  readonly closing: Set<number> = new Set<number>();
  /** Legs that may have a cell, by turns. */
  readonly ready: Set<Leg> = new Set<Leg>();
  /** Legs whose neighbour is owed credit. */
  readonly owing: Set<Leg> = new Set<Leg>();
  /** The link is given up: nothing more is said or heard. */
  isOver = false;
  /** Frames of control, in order, and what keeping them costs. */
  readonly #frames: Uint8Array[] = [];
  #owed = 0;
  readonly #budget: ControlBudget<CarriedLink>;
  readonly #isDialled: boolean;
  #last = 0;

  constructor(link: Id, isDialled: boolean, budget: ControlBudget<CarriedLink>) {
    this.link = link;
    this.#budget = budget;
    this.#isDialled = isDialled;
  }

  /** Who dialled the link has the lower half of all numbers. */
  isOurNumber(circuit: number): boolean {
    return circuit < ACCEPTED_BIT === this.#isDialled;
  }

  /** Undefined when there are as many circuits as there may be, or the neighbour is slow to hear of the last ones. */
  freeNumber(): number | undefined {
    if (this.isOver || this.isFull || 2 * this.#owed > CONTROL_OCTETS_MAX) return undefined;
    for (;;) {
      this.#last = (this.#last + 1) % ACCEPTED_BIT;
      const circuit = this.#isDialled ? this.#last : this.#last + ACCEPTED_BIT;
      if (!this.legs.has(circuit) && !this.closing.has(circuit)) return circuit;
    }
  }

  get isFull(): boolean {
    return this.legs.size + this.closing.size >= CIRCUITS_PER_LINK_MAX;
  }

  /** Whatever the neighbour makes us answer, it does not read, or not answer in its turn. */
  get isUnread(): boolean {
    return this.#owed > CONTROL_OCTETS_MAX || this.closing.size > 2 * CIRCUITS_PER_LINK_MAX;
  }

  send(frame: Uint8Array): void {
    const cost = frame.length + CONTROL_FRAME_COST;
    this.#frames.push(frame);
    this.#owed += cost;
    this.#budget.add(this, cost);
  }

  /** Gives the link up. Its legs are there until it is closed. */
  end(): void {
    this.isOver = true;
    this.#frames.length = 0;
    this.#budget.remove(this, this.#owed, true);
    this.#owed = 0;
  }

  forget(leg: Leg): void {
    leg.state = 'gone';
    this.legs.delete(leg.circuit);
    this.ready.delete(leg);
    this.owing.delete(leg);
  }

  /** Nothing but cells is left to say: they overtake no CREATED. */
  get isClear(): boolean {
    return this.#frames.length === 0;
  }

  /** Writes what fits of control frames and credits; answers where it stopped. */
  control(out: Uint8Array, start: number, end: number): number {
    let at = start;
    for (let frame = this.#frames[0]; frame !== undefined; frame = this.#frames[0]) {
      if (frame.length > end - at) return at;
      out.set(frame, at);
      at += frame.length;
      this.#gone(frame);
    }
    for (const leg of this.owing) {
      if (CREDIT_FRAME_LEN > end - at) return at;
      writeFrameHeader(out, at, leg.circuit, FRAME_CREDIT);
      const body = at + FRAME_HEADER_LEN;
      for (let i = 0; i < 4; i++) out[body + i] = leg.taken >>> (24 - 8 * i);
      leg.granted += leg.taken;
      leg.taken = 0;
      at += CREDIT_FRAME_LEN;
      this.owing.delete(leg);
    }
    return at;
  }

  /** The first frame has left. */
  #gone(frame: Uint8Array): void {
    const cost = frame.length + CONTROL_FRAME_COST;
    this.#frames.shift();
    this.#owed -= cost;
    this.#budget.remove(this, cost, this.isClear);
  }
}
