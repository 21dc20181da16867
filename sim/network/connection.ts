import type { Id } from '#core/base/slab.ts';
import { NS_PER_S } from '#core/base/time.ts';
import type { Cause, HostStream } from '#core/host/mod.ts';
import { FLAG } from './flags.ts';
import type { Below, Phase, StreamReports, Tuple } from './parts.ts';
import { ReceiveBuffer } from './receive-buffer.ts';
import { Sender, type SenderPort } from './sender.ts';

/** Times a SYN is sent again, the first after a second, before the peer counts as silent (Linux). */
const SYN_RETRIES = 6;
/** Octets the program's own backlog must fall to before it is asked for more: whole chunks, not dribbles. */
const WRITABLE_BELOW: number = 64 * 1024;
/** An acknowledgement waits for a second segment, or for so long (RFC 1122, 4.2.3.2; RFC 5681, 4.2; Linux's 40 ms). */
const ACK_DELAY_NS: number = NS_PER_S / 25;
const ACK_SEGMENTS = 2;
/** Segments at the start that are acknowledged at once, so that a sender gets going (Linux). */
const QUICK_ACKS = 16;
/** Octets a window must have opened by before the peer is told without being asked; half the buffer of a small one. */
const WINDOW_UPDATE: number = 64 * 1024;

/**
 * One end of a connection: a HostStream for the program above, segments below. The program may be gone while
 * the connection still sees its octets through; it is `detached` then.
 */
export class Connection implements HostStream, SenderPort {
  readonly tuple: Tuple;
  readonly slot: number;
  readonly serial: number;
  readonly sender: Sender;
  readonly receiver: ReceiveBuffer;
  phase: Phase;
  /** Who accepts it, and who uses it. */
  listener: Id | undefined;
  user: StreamReports | undefined;
  id: Id = 0;
  /** For time-wait: forgotten from then on. Nanoseconds of the host's clock. */
  expiresNs: number = Infinity;
  /** Time of the event under way for this connection's timer. */
  timerNs: number = Infinity;
  /** Set while an acknowledgement is due that no segment carried yet. */
  owesAck: boolean = false;
  /** Until when what is owed may wait for more to acknowledge; Infinity when nothing waits. */
  #ackDueNs = Infinity;
  /** Octets that came since the last acknowledgement, and segments that are acknowledged at once. */
  #unacknowledged = 0;
  #quickAcks = QUICK_ACKS;
  readonly #transport: Below;
  #synNs = 0;
  #synTries = 0;
  #handshakeDeadlineNs = Infinity;
  #isPaused = false;
  /** Position of the peer's end, when known. */
  #peerEnd = Infinity;
  #endedTold = false;
  #endsFirst = false;
  #advertised = 0;
  #isFlushing = false;

  constructor(transport: Below, tuple: Tuple, phase: Phase, slot: number, serial: number) {
    this.#transport = transport;
    this.tuple = tuple;
    this.phase = phase;
    this.slot = slot;
    this.serial = serial;
    this.sender = new Sender(this, transport.pool, transport.congestion());
    this.receiver = new ReceiveBuffer(transport.pool, 1, transport.receiveBuffer);
  }

  get nowNs(): number {
    return this.#transport.nowNs;
  }

  /** Everything the peer will ever send has arrived. */
  get peerIsDone(): boolean {
    return this.receiver.next === this.#peerEnd;
  }

  /** The next position expected of the peer, its end counted. */
  get expected(): number {
    return this.receiver.next + (this.peerIsDone ? 1 : 0);
  }

  /** Payload octets of a segment that may come: what its host's own link takes. Told in the SYN. */
  get ownSegment(): number {
    return this.#transport.segmentTo(this.tuple.remote);
  }

  /** What the timer waits for, in nanoseconds of the host's clock. */
  get deadlineNs(): number {
    if (this.phase !== 'open') return this.#handshakeDeadlineNs;
    return Math.min(this.sender.deadlineNs, this.#ackDueNs);
  }

  get state(): string {
    const { local, localPort, remote, remotePort } = this.tuple;
    const ends = `${local}:${localPort} ${remote}:${remotePort} ${this.phase} ${this.id}`;
    const halves = `${this.sender.state} ${this.receiver.state}`;
    const owed = `${this.#unacknowledged} ${this.#ackDueNs} ${this.#quickAcks}`;
    return `${ends} ${halves} ${this.#isPaused} ${this.#peerEnd} ${this.expiresNs} ${owed}`;
  }

  // ---- the program's side --------------------------------------------------------------------------------

  get unsent(): number {
    return this.sender.unsent;
  }

  lend(): Uint8Array {
    return this.#transport.scratch;
  }

  write(length: number): void {
    if (this.phase === 'dead' || length === 0) return;
    this.sender.ring.write(this.#transport.scratch, 0, length);
    this.#flushSoon();
  }

  end(): void {
    if (this.phase === 'dead' || this.sender.hasEnd) return;
    this.sender.hasEnd = true;
    this.#flushSoon();
  }

  abort(): void {
    if (this.phase === 'dead') return;
    if (this.phase !== 'syn-sent') this.#transport.reset(this);
    this.user = undefined;
    this.#transport.remove(this);
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#flushSoon();
  }

  // ---- the wire's side -----------------------------------------------------------------------------------

  /** For the sender: octets of the ring as a segment. */
  segment(seq: number, length: number, isEnd: boolean): void {
    if (isEnd && !this.peerIsDone) this.#endsFirst = true;
    this.acknowledges();
    this.#transport.emit(this, FLAG.ack | (isEnd ? FLAG.fin : 0), seq, length);
  }

  /** The window to tell the peer. */
  advertise(): number {
    this.#advertised = this.receiver.read + this.receiver.window;
    return this.receiver.window;
  }

  /** Sends the first or another SYN, or SYN-ACK. False: tried often enough. */
  greet(): boolean {
    if (this.#synTries > SYN_RETRIES) return false;
    const isAnswer = this.phase === 'syn-received';
    this.#synNs = this.nowNs;
    this.#handshakeDeadlineNs = this.nowNs + NS_PER_S * (1 << this.#synTries);
    this.#synTries += 1;
    this.#transport.emit(this, isAnswer ? FLAG.syn | FLAG.ack : FLAG.syn, 0, 0);
    this.#transport.arm(this);
    return true;
  }

  /** The peer's SYN came, and with it what it takes in a segment (RFC 9293, 3.7.1). */
  heard(peerSegment: number): void {
    this.sender.begin(Math.min(peerSegment, this.ownSegment));
  }

  /** The handshake is complete. */
  establish(peerWindow: number): void {
    this.phase = 'open';
    this.#handshakeDeadlineNs = Infinity;
    this.sender.open(peerWindow, this.#synTries === 1 ? this.nowNs - this.#synNs : undefined);
  }

  /** A segment that began at `seq` was too long for a link on the way: see Sender. */
  narrow(seq: number, segment: number): void {
    if (this.phase !== 'open') return;
    this.sender.narrow(seq, segment);
    this.#transport.arm(this);
  }

  /** An acknowledgement came. */
  acknowledged(ack: number, seq: number, window: number, isPure: boolean): void {
    const before = this.sender.unsent;
    const isNews = this.sender.acknowledge(ack, seq, window, isPure);
    this.#transport.arm(this);
    if (!isNews) return;
    if (before > 0 && this.sender.unsent <= WRITABLE_BELOW) this.user?.writable(this.id);
    this.settle();
  }

  /** Octets and perhaps the peer's end came. */
  arrived(seq: number, bytes: Uint8Array, start: number, end: number, isEnd: boolean): void {
    const { receiver } = this;
    const length = end - start;
    if (length > 0 || isEnd) this.#oweAck(seq, length, isEnd);
    if (isEnd) this.#peerEnd = seq + length;
    if (length > 0) {
      if (this.user === undefined && seq + length > receiver.next) return this.#refuse();
      if (seq === receiver.next && receiver.isIdle && !this.#isPaused && this.user !== undefined) {
        receiver.bypass(length);
        this.user.received(this.id, bytes, start, end);
      } else {
        receiver.insert(seq, bytes, start, end);
        this.#deliver();
      }
    }
    this.settle();
  }

  /** A segment that leaves acknowledges whatever has come. */
  acknowledges(): void {
    this.owesAck = false;
    this.#ackDueNs = Infinity;
    this.#unacknowledged = 0;
  }

  /** Whether the acknowledgement that is owed may wait. */
  get ackWaits(): boolean {
    return this.#ackDueNs !== Infinity && !this.receiver.hasGap;
  }

  /** In order and alone an acknowledgement waits a little: for a second segment, or one of our own. */
  #oweAck(seq: number, length: number, isEnd: boolean): void {
    this.owesAck = true;
    this.#unacknowledged += length;
    const isPlain = seq === this.receiver.next && !this.receiver.hasGap && !isEnd;
    const isQuick = this.#quickAcks > 0;
    if (isQuick) this.#quickAcks -= 1;
    if (!isPlain || isQuick || this.#unacknowledged >= ACK_SEGMENTS * this.sender.mss)
      this.#ackDueNs = Infinity;
    else if (this.#ackDueNs === Infinity) this.#ackDueNs = this.nowNs + ACK_DELAY_NS;
  }

  /** The kernel looks at what the program did: takes octets, and gives those that waited. */
  #flush(): void {
    this.#isFlushing = false;
    if (this.#isDead()) return;
    if (this.phase === 'open') {
      this.sender.take();
      this.push();
    }
    this.#deliver();
    if (this.#isDead()) return;
    if (this.sender.unsent <= WRITABLE_BELOW) this.user?.writable(this.id);
    if (this.#isDead()) return;
    // A window that was nearly shut and opens is told at once; otherwise the sender would only probe.
    const opened = this.receiver.read + this.receiver.window - this.#advertised;
    if (this.phase === 'open' && !this.peerIsDone && opened >= this.#worthTelling)
      this.#transport.acknowledge(this);
    this.settle();
  }

  /** Tells the end when it is due, and lets go of whatever is over. */
  settle(): void {
    if (this.#isDead()) return;
    if (this.peerIsDone && this.receiver.waiting === 0 && !this.#isPaused) this.#tellEnd();
    if (this.#isDead()) return;
    if (this.#endedTold && this.sender.hasEnd && this.sender.unsent === 0) this.#detach();
    if (this.#isDead()) return;
    if (this.user === undefined && this.peerIsDone && this.sender.isDone) {
      if (this.owesAck) this.#transport.acknowledge(this);
      if (this.#endsFirst) this.#transport.wait(this);
      else this.#transport.remove(this);
    }
  }

  /** The timer is due. */
  expire(): void {
    if (this.phase === 'open' && this.#ackDueNs <= this.nowNs) this.#transport.acknowledge(this);
    if (this.phase === 'open' && this.sender.deadlineNs > this.nowNs)
      return this.#transport.arm(this);
    const goesOn = this.phase === 'open' ? this.sender.expire() : this.greet();
    if (goesOn) this.#transport.arm(this);
    else this.fail('timed-out');
  }

  /** The connection is over before its time. */
  fail(cause: Cause): void {
    const { user } = this;
    this.user = undefined;
    this.#transport.remove(this);
    user?.closed(this.id, cause);
  }

  /** The program is gone: the kernel sees through what it holds, as after an exit. */
  orphan(): void {
    this.user = undefined;
    if (this.phase !== 'open') return this.phase === 'time-wait' ? undefined : this.abort();
    if (this.receiver.waiting > 0) return this.abort();
    this.sender.take();
    if (!this.sender.hasEnd) this.sender.ring.cutAt(this.sender.taken);
    this.sender.hasEnd = true;
    this.push();
    this.settle();
  }

  /** Sends what may be sent. */
  push(): void {
    this.sender.send();
    this.#transport.arm(this);
  }

  get #worthTelling(): number {
    return Math.min(WINDOW_UPDATE, this.#transport.receiveBuffer / 2);
  }

  #flushSoon(): void {
    if (this.#isFlushing || this.phase === 'dead') return;
    this.#isFlushing = true;
    this.#transport.later(() => this.#flush());
  }

  #isDead(): boolean {
    return this.phase === 'dead';
  }

  #deliver(): void {
    while (
      !this.#isDead() &&
      this.user !== undefined &&
      !this.#isPaused &&
      this.receiver.waiting > 0
    ) {
      const { bytes, start, end } = this.receiver.peek();
      this.user.received(this.id, bytes, start, end);
      if (!this.#isDead()) this.receiver.took(end - start);
    }
  }

  #tellEnd(): void {
    if (this.#endedTold) return;
    this.#endedTold = true;
    this.user?.ended(this.id);
  }

  #detach(): void {
    const { user } = this;
    this.user = undefined;
    user?.closed(this.id, 'ended');
  }

  /** Octets came for a program that is gone. */
  #refuse(): void {
    this.#transport.reset(this);
    this.#transport.remove(this);
  }
}
