import type { Cause } from '#core/host/mod.ts';
import type { Destination } from '#core/wire/mod.ts';

/**
 * What an application asked for. `isolation` is opaque: equal labels may share circuits, others never; '' when
 * the application named no class. It is made of credentials, so it is never logged and never leaves the machine.
 */
export type EntryRequest = { readonly destination: Destination; readonly isolation: string };

/** Every way the octets of an application are refused. Each ends the connection. */
export type EntryReject =
  | 'unknown-protocol' // the first octet starts neither SOCKS nor HTTP
  | 'socks4' // cannot carry credentials, and mostly carries addresses the application resolved itself
  | 'socks-methods' // neither "no authentication" nor "username/password" offered
  | 'socks-malformed' // an inner version or the reserved octet is wrong
  | 'socks-command' // BIND, UDP ASSOCIATE or unknown
  | 'socks-address-type'
  | 'http-malformed'
  | 'http-version' // neither 1.0 nor 1.1
  | 'http-method' // not CONNECT
  | 'http-credentials' // Proxy-Authorization that is not Basic, or not decodable
  | 'http-head-too-large'
  | 'bad-host' // neither a host name nor an address
  | 'bad-port';

const IS_REJECT: { readonly [reject in EntryReject]: true } = Object.freeze({
  'unknown-protocol': true,
  socks4: true,
  'socks-methods': true,
  'socks-malformed': true,
  'socks-command': true,
  'socks-address-type': true,
  'http-malformed': true,
  'http-version': true,
  'http-method': true,
  'http-credentials': true,
  'http-head-too-large': true,
  'bad-host': true,
  'bad-port': true,
});
/** All of them, for counters. */
export const ENTRY_REJECTS: readonly EntryReject[] = Object.freeze(
  Object.keys(IS_REJECT) as EntryReject[],
);

/** What one more octet led to. `reply` is owed to the application now. */
export type Step = {
  readonly reply?: Uint8Array;
  readonly request?: EntryRequest;
  readonly reject?: EntryReject;
};

/** One protocol's talk up to the request. Fed octet by octet, so it cannot take one too many. */
export interface Negotiation {
  readonly answers: Answers;
  /** Undefined while more octets are needed. Not called again after a request or a reject. */
  push(octet: number): Step | undefined;
}

/** The last word to the application, before its octets flow or the connection ends. */
export interface Answers {
  granted(): Uint8Array;
  /** Never reads as success, whatever the cause. */
  refused(cause: Cause): Uint8Array;
}
