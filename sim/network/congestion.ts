import { MSS } from './packet.ts';

/** How much a sender may have under way, in octets. All that changes when another algorithm is put in. */
export interface Congestion {
  readonly window: number;
  /** New octets were acknowledged outside recovery; `inFlight` is what was under way before. */
  acknowledged(octets: number, inFlight: number): void;
  /** Three duplicate acknowledgements: recovery begins. */
  lost(inFlight: number): void;
  /** Another duplicate during recovery: a packet has left the network. */
  duplicate(): void;
  /** Recovery advanced over octets, but not to its end. */
  partly(octets: number): void;
  recovered(inFlight: number): void;
  timedOut(inFlight: number): void;
}

/** Segments a connection may send before it knows anything (RFC 6928). */
const INITIAL_SEGMENTS = 10;

/** RFC 5681 and RFC 6582 (NewReno), in octets. */
export class Reno implements Congestion {
  #window = INITIAL_SEGMENTS * MSS;
  #threshold = Infinity;
  /** Octets acknowledged towards the next segment of linear growth. */
  #credit = 0;

  get window(): number {
    return this.#window;
  }

  acknowledged(octets: number, inFlight: number): void {
    // A window nobody fills says nothing about the path.
    if (2 * inFlight < this.#window) return;
    if (this.#window < this.#threshold) {
      this.#window += Math.min(octets, 2 * MSS);
      return;
    }
    this.#credit += octets;
    if (this.#credit < this.#window) return;
    this.#credit -= this.#window;
    this.#window += MSS;
  }

  lost(inFlight: number): void {
    this.#halve(inFlight);
    this.#window = this.#threshold + 3 * MSS;
  }

  duplicate(): void {
    this.#window += MSS;
  }

  partly(octets: number): void {
    this.#window = Math.max(this.#window - octets, 0) + MSS;
  }

  recovered(inFlight: number): void {
    this.#window = Math.min(this.#threshold, Math.max(inFlight, MSS) + MSS);
  }

  timedOut(inFlight: number): void {
    this.#halve(inFlight);
    this.#window = MSS;
  }

  #halve(inFlight: number): void {
    this.#threshold = Math.max(Math.floor(inFlight / 2), 2 * MSS);
    this.#credit = 0;
  }
}
