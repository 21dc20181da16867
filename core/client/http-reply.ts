import type { Cause } from '#core/host/mod.ts';
import { asciiBytes } from '../base/bytes.ts';
import { frozen } from '../base/frozen.ts';
import type { Answers, EntryReject } from './negotiation.ts';

// Whole HTTP responses, RFC 9110, with a Proxy-Status field for people, RFC 9209. None names the destination.

export type HttpReject = Exclude<
  EntryReject,
  | 'unknown-protocol'
  | 'socks4'
  | 'socks-methods'
  | 'socks-malformed'
  | 'socks-command'
  | 'socks-address-type'
>;

/** Status line, and the proxy error type of RFC 9209 section 2.3. */
type Failure = { readonly status: string; readonly error: string };

const ON_CAUSE: { readonly [cause in Cause]: Failure } = frozen({
  ended: { status: '502 Bad Gateway', error: 'connection_terminated' },
  local: { status: '500 Internal Server Error', error: 'proxy_internal_error' },
  reset: { status: '502 Bad Gateway', error: 'connection_terminated' },
  refused: { status: '502 Bad Gateway', error: 'connection_refused' },
  unreachable: { status: '502 Bad Gateway', error: 'destination_ip_unroutable' },
  'timed-out': { status: '504 Gateway Timeout', error: 'connection_timeout' },
  limit: { status: '503 Service Unavailable', error: 'connection_limit_reached' },
  policy: { status: '403 Forbidden', error: 'http_request_denied' },
  untrusted: { status: '502 Bad Gateway', error: 'tls_certificate_error' },
});

/** Status line, and the field that the status owes (RFC 9110 sections 15.5.6 and 11.7.1). */
const ON_REJECT: { readonly [reject in HttpReject]: readonly string[] } = frozen({
  'http-malformed': ['400 Bad Request'],
  'bad-host': ['400 Bad Request'],
  'bad-port': ['400 Bad Request'],
  'http-method': ['405 Method Not Allowed', 'Allow: CONNECT'],
  'http-credentials': [
    '407 Proxy Authentication Required',
    'Proxy-Authenticate: Basic realm="isolation"',
  ],
  'http-head-too-large': ['431 Request Header Fields Too Large'],
  'http-version': ['505 HTTP Version Not Supported'],
});

export const HTTP_ANSWERS: Answers = Object.freeze({
  // A 2xx to CONNECT has no content and must not speak of its length (RFC 9110 section 9.3.6).
  granted: () => response(['200 Connection Established']),
  refused: (cause: Cause) => failure([ON_CAUSE[cause].status], ON_CAUSE[cause].error, cause),
});

/** The response to a head that is no request for a stream. */
export function httpRejection(reject: HttpReject): Uint8Array {
  return failure(ON_REJECT[reject], 'http_request_error', reject);
}

function failure(first: readonly string[], error: string, details: string): Uint8Array {
  const status = `Proxy-Status: spn; error=${error}; details="${details}"`;
  return response([...first, status, 'Content-Length: 0', 'Connection: close']);
}

function response(lines: readonly string[]): Uint8Array {
  return asciiBytes(`HTTP/1.1 ${lines.join('\r\n')}\r\n\r\n`);
}
