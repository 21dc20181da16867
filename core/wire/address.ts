// Addresses are octets (4 or 16) inside the core; text is for people. RFC 4291 section 2.2, RFC 5952.

/** The octets of an IPv4 or IPv6 address without zone, or undefined. IPv4-mapped IPv6 becomes its 4 octets. */
export function parseIp(text: string): Uint8Array | undefined {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text);
}

/** The 4 octets inside an IPv4-mapped IPv6 address (RFC 4291 section 2.5.5.2); any other is given back as it is. */
export function unmapIp(ip: Uint8Array): Uint8Array {
  if (ip.length !== 16 || ip[10] !== 0xff || ip[11] !== 0xff) return ip;
  return ip.subarray(0, 10).every((octet) => octet === 0) ? ip.slice(12) : ip;
}

/** Canonical text (RFC 5952 section 4). */
export function formatIp(ip: Uint8Array): string {
  return ip.length === 4 ? ip.join('.') : formatIpv6(ip);
}

/** `192.0.2.1:443` or `[2001:db8::1]:443`. */
export function formatEndpoint(endpoint: {
  readonly ip: Uint8Array;
  readonly port: number;
}): string {
  const ip = formatIp(endpoint.ip);
  return endpoint.ip.length === 4 ? `${ip}:${endpoint.port}` : `[${ip}]:${endpoint.port}`;
}

/** The reverse of `formatEndpoint`, or undefined. */
export function parseEndpoint(
  text: string,
): { readonly ip: Uint8Array; readonly port: number } | undefined {
  const match = /^(?:\[([0-9a-f:.]+)\]|([0-9.]+)):([0-9]{1,5})$/i.exec(text);
  const ip = parseIp(match?.[1] ?? match?.[2] ?? '');
  const port = Number(match?.[3]);
  return ip !== undefined && port <= 0xffff ? { ip, port } : undefined;
}

function parseIpv4(text: string): Uint8Array | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  const ip = new Uint8Array(4);
  for (const [i, part] of parts.entries()) {
    if (!/^(0|[1-9][0-9]{0,2})$/.test(part) || Number(part) > 255) return undefined;
    ip[i] = Number(part);
  }
  return ip;
}

function parseIpv6(text: string): Uint8Array | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = groupOctets(halves[0] ?? '');
  const tail = groupOctets(halves[1] ?? '');
  if (head === undefined || tail === undefined) return undefined;
  const missing = 16 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 2) return undefined;
  const ip = new Uint8Array(16);
  ip.set(head);
  ip.set(tail, 16 - tail.length);
  return unmapIp(ip);
}

function groupOctets(text: string): readonly number[] | undefined {
  if (text === '') return [];
  const octets: number[] = [];
  const groups = text.split(':');
  for (const [i, group] of groups.entries()) {
    if (group.includes('.')) {
      const ipv4 = parseIpv4(group);
      if (ipv4 === undefined || i !== groups.length - 1) return undefined;
      octets.push(...ipv4);
    } else {
      if (!/^[0-9a-f]{1,4}$/i.test(group)) return undefined;
      const value = Number.parseInt(group, 16);
      octets.push(value >> 8, value & 0xff);
    }
  }
  return octets;
}

function formatIpv6(ip: Uint8Array): string {
  const groups: number[] = [];
  for (let i = 0; i < 16; i += 2) groups.push(((ip[i] as number) << 8) | (ip[i + 1] as number));
  const { start, length } = longestZeroRun(groups);
  const text = (part: readonly number[]): string =>
    part.map((group) => group.toString(16)).join(':');
  if (length < 2) return text(groups);
  return `${text(groups.slice(0, start))}::${text(groups.slice(start + length))}`;
}

function longestZeroRun(groups: readonly number[]): {
  readonly start: number;
  readonly length: number;
} {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start++) {
    let length = 0;
    while (groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  return best;
}
