import { type Cause, END, type StreamOwner, type StreamPort } from '#core/host/mod.ts';
import { STEP_HOST_GIVEN, STEP_HOST_OFFERS, type Trace } from '#core/observe/mod.ts';
import type { Id } from '../base/slab.ts';
import type { Micros } from '../base/time.ts';
import type { Streams } from './streams.ts';

type Joint = {
  readonly streams: Streams;
  readonly stream: number;
  readonly id: Id;
  /** The host stream's two directions: its peer's, and ours. */
  hasEnded: boolean;
  hasOurEnd: boolean;
};

/**
 * Joins host streams to circuit streams, octets and ends both ways: what an application says at the client comes
 * out at the exit, and back. Neither side is read faster than the other takes.
 */
export class Splicer implements StreamOwner {
  readonly #port: StreamPort;
  readonly #trace: Trace;
  readonly #byId = new Map<Id, Joint>();
  readonly #byStream = new Map<Streams, Map<number, Joint>>();
  /** Both directions ended, and the host has yet to let go: since when, oldest first. Their streams may be over. */
  readonly #closing = new Map<Joint, Micros>();

  constructor(port: StreamPort, trace?: Trace) {
    this.#trace = trace;
    this.#port = port;
  }

  get size(): number {
    return this.#byId.size;
  }

  /** From now on the two are one. Their `closed` and `reset` come here. */
  join(id: Id, streams: Streams, stream: number): void {
    const joint: Joint = { streams, stream, id, hasEnded: false, hasOurEnd: false };
    this.#byId.set(id, joint);
    const others = this.#byStream.get(streams) ?? new Map<number, Joint>();
    this.#byStream.set(streams, others.set(stream, joint));
    this.#port.wake(id);
  }

  has(id: Id): boolean {
    return this.#byId.has(id);
  }

  /** Since when the oldest of those that only wait for their host is one; Infinity when there is none. */
  get closingSinceUs(): Micros {
    const [oldest] = this.#closing.values();
    return oldest ?? Number.POSITIVE_INFINITY;
  }

  /** Gives that one up, with what its host still holds. False when there is none. */
  dropClosing(): boolean {
    const [joint] = this.#closing.keys();
    if (joint === undefined) return false;
    this.#part(joint);
    this.#port.abort(joint.id);
    return true;
  }

  // ---- the circuit's side --------------------------------------------------------------------------------

  /** The stream stirred: our side is to be pulled, and may push. */
  stirred(streams: Streams, stream: number): void {
    const joint = this.#byStream.get(streams)?.get(stream);
    if (joint !== undefined) this.#port.wake(joint.id);
  }

  /** The far end is gone, not cleanly. */
  reset(streams: Streams, stream: number): void {
    const joint = this.#byStream.get(streams)?.get(stream);
    if (joint === undefined) return;
    this.#part(joint);
    this.#port.abort(joint.id);
  }

  // ---- the host's side -----------------------------------------------------------------------------------

  woken(): void {
    // It keeps nothing back: the host offers and pulls.
  }

  opened(): void {
    // Joined when it is open.
  }

  receive(nowUs: Micros, id: Id, bytes: Uint8Array, start: number, end: number): number {
    const joint = this.#byId.get(id);
    if (joint === undefined) return end - start;
    this.#trace?.(STEP_HOST_OFFERS, id, end - start);
    return joint.streams.push(nowUs, joint.stream, bytes, start, end);
  }

  ended(nowUs: Micros, id: Id): void {
    const joint = this.#byId.get(id);
    if (joint === undefined) return;
    joint.streams.end(joint.stream);
    joint.hasEnded = true;
    this.#mayClose(nowUs, joint);
  }

  transmit(nowUs: Micros, id: Id, out: Uint8Array, start: number, end: number): number {
    const joint = this.#byId.get(id);
    if (joint === undefined) return 0;
    const given = joint.streams.pull(joint.stream, out, start, end);
    if (given > 0) this.#trace?.(STEP_HOST_GIVEN, id, given);
    if (given !== END) return given;
    joint.hasOurEnd = true;
    this.#mayClose(nowUs, joint);
    return END;
  }

  closed(_nowUs: Micros, id: Id, cause: Cause): void {
    const joint = this.#byId.get(id);
    if (joint === undefined) return;
    this.#part(joint);
    if (cause !== 'ended') joint.streams.reset(joint.stream, cause);
  }

  #mayClose(nowUs: Micros, joint: Joint): void {
    if (joint.hasEnded && joint.hasOurEnd) this.#closing.set(joint, nowUs);
  }

  #part(joint: Joint): void {
    const { id, streams, stream } = joint;
    this.#closing.delete(joint);
    this.#byId.delete(id);
    const others = this.#byStream.get(streams);
    others?.delete(stream);
    if (others?.size === 0) this.#byStream.delete(streams);
  }
}
