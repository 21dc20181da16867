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
export const TURN_BUDGET = 32;
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
/** Octets sealed or opened at once, at most, and of what is only authenticated beside them: eight records, and twice
 * what two octets of length can say. OpenSSL works in memory of ours, made for that much. */
export const AEAD_OCTETS_MAX = 131_072;
export const AEAD_ASSOCIATED_MAX = 4096;
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
/** Microseconds a link whose both directions ended waits for its stream to go: what the kernels still hold (4 MB)
 * must get through a path of 40 kbit/s. It counts against its prefix all the while. Likewise an exit's connections. */
export const CLOSE_US: number = 900 * US_PER_S;
/** Records a link opens in one go before it lets others in: 64 small ones are 0.8 ms. */
export const RECORDS_PER_CALL = 64;
/** Microseconds without a record from us after which we send padding: keeps address translators awake. */
export const KEEPALIVE_US: number = 45 * US_PER_S;
/** Microseconds without a record from the peer after which it is gone: three of its paddings and late timers. */
export const SILENCE_US: number = 180 * US_PER_S;
/** Microseconds in which the peer of a link of circuits takes no record of ours, though padding is due: it reads no
 * more, and what waits for it goes. As long as silence: three paddings, and a path that stood still meanwhile. */
export const UNREAD_US: number = 180 * US_PER_S;
/** Accepted streams that are not links yet, all prefixes together: 4096 x 3 KiB is 12 MiB. Of one prefix (IPv4 /24,
 * IPv6 /48), and of a wider one (/16, /32): eight networks cannot fill what one could. */
export const HALF_OPEN_MAX = 4096;
export const PREFIX_HALF_OPEN_MAX = 32;
export const FAR_HALF_OPEN_MAX = 512;

/** Handshakes one prefix may start at once (IPv4 /24, IPv6 /48): a busy household behind one address. */
export const PREFIX_BURST = 32;
/** Microseconds until a prefix earns another handshake: 8 a second, about 0.2 % of a core in KEM work. */
export const PREFIX_EARN_US: number = US_PER_S / 8;
/** Streams accepted and alive, all prefixes: an eighth of STREAMS_MAX stays for what the node itself dials. */
export const INBOUND_MAX: number = (STREAMS_MAX / 8) * 7;
/** The same of one prefix: a carrier's translator with two thousand clients behind one /24. */
export const PREFIX_INBOUND_MAX = 2048;
/** The same of a wider prefix (IPv4 /16, IPv6 /32): 16 neighbourhoods at their full pace, and microseconds until one
 * more: 128 a second. And of everybody: what a quarter of a core can do, 800 a second at 0.3 ms. */
export const FAR_BURST = 512;
export const FAR_EARN_US: number = US_PER_S / 128;
export const ALL_BURST = 2048;
export const ALL_EARN_US: number = US_PER_S / 800;
/** Prefixes remembered. Beyond it the oldest is forgotten, which only gives that prefix its burst back. */
export const PREFIXES_MAX = 65_536;

/** Milliseconds of an epoch: what a node signs once, and the longest an onion key lives. */
export const EPOCH_MS: number = 6 * 60 * 60 * 1000;
/** Milliseconds a node keeps the keys of an epoch that is over, and by which two clocks may differ. */
export const KEY_OVERLAP_MS: number = 60 * 60 * 1000;

/** Hops of a circuit at most. CREATE has room for five of them, whatever the number. */
export const HOPS_MAX = 5;
/** Microseconds a circuit has to be created. Each hop may have to open a link. */
export const CREATE_US: number = 15 * US_PER_S;
/** Octets of cells one neighbour may send us on one circuit before we take them away: 16 large cells. */
export const CIRCUIT_WINDOW: number = 256 * 1024;
/** Circuits over one link: a home has one link to each big neighbour. */
export const CIRCUITS_PER_LINK_MAX = 8192;
/** Circuits of one root: their keys and tables take about 4 KiB each. */
export const CIRCUITS_MAX = 65_536;
/** CREATEs one link may bring at once, and microseconds until it earns another: 16 a second, 0.4 % of a core. */
export const CREATE_BURST = 128;
export const CREATE_EARN_US: number = US_PER_S / 16;
/** CREATEs that wait for one link to open: a node that more would wait for does not answer. And for all links of a
 * root, 14 KiB each: 30 MB. */
export const DIAL_WAITERS_MAX = 64;
export const CREATES_WAITING_MAX = 2048;
/** Of those whose link has opened or failed, how many are served before others are let in: 3 ms of answers. */
export const CREATES_PER_TURN = 8;
/** Octets of control frames kept for one link before it is closed, and what each counts beside its own. The DESTROYs
 * of every circuit of a full link are 1 MiB; half of it, beyond which no CREATE is added, is a burst of CREATEs. */
export const CONTROL_OCTETS_MAX: number = 4 * 1024 * 1024;
export const CONTROL_FRAME_COST = 128;
/** The same of all links of a root together: then a link that takes nothing makes room. Answers to all CREATEs that a
 * thread can open in three seconds. */
export const CONTROL_ALL_OCTETS_MAX: number = 64 * 1024 * 1024;
/** First messages of CREATE remembered under one onion key, 16 octets each: 159 a second for the 7 h of a key, or 27
 * minutes of all that a thread can open (2,500 a second). A full table takes 143 MB, and two keys may be alive. */
export const REPLAYS_MAX = 4_000_000;
/** Octets of content in a direction before large cells are used, and the pause after which it counts anew: longer than
 * those of a reader of 1 Mbit/s, who is granted half a window at a time. */
export const SMALL_UNTIL: number = 64 * 1024;
export const SMALL_AGAIN_US: number = 10 * US_PER_S;
/** Octets of one stream that its reader at the far end has not taken: bandwidth times delay of 20 Mbit/s, 100 ms. */
export const STREAM_WINDOW: number = 256 * 1024;
/** Octets of one stream that wait for a cell. Four large cells. */
export const STREAM_OUTBOX: number = 64 * 1024;
/** Streams open at once on one circuit. A browser holds a few dozen for one site. */
export const STREAMS_PER_CIRCUIT_MAX = 512;
/** The same at the last hop: a stream that the client is done with is there until its last octet has left. */
export const STREAMS_LINGERING_MAX: number = 2 * STREAMS_PER_CIRCUIT_MAX;
/** Streams that clients have at one exit, connected or not: 400 octets of tables each, 52 MB. */
export const STREAMS_FOREIGN_MAX = 131_072;
/** Connections an exit has or dials at once: half of all ids stay for links and for what it dials itself. */
export const EXIT_CONNECTIONS_MAX: number = STREAMS_MAX / 2;
/** Microseconds an exit dials one address. Longer than TCP's first four attempts. */
export const EXIT_DIAL_US: number = 20 * US_PER_S;
/** Octets all cells and all streams of a root may hold together. Hard: what would exceed it is refused. */
export const POOL_MAX: number = 512 * 1024 * 1024;

/** Circuits a client keeps ready that nobody uses yet. */
export const WARM_CIRCUITS = 2;
/** Circuits a client has at once, whatever its applications ask for. */
export const CLIENT_CIRCUITS_MAX = 64;
/** Microseconds after its first stream in which a circuit takes new ones (Tor's MaxCircuitDirtiness). */
export const CIRCUIT_DIRTY_US: number = 600 * US_PER_S;
/** Microseconds a circuit stays when its last stream has ended: DESTROY overtakes what waits at relays, 256 KiB at the
 * most, and that must get through a path of 35 kbit/s. */
export const CIRCUIT_LINGER_US: number = 60 * US_PER_S;
/** Circuits a client keeps beside those while they only linger: who waits for one more shall not wait a minute for it.
 * Beyond, the one that has been quiet for longest goes at once. */
export const CIRCUITS_LINGERING_MAX = 64;
/** Microseconds a circuit waits unused: less than an epoch, so that its keys are not from a past one for long. */
export const CIRCUIT_IDLE_US: number = 3600 * US_PER_S;
/** Microseconds between attempts to create circuits after a failure, doubling up to the second. */
export const BUILD_RETRY_US: number = US_PER_S / 4;
export const BUILD_RETRY_MAX_US: number = 30 * US_PER_S;
/** Microseconds a node that a circuit failed at is left out of new ones. */
export const SUSPECT_US: number = 120 * US_PER_S;
/** Microseconds an application's connection has to say what it wants, and then to get it. */
export const ENTRY_US: number = 30 * US_PER_S;
/** Applications' connections at once, and those that wait for a circuit. */
export const ENTRIES_MAX = 8192;

/** Connections one circuit may ask an exit for at once, and microseconds until it earns another: 16 a second. */
export const CONNECT_BURST = 96;
export const CONNECT_EARN_US: number = US_PER_S / 16;
/** Addresses of one name that an exit tries, one after the other. */
export const CONNECT_TRIES_MAX = 3;

/** Octets of a host name without its final dot, and of one label of it (RFC 1035 section 2.3.4). */
export const HOST_NAME_MAX = 253;
export const HOST_LABEL_MAX = 63;

/** Octets of an HTTP CONNECT head, blank line included: what common proxies grant one request. */
export const CONNECT_HEAD_MAX: number = 8 * 1024;
/** Octets of a user name or password that names an isolation class: what SOCKS5 can carry (RFC 1929). */
export const CREDENTIAL_MAX = 255;
/** Octets of a snapshot file: 65,536 nodes take 173 MiB. */
export const SNAPSHOT_MAX: number = 256 * 1024 * 1024;
/** Milliseconds until a snapshot file that is of another time is looked at again. */
export const SNAPSHOT_AGAIN_MS = 60_000;
/** Nodes of a snapshot: six times what is planned for. */
export const NODES_MAX = 65_536;
/** Signatures under a snapshot: more stewards than anybody can watch. */
export const STEWARDS_MAX = 32;
/** Octets of an owner's name: one column of a terminal. */
export const OWNER_MAX = 32;
/** The largest measured weight of one node: NODES_MAX of them add up exactly, three times over. */
export const WEIGHT_MAX = 0x8000_0000;

/** Times its measured share that an exit owner's chance may be, whatever a request avoids (Wan et al., PoPETs 2019). */
export const EXIT_SHARE_CAP = 3;
/** Nodes looked at for one path before giving up: 32 rounds over the largest map, every order of a small one. */
export const PATH_WORK: number = 32 * NODES_MAX;

/** Epochs a signing key is certified for: it is made anew at each start of a node, and 400 days outlast any run. */
export const SIGNING_KEY_EPOCHS: number = 400 * 4;
/** Milliseconds a node that is told to stop waits for what is under way to end: most pages are loaded by then. */
export const LEAVE_MS = 10_000;
/** Octets of a trust file (STEWARDS_MAX keys of 67) and of a file of certificates (a whole system's are 250 KB). */
export const TRUST_FILE_MAX = 4096;
export const ANCHORS_FILE_MAX: number = 1024 * 1024;

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
assert(
  EXIT_SHARE_CAP * NODES_MAX * WEIGHT_MAX <= Number.MAX_SAFE_INTEGER,
  'sums of weights are exact',
);
assert(2 * DNS_LOOKUPS_MAX < 1 << 12, 'a free id of 16 bits is found at once');
