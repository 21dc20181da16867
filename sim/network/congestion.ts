import { frozen } from '#core/base/frozen.ts';
import { NS_PER_S } from '#core/base/time.ts';
import { MSS } from './packet.ts';

/** How much a sender may have under way, in octets. All that changes when another algorithm is put in. */
export interface Congestion {
  readonly window: number;
  /** What a loss left of it: beyond this it grows slowly. */
  readonly threshold: number;
  /** Payload octets of a segment. */
  mss: number;
  /** The size of segments is known, and nothing was sent yet. */
  begin(mss: number): void;
  /** New octets were acknowledged outside recovery; `inFlight` is what was under way before. */
  acknowledged(octets: number, inFlight: number, nowNs: number, roundTripNs: number): void;
  /** Three duplicate acknowledgements: recovery begins. */
  lost(inFlight: number): void;
  /** Another duplicate during recovery: a packet has left the network. */
  duplicate(): void;
  /** Recovery advanced over octets, but not to its end. */
  partly(octets: number): void;
  recovered(inFlight: number): void;
  /** Nothing came for too long. `isFirst`: not again for the same octets (RFC 5681, 3.1). */
  timedOut(inFlight: number, isFirst: boolean): void;
  readonly state: string;
}

/** What decides how a host's streams share links. */
export type CongestionKind = 'reno' | 'cubic';
export const CONGESTION_KINDS: readonly CongestionKind[] = frozen(['reno', 'cubic']);

export function congestionOf(kind: CongestionKind): Congestion {
  return kind === 'reno' ? new Reno() : new Cubic();
}

/** Segments a connection may send before it knows anything (RFC 6928). */
const INITIAL_SEGMENTS = 10;

/** Slow start (RFC 5681, 3465) and recovery (RFC 6582, NewReno): the same whatever happens in between. In octets. */
abstract class NewReno implements Congestion {
  window: number = INITIAL_SEGMENTS * MSS;
  threshold: number = Infinity;
  mss: number = MSS;

  begin(mss: number): void {
    this.mss = mss;
    this.window = INITIAL_SEGMENTS * mss;
  }

  acknowledged(octets: number, inFlight: number, nowNs: number, roundTripNs: number): void {
    // A window nobody fills says nothing about the path.
    if (2 * inFlight < this.window) return;
    if (this.window < this.threshold) this.window += Math.min(octets, 2 * this.mss);
    else this.avoid(octets, nowNs, roundTripNs);
  }

  lost(inFlight: number): void {
    this.#reduce(inFlight);
    this.window = this.threshold + 3 * this.mss;
  }

  duplicate(): void {
    this.window += this.mss;
  }

  partly(octets: number): void {
    this.window = Math.max(this.window - octets, 0) + this.mss;
  }

  recovered(inFlight: number): void {
    this.window = Math.min(this.threshold, Math.max(inFlight, this.mss) + this.mss);
  }

  timedOut(inFlight: number, isFirst: boolean): void {
    if (isFirst) this.#reduce(inFlight);
    this.forget();
    this.window = this.mss;
  }

  get state(): string {
    return `${this.window} ${this.threshold}`;
  }

  /** A time-out says that what was known of the path is over. */
  protected abstract forget(): void;

  /** Congestion avoidance: octets were acknowledged. */
  protected abstract avoid(octets: number, nowNs: number, roundTripNs: number): void;

  /** What is left of so much under way after a loss. */
  protected abstract reduced(inFlight: number): number;

  #reduce(inFlight: number): void {
    this.threshold = Math.max(Math.floor(this.reduced(inFlight)), 2 * this.mss);
  }
}

/** RFC 5681: one segment more each round trip, half after a loss. */
class Reno extends NewReno {
  /** Octets acknowledged towards the next segment. */
  #credit = 0;

  protected avoid(octets: number): void {
    this.#credit += octets;
    if (this.#credit < this.window) return;
    this.#credit -= this.window;
    this.window += this.mss;
  }

  protected forget(): void {
    this.#credit = 0;
  }

  protected reduced(inFlight: number): number {
    this.#credit = 0;
    return inFlight / 2;
  }
}

/** Segments / s^3 by which the window grows, and what is left of it after a loss (RFC 9438, 4.1). */
const C = 0.4;
const BETA = 0.7;
/** Segments a round trip that make it as fast as Reno where Reno is faster (RFC 9438, 4.3). */
const ALPHA: number = (3 * (1 - BETA)) / (1 + BETA);

/** RFC 9438, with fast convergence. Windows inside are in segments. */
class Cubic extends NewReno {
  /** The window before the last loss, or less where others are to have more. */
  #most = 0;
  /** When the window began to grow after it; -1 before. */
  #epochNs = -1;
  /** When it last grew. */
  #grewNs = 0;
  /** Seconds from then until it is #most again. */
  #k = 0;
  /** What Reno would have. */
  #reno = 0;
  #prior = 0;

  protected avoid(octets: number, nowNs: number, roundTripNs: number): void {
    const window = this.window / this.mss;
    if (this.#epochNs < 0) {
      this.#epochNs = nowNs;
      this.#reno = window;
      if (this.#most < window) this.#most = window;
      this.#k = cubeRoot((this.#most - window) / C);
      this.#grewNs = nowNs;
    }
    // Time in which nobody filled the window does not count (5.8).
    const idleNs = nowNs - this.#grewNs - roundTripNs;
    if (idleNs > 0) this.#epochNs += idleNs;
    this.#grewNs = nowNs;
    const acknowledged = octets / this.mss;
    this.#reno += ((this.#reno < this.#prior ? ALPHA : 1) * acknowledged) / window;
    const beyond = (nowNs + roundTripNs - this.#epochNs) / NS_PER_S - this.#k;
    const cubic = C * beyond * beyond * beyond + this.#most;
    const target = Math.min(Math.max(cubic, window), 1.5 * window);
    const grown = window + ((target - window) / window) * acknowledged;
    this.window = Math.floor(Math.max(grown, this.#reno) * this.mss);
  }

  /** After a time-out it grows from where it is (4.8). */
  protected forget(): void {
    this.#most = 0;
  }

  protected reduced(inFlight: number): number {
    // What was under way is whole segments; the window may be up to one more, and is more where it is not filled.
    const window = Math.min(this.window, inFlight + this.mss) / this.mss;
    this.#prior = window;
    this.#most = window < this.#most ? (window * (1 + BETA)) / 2 : window;
    this.#epochNs = -1;
    return BETA * inFlight;
  }
}

/** By Newton's steps from above, so that every machine has the same: what a library answers differs between them. */
function cubeRoot(value: number): number {
  if (value <= 0) return 0;
  let root = Math.max(1, value);
  for (let better = root; ; root = better) {
    better = (2 * root + value / (root * root)) / 3;
    if (better >= root) return root;
  }
}
