import { CLOSE_US, HANDSHAKE_US, KEEPALIVE_US, SILENCE_US, UNREAD_US } from '../base/limits.ts';
import { type Micros, US_PER_S } from '../base/time.ts';

/** Wakes of a link that cannot speak for lack of credit are this far apart. */
const AGAIN_US: Micros = US_PER_S;

/** What a link must do when its time has come. */
export type Due = 'nothing' | 'speak' | 'handshake-overdue' | 'close-overdue' | 'silent' | 'unread';

/**
 * When a link must act by itself: opening and closing end in time, a key is changed, padding is sent into
 * silence, and a peer that says nothing for long is gone. PROTOCOL §4.2, §5.3 to §5.5.
 */
export class Liveness {
  /** When `due` is to be asked. May come early, never late: records do not move it, they only move its answer. */
  deadlineUs: Micros = Number.POSITIVE_INFINITY;
  #stage: 'opening' | 'open' | 'closing' = 'opening';
  #saidUs: Micros = 0;
  #heardUs: Micros = 0;
  readonly #isAlwaysRead: boolean;

  /** `isAlwaysRead`: the peer of such a link takes all it is sent, so one that takes nothing for long is gone. */
  constructor(isAlwaysRead: boolean) {
    this.#isAlwaysRead = isAlwaysRead;
  }

  /** Opening has begun: now, or earlier if it was told before. */
  opening(nowUs: Micros): void {
    this.deadlineUs = Math.min(this.deadlineUs, nowUs + HANDSHAKE_US);
  }

  open(nowUs: Micros): void {
    this.#stage = 'open';
    this.#saidUs = nowUs;
    this.#heardUs = nowUs;
    this.deadlineUs = nowUs + KEEPALIVE_US;
  }

  /** Both directions have ended: the peer must let go of the stream. */
  closing(nowUs: Micros): void {
    this.#stage = 'closing';
    this.deadlineUs = nowUs + CLOSE_US;
  }

  over(): void {
    this.deadlineUs = Number.POSITIVE_INFINITY;
  }

  /** We sent a record, and our key is to be changed at `rekeyDueUs`. */
  said(nowUs: Micros, rekeyDueUs: Micros): void {
    this.#saidUs = nowUs;
    if (rekeyDueUs < this.deadlineUs && this.#stage === 'open') this.deadlineUs = rekeyDueUs;
  }

  heard(nowUs: Micros): void {
    this.#heardUs = nowUs;
  }

  paddingIsDue(nowUs: Micros): boolean {
    return nowUs - this.#saidUs >= KEEPALIVE_US;
  }

  /** Infinity for a direction that has ended: nothing is to be said, or heard, there. */
  due(
    nowUs: Micros,
    rekeyDueUs: Micros,
    hears: boolean,
    speaks: boolean,
    isPeerEnded: boolean,
  ): Due {
    if (nowUs < this.deadlineUs) return 'nothing';
    if (this.#stage === 'opening') return 'handshake-overdue';
    if (this.#stage === 'closing') return 'close-overdue';
    if (hears && nowUs - this.#heardUs >= SILENCE_US) return 'silent';
    // A peer that ended and reads nothing: what was due for so long will not go any more.
    if (isPeerEnded && nowUs - this.#saidUs >= KEEPALIVE_US + CLOSE_US) return 'close-overdue';
    if (this.#isAlwaysRead && speaks && nowUs - this.#saidUs >= UNREAD_US) return 'unread';
    const speakUs = speaks ? Math.min(rekeyDueUs, this.#saidUs + KEEPALIVE_US) : Infinity;
    const silenceUs = hears ? this.#heardUs + SILENCE_US : nowUs + SILENCE_US;
    this.deadlineUs = Math.max(Math.min(speakUs, silenceUs), nowUs + AGAIN_US);
    return speakUs <= nowUs ? 'speak' : 'nothing';
  }
}
