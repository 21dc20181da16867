import { US_PER_MS } from '#core/base/time.ts';
import type { Message } from '../traffic/mod.ts';
import { fillContent, wrongContent } from '../workload/mod.ts';

// Calls and games inside TLS: messages as they are due, each with an answer of the length it asks for.
//
//   octets of content 2 | octets wanted 2 | content

const HEAD_LEN = 4;
/** Stands in a request where its length would, and the number of messages where the octets wanted would. */
export const TALK = 0xffff_ffff;

/** The person's side: says what is due, and measures how long each answer took from when its message was due. */
export class Talk {
  /** Microseconds from message to whole answer, in order. */
  readonly latenciesUs: number[] = [];
  readonly #page: number;
  readonly #messages: readonly Message[];
  #beganUs = 0;
  /** Messages that are being said or were, octets of the present one that were, and octets of content. */
  #said = 0;
  #saidOctets = 0;
  #content = 0;
  /** Octets of answers at which the next one is whole. */
  #wholeAt: number;

  constructor(page: number, messages: readonly Message[]) {
    this.#page = page;
    this.#messages = messages;
    this.#wholeAt = messages[0]?.down ?? 0;
  }

  begin(nowUs: number): void {
    this.#beganUs = nowUs;
  }

  /** When the next message is due that is not yet. */
  nextUs(nowUs: number): number {
    for (let i = this.#said; i < this.#messages.length; i++)
      if (this.#dueUs(i) > nowUs) return this.#dueUs(i);
    return Number.POSITIVE_INFINITY;
  }

  transmit(nowUs: number, out: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at < end) {
      const message = this.#messages[this.#said];
      if (message === undefined || this.#dueUs(this.#said) > nowUs) break;
      at += this.#say(message, out, at, end);
      if (this.#saidOctets < HEAD_LEN + message.up) break;
      this.#said += 1;
      this.#saidOctets = 0;
    }
    return at - start;
  }

  /** So many octets of answers have come by now. */
  received(nowUs: number, octets: number): void {
    const { latenciesUs } = this;
    while (latenciesUs.length < this.#messages.length && octets >= this.#wholeAt) {
      latenciesUs.push(nowUs - this.#dueUs(latenciesUs.length));
      this.#wholeAt += this.#messages[latenciesUs.length]?.down ?? 0;
    }
  }

  #dueUs(message: number): number {
    return this.#beganUs + (this.#messages[message] as Message).afterMs * US_PER_MS;
  }

  #say({ up, down }: Message, out: Uint8Array, start: number, end: number): number {
    const head = [up >> 8, up, down >> 8, down];
    let at = start;
    while (at < end && this.#saidOctets < HEAD_LEN) out[at++] = head[this.#saidOctets++] as number;
    const length = Math.min(end - at, HEAD_LEN + up - this.#saidOctets);
    fillContent(this.#page, true, this.#content, out, at, at + length);
    this.#saidOctets += length;
    this.#content += length;
    return at + length - start;
  }
}

/** Octets that a talk sends behind its request, and those it is answered. */
export function talkLengths(messages: readonly Message[]): {
  readonly up: number;
  readonly down: number;
} {
  let [up, down] = [0, 0];
  for (const message of messages) {
    up += HEAD_LEN + message.up;
    down += message.down;
  }
  return { up, down };
}

/** The other side: knows how many octets of answers it owes. */
export class TalkAnswers {
  /** Octets that are owed, since the beginning. */
  owed = 0;
  readonly #page: number;
  #left: number;
  readonly #head: number[] = [];
  #contentLeft = 0;
  #content = 0;

  /** `messages`: how many there will be. */
  constructor(page: number, messages: number) {
    this.#page = page;
    this.#left = messages;
  }

  /** All messages have come. */
  get isWhole(): boolean {
    return this.#left === 0;
  }

  /** Takes octets; answers how many of their content were wrong. */
  receive(bytes: Uint8Array, start: number, end: number): number {
    let wrong = 0;
    for (let at = start; at < end; ) {
      if (this.#head.length < HEAD_LEN) {
        this.#head.push(bytes[at++] as number);
        if (this.#head.length < HEAD_LEN) continue;
        this.#contentLeft = this.#number(0);
      }
      const length = Math.min(end - at, this.#contentLeft);
      wrong += wrongContent(this.#page, true, this.#content, bytes, at, at + length);
      this.#content += length;
      this.#contentLeft -= length;
      at += length;
      if (this.#contentLeft > 0) break;
      this.owed += this.#number(2);
      this.#head.length = 0;
      this.#left -= 1;
    }
    return wrong;
  }

  #number(at: number): number {
    return ((this.#head[at] as number) << 8) | (this.#head[at + 1] as number);
  }
}
