import type {
  Cause,
  DatagramBatch,
  Endpoint,
  HostCommand,
  HostEvent,
  Root,
  StreamOwner,
  StreamPort,
  TlsRole,
} from '#core/host/mod.ts';
import { STREAMS_MAX } from '../base/limits.ts';
import { type Id, NO_ID, Slab, slotOf } from '../base/slab.ts';
import type { Micros } from '../base/time.ts';
import { WakeSet } from '../base/wake-set.ts';

/** A machine that acts by itself at times. */
export interface Timed {
  /** O(1). */
  readonly deadlineUs: Micros;
  handleTimeout(nowUs: Micros): void;
}

/** Who accepts the connections of a listener. */
export interface Acceptor {
  /** The connection's id, taken from the port for whoever owns it; NO_ID resets it unseen. */
  accept(nowUs: Micros, from: Endpoint): Id;
  bound(nowUs: Micros, at: Endpoint): void;
  unbound(nowUs: Micros, cause: (HostEvent & { kind: 'unbound' })['cause']): void;
}

/**
 * The part every root is built on: owns the id space, and brings what the host says of an id to the machine the
 * id belongs to. A root extends it with its machines, and knows which of them mind the time.
 */
export abstract class Switchboard implements Root, StreamPort {
  readonly #ids = new Slab(STREAMS_MAX);
  readonly #owners: (StreamOwner | undefined)[] = [];
  readonly #wakes = new WakeSet(STREAMS_MAX);
  readonly #commands: HostCommand[] = [];
  /** The first command not given yet: taking one costs the same however many there are. */
  #nextCommand = 0;
  readonly #listeners = new Map<Id, Acceptor>();

  /** Machines with deadlines, a handful. */
  protected abstract readonly timed: readonly Timed[];
  /** What no stream or listener is about: clocks, storage. */
  protected abstract happened(nowUs: Micros, event: HostEvent): void;

  // ---- StreamPort ----------------------------------------------------------------------------------------

  connect(owner: StreamOwner, to: Endpoint): Id {
    const id = this.take(owner);
    if (id !== NO_ID) this.#commands.push({ kind: 'connect', id, to });
    return id;
  }

  take(owner: StreamOwner): Id {
    const id = this.#ids.take();
    if (id !== NO_ID) this.#owners[slotOf(id)] = owner;
    return id;
  }

  tls(
    plainOwner: StreamOwner,
    cipherOwner: StreamOwner,
    as: TlsRole,
  ): { readonly plain: Id; readonly cipher: Id } | undefined {
    const plain = this.take(plainOwner);
    const cipher = this.take(cipherOwner);
    if (plain === NO_ID || cipher === NO_ID) {
      if (plain !== NO_ID) this.#release(plain);
      return undefined;
    }
    this.#commands.push({ kind: 'tls', plain, cipher, as });
    return { plain, cipher };
  }

  wake(id: Id): void {
    if (this.#ids.has(id)) this.#wakes.add(id);
  }

  abort(id: Id): void {
    if (this.#ids.has(id)) this.#commands.push({ kind: 'abort', id });
  }

  /** Listens for an acceptor. NO_ID when every id is in use. */
  protected listen(acceptor: Acceptor, at: Endpoint): Id {
    const id = this.#ids.take();
    if (id === NO_ID) return NO_ID;
    this.#listeners.set(id, acceptor);
    this.#commands.push({ kind: 'listen', id, at });
    return id;
  }

  /** Accepts nothing more. The acceptor hears `unbound('local')`. */
  protected unlisten(id: Id): void {
    if (this.#listeners.has(id)) this.#commands.push({ kind: 'unbind', id });
  }

  protected command(command: HostCommand & { kind: 'put' | 'append' }): void {
    this.#commands.push(command);
  }

  // ---- Root ----------------------------------------------------------------------------------------------

  get deadlineUs(): Micros {
    let earliest = Number.POSITIVE_INFINITY;
    for (const machine of this.timed) earliest = Math.min(earliest, machine.deadlineUs);
    return earliest;
  }

  handleTimeout(nowUs: Micros): void {
    for (const machine of this.timed) if (machine.deadlineUs <= nowUs) machine.handleTimeout(nowUs);
  }

  handle(nowUs: Micros, event: HostEvent): void {
    if (event.kind === 'bound') this.#listeners.get(event.id)?.bound(nowUs, event.at);
    else if (event.kind === 'unbound') {
      const acceptor = this.#listeners.get(event.id);
      if (acceptor === undefined) return;
      this.#listeners.delete(event.id);
      this.#ids.release(event.id);
      acceptor.unbound(nowUs, event.cause);
    } else this.happened(nowUs, event);
  }

  accept(nowUs: Micros, listener: Id, from: Endpoint): Id {
    return this.#listeners.get(listener)?.accept(nowUs, from) ?? NO_ID;
  }

  opened(nowUs: Micros, id: Id): void {
    this.#owner(id)?.opened(nowUs, id);
  }

  receive(nowUs: Micros, id: Id, bytes: Uint8Array, start: number, end: number): number {
    return this.#owner(id)?.receive(nowUs, id, bytes, start, end) ?? end - start;
  }

  ended(nowUs: Micros, id: Id): void {
    this.#owner(id)?.ended(nowUs, id);
  }

  transmit(nowUs: Micros, id: Id, out: Uint8Array, start: number, end: number): number {
    return this.#owner(id)?.transmit(nowUs, id, out, start, end) ?? 0;
  }

  closed(nowUs: Micros, id: Id, cause: Cause): void {
    const owner = this.#owner(id);
    if (owner === undefined) return;
    this.#release(id);
    owner.closed(nowUs, id, cause);
  }

  pollWake(nowUs: Micros): Id {
    const id = this.#wakes.take();
    this.#owner(id)?.woken(nowUs, id);
    return id;
  }

  pollCommand(): HostCommand | undefined {
    const command = this.#commands[this.#nextCommand];
    this.#nextCommand += 1;
    if (this.#nextCommand < this.#commands.length) return command;
    this.#commands.length = 0;
    this.#nextCommand = 0;
    return command;
  }

  receiveDatagrams(_nowUs: Micros, _id: Id, _batch: DatagramBatch): void {
    // No root binds a datagram socket yet, so none arrive.
  }

  transmitDatagrams(_nowUs: Micros, _id: Id, _batch: DatagramBatch): void {
    // And none leave.
  }

  #release(id: Id): void {
    this.#owners[slotOf(id)] = undefined;
    this.#ids.release(id);
  }

  #owner(id: Id): StreamOwner | undefined {
    return this.#ids.has(id) ? this.#owners[slotOf(id)] : undefined;
  }
}
