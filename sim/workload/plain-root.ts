import { STREAMS_MAX } from '#core/base/limits.ts';
import { type Id, NO_ID, Slab } from '#core/base/slab.ts';
import type { Micros } from '#core/base/time.ts';
import { WakeSet } from '#core/base/wake-set.ts';
import type { Cause, Endpoint, HostCommand, HostEvent, Root } from '#core/host/mod.ts';
import type { LinkUser } from '#core/node/mod.ts';

/** A root without links: its user talks over plain host streams. What links cost and keep is seen against it. */
export class PlainRoot implements Root {
  readonly #user: LinkUser;
  readonly #listen: Endpoint | undefined;
  readonly #ids = new Slab(STREAMS_MAX);
  readonly #wakes = new WakeSet(STREAMS_MAX);
  readonly #commands: HostCommand[] = [];
  #isStarted = false;

  constructor(listen: Endpoint | undefined, user: (port: PlainRoot) => LinkUser) {
    this.#listen = listen;
    this.#user = user(this);
  }

  // ---- what the user may do ------------------------------------------------------------------------------

  dial(to: Endpoint): Id {
    const id = this.#ids.take();
    if (id !== NO_ID) this.#commands.push({ kind: 'connect', id, to });
    return id;
  }

  wake(id: Id): void {
    if (this.#ids.has(id)) this.#wakes.add(id);
  }

  abort(id: Id): void {
    if (this.#ids.has(id)) this.#commands.push({ kind: 'abort', id });
  }

  // ---- Root ----------------------------------------------------------------------------------------------

  get deadlineUs(): Micros {
    return this.#user.deadlineUs;
  }

  handleTimeout(nowUs: Micros): void {
    this.#user.handleTimeout(nowUs);
  }

  accept(): Id {
    return this.#ids.take();
  }

  handle(nowUs: Micros, event: HostEvent): void {
    if (event.kind === 'wall' && !this.#isStarted) {
      this.#isStarted = true;
      if (this.#listen === undefined) this.#user.started(nowUs, undefined);
      else this.#commands.push({ kind: 'listen', id: this.#ids.take(), at: this.#listen });
    }
    if (event.kind === 'bound') this.#user.started(nowUs, event.at);
    if (event.kind === 'unbound') this.#user.notListening(nowUs, event.cause);
  }

  opened(nowUs: Micros, id: Id): void {
    this.#user.opened(nowUs, id);
  }

  receive(nowUs: Micros, id: Id, bytes: Uint8Array, start: number, end: number): number {
    return this.#user.receive(nowUs, id, bytes, start, end);
  }

  ended(nowUs: Micros, id: Id): void {
    this.#user.ended(nowUs, id);
  }

  transmit(nowUs: Micros, id: Id, out: Uint8Array, start: number, end: number): number {
    return this.#user.transmit(nowUs, id, out, start, end);
  }

  closed(nowUs: Micros, id: Id, cause: Cause): void {
    this.#ids.release(id);
    this.#user.closed(nowUs, id, cause);
  }

  pollWake(): Id {
    return this.#wakes.take();
  }

  pollCommand(): HostCommand | undefined {
    return this.#commands.shift();
  }

  receiveDatagrams(): void {
    // This root binds no datagram socket.
  }

  transmitDatagrams(): void {
    // And sends none.
  }
}
