import { ChunkPool } from '#core/base/chunk-pool.ts';
import { type Id, NO_ID } from '#core/base/slab.ts';
import type { Cause, Endpoint, HostEvent, StreamOwner } from '#core/host/mod.ts';
import { type Acceptor, StreamPipe, Switchboard, type Timed } from '#core/node/mod.ts';
import { type Credentials, credentialsOf } from './wrong-certificates.ts';

/** What a service does with one connection. Octets are those inside TLS. */
export interface Session {
  /** Takes all that came; what it answers is sent when the connection takes it. */
  receive(nowUs: number, bytes: Uint8Array, start: number, end: number): void;
  /** Octets to send, 0 for none now, END. */
  transmit(nowUs: number, out: Uint8Array, start: number, end: number): number;
}

/** How a session is asked for more: soon, or at a time of the service's own clock. */
export type Asking = { readonly wake: () => void; readonly wakeAt: (timeUs: number) => void };

const POOL_OCTETS = 64 * 1024 * 1024;

/** A server that speaks TLS and nothing else: resolvers and websites of test networks. */
export class TlsService extends Switchboard {
  protected readonly timed: readonly Timed[];
  /** Who has connected, in order. */
  readonly visitors: Endpoint[] = [];
  isListening = false;
  /** Where it listens, once it does. */
  boundAt: Endpoint | undefined;
  readonly #at: Endpoint;
  readonly #makeSession: (asking: Asking) => Session;
  readonly #credentials: () => Credentials;
  /** When some session wants to be asked. */
  #dueUs = Number.POSITIVE_INFINITY;
  readonly #pool = new ChunkPool(POOL_OCTETS);
  readonly #sessions = new Map<Id, Session>();

  /** `credentials` is asked at each connection. */
  constructor(
    at: Endpoint,
    makeSession: (asking: Asking) => Session,
    credentials: () => Credentials = () => credentialsOf(undefined),
  ) {
    super();
    this.#at = at;
    this.#makeSession = makeSession;
    this.#credentials = credentials;
    const dueUs = (): number => this.#dueUs;
    this.timed = [
      {
        get deadlineUs(): number {
          return dueUs();
        },
        handleTimeout: () => {
          this.#dueUs = Number.POSITIVE_INFINITY;
          for (const id of this.#sessions.keys()) this.wake(id);
        },
      },
    ];
  }

  protected happened(_nowUs: number, event: HostEvent): void {
    if (event.kind === 'wall' && !this.isListening) {
      this.isListening = true;
      this.listen(this.#acceptor, this.#at);
    }
  }

  readonly #acceptor: Acceptor = {
    accept: (_nowUs, from) => this.#accept(from),
    bound: (_nowUs, at) => {
      this.boundAt = at;
    },
    unbound: () => undefined,
  };

  #accept(from: Endpoint): Id {
    const pipe = new StreamPipe(this, this.#pool);
    const host = this.take(pipe);
    const sides = this.tls(this.#plain, pipe, {
      role: 'server',
      ...this.#credentials(),
    });
    if (host === NO_ID || sides === undefined) return NO_ID;
    pipe.join(host, sides.cipher);
    this.visitors.push(from);
    const { plain } = sides;
    this.#sessions.set(
      plain,
      this.#makeSession({
        wake: () => this.wake(plain),
        wakeAt: (timeUs) => {
          this.#dueUs = Math.min(this.#dueUs, timeUs);
        },
      }),
    );
    return host;
  }

  /** The plain sides of all connections. */
  readonly #plain: StreamOwner = {
    woken: () => undefined,
    opened: (_nowUs, id) => this.wake(id),
    receive: (nowUs, id, bytes, start, end) => {
      this.#sessions.get(id)?.receive(nowUs, bytes, start, end);
      this.wake(id);
      return end - start;
    },
    ended: (_nowUs, id) => this.wake(id),
    transmit: (nowUs, id, out, start, end) =>
      this.#sessions.get(id)?.transmit(nowUs, out, start, end) ?? 0,
    closed: (_nowUs: number, id: Id, _cause: Cause) => this.#sessions.delete(id),
  };
}
