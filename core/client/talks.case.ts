import { asciiBytes, fromHex, toHex } from '../base/bytes.ts';
import type { EntryReject } from './negotiation.ts';

// What applications say, and what it comes to.

export function latin1Octets(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

export function hex(text: string): Uint8Array {
  return fromHex(text.replaceAll(' ', '')) as Uint8Array;
}

/** A head of these lines. */
export function http(...lines: readonly string[]): Uint8Array {
  return latin1Octets(`${lines.join('\r\n')}\r\n\r\n`);
}

/** A SOCKS5 request for a name, as hex. */
export function socksName(name: string, port = '01bb'): string {
  return `05 01 00 03 ${toHex(Uint8Array.of(name.length))} ${toHex(asciiBytes(name))} ${port}`;
}

export function base64(text: string): string {
  return btoa(text);
}

export function credentials(...values: readonly string[]): readonly string[] {
  return values.map((value) => `Proxy-Authorization: Basic ${value}`);
}

/** Requests that are granted, and what they ask for. */
export const GOOD: readonly (readonly [string, Uint8Array, string, number, string])[] =
  Object.freeze([
    ['SOCKS5 name', hex(`05 01 00 ${socksName('Example.com.')}`), 'example.com', 443, ''],
    ['SOCKS5 IPv4', hex('05 01 00 05 01 00 01 c0000201 0050'), '192.0.2.1', 80, ''],
    [
      'SOCKS5 IPv6',
      hex('05 01 00 05 01 00 04 20010db8000000000000000000000001 ffff'),
      '2001:db8::1',
      65_535,
      '',
    ],
    [
      'SOCKS5 IPv4-mapped',
      hex('05 01 00 05 01 00 04 00000000000000000000ffffc0000201 0016'),
      '192.0.2.1',
      22,
      '',
    ],
    ['SOCKS5 literal as name', hex(`05 01 00 ${socksName('192.0.2.7')}`), '192.0.2.7', 443, ''],
    [
      'SOCKS5 password preferred',
      hex(`05 03 00 01 02 01 02 6162 01 63 ${socksName('a.b')}`),
      'a.b',
      443,
      '2:abc',
    ],
    ['SOCKS5 empty credentials', hex(`05 01 02 01 00 00 ${socksName('a.b')}`), 'a.b', 443, '0:'],
    ['HTTP/1.1', http('CONNECT example.com:443 HTTP/1.1', 'Host: x'), 'example.com', 443, ''],
    ['HTTP/1.0 without Host', http('CONNECT example.com:80 HTTP/1.0'), 'example.com', 80, ''],
    ['HTTP IPv6', http('CONNECT [2001:db8::1]:8443 HTTP/1.0'), '2001:db8::1', 8443, ''],
    ['HTTP IPv4', http('CONNECT 192.0.2.1:1 HTTP/1.0'), '192.0.2.1', 1, ''],
    [
      'HTTP credentials',
      http(
        'CONNECT a.b:443 HTTP/1.1',
        'hOST: a.b:443',
        'User-Agent: \xe4',
        'Content-Length:\t 0 ',
        `proxy-authorization: basic  ${base64('ab:c')}`,
      ),
      'a.b',
      443,
      '2:abc',
    ],
  ]);

/** Requests that are refused: the reason, and the start of the reply as hex or text. */
export const BAD: readonly (readonly [string, EntryReject, Uint8Array, string])[] = Object.freeze([
  ['TLS', 'unknown-protocol', hex('16 03 01'), ''],
  ['an empty line', 'unknown-protocol', asciiBytes('\r\n'), ''],
  ['SOCKS4', 'socks4', hex('04 01 0050 c0000201 00'), ''],
  ['no method', 'socks-methods', hex('05 00'), '05ff'],
  ['GSSAPI alone', 'socks-methods', hex('05 01 01'), '05ff'],
  ['credentials of another version', 'socks-malformed', hex('05 01 02 05'), '05020101'],
  ['request of another version', 'socks-malformed', hex('05 01 00 04 01 00 01'), '05000501'],
  ['reserved octet', 'socks-malformed', hex('05 01 00 05 01 01 01'), '05000501'],
  ['BIND', 'socks-command', hex('05 01 00 05 02 00 01'), '05000507'],
  ['UDP ASSOCIATE', 'socks-command', hex('05 01 00 05 03 00 01'), '05000507'],
  ['RESOLVE', 'socks-command', hex('05 01 00 05 f0 00 03'), '05000507'],
  ['address type 2', 'socks-address-type', hex('05 01 00 05 01 00 02'), '05000508'],
  ['empty name', 'bad-host', hex('05 01 00 05 01 00 03 00 0050'), '05000501'],
  ['short address as name', 'bad-host', hex(`05 01 00 ${socksName('127.1')}`), '05000501'],
  ['SOCKS port 0', 'bad-port', hex(`05 01 00 ${socksName('a.b', '0000')}`), '05000501'],
  ['GET', 'http-method', asciiBytes('GET http://a.b/ HTTP/1.1\r\n'), 'HTTP/1.1 405 '],
  ['connect', 'http-method', asciiBytes('connect a.b:1 HTTP/1.1\r\n'), 'HTTP/1.1 405 '],
  ['HTTP/2 preface', 'http-version', asciiBytes('PRI * HTTP/2.0\r\n'), 'HTTP/1.1 505 '],
  ['HTTP/0.9', 'http-malformed', asciiBytes('GET /\r\n'), 'HTTP/1.1 400 '],
  ['bare LF', 'http-malformed', asciiBytes('CONNECT a.b:1 HTTP/1.1\n'), 'HTTP/1.1 400 '],
  ['bare CR', 'http-malformed', asciiBytes('CONNECT a.b:1 HTTP/1.0\rX'), 'HTTP/1.1 400 '],
  ['two spaces', 'http-malformed', http('CONNECT  a.b:1 HTTP/1.0'), 'HTTP/1.1 400 '],
  ['no Host in 1.1', 'http-malformed', http('CONNECT a.b:1 HTTP/1.1'), 'HTTP/1.1 400 '],
  ['no port', 'http-malformed', http('CONNECT a.b HTTP/1.0'), 'HTTP/1.1 400 '],
  ['bare IPv6', 'http-malformed', http('CONNECT ::1:80 HTTP/1.0'), 'HTTP/1.1 400 '],
  ['empty port', 'bad-port', http('CONNECT a.b: HTTP/1.0'), 'HTTP/1.1 400 '],
  ['port 0', 'bad-port', http('CONNECT a.b:0 HTTP/1.0'), 'HTTP/1.1 400 '],
  ['port 65536', 'bad-port', http('CONNECT a.b:65536 HTTP/1.0'), 'HTTP/1.1 400 '],
  ['IPv4 in brackets', 'bad-host', http('CONNECT [192.0.2.1]:1 HTTP/1.0'), 'HTTP/1.1 400 '],
  ['zone', 'bad-host', http('CONNECT [fe80::1%eth0]:1 HTTP/1.0'), 'HTTP/1.1 400 '],
  ['user information', 'bad-host', http('CONNECT u@a.b:1 HTTP/1.0'), 'HTTP/1.1 400 '],
  ['hexadecimal host', 'bad-host', http('CONNECT 0x7f.1:1 HTTP/1.0'), 'HTTP/1.1 400 '],
  ...(
    [
      ['folded line', 'http-malformed', ['A: b', ' c']],
      ['space before colon', 'http-malformed', ['Host : a']],
      ['control', 'http-malformed', ['A: \x00']],
      ['two Hosts', 'http-malformed', ['Host: a', 'Host: a']],
      ['content', 'http-malformed', ['Content-Length: 5']],
      ['chunks', 'http-malformed', ['Transfer-Encoding: chunked']],
      ['two credentials', 'http-malformed', credentials(base64('a:b'), base64('a:b'))],
      ['no colon', 'http-credentials', credentials(base64('ab'))],
      ['spare bits', 'http-credentials', credentials('YTpic==')],
      ['no padding', 'http-credentials', credentials('YTpiYg')],
      ['long user', 'http-credentials', credentials(base64(`${'u'.repeat(256)}:`))],
      ['Bearer', 'http-credentials', ['Proxy-Authorization: Bearer abcd']],
    ] as const
  ).map(([name, reject, fields]) => {
    const status = reject === 'http-credentials' ? 407 : 400;
    const octets = http('CONNECT a.b:1 HTTP/1.0', ...fields);
    return [name, reject, octets, `HTTP/1.1 ${status} `] as const;
  }),
]);
