// Packets and what carries them: nodes, links, forwarding, taps; and reliable streams in a kernel's manner.
//
// network.ts is the place to begin. Packets are numbers of a slab (packet.ts), addresses numbers of a table
// (address-table.ts). A link is two pipes (link.ts), each with a queue (queue.ts) and a wire on which things go wrong
// (impairments.ts); pipe-plan.ts is how scenarios say all that.
// Ways are shortest paths (routes.ts), taps look on (tap.ts).
//
// nat.ts is a box that translates addresses and ports (nat-table.ts: its mappings; nat-sessions.ts: who talks).
//
// transport.ts finds the connection for a segment. A connection (connection.ts) is a sender (sender.ts: what
// to send and when again, with congestion.ts and round-trip.ts) and a receive buffer (receive-buffer.ts).
export { isAssignable, NOWHERE } from './address-table.ts';
export { CONGESTION_KINDS, type CongestionKind } from './congestion.ts';
export type { Connection } from './connection.ts';
export { FLAG } from './flags.ts';
export type { Bursts } from './impairments.ts';
export { Pipe } from './link.ts';
export { Nat, type NatOptions, type NatReject } from './nat.ts';
export type { Dependence } from './nat-table.ts';
export { type Link, type LinkOptions, Network, type Receiver } from './network.ts';
export { MSS, MTU, OPTIONS_MAX, type PacketSlab, PROTOCOL, UDP_HEADERS } from './packet.ts';
export type { Exit, HostClock } from './parts.ts';
export { MTU_MIN, type PipeChange, type PipeOptions } from './pipe-options.ts';
export {
  BUCKET_RANGES,
  BURST_RANGES,
  EXCESSES,
  linkOptions,
  PIPE_RANGES,
  type PipePlan,
  QUEUE_KINDS,
  type Ranges,
  type WirePlan,
} from './pipe-plan.ts';
export { type Binding, NO_PACKETS, PortTable } from './port-table.ts';
export type { QueueKind } from './queue.ts';
export { BUFFER_MAX, BUFFER_MIN, RECEIVE_BUFFER } from './receive-buffer.ts';
export { DROP, PASS, type Rule } from './rules.ts';
export { SEND_BUFFER } from './sender.ts';
export type { Observer, Sighting } from './tap.ts';
export { BURST_MAX, type BucketOptions } from './token-bucket.ts';
export { Transport } from './transport.ts';
export { endsOf, flagsInWords, packetInWords } from './words.ts';
