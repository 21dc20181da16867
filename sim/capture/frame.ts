import { FLAG, type Network, OPTIONS_MAX, type PacketSlab, PROTOCOL } from '../network/mod.ts';

// Packets of the simulator as octets: RFC 791 and RFC 8200 in front, RFC 9293, RFC 768, RFC 792 or RFC 4443 behind.
// What the simulator does not have is as hosts have it: 64 hops left, nothing fragmented, and streams that begin at 0.

/** Octets in front of a payload at most: IPv6, a notice and the IPv6 and TCP headers it quotes, TCP's options. */
export const HEADERS_MAX = 128;

const HOP_LIMIT = 64;
const IPV4_HEADER = 20;
const IPV6_HEADER = 40;
const TCP_HEADER = 20;
const UDP_HEADER = 8;
const NOTICE_HEADER = 8;
/** Of the packet a notice is about, what follows its IP header. */
const QUOTED = 8;
const ICMPV6 = 58;
const DONT_FRAGMENT = 0x4000;
/** Windows are in units of 2^8 octets, as SYNs say: up to 16 MiB (RFC 7323, section 2). */
const WINDOW_SHIFT = 8;
const U16_MAX = 0xffff;
/** Changes a checksum so that it cannot hold: 0 and 0xffff are the same, so not all bits. */
const SPOIL = 0x0f00;

/**
 * Writes a packet at `at` as it is on a wire; answers its octets. `into` has room for HEADERS_MAX and the payload. A
 * packet that was damaged gets a checksum that does not hold.
 */
export function writeFrame(network: Network, packet: number, into: Uint8Array, at: number): number {
  const { addresses, packets } = network;
  const from = addresses.ip(packets.source[packet] as number);
  const to = addresses.ip(packets.dest[packet] as number);
  const isV6 = from.length === 16 || to.length === 16;
  const head = isV6 ? IPV6_HEADER : IPV4_HEADER;
  const body = at + head;
  const protocol = packets.protocol[packet] as number;
  let length: number;
  let checksumAt: number;
  if (protocol === PROTOCOL.tcp) {
    length = writeTcp(network, packet, into, body);
    checksumAt = body + 16;
  } else if (protocol === PROTOCOL.udp) {
    length = writeUdp(network, packet, into, body);
    checksumAt = body + 6;
  } else {
    length = writeNotice(network, packet, into, body, from, to);
    checksumAt = body + 2;
  }
  const carried = protocol === PROTOCOL.icmp && isV6 ? ICMPV6 : protocol;
  if (isV6) writeIpv6(into, at, from, to, carried, length);
  else writeIpv4(into, at, from, to, carried, length);
  // ICMP over IPv4 has no pseudo header.
  const pseudo = carried === PROTOCOL.icmp ? 0 : carried + length + wordsOf(from) + wordsOf(to);
  let sum = checksum(into, body, body + length, pseudo);
  if (packets.damaged[packet] === 1) sum ^= SPOIL;
  // Of UDP, 0 would be none.
  put16(into, checksumAt, sum === 0 && protocol === PROTOCOL.udp ? U16_MAX : sum);
  return head + length;
}

function writeTcp({ packets }: Network, packet: number, into: Uint8Array, at: number): number {
  const flags = packets.flags[packet] as number;
  const isSyn = (flags & FLAG.syn) !== 0;
  const window = packets.window[packet] as number;
  const options = packets.optionOctets[packet] as number;
  put16(into, at, packets.sourcePort[packet] as number);
  put16(into, at + 2, packets.destPort[packet] as number);
  put32(into, at + 4, packets.seq[packet] as number);
  put32(into, at + 8, packets.ack[packet] as number);
  put16(into, at + 12, (((TCP_HEADER + options) / 4) << 12) | flags);
  const units = isSyn ? window : Math.ceil(window / (1 << WINDOW_SHIFT));
  put16(into, at + 14, Math.min(units, U16_MAX));
  put16(into, at + 16, 0);
  put16(into, at + 18, 0);
  if (isSyn) writeSynOptions(packets, packet, into, at + TCP_HEADER);
  else if (options > 0) writeBlocks(packets, packet, into, at + TCP_HEADER);
  return writePayload(packets, packet, into, at, TCP_HEADER + options);
}

/** Maximum segment size; reports of what came too early; window scale (RFC 9293, RFC 2018, RFC 7323). */
function writeSynOptions(packets: PacketSlab, packet: number, into: Uint8Array, at: number): void {
  put16(into, at, 0x0204);
  put16(into, at + 2, packets.options[OPTIONS_MAX * packet] as number);
  put32(into, at + 4, 0x0101_0402);
  put32(into, at + 8, 0x0103_0300 | WINDOW_SHIFT);
}

/** What came too early, block by block (RFC 2018, 3). */
function writeBlocks(packets: PacketSlab, packet: number, into: Uint8Array, at: number): void {
  const ack = packets.ack[packet] as number;
  const blocks = packets.blocks(packet);
  put32(into, at, 0x0101_0502 + 8 * blocks);
  for (let i = 0; i < 2 * blocks; i++)
    put32(into, at + 4 + 4 * i, ack + (packets.options[OPTIONS_MAX * packet + i] as number));
}

function writeUdp({ packets }: Network, packet: number, into: Uint8Array, at: number): number {
  put16(into, at, packets.sourcePort[packet] as number);
  put16(into, at + 2, packets.destPort[packet] as number);
  put16(into, at + 4, UDP_HEADER + (packets.length[packet] as number));
  put16(into, at + 6, 0);
  return writePayload(packets, packet, into, at, UDP_HEADER);
}

function writePayload(
  packets: PacketSlab,
  packet: number,
  into: Uint8Array,
  at: number,
  head: number,
): number {
  const start = packets.payloadAt(packet);
  const length = packets.length[packet] as number;
  into.set(packets.page(packet).subarray(start, start + length), at + head);
  return head + length;
}

/** A notice that there was no way for a packet, or none so wide: it quotes that packet's headers. */
function writeNotice(
  { packets }: Network,
  packet: number,
  into: Uint8Array,
  at: number,
  from: Uint8Array,
  to: Uint8Array,
): number {
  const isV6 = from.length === 16 || to.length === 16;
  // Packet too big, with the size that is not (RFC 4443, 3.2; RFC 1191, 4); no route (3.1); host unreachable (RFC 792).
  const mtu = packets.ack[packet] as number;
  if (mtu > 0) put16(into, at, isV6 ? 0x0200 : 0x0304);
  else put16(into, at, isV6 ? 0x0100 : 0x0301);
  put16(into, at + 2, 0);
  put32(into, at + 4, mtu);
  const protocol = packets.flags[packet] as number;
  const head = isV6 ? IPV6_HEADER : IPV4_HEADER;
  const quoted = at + NOTICE_HEADER;
  const length = protocol === PROTOCOL.tcp ? TCP_HEADER : UDP_HEADER;
  if (isV6) writeIpv6(into, quoted, to, from, protocol, length);
  else writeIpv4(into, quoted, to, from, protocol, length);
  put16(into, quoted + head, packets.sourcePort[packet] as number);
  put16(into, quoted + head + 2, packets.destPort[packet] as number);
  // A segment's position, or a datagram's length without a checksum.
  put32(
    into,
    quoted + head + 4,
    protocol === PROTOCOL.tcp ? (packets.seq[packet] as number) : UDP_HEADER * 65_536,
  );
  return NOTICE_HEADER + head + QUOTED;
}

function writeIpv4(
  into: Uint8Array,
  at: number,
  from: Uint8Array,
  to: Uint8Array,
  protocol: number,
  length: number,
): void {
  put16(into, at, 0x4500);
  put16(into, at + 2, IPV4_HEADER + length);
  put16(into, at + 4, 0);
  put16(into, at + 6, DONT_FRAGMENT);
  put16(into, at + 8, HOP_LIMIT * 256 + protocol);
  put16(into, at + 10, 0);
  into.set(from, at + 12);
  into.set(to, at + 16);
  put16(into, at + 10, checksum(into, at, at + IPV4_HEADER, 0));
}

function writeIpv6(
  into: Uint8Array,
  at: number,
  from: Uint8Array,
  to: Uint8Array,
  protocol: number,
  length: number,
): void {
  put32(into, at, 0x6000_0000);
  put16(into, at + 4, length);
  put16(into, at + 6, protocol * 256 + HOP_LIMIT);
  writeLong(from, into, at + 8);
  writeLong(to, into, at + 24);
}

/** 16 octets; those of an IPv4 address behind the prefix of such (RFC 4291, 2.5.5.2). */
function writeLong(ip: Uint8Array, into: Uint8Array, at: number): void {
  into.fill(0, at, at + 10).fill(0xff, at + 10, at + 12);
  into.set(ip, at + 16 - ip.length);
}

/** The sum of an address's 16-bit words, as it stands in a pseudo header. */
function wordsOf(ip: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < ip.length; i += 2) sum += (ip[i] as number) * 256 + (ip[i + 1] as number);
  return sum;
}

/** The checksum of the Internet (RFC 1071) over octets, on top of a sum of words. */
function checksum(bytes: Uint8Array, start: number, end: number, words: number): number {
  let sum = words;
  for (let i = start; i + 1 < end; i += 2)
    sum += (bytes[i] as number) * 256 + (bytes[i + 1] as number);
  if ((end - start) % 2 !== 0) sum += (bytes[end - 1] as number) * 256;
  while (sum > U16_MAX) sum = (sum & U16_MAX) + Math.floor(sum / 65_536);
  return ~sum & U16_MAX;
}

function put16(into: Uint8Array, at: number, value: number): void {
  into[at] = value >> 8;
  into[at + 1] = value;
}

/** The low 32 bits of a whole number. */
function put32(into: Uint8Array, at: number, value: number): void {
  put16(into, at, Math.floor(value / 65_536) % 65_536);
  put16(into, at + 2, value % 65_536);
}
