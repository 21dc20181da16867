import { type Id, NO_ID, Slab } from '#core/base/slab.ts';
import { WakeSet } from '#core/base/wake-set.ts';
import {
  type Cause,
  type DatagramBatch,
  END,
  type Endpoint,
  type HostCommand,
  type HostEvent,
  type Random,
} from '#core/host/mod.ts';
import type { SimRoot } from './host-options.ts';

/** What one stream of a pump does: sends `send` in pieces of `piece` octets, ends, and keeps what it gets. */
export type Pumped = {
  readonly id: Id;
  readonly send: Uint8Array;
  readonly piece: number;
  sent: number;
  got: Uint8Array[];
  gotOctets: number;
  isOpen: boolean;
  ended: boolean;
  cause: Cause | undefined;
};

export type PumpPlan = {
  readonly listen?: Endpoint;
  readonly bind?: Endpoint;
  readonly connect?: Endpoint;
  readonly send: Uint8Array;
  readonly piece: number;
  /** Octets taken of each offer; the rest is taken when woken by time. Default all. */
  readonly appetite?: number;
};

/** A root for tests: every stream it opens or accepts sends the plan's octets and ends. */
export class Pump implements SimRoot {
  deadlineUs: number = Infinity;
  readonly streams: Pumped[] = [];
  readonly events: HostEvent[] = [];
  readonly slab: Slab = new Slab(64);
  readonly wakes: WakeSet = new WakeSet(64);
  readonly commands: HostCommand[] = [];
  readonly plan: PumpPlan;
  /** Hook for tests that misbehave. */
  onTimeout: (nowUs: number) => void = () => undefined;
  readonly random: Random;

  constructor(plan: PumpPlan, random: Random) {
    this.plan = plan;
    this.random = random;
    const { listen, bind, connect } = plan;
    if (listen !== undefined)
      this.commands.push({ kind: 'listen', id: this.slab.take(), at: listen });
    if (bind !== undefined) this.commands.push({ kind: 'bind', id: this.slab.take(), at: bind });
    if (connect !== undefined) this.connect(connect);
  }

  connect(to: Endpoint): Pumped {
    const stream = this.#stream();
    this.commands.push({ kind: 'connect', id: stream.id, to });
    return stream;
  }

  opened(_nowUs: number, id: Id): void {
    this.#of(id).isOpen = true;
  }

  receive(nowUs: number, id: Id, bytes: Uint8Array, start: number, end: number): number {
    const stream = this.#of(id);
    const taken = Math.min(end - start, this.plan.appetite ?? Infinity);
    stream.got.push(bytes.slice(start, start + taken));
    stream.gotOctets += taken;
    if (taken < end - start) this.deadlineUs = nowUs + 1000;
    return taken;
  }

  ended(_nowUs: number, id: Id): void {
    this.#of(id).ended = true;
  }

  transmit(_nowUs: number, id: Id, out: Uint8Array, start: number, end: number): number {
    const stream = this.#of(id);
    if (stream.sent === stream.send.length) return END;
    const length = Math.min(stream.piece, end - start, stream.send.length - stream.sent);
    out.set(stream.send.subarray(stream.sent, stream.sent + length), start);
    stream.sent += length;
    return length;
  }

  closed(_nowUs: number, id: Id, cause: Cause): void {
    this.#of(id).cause = cause;
    this.slab.release(id);
  }

  handleTimeout(nowUs: number): void {
    this.deadlineUs = Infinity;
    for (const stream of this.streams) if (stream.cause === undefined) this.wakes.add(stream.id);
    this.onTimeout(nowUs);
  }

  accept(): Id {
    return this.#stream().id;
  }

  handle(_nowUs: number, event: HostEvent): void {
    this.events.push(event);
  }

  pollWake(): Id {
    return this.wakes.take();
  }

  pollCommand(): HostCommand | undefined {
    return this.commands.shift();
  }

  receiveDatagrams(_nowUs: number, id: Id, batch: DatagramBatch): void {
    for (let i = 0; i < batch.count; i++)
      this.datagrams.push({ id, port: batch.portOf(i), octets: batch.lengthOf(i) });
  }

  readonly datagrams: { readonly id: Id; readonly port: number; readonly octets: number }[] = [];
  outbox: { readonly to: Endpoint; readonly bytes: Uint8Array }[] = [];

  transmitDatagrams(_nowUs: number, _id: Id, batch: DatagramBatch): void {
    while (this.outbox.length > 0) {
      const { to, bytes } = this.outbox[0] as { to: Endpoint; bytes: Uint8Array };
      if (!batch.push(to.ip, to.port, bytes, 0, bytes.length)) return;
      this.outbox.shift();
    }
  }

  state(): string {
    return this.streams
      .map((s) => `${s.id} ${s.sent} ${s.gotOctets} ${s.ended} ${s.cause}`)
      .join('\n');
  }

  #stream(): Pumped {
    const { send, piece } = this.plan;
    const id = this.slab.take();
    const stream: Pumped = {
      id,
      send,
      piece,
      sent: 0,
      got: [],
      gotOctets: 0,
      isOpen: false,
      ended: false,
      cause: undefined,
    };
    if (id !== NO_ID) this.streams.push(stream);
    return stream;
  }

  #of(id: Id): Pumped {
    const stream = this.streams.findLast((other) => other.id === id);
    if (stream === undefined) throw new Error(`no stream ${id}`);
    return stream;
  }
}

export function ip(last: number): Uint8Array {
  return Uint8Array.of(10, 0, 0, last);
}

/** Octets that differ from place to place. */
export function pattern(length: number, salt: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = (i * 31 + (i >> 8) * 7 + salt) & 255;
  return bytes;
}
