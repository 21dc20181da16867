import type { Id } from '#core/base/slab.ts';
import type { Cause, Endpoint, HostStream } from '#core/host/mod.ts';
import type { Congestion } from './congestion.ts';
import type { Connection } from './connection.ts';
import type { RingPool } from './ring.ts';

/** What a program is told of its streams: the driver's half. */
export interface StreamReports {
  accepted(listener: Id, from: Endpoint, makeStream: (id: Id) => HostStream): boolean;
  opened(id: Id): void;
  received(id: Id, bytes: Uint8Array, start: number, end: number): void;
  ended(id: Id): void;
  closed(id: Id, cause: Cause): void;
  writable(id: Id): void;
}

/** Where a connection is in its life. */
export type Phase = 'syn-sent' | 'syn-received' | 'open' | 'time-wait' | 'dead';

/** The two ends of a connection, as numbers of the address table and ports. */
export type Tuple = {
  readonly local: number;
  readonly localPort: number;
  readonly remote: number;
  readonly remotePort: number;
};

/** What a connection needs of the transport it belongs to. */
export interface Below {
  /** The host's own time in nanoseconds. */
  readonly nowNs: number;
  readonly pool: RingPool;
  /** Octets a new connection's receiver keeps. */
  readonly receiveBuffer: number;
  /** Payload octets of a segment that a host's own link takes on the way to an address. */
  segmentTo(remote: number): number;
  /** What decides how much a new connection sends. */
  congestion(): Congestion;
  /** The buffer lent to whoever writes. */
  readonly scratch: Uint8Array;
  /** Makes sure that an event comes no later than the connection's deadline. */
  arm(connection: Connection): void;
  /** Runs an action after the present event, at the same time. */
  later(action: () => void): void;
  emit(connection: Connection, flags: number, seq: number, length: number): void;
  /** Sends an acknowledgement without octets. */
  acknowledge(connection: Connection): void;
  reset(connection: Connection): void;
  /** Keeps an ended connection a while, to answer for a last acknowledgement that got lost. */
  wait(connection: Connection): void;
  /** Forgets a connection. */
  remove(connection: Connection): void;
}

/** What the transport needs of the host it runs in. Times are of the host's own clock, in nanoseconds. */
export interface HostClock {
  readonly nowNs: number;
  /** Calls `timer(slot, serial)` at that time. */
  timer(atNs: number, slot: number, serial: number): void;
  /** Runs an action after the present event, at the same time. */
  later(action: () => void): void;
}

/**
 * How a program goes: `stopped` resets its streams, as the real host does when it is told to stop; `killed`
 * leaves them to its kernel, which ends them behind what it holds; a `power cut` takes the kernel too.
 */
export type Exit = 'stopped' | 'killed' | 'power cut';
