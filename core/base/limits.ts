// Every bound of the protocol and of its two hosts, with unit and reason. What relates two of them is
// asserted at the end, so that a change that breaks the relation does not start.
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
/** What a receiver grants beyond both before it closes: records on their way, and a timer that was late. */
export const REKEY_GRACE = 2;

/** Microseconds a dialled or accepted stream has to become a link. Three slow round trips. */
export const HANDSHAKE_US: number = 10 * US_PER_S;
/** Microseconds a closing link waits for the peer's end before it aborts. */
export const CLOSE_US: number = 5 * US_PER_S;
/** Accepted streams that are not links yet, all prefixes together: 4096 x 3 KiB is 12 MiB. */
export const HALF_OPEN_MAX = 4096;

/** Handshakes one prefix may start at once (IPv4 /24, IPv6 /48): a busy household behind one address. */
export const PREFIX_BURST = 32;
/** Microseconds until a prefix earns another handshake: 8 a second, about 0.2 % of a core in KEM work. */
export const PREFIX_EARN_US: number = US_PER_S / 8;
/** Prefixes remembered. Beyond it the oldest is forgotten, which only gives that prefix its burst back. */
export const PREFIXES_MAX = 65_536;

/** Milliseconds of an epoch: what a node signs once, and the longest an onion key lives. */
export const EPOCH_MS: number = 6 * 60 * 60 * 1000;
/** Epochs a statement may lie in the past or future of our own clock. */
export const EPOCH_SKEW = 1;

/** Octets of a storage key or log name, and of one stored value. */
export const STORE_NAME_MAX = 64;
export const STORE_VALUE_MAX: number = 1024 * 1024;

/** Octets of a DNS message: what RFC 6891 section 6.2.5 suggests for datagrams. Addresses take some hundreds. */
export const DNS_MESSAGE_MAX = 4096;
/** Pointers in one compressed name: a name has no more labels (255 octets, two at least for each). */
export const DNS_POINTERS_MAX = 127;
/** Aliases followed from a name to its addresses, as many as common resolvers follow. */
export const DNS_CHAIN_MAX = 8;
/** Addresses kept of one response and given for one name: more would never be tried. */
export const DNS_ADDRESSES_MAX = 16;
/** Names being looked up at once, each with two questions: 100 a second even if all of them take 2.5 s. */
export const DNS_LOOKUPS_MAX = 256;
/** Tickets that wait for these names: 16 a name. */
export const DNS_TICKETS_MAX = 4096;
/** Microseconds a lookup may take, and a connection to the resolver to open or to stay silent meanwhile. */
export const DNS_LOOKUP_US: number = 5 * US_PER_S;
/** Microseconds between failed connections to the resolver: the first pause, and the longest. */
export const DNS_RETRY_MIN_US: number = US_PER_S / 5;
export const DNS_RETRY_MAX_US: number = 30 * US_PER_S;
/** Names remembered, about 1 KiB each with all their addresses. */
export const DNS_CACHE_MAX = 4096;
/** Seconds an answer is good for: at least what one page load takes, at most what a moved server can bear. */
export const DNS_TTL_MIN_S = 1;
export const DNS_TTL_MAX_S = 3600;
/** Seconds that a name without address, or with half of its answers missing, is remembered. */
export const DNS_NEGATIVE_TTL_MAX_S = 60;

assert(SEND_BACKLOG >= 2 * IO_CHUNK, 'a chunk can fill while another leaves');
assert(IO_CHUNK >= 4 * (RECORD_PAYLOAD_MAX + 35), 'a chunk holds four whole records');
assert(CREDIT_MIN >= RECORD_PAYLOAD_MAX + 35, 'any credit holds a whole record');
assert(2 * DNS_LOOKUPS_MAX < 1 << 12, 'a free id of 16 bits is found at once');
assert(CLOSE_US <= HANDSHAKE_US, 'closing takes no longer than opening');
