import { assert } from '#core/base/assert.ts';
import { CLASS } from '../event-queue.ts';
import { FATE } from '../recorder.ts';
import type { World } from '../world.ts';
import { Clog } from './clog.ts';
import { type ImpairmentOptions, Impairments } from './impairments.ts';
import { MTU, type PacketSlab } from './packet.ts';
import { type Queue, type QueueKind, queueOf } from './queue.ts';
import { type BucketOptions, TokenBucket } from './token-bucket.ts';

/** One direction of a link. */
export type PipeOptions = ImpairmentOptions & {
  /** Propagation in nanoseconds. */
  readonly delayNs: number;
  /** Bits per second; 0 is infinite. Default 0. */
  readonly rateBps?: number;
  /** Octets, headers included, that may wait to be serialised. Default 1 MiB. */
  readonly queueBytes?: number;
  /** What routes count the link as, in nanoseconds. Default its delay. Stays as it is for as long as the pipe does. */
  readonly costNs?: number;
  /** Who is dropped. Stays as it is for as long as the pipe does. Default 'drop-tail'. */
  readonly queue?: QueueKind;
  /** Octets of the longest packet it takes, headers included: MTU_MIN to MTU. Default MTU. */
  readonly mtu?: number;
  /** A rate packets are held to before they are serialised. Default: none. */
  readonly bucket?: BucketOptions;
};

/** Some of a pipe's properties. */
export type PipeChange = Partial<Omit<PipeOptions, 'queue'>>;

const QUEUE_BYTES = 1024 * 1024;
const BITS_PER_OCTET_NS = 8e9;
/** What every IPv4 host takes (RFC 1122, 3.3.3); IPv6 asks for 1280. */
export const MTU_MIN = 576;
/** Event kinds: a packet reaches the far end; the serialiser is free; a packet that was held back enters. */
export const ARRIVAL = 1;
const DEPARTURE = 2;
const ENTRY = 3;

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
  /** Octets of the longest packet that may enter, and how many were longer: they did not. */
  mtu: number = MTU;
  tooBig = 0;
  /** What rules say of a packet that enters: see Rule. Absent: nothing. */
  judge: ((packet: number) => number) | undefined;
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
  #bucket: TokenBucket | undefined;
  #clog: Clog | undefined;
  /** Up, and not clogged: the way of nearly every packet. */
  #isOpen = true;
  #options: PipeOptions;
  #changes: readonly PipeChange[] = [];
  readonly #queue: Queue | undefined;
  #isSerialising = false;
  /** Its own actor, where it needs one. */
  #own = -1;

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
    this.#options = options;
    const { queue = 'drop-tail', queueBytes = QUEUE_BYTES } = options;
    if (queue !== 'drop-tail') {
      this.#queue = queueOf(queue, packets, queueBytes, (packet) => this.#drop(packet));
      this.#own = this.#enterWorld();
    }
    this.#apply();
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

  get isClogged(): boolean {
    return this.#clog !== undefined;
  }

  /** Its properties as they were last given. */
  get options(): PipeOptions {
    return this.#options;
  }

  /** Packets that have entered and neither arrived nor vanished. */
  get inFlight(): number {
    return this.sent + this.duplicated - this.lost - this.dropped - this.delivered;
  }

  /** New properties for packets that enter from now on; those that rules change are seen when the rules are gone. */
  change(options: PipeOptions): void {
    this.#options = options;
    this.#apply();
  }

  /** What rules change for as long as they hold, the last one on top. */
  alter(changes: readonly PipeChange[]): void {
    if (changes.length === 0 && this.#changes.length === 0) return;
    this.#changes = changes;
    this.#apply();
  }

  #apply(): void {
    const options: PipeOptions =
      this.#changes.length === 0
        ? this.#options
        : Object.assign({}, this.#options, ...this.#changes);
    const { delayNs, rateBps = 0, queueBytes = QUEUE_BYTES, mtu = MTU } = options;
    assert(Number.isSafeInteger(delayNs) && delayNs >= 0, 'a delay is whole nanoseconds');
    assert(
      Number.isSafeInteger(rateBps) && rateBps >= 0 && rateBps < 0x100_0000_0000,
      'a rate is below 1 Tbit/s',
    );
    assert(queueBytes >= MTU, 'a queue holds a packet');
    assert(Number.isInteger(mtu) && mtu >= MTU_MIN && mtu <= MTU, 'an MTU is MTU_MIN to MTU');
    this.mtu = mtu;
    if (this.#queue !== undefined) this.#queue.limit = queueBytes;
    this.#setBucket(options.bucket, queueBytes);
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
    this.#isOpen = isUp && !this.isClogged;
  }

  /** What enters waits, as far as the queue goes, and passes at `crawlBps` bits per second, or with 0 not at all. */
  clog(crawlBps: number): void {
    assert(this.#clog === undefined, 'a pipe is clogged once');
    this.#clog = new Clog(this.#world, this.#packets, crawlBps, (packet) => this.#enter(packet));
    this.#isOpen = false;
  }

  /** All that waited goes on in order, at the pipe's own rate. */
  unclog(): void {
    const clog = this.#clog;
    this.#clog = undefined;
    this.#isOpen = this.#isUp;
    clog?.clear();
  }

  /** Takes the packet over. False: it is gone. */
  send(packet: number): boolean {
    this.sent += 1;
    return this.judge === undefined
      ? this.#admit(packet)
      : this.#judged(packet, this.judge(packet));
  }

  /** A rule holds the packet back by so long, or has it dropped. */
  #judged(packet: number, lateNs: number): boolean {
    if (lateNs === 0) return this.#admit(packet);
    if (lateNs < 0) return this.#drop(packet);
    if (this.#own < 0) this.#own = this.#enterWorld();
    const atNs = this.#world.nowNs + lateNs;
    this.#world.schedule(atNs, CLASS.packet, this.#own, this.#own, ENTRY, packet, this.number);
    return true;
  }

  #admit(packet: number): boolean {
    return this.#isOpen ? this.#enter(packet) : this.#stopped(packet);
  }

  /** A link that is down drops the packet, one that is clogged lets it wait. */
  #stopped(packet: number): boolean {
    const octets = this.#packets.wireOctets(packet);
    const { queueBytes = QUEUE_BYTES } = this.#options;
    const clog = this.#isUp ? this.#clog : undefined;
    if (clog === undefined || clog.octets + octets > queueBytes) return this.#drop(packet);
    clog.push(packet);
    return true;
  }

  #enter(packet: number): boolean {
    const { nowNs } = this.#world;
    const octets = this.#packets.wireOctets(packet);
    const bucket = this.#bucket;
    let readyNs = nowNs;
    if (bucket !== undefined && !(bucket.waits && this.#queue !== undefined)) {
      readyNs = bucket.pay(octets, nowNs);
      if (readyNs < 0) return this.#drop(packet);
    }
    if (this.#queue !== undefined && (this.#rateBps > 0 || bucket?.waits || this.#isSerialising)) {
      this.#queue.push(packet, nowNs);
      if (!this.#isSerialising) this.#depart();
      return true;
    }
    if (this.#rateBps === 0) return this.#leave(packet, octets, readyNs);
    const isIdle = this.#busyUntilNs <= readyNs;
    const work = octets * BITS_PER_OCTET_NS + (isIdle ? 0 : this.#remainder);
    const takesNs = Math.floor(work / this.#rateBps);
    const departNs = (isIdle ? readyNs : this.#busyUntilNs) + takesNs;
    if (departNs - readyNs > this.#queueNs) return this.#drop(packet);
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
    const startNs = this.#bucket?.waits === true ? this.#bucket.pay(octets, nowNs) : nowNs;
    const carried = this.#busyUntilNs === startNs ? this.#remainder : 0;
    const work = octets * BITS_PER_OCTET_NS + carried;
    const takesNs = this.#rateBps === 0 ? 0 : Math.floor(work / this.#rateBps);
    this.#busyUntilNs = startNs + takesNs;
    this.#remainder = this.#rateBps === 0 ? 0 : work - takesNs * this.#rateBps;
    this.#leave(packet, octets, this.#busyUntilNs);
    this.#isSerialising = true;
    const [freeNs, own] = [this.#busyUntilNs, this.#own];
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
    const bucket = this.#bucket?.state ?? '';
    const wire = this.#impairments?.state ?? 'good';
    const queued = this.#queue?.octets ?? 0;
    const busy = [this.#busyUntilNs, this.#remainder, queued, this.#lastNs];
    const clogged = this.#clog === undefined ? '' : ` clogged ${this.#clog.octets}`;
    const parts = [this.name, ...counts, this.tooBig, this.octets, ...busy, wire, bucket];
    return `${parts.join(' ')}${clogged}`;
  }

  /** The way of a packet over a wire on which things go wrong. False: it is gone. */
  #hazard(packet: number, atNs: number, impairments: Impairments): boolean {
    if (impairments.loses()) {
      this.lost += 1;
      this.#world.recorder?.packet(FATE.lost, packet, this);
      this.#packets.release(packet);
      return false;
    }
    const bits = 8 * (this.#packets.length[packet] as number);
    const bit = impairments.damagedBit(bits);
    if (bit >= 0) {
      this.#packets.damage(packet, bit);
      this.#world.recorder?.packet(FATE.damaged, packet, this);
    }
    if (impairments.duplicates()) {
      this.duplicated += 1;
      const twin = this.#packets.copy(packet);
      this.#world.recorder?.packet(FATE.doubled, twin, this);
      this.#arriveLate(twin, atNs, impairments);
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

  #enterWorld(): number {
    return this.#world.enter({
      name: this.name,
      inWords: (kind) => (kind === ENTRY ? 'a packet enters late' : 'the serialiser is free'),
      act: (kind, packet) => {
        if (kind === ENTRY) {
          this.#admit(packet);
          return;
        }
        this.#isSerialising = false;
        this.#depart();
      },
    });
  }

  /** A bucket that is changed keeps what is in it. */
  #setBucket(options: BucketOptions | undefined, queueBytes: number): void {
    const { nowNs } = this.#world;
    if (options === undefined) this.#bucket = undefined;
    else if (this.#bucket === undefined) this.#bucket = new TokenBucket(options, queueBytes, nowNs);
    else this.#bucket.change(options, queueBytes, nowNs);
  }

  #arrive(packet: number, atNs: number): void {
    this.#world.schedule(atNs, CLASS.packet, this.to, this.from, ARRIVAL, packet, this.number);
  }

  #drop(packet: number): boolean {
    this.dropped += 1;
    this.#world.recorder?.packet(FATE.dropped, packet, this);
    this.#packets.release(packet);
    return false;
  }
}

function isImpaired(options: ImpairmentOptions): boolean {
  const { lossPpm = 0, jitterNs = 0, duplicatePpm = 0, damagePpm = 0, lossEvery = 0 } = options;
  const shares = [lossPpm, lossEvery, jitterNs, duplicatePpm, damagePpm];
  return options.bursts !== undefined || shares.some((share) => share !== 0);
}
