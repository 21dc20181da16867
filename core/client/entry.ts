import type { Cause } from '#core/host/mod.ts';
import { assert } from '../base/assert.ts';
import { concatBytes } from '../base/bytes.ts';
import { HttpNegotiation } from './http-connect.ts';
import type { Answers, EntryReject, EntryRequest, Negotiation, Step } from './negotiation.ts';
import { SOCKS_VERSION, SocksNegotiation } from './socks.ts';

const SOCKS4_VERSION = 4;

/**
 * One accepted connection of a local application, up to the answer to its request. The first octet says which
 * protocol it speaks: 5 SOCKS5, a letter HTTP. Holds at most 16 KiB, and no octet of what the application sends
 * behind its request. It has no time-out of its own.
 *
 *   receive* -> request -> granted or refused, once
 *           \-> reject: send what `takeReply` gives, then end; `receive` takes and forgets the rest
 */
export class Entry {
  /** Set once the application has asked. */
  request: EntryRequest | undefined;
  /** Set once the application cannot be served. */
  reject: EntryReject | undefined;
  #negotiation: Negotiation | undefined;
  #answers: Answers | undefined;
  #reply: Uint8Array | undefined;

  /**
   * Takes octets of the application; answers how many. Stops behind the last octet of the request: what follows
   * belongs to the stream.
   */
  receive(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at < end && this.request === undefined && this.reject === undefined) {
      this.#octet(bytes[at++] as number);
    }
    return this.reject === undefined ? at - start : end - start;
  }

  /** Octets owed to the application now; they are owed once. */
  takeReply(): Uint8Array | undefined {
    const reply = this.#reply;
    this.#reply = undefined;
    return reply;
  }

  /** The stream is open: octets to send before the first of the stream's, untaken replies included. */
  granted(): Uint8Array {
    return this.#last((answers) => answers.granted());
  }

  /** There will be no stream: the last octets to send, untaken replies included. */
  refused(cause: Cause): Uint8Array {
    return this.#last((answers) => answers.refused(cause));
  }

  #octet(octet: number): void {
    this.#negotiation ??= negotiationFor(octet);
    if (this.#negotiation === undefined) {
      this.reject = octet === SOCKS4_VERSION ? 'socks4' : 'unknown-protocol';
      return;
    }
    const step = this.#negotiation.push(octet);
    if (step !== undefined) this.#apply(step, this.#negotiation.answers);
  }

  #apply(step: Step, answers: Answers): void {
    if (step.reply !== undefined) this.#reply = this.#behindReply(step.reply);
    this.reject = step.reject;
    this.request = step.request;
    if (step.request !== undefined) this.#answers = answers;
    if (step.request !== undefined || step.reject !== undefined) this.#negotiation = undefined;
  }

  #last(answer: (answers: Answers) => Uint8Array): Uint8Array {
    const answers = this.#answers;
    assert(answers !== undefined, 'one answer to one request');
    this.#answers = undefined;
    return this.#behindReply(answer(answers));
  }

  #behindReply(octets: Uint8Array): Uint8Array {
    const reply = this.takeReply();
    return reply === undefined ? octets : concatBytes(reply, octets);
  }
}

function negotiationFor(first: number): Negotiation | undefined {
  if (first === SOCKS_VERSION) return new SocksNegotiation();
  const isLetter = (first >= 0x41 && first <= 0x5a) || (first >= 0x61 && first <= 0x7a);
  return isLetter ? new HttpNegotiation() : undefined;
}
