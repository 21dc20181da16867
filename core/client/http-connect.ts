import { type Destination, parseHost } from '#core/wire/mod.ts';
import { assert } from '../base/assert.ts';
import { asciiBytes, latin1Text } from '../base/bytes.ts';
import { CONNECT_HEAD_MAX } from '../base/limits.ts';
import { HTTP_ANSWERS, type HttpReject, httpRejection } from './http-reply.ts';
import { basicLabel } from './isolation.ts';
import type { Answers, Negotiation, Step } from './negotiation.ts';

// HTTP CONNECT, RFC 9110 section 9.3.6, as HTTP/1.0 or 1.1, RFC 9112. Lines end in CRLF and nothing else; folded
// lines and doubtful framing are refused. What the fields say is forgotten, but for the credentials.

const CR = 0x0d;
const LF = 0x0a;
const LINE_FIRST = 128;
const REQUEST_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([!-~]+) HTTP\/([0-9]\.[0-9])$/;
const FIELD = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):([\t -~\x80-\xff]*)$/;

/** Refuses a request at the first line that is wrong; needs no more memory than its longest line. */
export class HttpNegotiation implements Negotiation {
  readonly answers: Answers = HTTP_ANSWERS;
  #line: Uint8Array = new Uint8Array(LINE_FIRST);
  #length = 0;
  /** Octets of the head so far. */
  #total = 0;
  #destination: Destination | undefined;
  #isolation: string | undefined;
  #version = '';
  #hosts = 0;

  push(octet: number): Step | undefined {
    if (++this.#total > CONNECT_HEAD_MAX) return refusal('http-head-too-large');
    const isAfterCr = this.#length > 0 && this.#line[this.#length - 1] === CR;
    if (isAfterCr !== (octet === LF)) return refusal('http-malformed');
    if (octet !== LF) {
      this.#keep(octet);
      return undefined;
    }
    const line = latin1Text(this.#line.subarray(0, this.#length - 1));
    this.#length = 0;
    if (this.#destination === undefined) return refused(this.#requestLine(line));
    return line === '' ? this.#end() : refused(this.#field(line));
  }

  #keep(octet: number): void {
    if (this.#length === this.#line.length) {
      const longer = new Uint8Array(2 * this.#length);
      longer.set(this.#line);
      this.#line = longer;
    }
    this.#line[this.#length++] = octet;
  }

  #requestLine(line: string): HttpReject | undefined {
    const match = REQUEST_LINE.exec(line);
    if (match === null) return 'http-malformed';
    const [, method, target, version] = match;
    if (version !== '1.0' && version !== '1.1') return 'http-version';
    if (method !== 'CONNECT') return 'http-method';
    this.#version = version;
    const authority = parseAuthority(target as string);
    if (typeof authority === 'string') return authority;
    this.#destination = authority;
    return undefined;
  }

  #field(line: string): HttpReject | undefined {
    const match = FIELD.exec(line);
    if (match === null) return 'http-malformed';
    const value = trimmed(match[2] as string);
    switch ((match[1] as string).toLowerCase()) {
      case 'host':
        return ++this.#hosts > 1 ? 'http-malformed' : undefined;
      case 'content-length':
        return value === '0' ? undefined : 'http-malformed';
      case 'transfer-encoding':
        return 'http-malformed';
      case 'proxy-authorization':
        return this.#credentials(value);
      default:
        return undefined;
    }
  }

  #credentials(value: string): HttpReject | undefined {
    if (this.#isolation !== undefined) return 'http-malformed';
    this.#isolation = basicLabel(value);
    return this.#isolation === undefined ? 'http-credentials' : undefined;
  }

  #end(): Step {
    // RFC 9112 section 3.2.
    if (this.#version === '1.1' && this.#hosts === 0) return refusal('http-malformed');
    assert(this.#destination !== undefined, 'a request line comes before the end');
    return { request: { destination: this.#destination, isolation: this.#isolation ?? '' } };
  }
}

/** `host:port` or `[IPv6]:port` (RFC 9112 section 3.2.3); there is no default port. */
function parseAuthority(text: string): Destination | HttpReject {
  const match = /^(?:\[([^[\]]*)\]|([^:[\]]*)):([0-9]*)$/.exec(text);
  if (match === null) return 'http-malformed';
  const [, inBrackets, bare, digits = ''] = match;
  const host = parseHost(asciiBytes(inBrackets ?? bare ?? ''));
  // Only IPv6 stands in brackets, and without them it cannot get here.
  if (host === undefined || (inBrackets !== undefined && !inBrackets.includes(':')))
    return 'bad-host';
  const port = Number(digits);
  return digits.length <= 5 && port >= 1 && port <= 0xffff ? { host, port } : 'bad-port';
}

function refused(reject: HttpReject | undefined): Step | undefined {
  return reject === undefined ? undefined : refusal(reject);
}

function refusal(reject: HttpReject): Step {
  return { reply: httpRejection(reject), reject };
}

/** Without the spaces and tabs around it. */
function trimmed(value: string): string {
  let start = 0;
  let end = value.length;
  while (start < end && isBlank(value[start])) start++;
  while (end > start && isBlank(value[end - 1])) end--;
  return value.slice(start, end);
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t';
}
