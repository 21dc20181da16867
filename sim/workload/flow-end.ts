import type { Id } from '#core/base/slab.ts';
import type { Micros } from '#core/base/time.ts';
import { type Cause, END } from '#core/host/mod.ts';
import { fillContent, wrongContent } from './content.ts';
import type { Flow } from './flow.ts';

export const HEADER_LEN = 4;
const TICK_US = 10_000;

/** What an end tells its application: it needs a wake, or wants the stream reset. */
export type FlowEndPort = { wake(id: Id): void; abort(id: Id): void };

/** One end of one flow: sends its content, checks the other's octet by octet, ends as the flow says. */
export class FlowEnd {
  readonly log: string[] = [];
  readonly id: Id;
  readonly flow: Flow;
  readonly isDialler: boolean;
  sent = 0;
  received = 0;
  /** Octets that differed from what the other end must have sent. */
  wrong = 0;
  isClosed = false;
  /** When a slow reader reads again; Infinity when it reads as octets come. */
  nextReadUs: Micros = Number.POSITIVE_INFINITY;
  readonly #port: FlowEndPort;
  #allowance: number;
  #headerSent: number;
  #isPeerEnded = false;
  #isEndSent = false;
  #isReceivedTold = false;

  constructor(id: Id, flow: Flow, isDialler: boolean, port: FlowEndPort) {
    this.id = id;
    this.flow = flow;
    this.isDialler = isDialler;
    this.#port = port;
    this.#headerSent = isDialler ? 0 : HEADER_LEN;
    this.#allowance = this.#isSlow ? 0 : Number.POSITIVE_INFINITY;
  }

  opened(nowUs: Micros): void {
    this.log.push('opened');
    if (this.#isSlow) this.nextReadUs = nowUs + TICK_US;
    this.#complete();
    this.#port.wake(this.id);
  }

  /** Called when `nextReadUs` is due. */
  tick(nowUs: Micros): void {
    this.#allowance = this.flow.readPerTick ?? 0;
    this.nextReadUs = nowUs + TICK_US;
    this.#port.wake(this.id);
  }

  receive(bytes: Uint8Array, start: number, end: number): number {
    const taken = Math.min(end - start, this.#allowance);
    const { id } = this.flow;
    this.wrong += wrongContent(id, !this.isDialler, this.received, bytes, start, start + taken);
    this.received += taken;
    this.#allowance -= taken;
    this.#complete();
    return taken;
  }

  ended(): void {
    this.#tellReceived();
    this.log.push('ended');
    this.#isPeerEnded = true;
    this.#port.wake(this.id);
  }

  transmit(out: Uint8Array, start: number, end: number): number {
    let at = start;
    while (this.#headerSent < HEADER_LEN && at < end) {
      out[at++] = this.flow.id >>> (8 * (HEADER_LEN - 1 - this.#headerSent++));
    }
    if (this.#maySpeak) {
      const length = Math.min(this.#promised - this.sent, end - at);
      fillContent(this.flow.id, this.isDialler, this.sent, out, at, at + length);
      this.sent += length;
      at += length;
    }
    if (at > start) return at - start;
    if (this.#maySpeak && this.sent === this.#promised && this.#endsCleanly && !this.#isEndSent) {
      this.#isEndSent = true;
      return END;
    }
    return 0;
  }

  closed(cause: Cause): void {
    if (this.log.length > 0) this.#tellReceived();
    this.log.push(`closed ${cause}`);
    this.nextReadUs = Number.POSITIVE_INFINITY;
    this.isClosed = true;
  }

  /** It is open, and there are octets that it may send now. */
  get hasToSay(): boolean {
    return (
      this.log[0] === 'opened' && !this.isClosed && this.#maySpeak && this.sent < this.#promised
    );
  }

  get #isSlow(): boolean {
    return !this.isDialler && this.flow.readPerTick !== undefined;
  }

  get #promised(): number {
    return this.isDialler ? this.flow.upLen : this.flow.downLen;
  }

  get #owed(): number {
    return this.isDialler ? this.flow.downLen : this.flow.upLen;
  }

  get #endsCleanly(): boolean {
    return this.flow.ending !== 'answerer-resets' && this.flow.ending !== 'dialler-resets';
  }

  get #maySpeak(): boolean {
    const { ending } = this.flow;
    const waits = ending === (this.isDialler ? 'answerer-first' : 'dialler-first');
    return !waits || this.#isPeerEnded;
  }

  /** The end that resets does so when it has all it was promised and has said all it had to. */
  #complete(): void {
    const resets = this.flow.ending === (this.isDialler ? 'dialler-resets' : 'answerer-resets');
    if (resets && this.received === this.#owed) this.#port.abort(this.id);
  }

  #tellReceived(): void {
    if (this.#isReceivedTold) return;
    this.#isReceivedTold = true;
    this.log.push(`received ${this.received}`);
  }
}
