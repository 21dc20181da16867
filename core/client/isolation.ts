import { latin1Text } from '../base/bytes.ts';
import { CREDENTIAL_MAX } from '../base/limits.ts';

// Credentials as the name of an isolation class: any are accepted, and none are checked.

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** A label that differs whenever the user name or the password does. One character an octet. */
export function isolationLabel(username: Uint8Array, password: Uint8Array): string {
  return `${username.length}:${latin1Text(username)}${latin1Text(password)}`;
}

/**
 * The label in the value of a Proxy-Authorization field, the same as for SOCKS5 with the same credentials.
 * Undefined unless it is Basic (RFC 7617) with strict base64, a colon, and at most CREDENTIAL_MAX octets each.
 */
export function basicLabel(value: string): string | undefined {
  const match = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(value);
  const octets = match === null ? undefined : fromBase64(match[1] as string);
  const colon = octets?.indexOf(0x3a) ?? -1;
  if (octets === undefined || colon < 0) return undefined;
  const username = octets.subarray(0, colon);
  const password = octets.subarray(colon + 1);
  if (username.length > CREDENTIAL_MAX || password.length > CREDENTIAL_MAX) return undefined;
  return isolationLabel(username, password);
}

/** RFC 4648 section 4 with padding; undefined when a bit is set that no encoder sets. */
function fromBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0) return undefined;
  const digits = text.replace(/=+$/, '');
  const octets = new Uint8Array((digits.length * 3) >> 2);
  let bits = 0;
  let held = 0;
  let at = 0;
  for (const digit of digits) {
    held = ((held << 6) | BASE64.indexOf(digit)) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    octets[at++] = held >> bits;
  }
  return (held & ((1 << bits) - 1)) === 0 ? octets : undefined;
}
