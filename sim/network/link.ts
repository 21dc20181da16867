import { assert } from '#core/base/assert.ts';
import { CLASS } from '../event-queue.ts';
import type { World } from '../world.ts';
import { type ImpairmentOptions, Impairments } from './impairments.ts';
import { MTU, type PacketSlab } from './packet.ts';

/** One direction of a link. */
export type PipeOptions = ImpairmentOptions & {
  /** Propagation in nanoseconds. */
  readonly delayNs: number;
  /** Bits per second; 0 is infinite. Default 0. */
  readonly rateBps?: number;
  /** Octets, headers included, that may wait to be serialised. Default 1 MiB. */
  readonly queueBytes?: number;
};

const QUEUE_BYTES = 1024 * 1024;
const BITS_PER_OCTET_NS = 8e9;
/** Event kind of a packet that reaches the far end. */
export const ARRIVAL = 1;

/**
 * One direction of a link: a drop-tail queue, a serialiser, a wire. An event per packet, at its arrival: the
 * backlog follows from when the serialiser is free again. Serialisation is exact to the nanosecond because
 * what the division leaves over is carried to the next packet.
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
  }

  get delayNs(): number {
    return this.#delayNs;
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
    this.#impairments = isImpaired(options)
      ? new Impairments(this.#world, this.name, options)
      : undefined;
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
    let departNs = nowNs;
    if (this.#rateBps > 0) {
      const isIdle = this.#busyUntilNs <= nowNs;
      const work = octets * BITS_PER_OCTET_NS + (isIdle ? 0 : this.#remainder);
      const takesNs = Math.floor(work / this.#rateBps);
      departNs = (isIdle ? nowNs : this.#busyUntilNs) + takesNs;
      if (departNs - nowNs > this.#queueNs || !this.#isUp) return this.#drop(packet);
      this.#busyUntilNs = departNs;
      this.#remainder = work - takesNs * this.#rateBps;
    } else if (!this.#isUp) return this.#drop(packet);
    this.octets += octets;
    const impairments = this.#impairments;
    if (impairments === undefined) this.#arrive(packet, departNs + this.#delayNs);
    else return this.#hazard(packet, departNs + this.#delayNs, impairments);
    return true;
  }

  state(): string {
    const counts = [this.sent, this.lost, this.duplicated, this.dropped, this.delivered];
    const wire = this.#impairments?.state ?? 'good';
    return [this.name, ...counts, this.octets, this.#busyUntilNs, this.#remainder, wire].join(' ');
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
