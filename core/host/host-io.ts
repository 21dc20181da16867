import type { Id } from '../base/slab.ts';
import type { Micros } from '../base/time.ts';
import type { Endpoint, HostCommand } from './contract.ts';
import type { DatagramBatch } from './datagram-batch.ts';

/**
 * One byte stream as a host sees it, simulated or real: all that a host implements per stream. The driver
 * fills what `lend` answers, and calls `write` once for it before it lends again.
 */
export interface HostStream {
  /** Octets written that the network has not taken yet. */
  readonly unsent: number;
  lend(): Uint8Array;
  /** Sends the first `length` octets of the lent buffer. */
  write(length: number): void;
  /** Ends our direction behind what was written. */
  end(): void;
  /** Resets the connection. The host reports nothing about the stream afterwards. */
  abort(): void;
  pause(): void;
  resume(): void;
}

/** What else a host implements. Each answers later, through the driver, never within the call. */
export interface HostIo {
  nowUs(): Micros;
  connect(id: Id, to: Endpoint): HostStream;
  listen(id: Id, at: Endpoint): void;
  bind(id: Id, at: Endpoint): void;
  unbind(id: Id): void;
  tls(command: HostCommand & { kind: 'tls' }): {
    readonly plain: HostStream;
    readonly cipher: HostStream;
  };
  store(command: HostCommand & { kind: 'put' | 'append' }): void;
  /** What the driver gathers datagrams in, lent until `sendDatagrams` or the next call. */
  lendBatch(): DatagramBatch;
  sendDatagrams(id: Id, batch: DatagramBatch): void;
  /** Calls `timeout` at or after this time; Infinity: not at all. Replaces the earlier wish. */
  arm(deadlineUs: Micros): void;
  /** Calls `turn` again soon, after other input had its chance. */
  again(): void;
}
