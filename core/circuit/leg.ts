import { assert } from '../base/assert.ts';
import { CIRCUIT_WINDOW } from '../base/limits.ts';
import type { Id } from '../base/slab.ts';
import type { Micros } from '../base/time.ts';
import type { Carrier } from './carrier.ts';

/** What a circuit's end, or a relay in its middle, does at one of its legs. Octets are borrowed for the call. */
export interface LegUser {
  /** The answer to our CREATE. */
  created(nowUs: Micros, leg: Leg, answer: Uint8Array): void;
  cell(nowUs: Micros, leg: Leg, bytes: Uint8Array, at: number, cellLen: number): void;
  /**
   * Writes the leg's next cell to out[at, ...) if it takes no more than `room`; answers its length, 0 for none.
   * Asked again while it answers more than 0.
   */
  pull(nowUs: Micros, leg: Leg, out: Uint8Array, at: number, room: number): number;
  /** The neighbour, or the loss of the link, has ended it. The leg is gone. */
  destroyed(nowUs: Micros, leg: Leg): void;
}

/** A circuit's place on one link: its number there, and how many octets of cells may go each way. PROTOCOL §9.6. */
export class Leg {
  readonly link: Id;
  readonly circuit: number;
  /** True at the end that sent the CREATE. */
  readonly isOurs: boolean;
  user: LegUser | undefined;
  state: 'creating' | 'open' | 'gone' = 'creating';
  /** Octets the neighbour will take, and those it may still send us. */
  credit: number = CIRCUIT_WINDOW;
  granted: number = CIRCUIT_WINDOW;
  /** Octets of cells that have left us and of which the neighbour is not told yet. */
  taken = 0;
  readonly #carrier: Carrier;

  constructor(
    carrier: Carrier,
    link: Id,
    circuit: number,
    isOurs: boolean,
    user: LegUser | undefined,
  ) {
    this.#carrier = carrier;
    this.link = link;
    this.circuit = circuit;
    this.isOurs = isOurs;
    this.user = user;
  }

  /** Answers the neighbour's CREATE: cells may go both ways. */
  answer(answer: Uint8Array): void {
    assert(!this.isOurs && this.state === 'creating', 'a CREATE is answered once');
    this.state = 'open';
    this.#carrier.sendCreated(this, answer);
  }

  /** There may be a cell to pull. */
  ready(): void {
    if (this.state === 'open') this.#carrier.ready(this);
  }

  /** `octets` of the neighbour's cells are ours no longer: it may send as many more. */
  release(octets: number): void {
    this.taken += octets;
    if (this.taken >= CIRCUIT_WINDOW / 4 && this.state === 'open') this.#carrier.owe(this);
  }

  /** Ends this leg. Nothing more is told of it. */
  destroy(): void {
    if (this.state !== 'gone') this.#carrier.destroyLeg(this);
  }
}
