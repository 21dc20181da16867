// Every bound of the protocol (PROTOCOL §6) and of its two hosts, with unit and reason. What relates two of them
// is asserted at the end, so that a change that breaks the relation does not start.
import { assert } from './assert.ts';
import { US_PER_MS, US_PER_S } from './time.ts';

/** Octets one stream may have waiting in a host. Two chunks: one on its way, one filling. */
export const SEND_BACKLOG: number = 2 * (64 * 1024 + 256);
/** Octets a host reads or asks for at once. Holds four full records of the link (65,676) with their overhead. */
export const IO_CHUNK: number = 64 * 1024 + 256;
/** The least credit a host may offer: one full record, so that no machine ever has to stage half of one. */
export const CREDIT_MIN: number = 16 * 1024 + 64;
/** Wakes a host serves before it lets other work in. A count, never a time: elapsed time is not replayable. */
export const TURN_BUDGET = 256;
/** Octets of a datagram's payload: an Ethernet frame less IPv6 and UDP headers (1500 - 40 - 8). */
export const DATAGRAM_MAX = 1452;
/** Datagrams that cross the host contract together. */
export const BATCH_DATAGRAMS = 32;
/** How late a host's timer may be. Node's timers are whole milliseconds. */
export const TIMER_GRANULARITY_US: number = US_PER_MS;
/** Milliseconds the wall clock must move against the monotonic one before a root is told. */
export const WALL_STEP_MS = 100;

/** Streams, listeners, sockets of one root together. A home with 10,000 clients fits six times. */
export const STREAMS_MAX: number = 1 << 16;

/** Octets of payload in one record. Larger gains little (research: 16 KiB is 70 % of 64 KiB) and delays more. */
export const RECORD_PAYLOAD_MAX = 16_384;
/** Octets sealed under one key before its sender must change it. AES-GCM allows far more (RFC 8446 5.5). */
export const REKEY_OCTETS: number = 64 * 1024 * 1024;
/** Microseconds one key may be used. A key seized later opens no more than this. */
export const REKEY_US: number = 60 * US_PER_S;
/** Changes of key a receiver grants at once, and for how many octets or microseconds it grants one more. A change
 * costs about three small records; honest senders need one in 64 MiB or 60 s. */
export const REKEYS_AT_ONCE = 8;
export const REKEY_EARN_OCTETS: number = REKEY_OCTETS / 4;
export const REKEY_EARN_US: number = REKEY_US / 6;
/** What a receiver grants beyond both before it closes: records on their way, and a timer that was late. */
export const REKEY_GRACE = 2;

/** Microseconds a dialled or accepted stream has to become a link. Three slow round trips. */
export const HANDSHAKE_US: number = 10 * US_PER_S;
/** Microseconds a closing link waits for the peer's end before it aborts. */
export const CLOSE_US: number = 5 * US_PER_S;
/** Microseconds without a record from us after which we send padding: keeps address translators awake. */
export const KEEPALIVE_US: number = 45 * US_PER_S;
/** Microseconds without a record from the peer after which it is gone: three of its paddings and late timers. */
export const SILENCE_US: number = 180 * US_PER_S;
/** Accepted streams that are not links yet, all prefixes together: 4096 x 3 KiB is 12 MiB. */
export const HALF_OPEN_MAX = 4096;

/** Handshakes one prefix may start at once (IPv4 /24, IPv6 /48): a busy household behind one address. */
export const PREFIX_BURST = 32;
/** Microseconds until a prefix earns another handshake: 8 a second, about 0.2 % of a core in KEM work. */
export const PREFIX_EARN_US: number = US_PER_S / 8;
/** Streams accepted and alive, all prefixes: an eighth of STREAMS_MAX stays for what the node itself dials. */
export const INBOUND_MAX: number = (STREAMS_MAX / 8) * 7;
/** The same of one prefix: a carrier's translator with two thousand clients behind one /24. */
export const PREFIX_INBOUND_MAX = 2048;
/** Prefixes remembered. Beyond it the oldest is forgotten, which only gives that prefix its burst back. */
export const PREFIXES_MAX = 65_536;

/** Milliseconds of an epoch: what a node signs once, and the longest an onion key lives. */
export const EPOCH_MS: number = 6 * 60 * 60 * 1000;
/** Milliseconds a node keeps the keys of an epoch that is over, and by which two clocks may differ. */
export const KEY_OVERLAP_MS: number = 60 * 60 * 1000;

/** Octets of a storage key or log name, and of one stored value. */
export const STORE_NAME_MAX = 64;
export const STORE_VALUE_MAX: number = 1024 * 1024;

assert(SEND_BACKLOG >= 2 * IO_CHUNK, 'a chunk can fill while another leaves');
assert(IO_CHUNK >= 4 * (RECORD_PAYLOAD_MAX + 35), 'a chunk holds four whole records');
assert(CREDIT_MIN >= RECORD_PAYLOAD_MAX + 35, 'any credit holds a whole record');
assert(CLOSE_US <= HANDSHAKE_US, 'closing takes no longer than opening');
