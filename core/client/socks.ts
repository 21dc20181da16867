import { type Cause, SOCKS_REPLY } from '#core/host/mod.ts';
import { parseHost, unmapIp } from '#core/wire/mod.ts';
import { CREDENTIAL_MAX } from '../base/limits.ts';
import { isolationLabel } from './isolation.ts';
import type { Answers, EntryReject, Negotiation, Step } from './negotiation.ts';

// SOCKS5, RFC 1928, and its username/password method, RFC 1929.
//
//   methods      5 | count 1 | method ...                                          -> 5 | method
//   credentials  1 | length 1 | username | length 1 | password                     -> 1 | status
//   request      5 | command 1 | 0 | type 1 | address (name: length 1 | name) | port 2  -> 5 | reply | 0 | 1 | 0 6

export const SOCKS_VERSION = 5;
/** Credentials are the longest message. */
const MESSAGE_MAX: number = 3 + 2 * CREDENTIAL_MAX;

const METHOD_NONE = 0x00;
const METHOD_PASSWORD = 0x02;
const METHOD_REFUSED = 0xff;
const PASSWORD_VERSION = 1;
const COMMAND_CONNECT = 1;
const TYPE_IPV4 = 1;
const TYPE_NAME = 3;
const TYPE_IPV6 = 4;

const GRANTED = 0x00;
const GENERAL_FAILURE = 0x01;
type RequestReject = Extract<
  EntryReject,
  'socks-malformed' | 'socks-command' | 'socks-address-type' | 'bad-host' | 'bad-port'
>;
/** RFC 1928 section 6: 7 command not supported, 8 address type not supported. */
const REPLY_TO: { readonly [reject in RequestReject]: number } = Object.freeze({
  'socks-malformed': GENERAL_FAILURE,
  'socks-command': 0x07,
  'socks-address-type': 0x08,
  'bad-host': GENERAL_FAILURE,
  'bad-port': GENERAL_FAILURE,
});

/** BND.ADDR and BND.PORT are 0.0.0.0:0: what the exit is bound to is nobody's business. */
const SOCKS_ANSWERS: Answers = Object.freeze({
  granted: () => requestReply(GRANTED),
  refused: (cause: Cause) => requestReply(cause === 'ended' ? GENERAL_FAILURE : SOCKS_REPLY[cause]),
});

/** Chooses username/password where it is offered, so that an isolation class can be named at all. */
export class SocksNegotiation implements Negotiation {
  readonly answers: Answers = SOCKS_ANSWERS;
  #phase: 'methods' | 'credentials' | 'request' = 'methods';
  #isolation = '';
  readonly #message = new Uint8Array(MESSAGE_MAX);
  #length = 0;

  push(octet: number): Step | undefined {
    this.#message[this.#length++] = octet;
    switch (this.#phase) {
      case 'methods':
        return this.#methods();
      case 'credentials':
        return this.#credentials();
      case 'request':
        return this.#request();
    }
  }

  #methods(): Step | undefined {
    if (this.#length < 2 || this.#length < 2 + this.#octet(1)) return undefined;
    const offered = this.#message.subarray(2, this.#length);
    if (offered.includes(METHOD_PASSWORD)) {
      this.#next('credentials');
      return { reply: Uint8Array.of(SOCKS_VERSION, METHOD_PASSWORD) };
    }
    if (offered.includes(METHOD_NONE)) {
      this.#next('request');
      return { reply: Uint8Array.of(SOCKS_VERSION, METHOD_NONE) };
    }
    return { reply: Uint8Array.of(SOCKS_VERSION, METHOD_REFUSED), reject: 'socks-methods' };
  }

  #credentials(): Step | undefined {
    if (this.#octet(0) !== PASSWORD_VERSION)
      return { reply: Uint8Array.of(PASSWORD_VERSION, 1), reject: 'socks-malformed' };
    const passwordAt = 3 + this.#octet(1);
    if (this.#length < 2 || this.#length < passwordAt) return undefined;
    if (this.#length < passwordAt + this.#octet(passwordAt - 1)) return undefined;
    const username = this.#message.subarray(2, passwordAt - 1);
    this.#isolation = isolationLabel(username, this.#message.subarray(passwordAt, this.#length));
    this.#next('request');
    return { reply: Uint8Array.of(PASSWORD_VERSION, 0) };
  }

  #request(): Step | undefined {
    if (this.#length < 4) return undefined;
    if (this.#octet(0) !== SOCKS_VERSION || this.#octet(2) !== 0) return refusal('socks-malformed');
    if (this.#octet(1) !== COMMAND_CONNECT) return refusal('socks-command');
    const type = this.#octet(3);
    if (type !== TYPE_IPV4 && type !== TYPE_NAME && type !== TYPE_IPV6)
      return refusal('socks-address-type');
    const addressAt = type === TYPE_NAME ? 5 : 4;
    if (this.#length < addressAt) return undefined;
    const portAt = addressAt + (type === TYPE_NAME ? this.#octet(4) : type === TYPE_IPV4 ? 4 : 16);
    if (this.#length < portAt + 2) return undefined;
    const address = this.#message.slice(addressAt, portAt);
    const host = type === TYPE_NAME ? parseHost(address) : unmapIp(address);
    if (host === undefined) return refusal('bad-host');
    const port = (this.#octet(portAt) << 8) | this.#octet(portAt + 1);
    if (port === 0) return refusal('bad-port');
    return { request: { destination: { host, port }, isolation: this.#isolation } };
  }

  #octet(at: number): number {
    return this.#message[at] as number;
  }

  #next(phase: 'credentials' | 'request'): void {
    this.#phase = phase;
    this.#length = 0;
  }
}

function refusal(reject: RequestReject): Step {
  return { reply: requestReply(REPLY_TO[reject]), reject };
}

function requestReply(code: number): Uint8Array {
  return Uint8Array.of(SOCKS_VERSION, code, 0, TYPE_IPV4, 0, 0, 0, 0, 0, 0);
}
