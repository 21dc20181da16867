import { END, type Random } from '#core/host/mod.ts';
import { Counters } from '#core/observe/mod.ts';
import type { Id } from '../base/slab.ts';
import { type AnswerContent, type AnswerRecord, encodeAnswer } from './encode.ts';
import { FrameReader, writeFrame } from './frame.ts';
import { decodeQuery, type Query, TYPE_A } from './message.ts';
import { nameKey } from './name.ts';
import { type DnsAnswer, DOT_REJECTS, type DotReject, DotStub } from './stub.ts';

// A stub whose stream, clock and resolver are in the test's hands.

export const V4: Uint8Array = Uint8Array.of(192, 0, 2, 1);
export const V6: Uint8Array = Uint8Array.of(0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);

/** A repeatable generator for tests. */
export function testRandom(seed: number): Random {
  let state = seed >>> 0 || 1;
  return {
    fill: (bytes) => {
      for (let i = 0; i < bytes.length; i++) {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        bytes[i] = state >>> 24;
      }
    },
  };
}

export function framed(message: Uint8Array): Uint8Array {
  const out = new Uint8Array(2 + message.length);
  writeFrame(message, out, 0);
  return out;
}

/** What the resolver of a plain world says: one address of the type asked for, good for a minute. */
export function plainAnswer(query: Query, extra: Partial<AnswerContent> = {}): Uint8Array {
  const record: AnswerRecord = {
    kind: 'address',
    owner: query.question.name,
    ttlS: 60,
    address: query.question.type === TYPE_A ? V4 : V6,
  };
  return framed(encodeAnswer(query, { rcode: 0, records: [record], ...extra }));
}

/** Plays the owner: polls after every call, as it must, and keeps what it is told. */
export class Bench {
  readonly rejects: Counters<DotReject> = new Counters<DotReject>(DOT_REJECTS);
  readonly answers: DnsAnswer[] = [];
  readonly aborted: Id[] = [];
  readonly woken: Id[] = [];
  readonly stub: DotStub;
  nowUs = 0;
  dials = 0;
  /** The stream of now: every dial gets the next number. */
  id: Id = 0;
  canDial = true;
  isDown = true;
  /** Queries that arrived on the stream of now and are not answered. */
  asked: Query[] = [];
  #frames = new FrameReader();

  constructor(random: Random = testRandom(1)) {
    this.stub = new DotStub({ random, rejects: this.rejects, wake: (id) => this.woken.push(id) });
  }

  lookup(ticket: number, name: string): void {
    this.stub.lookup(this.nowUs, ticket, name);
    this.poll();
  }

  poll(): void {
    for (let i = 0; i < 3 && this.stub.pollConnect(this.nowUs); i++) {
      this.dials += 1;
      this.isDown = !this.canDial;
      if (this.canDial) this.id = this.dials;
      this.stub.connecting(this.canDial ? this.id : -1);
    }
    for (let id = this.stub.pollAbort(); id >= 0; id = this.stub.pollAbort()) {
      this.aborted.push(id);
      if (id === this.id) this.isDown = true;
    }
    for (let one = this.stub.pollAnswer(); one !== undefined; one = this.stub.pollAnswer()) {
      this.answers.push(one);
    }
  }

  open(): void {
    this.asked = [];
    this.#frames = new FrameReader();
    this.stub.opened(this.nowUs, this.id);
    this.pull();
  }

  /** All that the stub has to say now reaches the resolver. */
  pull(credit = 66_000): number {
    const out = new Uint8Array(credit);
    let octets = 0;
    for (;;) {
      const written = this.stub.transmit(this.nowUs, this.id, out, 0, out.length);
      if (written === 0 || written === END) return octets;
      octets += written;
      for (let at = 0; at < written; ) {
        at += this.#frames.offer(out, at, written);
        if (this.#frames.message === undefined) continue;
        const query = decodeQuery(this.#frames.message);
        if (typeof query === 'string') throw new Error(`the stub asks well: ${query}`);
        this.asked.push(query);
      }
    }
  }

  send(octets: Uint8Array, cut: number = octets.length): void {
    for (let at = 0; at < octets.length; at += cut) {
      const piece = octets.slice(at, at + cut);
      const taken = this.stub.receive(this.nowUs, this.id, piece, 0, piece.length);
      if (taken !== piece.length) throw new Error('a stub takes everything');
    }
    this.poll();
  }

  /** Answers the question at this place of `asked`. */
  reply(at = 0, extra: Partial<AnswerContent> = {}): void {
    const [query] = this.asked.splice(at, 1);
    if (query !== undefined) this.send(plainAnswer(query, extra));
  }

  close(cause: Parameters<DotStub['closed']>[2] = 'ended'): void {
    this.isDown = true;
    this.stub.closed(this.nowUs, this.id, cause);
    this.poll();
  }

  /** Lets time pass, with every time-out when it is due. */
  pass(us: number): void {
    const untilUs = this.nowUs + us;
    for (let calls = 0; this.stub.deadlineUs <= untilUs; calls++) {
      if (calls > 10_000) throw new Error('a deadline that was served goes away');
      this.nowUs = Math.max(this.nowUs, this.stub.deadlineUs);
      this.stub.handleTimeout(this.nowUs);
      this.poll();
    }
    this.nowUs = untilUs;
  }

  names(): string[] {
    return this.asked.map(({ question }) => `${nameKey(question.name)} ${question.type}`);
  }
}
