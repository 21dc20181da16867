import { DOT_REJECTS, type DotReject, DotStub } from '#core/dns/mod.ts';
import type { Cause, Endpoint, Random, StreamOwner, StreamPort } from '#core/host/mod.ts';
import { Counters } from '#core/observe/mod.ts';
import type { ChunkPool } from '../base/chunk-pool.ts';
import { type Id, NO_ID } from '../base/slab.ts';
import type { Micros } from '../base/time.ts';
import { StreamPipe } from './stream-pipe.ts';
import type { Timed } from './switchboard.ts';

/** A resolver that is asked over TLS, and how it proves who it is. */
export type Upstream = {
  readonly at: Endpoint;
  /** The name its certificate must be for. */
  readonly name: string;
  readonly anchorsPem: string;
};

export type DotClientOptions = {
  readonly port: StreamPort;
  readonly random: Random;
  readonly pool: ChunkPool;
  readonly upstream: Upstream;
  /** One for each ticket; no addresses for a failure. */
  readonly answered: (nowUs: Micros, ticket: number, addresses: readonly Uint8Array[]) => void;
};

/** The stub resolver on real streams of its root: TLS over TCP to one upstream, and nothing without TLS. */
export class DotClient implements StreamOwner, Timed {
  readonly rejects: Counters<DotReject> = new Counters<DotReject>(DOT_REJECTS);
  readonly #options: DotClientOptions;
  readonly #stub: DotStub;
  #plain: Id = NO_ID;
  #pipe: StreamPipe | undefined;

  constructor(options: DotClientOptions) {
    this.#options = options;
    const { random, port } = options;
    this.#stub = new DotStub({ random, rejects: this.rejects, wake: (id) => port.wake(id) });
  }

  lookup(nowUs: Micros, ticket: number, name: string): void {
    this.#stub.lookup(nowUs, ticket, name);
    this.#serve(nowUs);
  }

  get deadlineUs(): Micros {
    return this.#stub.deadlineUs;
  }

  handleTimeout(nowUs: Micros): void {
    this.#stub.handleTimeout(nowUs);
    this.#serve(nowUs);
  }

  // ---- the plain side of the TLS filter ------------------------------------------------------------------

  woken(): void {
    // The stub keeps nothing back.
  }

  opened(nowUs: Micros, id: Id): void {
    this.#stub.opened(nowUs, id);
    this.#serve(nowUs);
  }

  receive(nowUs: Micros, id: Id, bytes: Uint8Array, start: number, end: number): number {
    const taken = this.#stub.receive(nowUs, id, bytes, start, end);
    this.#serve(nowUs);
    return taken;
  }

  ended(nowUs: Micros, id: Id): void {
    this.#stub.ended(nowUs, id);
    this.#serve(nowUs);
  }

  transmit(nowUs: Micros, id: Id, out: Uint8Array, start: number, end: number): number {
    return this.#stub.transmit(nowUs, id, out, start, end);
  }

  closed(nowUs: Micros, id: Id, cause: Cause): void {
    if (id === this.#plain) {
      this.#pipe?.abort();
      this.#plain = NO_ID;
      this.#pipe = undefined;
    }
    this.#stub.closed(nowUs, id, cause);
    this.#serve(nowUs);
  }

  // ---- within --------------------------------------------------------------------------------------------

  #serve(nowUs: Micros): void {
    const { port, answered } = this.#options;
    for (let id = this.#stub.pollAbort(); id !== NO_ID; id = this.#stub.pollAbort()) {
      if (id === this.#plain) this.#pipe?.abort();
      port.abort(id);
    }
    if (this.#stub.pollConnect(nowUs)) this.#stub.connecting(this.#connect());
    for (let answer = this.#stub.pollAnswer(); answer !== undefined; ) {
      answered(nowUs, answer.ticket, 'addresses' in answer ? answer.addresses : []);
      answer = this.#stub.pollAnswer();
    }
  }

  #connect(): Id {
    const { port, pool, upstream } = this.#options;
    const pipe = new StreamPipe(port, pool);
    const { name, anchorsPem } = upstream;
    const sides = port.tls(this, pipe, { role: 'client', name, anchorsPem });
    if (sides === undefined) return NO_ID;
    const carrier = port.connect(pipe, upstream.at);
    pipe.join(sides.cipher, carrier);
    if (carrier === NO_ID) {
      port.abort(sides.plain);
      port.abort(sides.cipher);
      return NO_ID;
    }
    this.#plain = sides.plain;
    this.#pipe = pipe;
    return sides.plain;
  }
}
