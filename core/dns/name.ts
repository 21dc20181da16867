/** Labels in order, without the root's empty one: 1 to 63 octets each. A dot in a label is an octet like another. */
export type DnsName = readonly Uint8Array[];

export const LABEL_MAX = 63;
/** Octets of a name on the wire, length octets and the root's included. RFC 1035 section 2.3.4. */
export const NAME_MAX = 255;

const HOST_LABEL = /^[a-z0-9_-]{1,63}$/;
const ALL_DIGITS = /^[0-9]+$/;

/**
 * The name of a host as people write it, in any case of ASCII, with or without the last dot. Undefined for
 * whatever is no host name, and for a last label of digits: that is a mistyped address (RFC 3696 section 2).
 */
export function parseHostName(text: string): DnsName | undefined {
  if (text.length > NAME_MAX) return undefined;
  const labels = lowerAscii(text.endsWith('.') ? text.slice(0, -1) : text).split('.');
  if (!labels.every((label) => HOST_LABEL.test(label)) || ALL_DIGITS.test(labels.at(-1) as string))
    return undefined;
  const name = labels.map((label) => Uint8Array.from(label, (letter) => letter.charCodeAt(0)));
  return nameLength(name) <= NAME_MAX ? name : undefined;
}

/** Octets that the name takes on the wire without compression. */
export function nameLength(name: DnsName): number {
  return name.reduce((length, label) => length + 1 + label.length, 1);
}

/** Equal for names that DNS holds equal, and for no others: letters of ASCII in any case (RFC 4343). */
export function nameKey(name: DnsName): string {
  let key = '';
  for (const label of name) {
    key += String.fromCharCode(label.length);
    for (const octet of label) key += String.fromCharCode(lowerOctet(octet));
  }
  return key;
}

/** True when the name is the zone's or lies below it. */
export function isWithin(name: DnsName, zone: DnsName): boolean {
  return (
    name.length >= zone.length && nameKey(name.slice(name.length - zone.length)) === nameKey(zone)
  );
}

/** Letters of ASCII alone: elsewhere case is not a matter of one octet, and some signs become ASCII by it. */
function lowerAscii(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function lowerOctet(octet: number): number {
  return octet >= 0x41 && octet <= 0x5a ? octet + 0x20 : octet;
}
