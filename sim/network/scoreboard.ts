/** Segments that came behind a gap before what is in the gap counts as lost (RFC 6675, 2: DupThresh). */
export const DUPLICATES = 3;

/**
 * What the peer says it has behind gaps (RFC 2018), and what follows from it: what is lost, and how much is under way
 * (RFC 6675). A peer that said so has it for good: ours forget nothing. Positions count octets of the stream.
 */
export class Scoreboard {
  /** Everything missing before this was sent again in this recovery (HighRxt). */
  resent = 0;
  /** No second rescue before this is acknowledged (RescueRxt). */
  rescued = 0;
  /** Start, end, start, end, ...: sorted, with gaps between. */
  #ranges: number[] = [];

  get isEmpty(): boolean {
    return this.#ranges.length === 0;
  }

  /** Behind the last octet the peer has; 0 where there is none. */
  get top(): number {
    return this.#ranges.at(-1) ?? 0;
  }

  get state(): string {
    return `[${this.#ranges.join(' ')}] ${this.resent} ${this.rescued}`;
  }

  /** The peer has [from, to). Answers whether some of it is news. */
  add(from: number, to: number): boolean {
    const ranges = this.#ranges;
    let first = 0;
    while (first < ranges.length && (ranges[first + 1] as number) < from) first += 2;
    if (
      first < ranges.length &&
      (ranges[first] as number) <= from &&
      (ranges[first + 1] as number) >= to
    )
      return false;
    let [last, start, end] = [first, from, to];
    while (last < ranges.length && (ranges[last] as number) <= to) {
      start = Math.min(start, ranges[last] as number);
      end = Math.max(end, ranges[last + 1] as number);
      last += 2;
    }
    ranges.splice(first, last - first, start, end);
    return true;
  }

  /** Everything before `position` is acknowledged. */
  dropTo(position: number): void {
    const ranges = this.#ranges;
    let first = 0;
    while (first < ranges.length && (ranges[first + 1] as number) <= position) first += 2;
    if (first > 0) ranges.splice(0, first);
    if (this.resent < position) this.resent = position;
  }

  /** Recovery begins: nothing was sent again yet. */
  begin(unacknowledged: number): void {
    this.resent = unacknowledged;
  }

  /** The first position from `position` on that the peer does not have. */
  missing(position: number): number {
    const ranges = this.#ranges;
    for (let i = 0; i < ranges.length && (ranges[i] as number) <= position; i += 2)
      if (position < (ranges[i + 1] as number)) return ranges[i + 1] as number;
    return position;
  }

  /** Where what is missing from `position` on ends; Infinity where nothing is known behind it. */
  gapEnd(position: number): number {
    const ranges = this.#ranges;
    for (let i = 0; i < ranges.length; i += 2)
      if ((ranges[i] as number) > position) return ranges[i] as number;
    return Infinity;
  }

  /** Octets of [from, to) that the peer has. */
  held(from: number, to: number): number {
    const ranges = this.#ranges;
    let octets = 0;
    for (let i = 0; i < ranges.length && (ranges[i] as number) < to; i += 2) {
      const start = Math.max(from, ranges[i] as number);
      const end = Math.min(to, ranges[i + 1] as number);
      if (end > start) octets += end - start;
    }
    return octets;
  }

  /** What is missing before this is lost (IsLost): enough came behind it. 0: nothing is. */
  lostBefore(mss: number): number {
    const ranges = this.#ranges;
    let octets = 0;
    for (let i = ranges.length - 2; i >= 0; i -= 2) {
      octets += (ranges[i + 1] as number) - (ranges[i] as number);
      const isEnough = ranges.length - i >= 2 * DUPLICATES || octets > (DUPLICATES - 1) * mss;
      if (isEnough) return ranges[i] as number;
    }
    return 0;
  }

  /** Octets of [unacknowledged, next) that are in the network (SetPipe). */
  inFlight(unacknowledged: number, next: number, mss: number): number {
    const lost = Math.max(unacknowledged, this.lostBefore(mss));
    const again = this.resent - unacknowledged - this.held(unacknowledged, this.resent);
    return next - lost - this.held(lost, next) + again;
  }
}
