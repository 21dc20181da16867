import { assert } from '#core/base/assert.ts';
import { CLASS } from '../event-queue.ts';
import type { World } from '../world.ts';
import { type ImpairmentOptions, Impairments } from './impairments.ts';
import { MTU, type PacketSlab } from './packet.ts';
import { type Queue, type QueueKind, queueOf } from './queue.ts';

/** One direction of a link. */
export type PipeOptions = ImpairmentOptions & {
  /** Propagation in nanoseconds. */
  readonly delayNs: number;
  /** Bits per second; 0 is infinite. Default 0. */
  readonly rateBps?: number;
  /** Octets, headers included, that may wait to be serialised. Default 1 MiB. */
  readonly queueBytes?: number;
  /** Who is dropped. Stays as it is for as long as the pipe does. Default 'drop-tail'. */
  readonly queue?: QueueKind;
};

const QUEUE_BYTES = 1024 * 1024;
const BITS_PER_OCTET_NS = 8e9;
/** Event kinds: a packet reaches the far end; the serialiser is free. */
export const ARRIVAL = 1;
const DEPARTURE = 2;

/**
 * One direction of a link: a queue, a serialiser, a wire. With drop-tail an event per packet, at its arrival: the
 * backlog follows from when the serialiser is free again. Other queues decide when a packet leaves them, which takes
 * an event more. Serialisation is exact to the nanosecond because what the division leaves over is carried to the
 * next packet.
 */
export class Pipe {
  readonly number: number;
  readonly name: string;
  /** Actors at the two ends. */
  readonly from: number;
  readonly to: number;
  /** Packets entered, lost on the wire, sent twice by it, dropped at the queue, arrived. */
  sent = 0;
  lost = 0;
  duplicated = 0;
  dropped = 0;
  delivered = 0;
  /** Octets that crossed, headers included. */
  octets = 0;
  readonly #world: World;
  readonly #packets: PacketSlab;
  #delayNs = 0;
  #rateBps = 0;
  #impairments: Impairments | undefined;
  /** When the last packet arrives. */
  #lastNs = 0;
  #queueNs = Infinity;
  #busyUntilNs = 0;
  /** What serialisation owes beyond #busyUntilNs, in units of 1 / rateBps nanoseconds. */
  #remainder = 0;
  #isUp = true;
  readonly #queue: Queue | undefined;
  #isSerialising = false;
  /** Who is called when the serialiser is free. */
  readonly #serialiser: number = -1;

  constructor(
    world: World,
    packets: PacketSlab,
    number: number,
    name: string,
    from: number,
    to: number,
    options: PipeOptions,
  ) {
    this.#world = world;
    this.#packets = packets;
    this.number = number;
    this.name = name;
    this.from = from;
    this.to = to;
    this.change(options);
    const { queue = 'drop-tail', queueBytes = QUEUE_BYTES } = options;
    if (queue === 'drop-tail') return;
    this.#queue = queueOf(queue, packets, queueBytes, (packet) => this.#drop(packet));
    this.#serialiser = world.enter({
      act: () => {
        this.#isSerialising = false;
        this.#depart();
      },
    });
  }

  get delayNs(): number {
    return this.#delayNs;
  }

  get rateBps(): number {
    return this.#rateBps;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** Packets that have entered and neither arrived nor vanished. */
  get inFlight(): number {
    return this.sent + this.duplicated - this.lost - this.dropped - this.delivered;
  }

  /** New properties for packets that enter from now on. */
  change(options: PipeOptions): void {
    const { delayNs, rateBps = 0, queueBytes = QUEUE_BYTES } = options;
    assert(Number.isSafeInteger(delayNs) && delayNs >= 0, 'a delay is whole nanoseconds');
    assert(
      Number.isSafeInteger(rateBps) && rateBps >= 0 && rateBps < 0x100_0000_0000,
      'a rate is below 1 Tbit/s',
    );
    assert(queueBytes >= MTU, 'a queue holds a packet');
    if (rateBps !== this.#rateBps) this.#remainder = 0;
    this.#delayNs = delayNs;
    this.#rateBps = rateBps;
    // Once there was trouble its state stays: whether the wire is bad, and who arrives last.
    if (this.#impairments !== undefined) this.#impairments.change(options);
    else if (isImpaired(options))
      this.#impairments = new Impairments(this.#world, this.name, options);
    this.#queueNs =
      rateBps === 0 ? Infinity : Math.floor((queueBytes * BITS_PER_OCTET_NS) / rateBps);
  }

  /** A link that is down drops what enters; what is on the wire arrives. */
  setUp(isUp: boolean): void {
    this.#isUp = isUp;
  }

  /** Takes the packet over. False: it is gone. */
  send(packet: number): boolean {
    const world = this.#world;
    const nowNs = world.nowNs;
    const octets = this.#packets.wireOctets(packet);
    this.sent += 1;
    if (!this.#isUp) return this.#drop(packet);
    if (this.#queue !== undefined && (this.#rateBps > 0 || this.#isSerialising)) {
      this.#queue.push(packet, nowNs);
      if (!this.#isSerialising) this.#depart();
      return true;
    }
    if (this.#rateBps === 0) return this.#leave(packet, octets, nowNs);
    const isIdle = this.#busyUntilNs <= nowNs;
    const work = octets * BITS_PER_OCTET_NS + (isIdle ? 0 : this.#remainder);
    const takesNs = Math.floor(work / this.#rateBps);
    const departNs = (isIdle ? nowNs : this.#busyUntilNs) + takesNs;
    if (departNs - nowNs > this.#queueNs) return this.#drop(packet);
    this.#busyUntilNs = departNs;
    this.#remainder = work - takesNs * this.#rateBps;
    return this.#leave(packet, octets, departNs);
  }

  /** The serialiser is free: it takes the next packet of the queue. */
  #depart(): void {
    const { nowNs } = this.#world;
    const packet = this.#queue?.pull(nowNs) ?? -1;
    if (packet < 0) return;
    const octets = this.#packets.wireOctets(packet);
    const carried = this.#busyUntilNs === nowNs ? this.#remainder : 0;
    const work = octets * BITS_PER_OCTET_NS + carried;
    const takesNs = this.#rateBps === 0 ? 0 : Math.floor(work / this.#rateBps);
    this.#busyUntilNs = nowNs + takesNs;
    this.#remainder = this.#rateBps === 0 ? 0 : work - takesNs * this.#rateBps;
    this.#leave(packet, octets, this.#busyUntilNs);
    this.#isSerialising = true;
    const [freeNs, own] = [this.#busyUntilNs, this.#serialiser];
    this.#world.schedule(freeNs, CLASS.packet, own, own, DEPARTURE, this.number, 0);
  }

  /** A packet is on the wire as of `departNs`. False: it is gone. */
  #leave(packet: number, octets: number, departNs: number): boolean {
    this.octets += octets;
    const impairments = this.#impairments;
    if (impairments !== undefined)
      return this.#hazard(packet, departNs + this.#delayNs, impairments);
    this.#arrive(packet, departNs + this.#delayNs);
    return true;
  }

  state(): string {
    const counts = [this.sent, this.lost, this.duplicated, this.dropped, this.delivered];
    const wire = this.#impairments?.state ?? 'good';
    const queued = this.#queue?.octets ?? 0;
    const busy = [this.#busyUntilNs, this.#remainder, queued, this.#lastNs];
    return [this.name, ...counts, this.octets, ...busy, wire].join(' ');
  }

  /** The way of a packet over a wire on which things go wrong. False: it is gone. */
  #hazard(packet: number, atNs: number, impairments: Impairments): boolean {
    if (impairments.loses()) {
      this.lost += 1;
      this.#packets.release(packet);
      return false;
    }
    const bits = 8 * (this.#packets.length[packet] as number);
    const bit = impairments.damagedBit(bits);
    if (bit >= 0) this.#packets.damage(packet, bit);
    if (impairments.duplicates()) {
      this.duplicated += 1;
      this.#arriveLate(this.#packets.copy(packet), atNs, impairments);
    }
    this.#arriveLate(packet, atNs, impairments);
    return true;
  }

  #arriveLate(packet: number, atNs: number, impairments: Impairments): void {
    let lateNs = atNs + impairments.lateNs();
    if (impairments.keepsOrder && lateNs < this.#lastNs) lateNs = this.#lastNs;
    if (lateNs > this.#lastNs) this.#lastNs = lateNs;
    this.#arrive(packet, lateNs);
  }

  #arrive(packet: number, atNs: number): void {
    this.#world.schedule(atNs, CLASS.packet, this.to, this.from, ARRIVAL, packet, this.number);
  }

  #drop(packet: number): boolean {
    this.dropped += 1;
    this.#packets.release(packet);
    return false;
  }
}

function isImpaired(options: ImpairmentOptions): boolean {
  const { lossPpm = 0, jitterNs = 0, duplicatePpm = 0, damagePpm = 0, lossEvery = 0 } = options;
  const shares = [lossPpm, lossEvery, jitterNs, duplicatePpm, damagePpm];
  return options.bursts !== undefined || shares.some((share) => share !== 0);
}
