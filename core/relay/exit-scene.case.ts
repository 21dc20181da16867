import { Streams, type StreamsUser } from '#core/circuit/mod.ts';
import { StreamEnd } from '#core/circuit/streams.case.ts';
import type { Cause, Endpoint, StreamOwner, StreamPort } from '#core/host/mod.ts';
import type { Destination } from '#core/wire/mod.ts';
import { ChunkPool } from '../base/chunk-pool.ts';
import { type Id, NO_ID } from '../base/slab.ts';
import { CLOSED_PORTS, Exit, type ExitPolicy } from './mod.ts';

// An exit without a host or a network. For tests only.

const ROOM = 400;
export const WEB: Uint8Array = Uint8Array.of(203, 0, 114, 9);
export const OTHER: Uint8Array = Uint8Array.of(203, 0, 114, 10);
export const NODE: Uint8Array = Uint8Array.of(203, 0, 114, 66);

/** An exit, the world it dials, and one circuit with its client. Served by hand. */
export class ExitScene implements StreamPort {
  readonly dialled: string[] = [];
  readonly aborted: Id[] = [];
  readonly lookups: { readonly ticket: number; readonly name: string }[] = [];
  isFull = false;
  nowUs = 0;
  readonly exit: Exit;
  readonly client: StreamEnd = new StreamEnd(true);
  readonly last: Streams;
  readonly pool: ChunkPool = new ChunkPool(8 * 1024 * 1024);
  #nextId = 1;

  constructor(policy: Partial<ExitPolicy> = {}) {
    this.exit = new Exit({
      port: this,
      policy: () => ({
        isTestNetwork: false,
        closedPorts: CLOSED_PORTS,
        isNode: (ip) => ip.join() === NODE.join(),
        isOwn: () => false,
        ...policy,
      }),
      resolver: { lookup: (_nowUs, ticket, name) => this.lookups.push({ ticket, name }) },
    });
    let user: StreamsUser | undefined;
    this.last = new Streams(
      false,
      {
        asked: (nowUs, stream, to) => user?.asked(nowUs, stream, to),
        opened: () => undefined,
        stirred: (nowUs, stream) => user?.stirred(nowUs, stream),
        reset: (nowUs, stream, cause) => user?.reset(nowUs, stream, cause),
      },
      this.pool,
      () => undefined,
    );
    user = this.exit.circuit(this.last);
  }

  connect(_owner: StreamOwner, to: Endpoint): Id {
    if (this.isFull) return NO_ID;
    this.dialled.push(`${to.ip.join('.')}:${to.port}`);
    return this.#nextId++;
  }

  take(): Id {
    return NO_ID;
  }

  tls(): undefined {
    return undefined;
  }

  wake(): void {
    // The test serves everybody.
  }

  abort(id: Id): void {
    this.aborted.push(id);
  }

  /** Carries the circuit's cells both ways. */
  run(): this {
    const cell = new Uint8Array(ROOM);
    for (let isQuiet = false; !isQuiet; ) {
      isQuiet = true;
      for (const [from, to] of [
        [this.client.streams, this.last],
        [this.last, this.client.streams],
      ] as const)
        while (from.fill(this.nowUs, cell, 0, ROOM) >= 0) {
          isQuiet = false;
          if (!to.receive(this.nowUs, cell, 0, ROOM)) throw new Error(to.reject);
        }
    }
    return this;
  }

  ask(host: string | Uint8Array, port = 443): number {
    const stream = this.client.open({ host, port } as Destination);
    this.run();
    return stream;
  }

  answer(...addresses: readonly Uint8Array[]): void {
    const { ticket } = this.lookups.shift() ?? { ticket: 0 };
    this.exit.resolved(this.nowUs, ticket, addresses);
    this.run();
  }

  /** What became of connection number `id`. */
  dies(id: Id, cause: Cause): void {
    this.exit.closed(this.nowUs, id, cause);
    this.run();
  }

  opens(id: Id): void {
    this.exit.opened(this.nowUs, id);
    this.run();
  }

  /** What the host gets for connection number `id`: octets, 0 for none now, or END. */
  pulls(id: Id): number {
    const given = this.exit.transmit(this.nowUs, id, new Uint8Array(ROOM), 0, ROOM);
    this.run();
    return given;
  }

  causeOf(stream: number): Cause | undefined {
    return this.client.side(stream).cause;
  }
}
