import type { Congestion } from './congestion.ts';
import { type RingPool, SendRing } from './ring.ts';
import { RoundTrip } from './round-trip.ts';
import { DUPLICATES, Scoreboard } from './scoreboard.ts';

/** Octets the kernel takes from a program; what is written beyond waits in the program. */
export const SEND_BUFFER: number = 256 * 1024;
/** Times a segment is sent again without any answer before the connection is given up (Linux). */
const RETRIES_MAX = 15;

/** What a sender needs of its connection. */
export interface SenderPort {
  readonly nowNs: number;
  /** Sends octets [seq, seq + length) of the stream, and our end behind them. */
  segment(seq: number, length: number, isEnd: boolean): void;
}

/**
 * The sending half of a connection: what is written, under way and acknowledged; when to send again. Positions
 * count octets, the first is 1, and our end takes one position behind the last octet.
 */
export class Sender {
  readonly ring: SendRing;
  /** Time at which `expire` is due in ns of the connection's clock; Infinity when nothing is awaited. */
  deadlineNs: number = Infinity;
  /** Oldest position not acknowledged, next to be sent, and first never sent. */
  unacknowledged = 1;
  next = 1;
  highest = 1;
  hasEnd = false;
  /** Octets before this are the kernel's; what is written beyond is still the program's. */
  taken = 1;
  readonly #port: SenderPort;
  readonly #congestion: Congestion;
  readonly #roundTrip = new RoundTrip();
  #peerWindow = 0;
  #windowSeq = 0;
  #windowAck = 0;
  #duplicates = 0;
  #isRecovering = false;
  /** What the peer reports behind gaps, if anything; whether this recovery goes by it; and whether there is news. */
  #board: Scoreboard | undefined;
  #isSelective = false;
  #hasNews = false;
  /** Recovery ends when this is acknowledged, and no other begins before. */
  #recoverAt = 0;
  #timedPosition = -1;
  #timedNs = 0;
  #retries = 0;

  constructor(port: SenderPort, pool: RingPool, congestion: Congestion) {
    this.#port = port;
    this.#congestion = congestion;
    this.ring = new SendRing(pool, 1);
  }

  /** Octets written that the kernel has not taken. */
  get unsent(): number {
    return this.ring.end - this.taken;
  }

  get inFlight(): number {
    return this.next - this.unacknowledged;
  }

  /** Everything, our end included, has arrived. */
  get isDone(): boolean {
    return this.hasEnd && this.unacknowledged > this.ring.end;
  }

  get endWasSent(): boolean {
    return this.hasEnd && this.highest > this.ring.end;
  }

  get state(): string {
    const positions = [this.unacknowledged, this.next, this.highest, this.taken, this.ring.end];
    const windows = [this.#peerWindow, this.#congestion.state];
    const board = this.#board?.state ?? '';
    return [...positions, this.hasEnd, ...windows, this.deadlineNs, board].join(' ');
  }

  /** Payload octets of the segments it sends. */
  get mss(): number {
    return this.#congestion.mss;
  }

  /** Nothing was sent yet, and the peer takes segments of so many octets. */
  begin(mss: number): void {
    this.#congestion.begin(mss);
  }

  /** A link on the way takes no more (RFC 1191, 6.3): all under way is sent again, smaller. No sign of congestion. */
  narrow(seq: number, mss: number): void {
    const isOurs = seq >= this.unacknowledged && seq < this.highest;
    if (!isOurs || mss >= this.#congestion.mss) return;
    this.#congestion.mss = mss;
    this.#goBack();
    this.send();
  }

  /** The handshake is over: the peer's window, and how long it took (undefined when unclear). */
  open(peerWindow: number, tookNs: number | undefined): void {
    this.#peerWindow = peerWindow;
    if (tookNs !== undefined) this.#roundTrip.sample(tookNs);
  }

  /** Takes over what was written, as far as there is room. */
  take(): void {
    const room = this.ring.start + SEND_BUFFER;
    this.taken = this.ring.end < room ? this.ring.end : room;
  }

  /** Sends what windows allow. */
  send(): void {
    if (this.#isSelective && this.#board !== undefined) this.#fill(this.#board);
    else while (this.#sendNext(false));
    this.#arm(false);
  }

  /** The peer has [from, to) behind a gap; told before `acknowledge` of the same segment. */
  reported(from: number, to: number): void {
    const start = Math.max(from, this.unacknowledged);
    if (start >= to || to > this.highest || to > this.ring.end) return;
    this.#board ??= new Scoreboard();
    if (this.#board.add(start, to)) this.#hasNews = true;
  }

  /** The peer acknowledged everything before `ack`. Answers whether that was news. */
  acknowledge(ack: number, seq: number, window: number, isPure: boolean): boolean {
    const hasNews = this.#hasNews;
    this.#hasNews = false;
    if (ack > this.highest || ack < this.unacknowledged) return false;
    const isSameWindow = window === this.#peerWindow;
    if (seq > this.#windowSeq || (seq === this.#windowSeq && ack >= this.#windowAck)) {
      this.#windowSeq = seq;
      this.#windowAck = ack;
      this.#peerWindow = window;
    }
    if (window === 0) this.#retries = 0;
    if (ack > this.unacknowledged) {
      this.#advance(ack);
      return true;
    }
    if (hasNews && this.#board !== undefined) this.#gapsReported(this.#board);
    else if (this.#board === undefined && isPure && isSameWindow && window > 0 && this.inFlight > 0)
      this.#duplicate();
    this.send();
    return false;
  }

  /** The timer ran out. False: the peer is given up. */
  expire(): boolean {
    this.#retries += 1;
    if (this.#retries > RETRIES_MAX) return false;
    this.#roundTrip.backOff();
    this.#timedPosition = -1;
    if (this.inFlight === 0) {
      this.#probe();
    } else {
      this.#congestion.timedOut(this.inFlight, this.#retries === 1);
      this.#goBack();
      this.next = Math.max(this.next, Math.min(this.#resend(this.unacknowledged), this.highest));
    }
    this.#arm(true);
    return true;
  }

  /** Whatever is under way counts as gone. */
  #goBack(): void {
    this.#timedPosition = -1;
    this.#isRecovering = false;
    this.#isSelective = false;
    this.#duplicates = 0;
    this.#recoverAt = this.highest;
    this.next = this.unacknowledged;
  }

  #advance(ack: number): void {
    const octets = ack - this.unacknowledged;
    const before = this.inFlight;
    this.unacknowledged = ack;
    this.ring.dropTo(Math.min(ack, this.ring.end));
    this.take();
    if (this.next < ack) this.next = ack;
    if (this.#timedPosition >= 0 && ack >= this.#timedPosition) {
      this.#roundTrip.sample(this.#port.nowNs - this.#timedNs);
      this.#timedPosition = -1;
    }
    this.#retries = 0;
    this.#roundTrip.progress();
    this.#duplicates = 0;
    this.#board?.dropTo(ack);
    if (!this.#isRecovering) this.#grow(octets, before);
    else if (ack >= this.#recoverAt) {
      this.#isRecovering = false;
      this.#isSelective = false;
      this.#congestion.recovered(this.inFlight);
    } else if (!this.#isSelective) {
      this.#congestion.partly(octets);
      this.#resend(ack);
    }
    if (!this.#isSelective && this.#board?.isEmpty === true) this.#board = undefined;
    this.#arm(true);
    this.send();
  }

  #grow(octets: number, before: number): void {
    const { nowNs } = this.#port;
    this.#congestion.acknowledged(octets, before, nowNs, this.#roundTrip.smoothNs);
  }

  /** The same acknowledgement again, and no word of what came (RFC 5681, 3.2; RFC 6582). */
  #duplicate(): void {
    this.#duplicates += 1;
    if (this.#isRecovering) this.#congestion.duplicate();
    else if (this.#duplicates === DUPLICATES && this.unacknowledged > this.#recoverAt)
      this.#recover();
  }

  /** More came behind a gap, which may be lost by now (RFC 6675, 5). */
  #gapsReported(board: Scoreboard): void {
    this.#duplicates += 1;
    if (this.#isRecovering && !this.#isSelective) this.#congestion.duplicate();
    if (this.#isRecovering || this.unacknowledged <= this.#recoverAt) return;
    const isLost = this.unacknowledged < board.lostBefore(this.mss);
    if (this.#duplicates < DUPLICATES && !isLost) return;
    board.begin(this.unacknowledged);
    this.#isSelective = true;
    board.resent = this.#recover();
  }

  /** Recovery begins. Answers behind what was sent again. */
  #recover(): number {
    this.#isRecovering = true;
    this.#recoverAt = this.highest;
    // What was sent beyond the window while it was not clear yet does not count (RFC 5681, 3.2).
    this.#congestion.lost(Math.min(this.inFlight, this.#congestion.window));
    const end = this.#resend(this.unacknowledged);
    // Its acknowledgement takes a round trip from now on (Linux): what was armed for the last one comes too early.
    this.#arm(true);
    return end;
  }

  /** As much as the network may hold in recovery: what is lost, then what is new, then what may be lost (NextSeg). */
  #fill(board: Scoreboard): void {
    const { mss } = this;
    for (;;) {
      const inFlight = board.inFlight(this.unacknowledged, this.next, mss);
      if (this.#congestion.threshold - inFlight < mss) return;
      const gap = board.missing(board.resent);
      if (gap < board.lostBefore(mss)) board.resent = this.#resend(gap);
      else if (this.#sendNext(true)) continue;
      else if (gap < board.top) board.resent = this.#resend(gap);
      else if (!this.#rescue(board)) return;
    }
  }

  /** The last segment under way, once a recovery: nothing comes behind it that could show its loss. */
  #rescue(board: Scoreboard): boolean {
    if (board.rescued >= this.unacknowledged || this.next <= board.top) return false;
    board.rescued = this.#recoverAt;
    const last = Math.min(this.next, this.ring.end) - this.mss;
    this.#resend(Math.max(this.unacknowledged, board.top, last));
    return true;
  }

  /** The next segment that the peer does not have, if windows allow; in recovery its own alone is asked. */
  #sendNext(isRecovery: boolean): boolean {
    const board = this.#board;
    if (board !== undefined) this.next = board.missing(this.next);
    const held = board?.held(this.unacknowledged, this.next) ?? 0;
    const window = isRecovery ? Infinity : this.#congestion.window + held;
    const room = this.unacknowledged + Math.min(window, this.#peerWindow) - this.next;
    const left = this.taken - this.next;
    const gap = board === undefined ? left : board.gapEnd(this.next) - this.next;
    const whole = Math.min(this.mss, left, gap);
    const length = Math.max(0, Math.min(whole, room));
    const isEnd = this.hasEnd && length === left && this.taken === this.ring.end;
    if (length === 0 && !isEnd) return false;
    // A small segment that is not the last one waits for a larger window.
    if (length < whole && this.inFlight > 0) return false;
    this.#emit(this.next, length, isEnd);
    this.next += length + (isEnd ? 1 : 0);
    if (this.next > this.highest) this.#time();
    return true;
  }

  /** A segment from `position` on that was sent before, once more. Answers what is behind it. */
  #resend(position: number): number {
    const gapEnd = this.#board?.gapEnd(position) ?? Infinity;
    const end = Math.min(position + this.mss, gapEnd, this.ring.end, this.highest);
    const isEnd = this.endWasSent && end === this.ring.end;
    this.#timedPosition = -1;
    this.#emit(position, Math.max(0, end - position), isEnd);
    return end + (isEnd ? 1 : 0);
  }

  /** One octet into a window that is shut, to learn whether it opened. */
  #probe(): void {
    if (this.next >= this.taken) return;
    this.#emit(this.next, 1, false);
    if (this.highest === this.next) this.highest = this.next + 1;
  }

  #emit(seq: number, length: number, isEnd: boolean): void {
    this.#port.segment(seq, length, isEnd);
  }

  /** `next` passed everything sent before: one such segment is timed at a time (Karn). */
  #time(): void {
    this.highest = this.next;
    if (this.#timedPosition >= 0) return;
    this.#timedPosition = this.next;
    this.#timedNs = this.#port.nowNs;
  }

  /** The timer runs while something is under way, or waits for a window with nothing under way. */
  #arm(again: boolean): void {
    const awaits = this.inFlight > 0 || this.taken > this.next;
    if (!awaits) this.deadlineNs = Infinity;
    else if (again || this.deadlineNs === Infinity) {
      this.deadlineNs = this.#port.nowNs + this.#roundTrip.timeoutNs;
    }
  }
}
