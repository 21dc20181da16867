import { enlarged } from '../event-queue.ts';
import { NatSessions } from './nat-sessions.ts';
import { hashOf, NO_SLOT, SlotIndex } from './slot-index.ts';

/** What of the far end something depends on (RFC 4787 sections 4.1 and 5). */
export type Dependence =
  | 'endpoint-independent'
  | 'address-dependent'
  | 'address-and-port-dependent';

/** Sessions one box remembers, all mappings together: Linux's default with much memory. */
const SESSIONS_MAX = 262_144;
const SWEEP_AT = 1024;
const FIRST_SLOTS = 16;
const PORT_SPAN = 65_536;
/** Stands for every address and every port. */
const ANY = -1;

/**
 * Mappings of inside ends to outside ends, and their sessions. A mapping lives as long as one of its sessions; what
 * is over is let go when somebody looks for it, or wants its place. Ends are numbers of the address table and ports.
 */
export class NatTable {
  inside: Int32Array = new Int32Array(FIRST_SLOTS);
  insidePort: Uint16Array = new Uint16Array(FIRST_SLOTS);
  outside: Int32Array = new Int32Array(FIRST_SLOTS);
  outsidePort: Uint16Array = new Uint16Array(FIRST_SLOTS);
  readonly #mapping: Dependence;
  readonly #filtering: Dependence;
  #protocol: Uint8Array = new Uint8Array(FIRST_SLOTS);
  /** The far end the mapping is for, as far as it depends on it. */
  #far: Int32Array = new Int32Array(FIRST_SLOTS);
  #farPort: Int32Array = new Int32Array(FIRST_SLOTS);
  #untilNs: Float64Array = new Float64Array(FIRST_SLOTS);
  #sessions: Int32Array = new Int32Array(FIRST_SLOTS);
  #isUsed: Uint8Array = new Uint8Array(FIRST_SLOTS);
  readonly #free: number[] = [];
  #slots = 0;
  readonly #byInside = new SlotIndex();
  readonly #byOutside = new SlotIndex();
  readonly #ends = new NatSessions();
  /** Mappings of each outside address, by protocol. */
  readonly #taken = new Map<number, number>();
  /** Nothing is over before that. */
  #soonestNs = Infinity;
  #sweepAt = SWEEP_AT;

  constructor(mapping: Dependence, filtering: Dependence) {
    this.#mapping = mapping;
    this.#filtering = filtering;
  }

  /** Mappings that are held, over or not. */
  get count(): number {
    return this.#slots - this.#free.length;
  }

  /** The mapping by which an inside end speaks to a far end, or NO_SLOT. */
  byInside(
    protocol: number,
    inside: number,
    port: number,
    remote: number,
    remotePort: number,
    nowNs: number,
  ): number {
    const far = this.#mapping === 'endpoint-independent' ? ANY : remote;
    const farPort = this.#mapping === 'address-and-port-dependent' ? remotePort : ANY;
    let at = this.#byInside.first(hashOf(inside, port, far));
    for (; at !== NO_SLOT; at = this.#byInside.next(at)) {
      const isOwner = this.inside[at] === inside && this.insidePort[at] === port;
      const isFor = this.#far[at] === far && this.#farPort[at] === farPort;
      if (isOwner && isFor && this.#protocol[at] === protocol) return this.#ifLive(at, nowNs);
    }
    return NO_SLOT;
  }

  /** The mapping that an outside end belongs to, or NO_SLOT. */
  byOutside(protocol: number, outside: number, port: number, nowNs: number): number {
    let at = this.#byOutside.first(hashOf(outside, port, protocol));
    for (; at !== NO_SLOT; at = this.#byOutside.next(at)) {
      const isIt = this.outside[at] === outside && this.outsidePort[at] === port;
      if (isIt && this.#protocol[at] === protocol) return this.#ifLive(at, nowNs);
    }
    return NO_SLOT;
  }

  /** Ports of an outside address that are mapped, once what is over has been let go. */
  taken(protocol: number, outside: number): number {
    return this.#taken.get(outside * PORT_SPAN + protocol) ?? 0;
  }

  /** A new mapping. It is over until a session of it is refreshed. */
  add(
    protocol: number,
    inside: number,
    insidePort: number,
    remote: number,
    remotePort: number,
    outside: number,
    outsidePort: number,
  ): number {
    const at = this.#free.pop() ?? this.#slot();
    const far = this.#mapping === 'endpoint-independent' ? ANY : remote;
    this.#protocol[at] = protocol;
    this.inside[at] = inside;
    this.insidePort[at] = insidePort;
    this.outside[at] = outside;
    this.outsidePort[at] = outsidePort;
    this.#far[at] = far;
    this.#farPort[at] = this.#mapping === 'address-and-port-dependent' ? remotePort : ANY;
    this.#untilNs[at] = -1;
    this.#sessions[at] = NO_SLOT;
    this.#isUsed[at] = 1;
    this.#byInside.add(hashOf(inside, insidePort, far), at);
    this.#byOutside.add(hashOf(outside, outsidePort, protocol), at);
    this.#taken.set(outside * PORT_SPAN + protocol, this.taken(protocol, outside) + 1);
    return at;
  }

  /** The live session of a mapping with a far end, or NO_SLOT. */
  session(mapping: number, remote: number, remotePort: number, nowNs: number): number {
    const session = this.#ends.find(mapping, remote, remotePort);
    return session !== NO_SLOT && this.#ends.isLive(session, nowNs) ? session : NO_SLOT;
  }

  /** Begins a session. */
  begin(mapping: number, remote: number, remotePort: number): number {
    const known = this.#ends.find(mapping, remote, remotePort);
    if (known !== NO_SLOT) {
      this.#ends.restart(known);
      return known;
    }
    const first = this.#sessions[mapping] as number;
    const session = this.#ends.add(mapping, remote, remotePort, first);
    this.#sessions[mapping] = session;
    return session;
  }

  /** Makes room for one more session. False: there is none. */
  makeRoom(nowNs: number): boolean {
    if (this.#ends.count < this.#sweepAt) return true;
    this.sweep(nowNs);
    this.#sweepAt = Math.min(SESSIONS_MAX, Math.max(SWEEP_AT, 2 * this.#ends.count));
    return this.#ends.count < SESSIONS_MAX;
  }

  /** A session lives until then, and its mapping with it. */
  refresh(mapping: number, session: number, untilNs: number): void {
    const beforeNs = this.#ends.untilNs(session);
    this.#ends.refresh(session, untilNs);
    if (untilNs < this.#soonestNs) this.#soonestNs = untilNs;
    if (untilNs >= (this.#untilNs[mapping] as number)) this.#untilNs[mapping] = untilNs;
    else if (untilNs < beforeNs)
      this.#untilNs[mapping] = this.#ends.lastNs(this.#sessions[mapping] as number);
  }

  /** A segment crosses. Answers how long its session may rest from now on, in nanoseconds. */
  segment(session: number, flags: number, isOut: boolean): number {
    return this.#ends.segment(session, flags, isOut);
  }

  /** Whether what comes from a far end may pass a live mapping (RFC 4787 section 5). */
  lets(mapping: number, remote: number, remotePort: number, nowNs: number): boolean {
    if (this.#filtering === 'endpoint-independent') return true;
    if (this.#filtering === 'address-dependent') return this.#ends.knows(mapping, remote, nowNs);
    return this.session(mapping, remote, remotePort, nowNs) !== NO_SLOT;
  }

  /** Lets everything go that is over. */
  sweep(nowNs: number): void {
    if (nowNs < this.#soonestNs) return;
    this.#soonestNs = Infinity;
    for (let at = 0; at < this.#slots; at++) {
      if (this.#isUsed[at] === 0) continue;
      const first = this.#ends.prune(this.#sessions[at] as number, nowNs);
      this.#sessions[at] = first;
      if (first === NO_SLOT) this.#drop(at);
      else this.#soonestNs = Math.min(this.#soonestNs, this.#ends.soonestNs(first));
    }
  }

  /** Forgets everything. */
  clear(): void {
    this.sweep(Infinity);
    this.#soonestNs = Infinity;
  }

  /** Calls back for each mapping that is held. Not for packets. */
  forEach(action: (mapping: number, protocol: number) => void): void {
    for (let at = 0; at < this.#slots; at++)
      if (this.#isUsed[at] === 1) action(at, this.#protocol[at] as number);
  }

  /** Everything as text, in an order of its own. */
  state(): string {
    const lines: string[] = [];
    this.forEach((at, protocol) => {
      const inside = `${this.inside[at]}:${this.insidePort[at]}`;
      const outside = `${this.outside[at]}:${this.outsidePort[at]}`;
      const far = `${this.#far[at]}:${this.#farPort[at]}`;
      const sessions = this.#ends.state(this.#sessions[at] as number);
      lines.push(`${protocol} ${inside} ${outside} ${far} ${this.#untilNs[at]}: ${sessions}`);
    });
    return lines.sort().join('\n');
  }

  #ifLive(mapping: number, nowNs: number): number {
    if ((this.#untilNs[mapping] as number) > nowNs) return mapping;
    this.#ends.prune(this.#sessions[mapping] as number, Infinity);
    this.#drop(mapping);
    return NO_SLOT;
  }

  #drop(mapping: number): void {
    this.#byInside.remove(mapping);
    this.#byOutside.remove(mapping);
    this.#isUsed[mapping] = 0;
    this.#free.push(mapping);
    const [protocol, outside] = [this.#protocol[mapping] ?? 0, this.outside[mapping] ?? 0];
    this.#taken.set(outside * PORT_SPAN + protocol, this.taken(protocol, outside) - 1);
  }

  #slot(): number {
    const slot = this.#slots++;
    if (slot === this.inside.length) {
      const length = 2 * slot;
      this.inside = enlarged(new Int32Array(length), this.inside);
      this.insidePort = enlarged(new Uint16Array(length), this.insidePort);
      this.outside = enlarged(new Int32Array(length), this.outside);
      this.outsidePort = enlarged(new Uint16Array(length), this.outsidePort);
      this.#protocol = enlarged(new Uint8Array(length), this.#protocol);
      this.#far = enlarged(new Int32Array(length), this.#far);
      this.#farPort = enlarged(new Int32Array(length), this.#farPort);
      this.#untilNs = enlarged(new Float64Array(length), this.#untilNs);
      this.#sessions = enlarged(new Int32Array(length), this.#sessions);
      this.#isUsed = enlarged(new Uint8Array(length), this.#isUsed);
    }
    return slot;
  }
}
