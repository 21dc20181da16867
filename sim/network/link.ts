import { assert } from '#core/base/assert.ts';
import { CLASS } from '../event-queue.ts';
import { FATE } from '../recorder.ts';
import type { World } from '../world.ts';
import { Backlog, takeBack } from './backlog.ts';
import { Clog } from './clog.ts';
import { Impairments, isImpaired } from './impairments.ts';
import { MTU, type PacketSlab } from './packet.ts';
import { PipeExtras } from './pipe-extras.ts';
import { checkPipe, type PipeChange, type PipeOptions, QUEUE_BYTES } from './pipe-options.ts';
import { queueOf } from './queue.ts';
import { isBucket, TokenBucket } from './token-bucket.ts';
import { arrive, arriveLate, cross } from './wire.ts';

const BITS_PER_OCTET_NS = 8e9;
/** Event kinds: the serialiser is free; a packet that was held back enters; it is the turn of a backlog's next. */
const DEPARTURE = 2;
const ENTRY = 3;
const TURN = 4;

/**
 * One direction of a link: a queue, a serialiser, a wire. With drop-tail an event per packet, at its arrival: the
 * backlog follows from when the serialiser is free again. One that waits while the rate becomes another is kept packet
 * by packet (backlog.ts). Other queues decide when a packet leaves them, which takes an event more. Serialisation is
 * exact to the nanosecond because what the division leaves over is carried to the next packet.
 */
export class Pipe {
  readonly number: number;
  /** Actors at the two ends. */
  readonly from: number;
  readonly to: number;
  /** Packets that entered, and that arrived. */
  sent = 0;
  delivered = 0;
  /** Octets that crossed, headers included. */
  octets = 0;
  /** Octets of the longest packet that may enter. */
  mtu: number = MTU;
  /** What serialisation owes the next packet beyond whole nanoseconds, in units of 1 / rateBps of one. */
  remainder = 0;
  readonly #world: World;
  /** How many pipes before it lead from the same node to the same other one. */
  readonly #twins: number;
  readonly #packets: PacketSlab;
  #delayNs = 0;
  #rateBps = 0;
  #queueNs = Infinity;
  #busyUntilNs = 0;
  #options: PipeOptions;
  #extras: PipeExtras | undefined;

  constructor(
    world: World,
    packets: PacketSlab,
    number: number,
    twins: number,
    from: number,
    to: number,
    options: PipeOptions,
  ) {
    this.#world = world;
    this.#packets = packets;
    this.number = number;
    this.#twins = twins;
    this.from = from;
    this.to = to;
    this.#options = options;
    const { queue = 'drop-tail', queueBytes = QUEUE_BYTES } = options;
    if (queue !== 'drop-tail') {
      const extras = this.#special();
      extras.queue = queueOf(queue, packets, queueBytes, (packet) => this.#drop(packet));
      extras.own = this.#enterWorld();
    }
    this.#apply();
  }

  /** Made when it is asked for: a large network has many. */
  get name(): string {
    const ends = `${this.#world.nameOf(this.from)}>${this.#world.nameOf(this.to)}`;
    return `pipe ${ends}${this.#twins > 0 ? `#${this.#twins}` : ''}`;
  }

  get delayNs(): number {
    return this.#delayNs;
  }

  get rateBps(): number {
    return this.#rateBps;
  }

  /** Packets lost on the wire. */
  get lost(): number {
    return this.#extras?.lost ?? 0;
  }

  /** Packets the wire sent twice. */
  get duplicated(): number {
    return this.#extras?.duplicated ?? 0;
  }

  /** Packets dropped at the queue, by a bucket, by a rule, or because the link was down. */
  get dropped(): number {
    return this.#extras?.dropped ?? 0;
  }

  /** Packets that were too long to enter. */
  get tooBig(): number {
    return this.#extras?.tooBig ?? 0;
  }

  get isUp(): boolean {
    return this.#extras?.isUp ?? true;
  }

  get isClogged(): boolean {
    return this.#extras?.clog !== undefined;
  }

  /** What rules say of a packet that enters: see Rule. Absent: nothing. */
  get judge(): ((packet: number) => number) | undefined {
    return this.#extras?.judge;
  }

  set judge(judge: ((packet: number) => number) | undefined) {
    if (judge !== this.judge) this.#special().judge = judge;
  }

  /** Its properties as they were last given. */
  get options(): PipeOptions {
    return this.#options;
  }

  /** Packets that have entered and neither arrived nor vanished. */
  get inFlight(): number {
    return this.sent + this.duplicated - this.lost - this.dropped - this.delivered;
  }

  /** Its properties as rules have them. */
  get effective(): PipeOptions {
    const { changes = [] } = this.#extras ?? {};
    return changes.length === 0 ? this.#options : Object.assign({}, this.#options, ...changes);
  }

  /** New properties for packets that enter from now on; those that rules change are seen when the rules are gone. */
  change(options: PipeOptions): void {
    this.#options = options;
    this.#apply();
  }

  /** What rules change for as long as they hold, the last one on top. */
  alter(changes: readonly PipeChange[]): void {
    if (changes.length === 0 && this.#extras === undefined) return;
    this.#special().changes = changes;
    this.#apply();
  }

  #apply(): void {
    const options = this.effective;
    const { delayNs, rateBps = 0, queueBytes = QUEUE_BYTES, mtu = MTU } = options;
    checkPipe(options);
    this.mtu = mtu;
    const isOther = rateBps !== this.#rateBps;
    if (isOther || !isBucket(this.#extras?.bucket, options.bucket)) this.#retime();
    if (isOther) this.remainder = 0;
    this.#delayNs = delayNs;
    this.#rateBps = rateBps;
    this.#queueNs =
      rateBps === 0 ? Infinity : Math.floor((queueBytes * BITS_PER_OCTET_NS) / rateBps);
    if (this.#extras !== undefined || options.bucket !== undefined || isImpaired(options))
      this.#applyExtras(this.#special(), options, queueBytes);
    this.#extras?.backlog?.change(this.#world.nowNs, rateBps, queueBytes, this.#extras.bucket);
  }

  /** The rate or the bucket becomes another one: packets that wait leave as those do that come now. */
  #retime(): void {
    const { nowNs } = this.#world;
    const { bucket, queue, backlog } = this.#extras ?? {};
    const paysNs = bucket?.waits === true ? bucket.busyUntilNs : 0;
    const isIdle = this.#busyUntilNs <= nowNs && paysNs <= nowNs;
    if (isIdle || (queue ?? backlog) !== undefined) return;
    const special = this.#special();
    if (special.own < 0) special.own = this.#enterWorld();
    const taken = takeBack(this.#world, this.#packets, this, this.#busyUntilNs, bucket);
    if (special.impairments !== undefined) special.impairments.lastNs = taken.lastNs;
    special.backlog = new Backlog(this.#packets, taken, this.#rateBps, {
      again: (atNs, turn) =>
        this.#world.schedule(atNs, CLASS.packet, special.own, special.own, TURN, this.number, turn),
      leave: (packet, octets, departNs, lateNs) => {
        if (lateNs < 0) this.#leave(packet, octets, departNs, special);
        else this.#leaveLate(packet, departNs, lateNs, special);
      },
      over: (busyUntilNs, remainder) => {
        special.backlog = undefined;
        this.#busyUntilNs = busyUntilNs;
        this.remainder = remainder;
      },
    });
  }

  #applyExtras(extras: PipeExtras, options: PipeOptions, queueBytes: number): void {
    if (extras.queue !== undefined) extras.queue.limit = queueBytes;
    if (extras.clog !== undefined) extras.clog.limit = queueBytes;
    // A bucket that is changed keeps what is in it.
    if (options.bucket === undefined) extras.bucket = undefined;
    else if (extras.bucket === undefined)
      extras.bucket = new TokenBucket(options.bucket, queueBytes, this.#world.nowNs);
    else extras.bucket.change(options.bucket, queueBytes, this.#world.nowNs);
    // Once there was trouble its state stays: whether the wire is bad, and who arrives last.
    if (extras.impairments !== undefined) extras.impairments.change(options);
    else if (isImpaired(options))
      extras.impairments = new Impairments(this.#world, this.name, options);
  }

  #special(): PipeExtras {
    this.#extras ??= new PipeExtras();
    return this.#extras;
  }

  /** A link that is down drops what enters; what is on the wire arrives. */
  setUp(isUp: boolean): void {
    if (isUp !== this.isUp) this.#special().isUp = isUp;
  }

  /** What enters waits, as far as the queue goes, and passes at `crawlBps` bits per second, or with 0 not at all. */
  clog(crawlBps: number): void {
    const extras = this.#special();
    assert(extras.clog === undefined, 'a pipe is clogged once');
    const { queueBytes = QUEUE_BYTES } = this.effective;
    // The link may have been cut meanwhile.
    const pass = (packet: number): boolean =>
      extras.isUp ? this.#enter(packet, extras) : this.#drop(packet);
    extras.clog = new Clog(this.#world, this.#packets, crawlBps, queueBytes, pass);
  }

  /** All that waited goes on in order, at the pipe's own rate. */
  unclog(): void {
    const extras = this.#extras;
    const clog = extras?.clog;
    if (extras !== undefined) extras.clog = undefined;
    clog?.clear();
  }

  /** Takes the packet over. False: it is gone. */
  send(packet: number): boolean {
    this.sent += 1;
    const extras = this.#extras;
    if (extras === undefined) return this.#serialise(packet, this.#world.nowNs, undefined);
    return extras.judge === undefined
      ? this.#admit(packet, extras)
      : this.#judged(packet, extras.judge(packet), extras);
  }

  /** It was too long to enter, and nobody takes it over. */
  refuse(): void {
    this.#special().tooBig += 1;
  }

  /** A rule holds the packet back by so long, or has it dropped. */
  #judged(packet: number, lateNs: number, extras: PipeExtras): boolean {
    if (lateNs === 0) return this.#admit(packet, extras);
    if (lateNs < 0) return this.#drop(packet);
    if (extras.own < 0) extras.own = this.#enterWorld();
    const atNs = this.#world.nowNs + lateNs;
    const { own } = extras;
    this.#world.schedule(atNs, CLASS.packet, own, own, ENTRY, packet, this.number);
    return true;
  }

  /** A link that is down drops the packet, one that is clogged lets it wait. */
  #admit(packet: number, extras: PipeExtras): boolean {
    if (!extras.isUp) return this.#drop(packet);
    if (extras.clog === undefined) return this.#enter(packet, extras);
    return extras.clog.push(packet) || this.#drop(packet);
  }

  #enter(packet: number, extras: PipeExtras): boolean {
    const { nowNs } = this.#world;
    const { bucket, queue, backlog } = extras;
    let readyNs = nowNs;
    if (bucket !== undefined && !(bucket.waits && (queue ?? backlog) !== undefined)) {
      readyNs = bucket.pay(this.#packets.wireOctets(packet), nowNs);
      if (readyNs < 0) return this.#drop(packet);
    }
    if (backlog !== undefined) return backlog.enter(packet, nowNs) || this.#drop(packet);
    const waits = this.#rateBps > 0 || bucket?.waits === true || extras.isSerialising;
    if (queue === undefined || !waits) return this.#serialise(packet, readyNs, extras);
    queue.push(packet, nowNs);
    if (!extras.isSerialising) this.#depart(extras);
    return true;
  }

  /** Behind what is before it, with the tail dropped that would wait too long. */
  #serialise(packet: number, readyNs: number, extras: PipeExtras | undefined): boolean {
    const octets = this.#packets.wireOctets(packet);
    if (this.#rateBps === 0) return this.#leave(packet, octets, readyNs, extras);
    const isIdle = this.#busyUntilNs <= readyNs;
    const work = octets * BITS_PER_OCTET_NS + (isIdle ? 0 : this.remainder);
    const takesNs = Math.floor(work / this.#rateBps);
    const departNs = (isIdle ? readyNs : this.#busyUntilNs) + takesNs;
    if (departNs - readyNs > this.#queueNs) return this.#drop(packet);
    this.#busyUntilNs = departNs;
    this.remainder = work - takesNs * this.#rateBps;
    return this.#leave(packet, octets, departNs, extras);
  }

  /** The serialiser is free: it takes the next packet of the queue. */
  #depart(extras: PipeExtras): void {
    const { nowNs } = this.#world;
    const packet = extras.queue?.pull(nowNs) ?? -1;
    if (packet < 0) return;
    const octets = this.#packets.wireOctets(packet);
    const { bucket, own } = extras;
    const startNs = bucket?.waits === true ? bucket.pay(octets, nowNs) : nowNs;
    const carried = this.#busyUntilNs === startNs ? this.remainder : 0;
    const work = octets * BITS_PER_OCTET_NS + carried;
    const takesNs = this.#rateBps === 0 ? 0 : Math.floor(work / this.#rateBps);
    this.#busyUntilNs = startNs + takesNs;
    this.remainder = this.#rateBps === 0 ? 0 : work - takesNs * this.#rateBps;
    this.#leave(packet, octets, this.#busyUntilNs, extras);
    extras.isSerialising = true;
    this.#world.schedule(this.#busyUntilNs, CLASS.packet, own, own, DEPARTURE, this.number, 0);
  }

  /** A packet is on the wire as of `departNs`. False: it is gone. */
  #leave(
    packet: number,
    octets: number,
    departNs: number,
    extras: PipeExtras | undefined,
  ): boolean {
    this.octets += octets;
    this.#packets.departNs[packet] = departNs;
    if (extras?.impairments !== undefined)
      return cross(this.#world, this.#packets, this, extras, packet, departNs + this.#delayNs);
    arrive(this.#world, this, packet, departNs + this.#delayNs);
    return true;
  }

  /** The same for a packet of which everything was decided before. */
  #leaveLate(packet: number, departNs: number, lateNs: number, extras: PipeExtras): void {
    const { impairments } = extras;
    const { departNs: at } = this.#packets;
    at[packet] = (at[packet] as number) < 0 ? -departNs : departNs;
    if (impairments === undefined) arrive(this.#world, this, packet, departNs + lateNs);
    else arriveLate(this.#world, this, packet, departNs + lateNs, impairments);
  }

  state(): string {
    const { bucket, impairments, queue, clog, backlog } = this.#extras ?? {};
    const counts = [this.sent, this.lost, this.duplicated, this.dropped, this.delivered];
    const wire = impairments?.state ?? 'good';
    const busy = [this.#busyUntilNs, this.remainder, queue?.octets ?? 0, impairments?.lastNs ?? 0];
    const clogged = clog === undefined ? '' : ` clogged ${clog.octets}`;
    const waiting = backlog === undefined ? '' : ` waiting ${backlog.state}`;
    const parts = [this.name, ...counts, this.tooBig, this.octets, ...busy, wire];
    return `${parts.join(' ')} ${bucket?.state ?? ''}${clogged}${waiting}`;
  }

  #enterWorld(): number {
    return this.#world.enter({
      name: this.name,
      inWords: (kind) => (kind === ENTRY ? 'a packet enters late' : 'the serialiser is free'),
      act: (kind, packet, turn) => {
        const extras = this.#special();
        if (kind === TURN) {
          extras.backlog?.turn(turn, this.#world.nowNs);
          return;
        }
        if (kind === ENTRY) {
          this.#admit(packet, extras);
          return;
        }
        extras.isSerialising = false;
        this.#depart(extras);
      },
    });
  }

  #drop(packet: number): boolean {
    this.#special().dropped += 1;
    this.#world.recorder?.packet(FATE.dropped, packet, this);
    this.#packets.release(packet);
    return false;
  }
}
