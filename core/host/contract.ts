// The one file everybody reads: what a root (a whole client or node, built of machines) and its host (the
// simulator or a real machine) owe each other. Types and prose only; driver.ts keeps the host's half of it.
//
// A root has no sockets, timers, promises, ambient time or randomness. The host calls it, one call at a
// time; it answers at once. `nowUs` never goes back. Octets cross in the caller's buffers as (bytes, start,
// end) and are borrowed for the call. Any order of calls is legal; early ones are harmless. A root that throws
// has broken an invariant: no host catches what it throws, and the process ends.
//
//   host -> root   accept opened receive ended closed handle handleTimeout receiveDatagrams
//   root -> host   pollCommand pollWake transmit transmitDatagrams deadlineUs    (pulled, never pushed)
//
// Life of a stream, the same for TCP and for both sides of a TLS filter:
//
//   connect/accept -> opened -> receive* -> ended (peer is done) --+
//        |                  \-> transmit* -> END (we are done) ----+-> closed(cause): once, then nothing
//        +--- refused, unreachable, timed-out, policy, limit, reset, untrusted, local ---^
//
// Back-pressure in:  `receive` answers how many octets it took. The host keeps the rest, stops reading that
//   stream, and offers the rest again when the root wakes the id. `ended` comes after the last octet.
// Back-pressure out: `end - start` of `transmit` is the credit, CREDIT_MIN at the least. The host pulls only
//   while less than SEND_BACKLOG of that stream waits in it, so what is sent late is chosen late.
// Wakes are edge-triggered and the only discovery: an id nobody woke is not polled.
// The root owns the id space: it takes ids from its slab for `connect`, `listen`, `bind` and `tls`, and
//   answers `accept` with one. It frees an id after `closed` (or `unbound`), never before.
import type { Id } from '../base/slab.ts';
import type { Micros, WallMillis } from '../base/time.ts';
import type { DatagramBatch } from './datagram-batch.ts';

/** Answer of `transmit`: everything has been given, the stream ends in our direction. Once. */
export const END = -1;

/** Why a stream is over. Closed union; SOCKS_REPLY says what an application is told. */
export type Cause =
  | 'ended' // both directions ended
  | 'local' // we aborted it
  | 'reset' // the peer aborted it
  | 'refused' // nobody listens there (where `accept` says no, a dialler sees a reset)
  | 'unreachable' // no way to that address
  | 'timed-out' // no answer
  | 'limit' // the host is out of something
  | 'policy' // a rule forbids it
  | 'untrusted'; // the TLS peer is not who it should be

/** SOCKS5 reply code for a cause (RFC 1928 section 6). */
// biome-ignore format: a table
export const SOCKS_REPLY: { readonly [cause in Cause]: number } = Object.freeze({
  ended: 0x00, local: 0x01, reset: 0x05, refused: 0x05, unreachable: 0x04,
  'timed-out': 0x06, limit: 0x01, policy: 0x02, untrusted: 0x01,
});

/** `ip` holds 4 or 16 octets; an IPv4-mapped IPv6 address is always given as its 4. */
export type Endpoint = { readonly ip: Uint8Array; readonly port: number };

/** A machine that uses byte streams: a root over its host, and equally an application over links. */
export interface StreamUser {
  opened(nowUs: Micros, id: Id): void;
  /** Answers how many octets were taken, 0 to `end - start`. Fewer than offered: ends reading until a wake. */
  receive(nowUs: Micros, id: Id, bytes: Uint8Array, start: number, end: number): number;
  ended(nowUs: Micros, id: Id): void;
  /** Writes at most `end - start` octets at `start`; answers how many, 0 for "nothing now", or END. */
  transmit(nowUs: Micros, id: Id, out: Uint8Array, start: number, end: number): number;
  closed(nowUs: Micros, id: Id, cause: Cause): void;
}

export interface Root extends StreamUser {
  /** Earliest time `handleTimeout` is due; Infinity when nothing is. O(1). Hosts may be 1 ms late. */
  readonly deadlineUs: Micros;
  handleTimeout(nowUs: Micros): void;
  /** A new inbound connection: its id from now on, or NO_ID to reset it unseen. */
  accept(nowUs: Micros, listener: Id, from: Endpoint): Id;
  handle(nowUs: Micros, event: HostEvent): void;
  pollWake(nowUs: Micros): Id;
  pollCommand(): HostCommand | undefined;
  /** Datagrams are taken or dropped, never kept by the host. The batch is borrowed for the call. */
  receiveDatagrams(nowUs: Micros, id: Id, batch: DatagramBatch): void;
  /** Fills the batch; full means "ask again". What the network cannot take is lost, as datagrams are. */
  transmitDatagrams(nowUs: Micros, id: Id, batch: DatagramBatch): void;
}

/** What a root may ask. Slow answers come back as events, in any order, with latency. */
export type HostCommand =
  | { readonly kind: 'connect'; readonly id: Id; readonly to: Endpoint }
  | { readonly kind: 'abort'; readonly id: Id } // any stream, or TLS side; `closed('local')` follows
  | { readonly kind: 'listen' | 'bind'; readonly id: Id; readonly at: Endpoint } // TCP, UDP; port 0: any
  | { readonly kind: 'unbind'; readonly id: Id } // listener, UDP socket: only `unbound('local')` follows
  | { readonly kind: 'tls'; readonly plain: Id; readonly cipher: Id; readonly as: TlsRole }
  | { readonly kind: 'put'; readonly key: string; readonly bytes: Uint8Array }
  | { readonly kind: 'append'; readonly log: string; readonly bytes: Uint8Array };

// biome-ignore format: one row an event
export type HostEvent =
  /** At the start, after sleep, and when the wall clock stepped by more than 100 ms. */
  | { readonly kind: 'wall'; readonly wallMs: WallMillis; readonly uncertaintyMs: number; readonly slept: boolean }
  | { readonly kind: 'bound'; readonly id: Id; readonly at: Endpoint }
  | { readonly kind: 'unbound'; readonly id: Id; readonly cause: 'local' | 'in-use' | 'denied' | 'limit' }
  /** Before `opened(plain)`; not `ok` is followed by closed('untrusted'). `spki`: SHA-256 of the peer's key. */
  | { readonly kind: 'verified'; readonly id: Id; readonly verdict: TlsVerdict; readonly resumed: boolean;
      readonly spki: Uint8Array }
  /** Durable when answered; a crash before the answer may keep or lose it, never tear it. */
  | { readonly kind: 'stored'; readonly key: string }
  | { readonly kind: 'appended'; readonly log: string; readonly position: number } // index in the log, from 0
  | { readonly kind: 'storage-failed'; readonly name: string; readonly reason: string }
  /** A file the root is to follow, whole: once it is there, and at each change. */
  | { readonly kind: 'document'; readonly name: string; readonly bytes: Uint8Array };

/** TLS 1.3. A filter with two sides: the root wires `cipher` to a host stream or to one of its own. */
export type TlsRole =
  | { readonly role: 'client'; readonly name: string; readonly anchorsPem: string }
  | { readonly role: 'server'; readonly chainPem: string; readonly keyPem: string };
export type TlsVerdict = 'ok' | 'wrong-name' | 'unknown-issuer' | 'expired' | 'other';

/** What storage held when the root started. */
export type StoreSnapshot = {
  readonly values: ReadonlyMap<string, Uint8Array>;
  readonly logs: ReadonlyMap<string, readonly Uint8Array[]>;
};

/** Randomness handed to a root: the operating system's, or a named stream of the world. */
export type Random = { fill(bytes: Uint8Array): void };
