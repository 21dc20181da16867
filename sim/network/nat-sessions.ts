import { NS_PER_S } from '#core/base/time.ts';
import { enlarged } from '../event-queue.ts';
import { FLAG } from './flags.ts';
import { hashOf, NO_SLOT, SlotIndex } from './slot-index.ts';

/** A connection that is open or that nobody ended (RFC 5382 REQ-5): two hours and four minutes. */
const TCP_OPEN_NS: number = 7440 * NS_PER_S;
/** One that opens or closes: four minutes. */
const TCP_TRANSITORY_NS: number = 240 * NS_PER_S;

const FIRST_SLOTS = 16;
/** What was seen of a connection. */
const SYN_OUT = 1;
const SYN_IN = 2;
const FIN_OUT = 4;
const FIN_IN = 8;
const RESET = 16;
const TALKED = 32;
const SYNS: number = SYN_OUT | SYN_IN;
const FINS: number = FIN_OUT | FIN_IN;

/**
 * With whom the owners of mappings talk: a session for each mapping and far end. What may come in follows from them
 * (RFC 4787 section 5), and each has its own time. A mapping's sessions hang together in a list.
 */
export class NatSessions {
  #mapping: Int32Array = new Int32Array(FIRST_SLOTS);
  #remote: Int32Array = new Int32Array(FIRST_SLOTS);
  #remotePort: Uint16Array = new Uint16Array(FIRST_SLOTS);
  #untilNs: Float64Array = new Float64Array(FIRST_SLOTS);
  #seen: Uint8Array = new Uint8Array(FIRST_SLOTS);
  #sibling: Int32Array = new Int32Array(FIRST_SLOTS);
  readonly #free: number[] = [];
  #slots = 0;
  /** By mapping and far address: ports of one address share a chain. */
  readonly #index = new SlotIndex();

  /** Sessions that are held, over or not. */
  get count(): number {
    return this.#slots - this.#free.length;
  }

  /** The session of a mapping with a far end, or NO_SLOT. It may be over. */
  find(mapping: number, remote: number, remotePort: number): number {
    let at = this.#index.first(hashOf(mapping, remote, 0));
    while (at !== NO_SLOT && !this.#is(at, mapping, remote, remotePort)) at = this.#index.next(at);
    return at;
  }

  /** Whether a mapping talks with any port of a far address. */
  knows(mapping: number, remote: number, nowNs: number): boolean {
    let at = this.#index.first(hashOf(mapping, remote, 0));
    for (; at !== NO_SLOT; at = this.#index.next(at)) {
      const isOurs = this.#mapping[at] === mapping && this.#remote[at] === remote;
      if (isOurs && this.isLive(at, nowNs)) return true;
    }
    return false;
  }

  isLive(session: number, nowNs: number): boolean {
    return (this.#untilNs[session] as number) > nowNs;
  }

  untilNs(session: number): number {
    return this.#untilNs[session] as number;
  }

  /** A new session, in front of the mapping's others. It is over until it is refreshed. */
  add(mapping: number, remote: number, remotePort: number, sibling: number): number {
    const session = this.#free.pop() ?? this.#slot();
    this.#mapping[session] = mapping;
    this.#remote[session] = remote;
    this.#remotePort[session] = remotePort;
    this.#untilNs[session] = -1;
    this.#seen[session] = 0;
    this.#sibling[session] = sibling;
    this.#index.add(hashOf(mapping, remote, 0), session);
    return session;
  }

  /** Nothing was seen of it yet. */
  restart(session: number): void {
    this.#seen[session] = 0;
  }

  /** Lets it live until then. */
  refresh(session: number, untilNs: number): void {
    this.#untilNs[session] = untilNs;
  }

  /** A segment of its connection crosses. Answers how long the session may rest from now on, in nanoseconds. */
  segment(session: number, flags: number, isOut: boolean): number {
    let seen = this.#seen[session] as number;
    const isSyn = (flags & FLAG.syn) !== 0;
    if (isSyn && isOver(seen)) seen = 0;
    if (isSyn) seen |= isOut ? SYN_OUT : SYN_IN;
    else if ((seen & SYNS) === SYNS) seen |= TALKED;
    if ((flags & FLAG.fin) !== 0) seen |= isOut ? FIN_OUT : FIN_IN;
    if ((flags & FLAG.rst) !== 0) seen |= RESET;
    this.#seen[session] = seen;
    return (seen & TALKED) !== 0 && !isOver(seen) ? TCP_OPEN_NS : TCP_TRANSITORY_NS;
  }

  /** Lets those of a list go that are over by then. Answers the first that stays, or NO_SLOT. */
  prune(first: number, nowNs: number): number {
    let head = NO_SLOT;
    for (let at = first; at !== NO_SLOT; ) {
      const next = this.#sibling[at] as number;
      if (this.isLive(at, nowNs)) {
        this.#sibling[at] = head;
        head = at;
      } else {
        this.#index.remove(at);
        this.#free.push(at);
      }
      at = next;
    }
    return head;
  }

  /** When the last of a list is over. */
  lastNs(first: number): number {
    let lastNs = -1;
    for (let at = first; at !== NO_SLOT; at = this.#sibling[at] as number)
      lastNs = Math.max(lastNs, this.#untilNs[at] as number);
    return lastNs;
  }

  /** When the first of a list is over. */
  soonestNs(first: number): number {
    let soonestNs = Infinity;
    for (let at = first; at !== NO_SLOT; at = this.#sibling[at] as number)
      soonestNs = Math.min(soonestNs, this.#untilNs[at] as number);
    return soonestNs;
  }

  /** A list as text. */
  state(first: number): string {
    const lines: string[] = [];
    for (let at = first; at !== NO_SLOT; at = this.#sibling[at] as number) {
      const far = `${this.#remote[at]}:${this.#remotePort[at]}`;
      lines.push(`${far} ${this.#seen[at]} ${this.#untilNs[at]}`);
    }
    return lines.sort().join(', ');
  }

  #is(session: number, mapping: number, remote: number, remotePort: number): boolean {
    return (
      this.#mapping[session] === mapping &&
      this.#remote[session] === remote &&
      this.#remotePort[session] === remotePort
    );
  }

  #slot(): number {
    const slot = this.#slots++;
    if (slot === this.#mapping.length) {
      const length = 2 * slot;
      this.#mapping = enlarged(new Int32Array(length), this.#mapping);
      this.#remote = enlarged(new Int32Array(length), this.#remote);
      this.#remotePort = enlarged(new Uint16Array(length), this.#remotePort);
      this.#untilNs = enlarged(new Float64Array(length), this.#untilNs);
      this.#seen = enlarged(new Uint8Array(length), this.#seen);
      this.#sibling = enlarged(new Int32Array(length), this.#sibling);
    }
    return slot;
  }
}

/** Both ended it, or one broke it. */
function isOver(seen: number): boolean {
  return (seen & RESET) !== 0 || (seen & FINS) === FINS;
}
