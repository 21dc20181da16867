// Packets and what carries them: nodes, links, forwarding, taps; and reliable streams in a kernel's manner.
//
// network.ts is the place to begin. Packets are numbers of a slab (packet.ts), addresses numbers of a table
// (address-table.ts). A link is two pipes (link.ts), each with a queue (queue.ts) and a wire on which things go wrong
// (impairments.ts); ways are shortest paths (routes.ts), taps look on (tap.ts).
//
// transport.ts finds the connection for a segment. A connection (connection.ts) is a sender (sender.ts: what
// to send and when again, with congestion.ts and round-trip.ts) and a receive buffer (receive-buffer.ts).
export type { CongestionKind } from './congestion.ts';
export type { Connection } from './connection.ts';
export { FLAG } from './flags.ts';
export { Pipe, type PipeOptions } from './link.ts';
export { type Link, type LinkOptions, Network, type Receiver } from './network.ts';
export { MSS, MTU, type PacketSlab, PROTOCOL, UDP_HEADERS } from './packet.ts';
export type { Exit, HostClock } from './parts.ts';
export { type Binding, NO_PACKETS, PortTable } from './port-table.ts';
export { CODEL_INTERVAL_NS, CODEL_TARGET_NS, type QueueKind } from './queue.ts';
export { RECEIVE_BUFFER } from './receive-buffer.ts';
export { SEND_BUFFER } from './sender.ts';
export type { Observer, Sighting } from './tap.ts';
export { Transport } from './transport.ts';
