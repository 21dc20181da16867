import { FLAG } from './flags.ts';
import type { Network } from './network.ts';
import { type PacketSlab, PROTOCOL } from './packet.ts';

/** A packet for people: protocol, ends, position, options, octets of payload. */
export function packetInWords(network: Network, packet: number): string {
  const { packets } = network;
  const { name, from, to } = endsOf(network, packet);
  const length = `${packets.length[packet]} octets${packets.damaged[packet] === 1 ? ', damaged' : ''}`;
  const ends = `${name} ${from} > ${to}`;
  if (packets.protocol[packet] === PROTOCOL.icmp) return `${ends} no way there`;
  if (packets.protocol[packet] !== PROTOCOL.tcp) return `${ends}, ${length}`;
  const position = `seq ${packets.seq[packet]} ack ${packets.ack[packet]}`;
  const flags = flagsInWords(packets.flags[packet] as number);
  return `${ends} ${flags} ${position} window ${packets.window[packet]}${optionsInWords(packets, packet)}, ${length}`;
}

/** The octets a SYN's sender takes in a segment, or the positions of what came too early. */
function optionsInWords(packets: PacketSlab, packet: number): string {
  const [first, ...rest] = packets.said(packet);
  if (first === undefined) return '';
  if (rest.length === 0) return `, mss ${first}`;
  const [at, ...marks] = [packets.ack[packet] as number, first, ...rest];
  const pairs = marks.flatMap((from, i) =>
    i % 2 === 0 ? [`${at + from}-${at + (marks[i + 1] as number)}`] : [],
  );
  return `, sack ${pairs.join(' ')}`;
}

/** What a packet is of, and its two ends with their ports. */
export function endsOf(
  { addresses, packets }: Network,
  packet: number,
): { readonly name: string; readonly from: string; readonly to: string } {
  const protocol = packets.protocol[packet];
  const end = (address: number, port: number): string => {
    const text = addresses.text(address);
    return `${text.includes(':') ? `[${text}]` : text}:${port}`;
  };
  return {
    name: protocol === PROTOCOL.tcp ? 'TCP' : protocol === PROTOCOL.udp ? 'UDP' : 'ICMP',
    from: end(packets.source[packet] as number, packets.sourcePort[packet] as number),
    to: end(packets.dest[packet] as number, packets.destPort[packet] as number),
  };
}

/** `SYN ACK`, and `-` for none. */
export function flagsInWords(flags: number): string {
  const names = Object.entries(FLAG).filter(([, bit]) => (flags & bit) !== 0);
  return names.map(([name]) => name.toUpperCase()).join(' ') || '-';
}
