import { NS_PER_S } from '#core/base/time.ts';
import { MTU, type PacketSlab } from './packet.ts';

// Queues that decide for themselves whom to drop: CoDel (RFC 8289) and FQ-CoDel (RFC 8290).

/** Packets that wait to be serialised. It takes packets over, and drops those that it neither keeps nor gives. */
export interface Queue {
  readonly octets: number;
  /** Octets that may wait. */
  limit: number;
  push(packet: number, nowNs: number): void;
  /** The next packet to be serialised, or -1. */
  pull(nowNs: number): number;
}

export type QueueKind = 'drop-tail' | 'codel' | 'fq-codel';

/** `drop` is told of every packet that is given up. */
export function queueOf(
  kind: Exclude<QueueKind, 'drop-tail'>,
  packets: PacketSlab,
  limit: number,
  drop: (packet: number) => void,
): Queue {
  return kind === 'codel' ? new CoDel(packets, limit, drop) : new FairQueue(packets, limit, drop);
}

/** RFC 8289, 4.2 and 4.3: what a packet may wait, and for how long it may wait longer. */
const CODEL_TARGET_NS: number = NS_PER_S / 200;
const CODEL_INTERVAL_NS: number = NS_PER_S / 10;
/** Drop states that ended this long ago are remembered (RFC 8289, 5.4). */
const MEMORY_NS: number = 16 * CODEL_INTERVAL_NS;

/** RFC 8289, section 5: drops at the head, ever more often, while packets have waited too long for too long. */
class CoDel implements Queue {
  octets = 0;
  readonly #packets: PacketSlab;
  limit: number;
  readonly #drop: (packet: number) => void;
  #waiting: number[] = [];
  #cameNs: number[] = [];
  #head = 0;
  /** When packets will have waited too long for an interval; -1 while they do not. */
  #firstAboveNs = -1;
  #isDropping = false;
  #dropNextNs = 0;
  #count = 0;
  #lastCount = 0;

  constructor(packets: PacketSlab, limit: number, drop: (packet: number) => void) {
    this.#packets = packets;
    this.limit = limit;
    this.#drop = drop;
  }

  push(packet: number, nowNs: number): void {
    const octets = this.#packets.wireOctets(packet);
    if (this.octets + octets > this.limit) return this.#drop(packet);
    this.octets += octets;
    this.#waiting.push(packet);
    this.#cameNs.push(nowNs);
  }

  pull(nowNs: number): number {
    let packet = this.#take(nowNs);
    if (this.#isDropping) {
      if (!this.#isTooLate(nowNs)) this.#isDropping = false;
      while (this.#isDropping && nowNs >= this.#dropNextNs) {
        this.#drop(packet);
        this.#count += 1;
        packet = this.#take(nowNs);
        if (this.#isTooLate(nowNs)) this.#dropNextNs = this.#after(this.#dropNextNs);
        else this.#isDropping = false;
      }
    } else if (this.#isTooLate(nowNs)) {
      this.#drop(packet);
      packet = this.#take(nowNs);
      this.#isDropping = true;
      const more = this.#count - this.#lastCount;
      const isRecent = nowNs - this.#dropNextNs < MEMORY_NS;
      this.#count = more > 1 && isRecent ? more : 1;
      this.#dropNextNs = this.#after(nowNs);
      this.#lastCount = this.#count;
    }
    return packet;
  }

  /** Gives up what has waited longest. */
  dropHead(): void {
    const packet = this.#shift();
    if (packet >= 0) this.#drop(packet);
  }

  #isTooLate(nowNs: number): boolean {
    return this.#firstAboveNs >= 0 && nowNs >= this.#firstAboveNs;
  }

  /** Takes the first packet, and notes how long it has waited. */
  #take(nowNs: number): number {
    const waitedNs = nowNs - (this.#cameNs[this.#head] ?? nowNs);
    const packet = this.#shift();
    if (packet < 0 || waitedNs < CODEL_TARGET_NS || this.octets <= MTU) this.#firstAboveNs = -1;
    else if (this.#firstAboveNs < 0) this.#firstAboveNs = nowNs + CODEL_INTERVAL_NS;
    return packet;
  }

  #shift(): number {
    const packet = this.#waiting[this.#head];
    if (packet === undefined) return -1;
    this.#head += 1;
    this.octets -= this.#packets.wireOctets(packet);
    // Half of it is gone: the rest moves up.
    if (2 * this.#head >= this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#head);
      this.#cameNs = this.#cameNs.slice(this.#head);
      this.#head = 0;
    }
    return packet;
  }

  /** The control law (RFC 8289, 5.3). */
  #after(ns: number): number {
    return ns + Math.floor(CODEL_INTERVAL_NS / Math.sqrt(this.#count));
  }
}

/** Flows that are kept apart, by a hash of their ends (RFC 8290, 4.1.1). */
const FLOWS = 1024;

type Flow = { readonly codel: CoDel; deficit: number; isListed: boolean };

/** RFC 8290, section 4: each flow in turn, new ones first, each with a CoDel of its own. */
class FairQueue implements Queue {
  octets = 0;
  readonly #packets: PacketSlab;
  limit: number;
  readonly #drop: (packet: number) => void;
  readonly #flows = new Map<number, Flow>();
  #new: Flow[] = [];
  #old: Flow[] = [];

  constructor(packets: PacketSlab, limit: number, drop: (packet: number) => void) {
    this.#packets = packets;
    this.limit = limit;
    this.#drop = drop;
  }

  push(packet: number, nowNs: number): void {
    const flow = this.#flowOf(packet);
    this.octets += this.#packets.wireOctets(packet);
    flow.codel.push(packet, nowNs);
    if (!flow.isListed) {
      flow.isListed = true;
      flow.deficit = MTU;
      this.#new.push(flow);
    }
    // Whoever has most makes room, at the head.
    while (this.octets > this.limit) this.#fattest().codel.dropHead();
  }

  pull(nowNs: number): number {
    for (;;) {
      const isNew = this.#new.length > 0;
      const list = isNew ? this.#new : this.#old;
      const flow = list.shift();
      if (flow === undefined) return -1;
      if (flow.deficit <= 0) {
        flow.deficit += MTU;
        this.#old.push(flow);
        continue;
      }
      const packet = flow.codel.pull(nowNs);
      if (packet < 0) {
        // A new flow that is empty waits its turn once, so that it cannot be new again and again.
        if (isNew && this.#old.length > 0) this.#old.push(flow);
        else flow.isListed = false;
        continue;
      }
      const octets = this.#packets.wireOctets(packet);
      flow.deficit -= octets;
      this.octets -= octets;
      list.unshift(flow);
      return packet;
    }
  }

  #flowOf(packet: number): Flow {
    const { source, dest, sourcePort, destPort, protocol } = this.#packets;
    let hash = Math.imul(source[packet] as number, 0x9e37_79b1);
    for (const field of [dest, sourcePort, destPort, protocol])
      hash = Math.imul(hash ^ (hash >>> 15) ^ (field[packet] as number), 0x85eb_ca6b);
    const number = (hash ^ (hash >>> 13)) & (FLOWS - 1);
    let flow = this.#flows.get(number);
    if (flow === undefined) {
      const drop = (lost: number): void => {
        this.octets -= this.#packets.wireOctets(lost);
        this.#drop(lost);
      };
      flow = { codel: new CoDel(this.#packets, Infinity, drop), deficit: 0, isListed: false };
      this.#flows.set(number, flow);
    }
    return flow;
  }

  #fattest(): Flow {
    let fattest: Flow | undefined;
    for (const flow of this.#flows.values())
      if (flow.codel.octets > (fattest?.codel.octets ?? -1)) fattest = flow;
    return fattest as Flow;
  }
}
