import type { World } from '../world.ts';
import type { Pipe } from './link.ts';
import { ARRIVAL, type PacketSlab } from './packet.ts';
import type { TokenBucket } from './token-bucket.ts';

const BITS_PER_OCTET_NS = 8e9;

/** `lateNs` is from the moment it is on the wire to its arrival; -1: not decided yet. Octets: 0 for a duplicate. */
type Waiting = { readonly packet: number; readonly octets: number; readonly lateNs: number };

/** What was still in front of a wire, in order. */
type Taken = {
  readonly waiting: readonly Waiting[];
  /** When what is being serialised will have been. */
  readonly servedNs: number;
  /** For how long, at the rate so far, the serialiser would have been at packets that the wire then loses. */
  readonly lostNs: number;
  /** When the last of those arrives that are on the wire. */
  readonly lastNs: number;
};

/** What a backlog has done: be called again at a time, put a packet on the wire, and end with nothing waiting. */
type Line = {
  readonly again: (atNs: number, turn: number) => void;
  readonly leave: (packet: number, octets: number, departNs: number, lateNs: number) => void;
  readonly over: (busyUntilNs: number, remainder: number) => void;
};

/**
 * A drop-tail queue that holds its packets one by one, for a pipe whose rate or bucket became another one while packets
 * waited: counted in octets, each leaves at the rate, and pays the bucket, that hold when its turn comes. It is there
 * until it is empty.
 */
export class Backlog {
  readonly #packets: PacketSlab;
  readonly #line: Line;
  #waiting: Waiting[];
  #octets: number;
  #busyUntilNs: number;
  #remainder = 0;
  /** At what the packet before the wire is serialised; what comes, and what may wait. */
  #servedBps: number;
  #rateBps: number;
  #limit = 0;
  #bucket: TokenBucket | undefined;
  #lostNs: number;
  /** The number of the call that counts: those before are called off. */
  #turn = 0;
  #calledNs = -1;

  constructor(packets: PacketSlab, taken: Taken, rateBps: number, line: Line) {
    this.#packets = packets;
    this.#line = line;
    this.#waiting = [...taken.waiting];
    this.#octets = taken.waiting.reduce((sum, { octets }) => sum + octets, 0);
    this.#busyUntilNs = taken.servedNs;
    this.#lostNs = taken.lostNs;
    this.#servedBps = rateBps;
    this.#rateBps = rateBps;
  }

  /** From now on. What is being serialised goes on as it began. */
  change(nowNs: number, rateBps: number, limit: number, bucket: TokenBucket | undefined): void {
    if (rateBps !== this.#rateBps) this.#remainder = 0;
    // Octets that are lost on the wire are serialised first, at the rate that is new.
    if (this.#lostNs > 0 && rateBps > 0) {
      const bits = this.#lostNs * this.#rateBps;
      this.#busyUntilNs = Math.max(nowNs, this.#busyUntilNs) + Math.floor(bits / rateBps);
      this.#servedBps = rateBps;
    }
    this.#lostNs = 0;
    this.#rateBps = rateBps;
    this.#limit = limit;
    this.#bucket = bucket;
    this.#go(nowNs);
  }

  /** A packet comes. False: it does not fit. */
  enter(packet: number, nowNs: number): boolean {
    const octets = this.#packets.wireOctets(packet);
    const isPaid = this.#bucket?.waits === true && this.#rateBps === 0;
    const tokens = isPaid ? (this.#bucket?.octets(nowNs) ?? 0) : 0;
    const servedNs = Math.max(0, this.#busyUntilNs - nowNs);
    const unserved = this.#octets + (servedNs * this.#servedBps) / BITS_PER_OCTET_NS;
    if (unserved + octets - tokens > this.#limit) return false;
    this.#waiting.push({ packet, octets, lateNs: -1 });
    this.#octets += octets;
    this.#go(nowNs);
    return true;
  }

  /** It was called again. */
  turn(turn: number, nowNs: number): void {
    if (turn !== this.#turn) return;
    this.#calledNs = -1;
    this.#go(nowNs);
  }

  get state(): string {
    return [this.#octets, this.#busyUntilNs, this.#remainder, this.#lostNs].join(' ');
  }

  /** Puts on the wire whose turn it is. */
  #go(nowNs: number): void {
    for (;;) {
      if (nowNs < this.#busyUntilNs) return this.#call(this.#busyUntilNs);
      const [head] = this.#waiting;
      if (head === undefined) return this.#line.over(this.#busyUntilNs, this.#remainder);
      const bucket = this.#bucket?.waits === true ? this.#bucket : undefined;
      const paysNs = bucket?.readyNs(head.octets, nowNs) ?? nowNs;
      if (paysNs > nowNs) return this.#call(paysNs);
      bucket?.pay(head.octets, nowNs);
      this.#waiting.shift();
      this.#octets -= head.octets;
      this.#serialise(head.octets, nowNs);
      this.#line.leave(head.packet, head.octets, this.#busyUntilNs, head.lateNs);
    }
  }

  #serialise(octets: number, nowNs: number): void {
    const carried = this.#busyUntilNs === nowNs ? this.#remainder : 0;
    const work = octets * BITS_PER_OCTET_NS + carried;
    const takesNs = this.#rateBps === 0 ? 0 : Math.floor(work / this.#rateBps);
    this.#busyUntilNs = nowNs + takesNs;
    this.#remainder = this.#rateBps === 0 ? 0 : work - takesNs * this.#rateBps;
    this.#servedBps = this.#rateBps;
  }

  #call(atNs: number): void {
    if (atNs === this.#calledNs) return;
    this.#calledNs = atNs;
    this.#turn += 1;
    this.#line.again(atNs, this.#turn);
  }
}

/**
 * Calls off the arrivals of packets that are not being serialised yet, at the rate that holds so far; those that wait
 * for tokens get them back.
 */
export function takeBack(
  world: World,
  packets: PacketSlab,
  pipe: Pipe,
  busyUntilNs: number,
  bucket: TokenBucket | undefined,
): Taken {
  const { nowNs } = world;
  const { rateBps } = pipe;
  const departs = (packet: number): number => Math.abs(packets.departNs[packet] as number);
  const takesNs = (octets: number): number =>
    rateBps === 0 ? 0 : (octets * BITS_PER_OCTET_NS) / rateBps;
  let servedNs = 0;
  let lastNs = 0;
  const isWaiting = (packet: number, atNs: number): boolean => {
    const departNs = departs(packet);
    if (departNs > nowNs + Math.ceil(takesNs(packets.wireOctets(packet)))) return true;
    servedNs = Math.max(servedNs, departNs);
    lastNs = Math.max(lastNs, atNs);
    return false;
  };
  const events = world.recall(pipe.to, pipe.from, ARRIVAL, pipe.number, isWaiting);
  const waiting: Waiting[] = [];
  let twin: Waiting | undefined;
  for (const [atNs, packet] of events) {
    const isTwin = (packets.departNs[packet] as number) < 0;
    const octets = isTwin ? 0 : packets.wireOctets(packet);
    const one = { packet, octets, lateNs: atNs - departs(packet) };
    if (isTwin) twin = one;
    else waiting.push(one, ...(twin === undefined ? [] : [twin]));
    if (!isTwin) twin = undefined;
  }
  const octets = waiting.reduce((sum, one) => sum + one.octets, 0);
  const waits = bucket?.waits === true;
  if (waits) bucket.takeBack(octets, nowNs);
  const idleNs = busyUntilNs - Math.max(nowNs, servedNs) - takesNs(octets);
  // Less than a nanosecond a packet is what rounding left.
  const isLost = !waits && rateBps > 0 && idleNs > waiting.length + 1;
  return { waiting, servedNs, lostNs: isLost ? idleNs : 0, lastNs };
}
