import type { ChunkPool } from '#core/base/chunk-pool.ts';
import { type Id, NO_ID } from '#core/base/slab.ts';
import { type Cause, END, type StreamOwner, type StreamPort } from '#core/host/mod.ts';
import { StreamPipe } from '#core/node/mod.ts';
import type { Message, TrafficKind } from '../traffic/mod.ts';
import { fillContent, wrongContent } from '../workload/mod.ts';
import { TEST_NETWORK_ANCHOR } from './certificates.ts';
import { TALK, Talk } from './talk.ts';
import { REQUEST_HEAD_LEN } from './website.ts';

/** One page a browser is to visit. Numbers are whole. */
export type VisitPlan = {
  /** Tells pages apart: the content depends on it. */
  readonly page: number;
  readonly startMs: number;
  readonly host: string;
  readonly port: number;
  /** Credentials for the proxy: an isolation class. '' sends none. */
  readonly isolation: string;
  readonly upLen: number;
  readonly downLen: number;
  /** Octets read per 10 ms; absent: as they come. */
  readonly readPerTick?: number;
  /** What it is a part of. */
  readonly kind?: TrafficKind;
  /** Said as they are due, instead of one request; `upLen` and `downLen` are then all their octets. */
  readonly messages?: readonly Message[];
};

const TICK_US = 10_000;
const METHOD_NONE = 0;
const METHOD_PASSWORD = 2;

/** One visit: SOCKS5 to the client, TLS to the website through it, a request, an answer checked octet by octet. */
export class Visit implements StreamOwner {
  readonly plan: VisitPlan;
  readonly startUs: number;
  /** Root's time of the proxy's yes, and of the first and the last octet of the answer. */
  grantedUs: number | undefined;
  firstUs: number | undefined;
  endUs: number | undefined;
  received = 0;
  wrong = 0;
  sent = 0;
  /** `done`, or why not. */
  outcome: string | undefined;
  /** When it has something to do: to read on, or to say. */
  nextReadUs: number = Number.POSITIVE_INFINITY;
  readonly talk: Talk | undefined;
  readonly #port: StreamPort;
  readonly #pool: ChunkPool;
  #id: Id = NO_ID;
  #plain: Id = NO_ID;
  #pipe: StreamPipe | undefined;
  /** Octets owed to the proxy, and those it sent of the answer we wait for. */
  #toProxy: number[];
  #answer: number[] = [];
  #step: 'method' | 'password' | 'connect' | 'flowing' = 'method';
  #allowance: number;

  constructor(port: StreamPort, pool: ChunkPool, plan: VisitPlan, nowUs: number) {
    this.#port = port;
    this.#pool = pool;
    this.plan = plan;
    this.talk = plan.messages && new Talk(plan.page, plan.messages);
    this.startUs = nowUs;
    this.#toProxy = [5, 1, plan.isolation === '' ? METHOD_NONE : METHOD_PASSWORD];
    this.#allowance = plan.readPerTick === undefined ? Number.POSITIVE_INFINITY : 0;
  }

  get isOver(): boolean {
    return this.outcome !== undefined;
  }

  dialled(id: Id): void {
    this.#id = id;
  }

  /** A slow reader reads again, or a message is due. */
  tick(nowUs: number): void {
    const { talk, plan, isOver } = this;
    if (talk === undefined) this.#allowance = plan.readPerTick ?? 0;
    const nextUs = talk === undefined ? nowUs + TICK_US : talk.nextUs(nowUs);
    this.nextReadUs = isOver ? Number.POSITIVE_INFINITY : nextUs;
    this.#port.wake(this.#plain);
  }

  // ---- the connection to the proxy -----------------------------------------------------------------------

  woken(): void {
    // It keeps nothing back.
  }

  opened(_nowUs: number, id: Id): void {
    this.#port.wake(id);
  }

  receive(nowUs: number, id: Id, bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    while (this.#step !== 'flowing' && at < end && !this.isOver) {
      this.#answer.push(bytes[at++] as number);
      this.#negotiate(nowUs);
    }
    if (at === end || this.isOver) return end - start;
    return at - start + (this.#pipe?.receive(nowUs, id, bytes, at, end) ?? end - at);
  }

  ended(nowUs: number, id: Id): void {
    if (this.#pipe === undefined) this.#over(nowUs, 'ended');
    else this.#pipe.ended(nowUs, id);
  }

  transmit(nowUs: number, id: Id, out: Uint8Array, start: number, end: number): number {
    const owed = this.#toProxy.splice(0, end - start);
    if (owed.length > 0) {
      out.set(owed, start);
      return owed.length;
    }
    return this.#pipe?.transmit(nowUs, id, out, start, end) ?? 0;
  }

  closed(nowUs: number, id: Id, cause: Cause): void {
    this.#pipe?.closed(nowUs, id, cause);
    if (cause !== 'ended') this.#over(nowUs, cause);
  }

  #negotiate(nowUs: number): void {
    const { host, port, isolation } = this.plan;
    const connect = (): void => {
      this.#step = 'connect';
      this.#say([5, 1, 0, 3, host.length, ...ascii(host), port >> 8, port & 0xff]);
    };
    const answer = this.#answer;
    if (this.#step === 'method' && answer.length === 2) {
      this.#answer = [];
      if (answer[1] === METHOD_NONE) connect();
      else if (answer[1] === METHOD_PASSWORD) {
        this.#step = 'password';
        this.#say([1, isolation.length, ...ascii(isolation), 1, 0x78]);
      } else this.#over(nowUs, 'socks-method');
    } else if (this.#step === 'password' && answer.length === 2) {
      this.#answer = [];
      if (answer[1] === 0) connect();
      else this.#over(nowUs, 'socks-password');
    } else if (this.#step === 'connect' && answer.length === 10) {
      if (answer[1] !== 0) return this.#over(nowUs, `socks ${answer[1]}`);
      this.grantedUs = nowUs;
      this.#startTls();
    }
  }

  #startTls(): void {
    this.#step = 'flowing';
    this.#pipe = new StreamPipe(this.#port, this.#pool);
    const role = { role: 'client', name: this.plan.host, anchorsPem: TEST_NETWORK_ANCHOR } as const;
    const sides = this.#port.tls(this.#inside, this.#pipe, role);
    if (sides === undefined) return;
    this.#plain = sides.plain;
    this.#pipe.join(this.#id, sides.cipher);
    this.#pipe.opened(0, this.#id);
  }

  // ---- inside TLS ----------------------------------------------------------------------------------------

  readonly #inside: StreamOwner = {
    woken: () => undefined,
    opened: (nowUs, id) => {
      if (this.plan.readPerTick !== undefined) this.nextReadUs = nowUs + TICK_US;
      this.talk?.begin(nowUs);
      if (this.talk !== undefined) this.nextReadUs = this.talk.nextUs(nowUs);
      this.#port.wake(id);
    },
    receive: (nowUs, _id, bytes, start, end) => this.#read(nowUs, bytes, start, end),
    ended: (nowUs) => {
      const isWhole = this.received === this.plan.downLen && this.wrong === 0;
      this.#over(nowUs, isWhole ? 'done' : `cut after ${this.received}, ${this.wrong} wrong`);
      this.#port.wake(this.#plain);
    },
    transmit: (nowUs, _id, out, start, end) => this.#request(nowUs, out, start, end),
    closed: (nowUs, _id, cause) => {
      this.#over(nowUs, `tls ${cause}`);
      this.#port.abort(this.#id);
    },
  };

  #read(nowUs: number, bytes: Uint8Array, start: number, end: number): number {
    const taken = Math.min(end - start, this.#allowance);
    this.wrong += wrongContent(this.plan.page, false, this.received, bytes, start, start + taken);
    this.firstUs ??= nowUs;
    this.received += taken;
    this.#allowance -= taken;
    this.talk?.received(nowUs, this.received);
    return taken;
  }

  #request(nowUs: number, out: Uint8Array, start: number, end: number): number {
    const { page, upLen } = this.plan;
    const total = REQUEST_HEAD_LEN + upLen;
    const length = Math.min(end - start, total - this.sent);
    if (length === 0) return this.isOver ? END : 0;
    const headLen = Math.max(Math.min(REQUEST_HEAD_LEN - this.sent, length), 0);
    out.set(this.#head().slice(this.sent, this.sent + headLen), start);
    const from = start + headLen;
    const at = this.sent + headLen - REQUEST_HEAD_LEN;
    const said = this.talk?.transmit(nowUs, out, from, start + length) ?? length - headLen;
    if (this.talk === undefined) fillContent(page, true, at, out, from, start + length);
    this.sent += headLen + said;
    return headLen + said;
  }

  #head(): readonly number[] {
    const { page, upLen, downLen, messages } = this.plan;
    const asked = messages === undefined ? [upLen, downLen] : [TALK, messages.length];
    return [page, ...asked].flatMap((value) =>
      [24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff),
    );
  }

  #say(octets: readonly number[]): void {
    this.#toProxy = [...octets];
    this.#port.wake(this.#id);
  }

  #over(nowUs: number, outcome: string): void {
    if (this.outcome !== undefined) return;
    this.outcome = outcome;
    this.endUs = nowUs;
    this.nextReadUs = Number.POSITIVE_INFINITY;
  }
}

function ascii(text: string): readonly number[] {
  return Array.from(text, (letter) => letter.charCodeAt(0));
}
