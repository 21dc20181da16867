import { assert } from '#core/base/assert.ts';
import { MTU } from './packet.ts';

/**
 * A rate that is kept to with bursts (RFC 2697's committed rate and burst): octets cost tokens, which come at the rate
 * and are kept up to the burst. What finds too few waits for them (a shaper) or is dropped (a policer).
 */
export type BucketOptions = {
  /** Bits per second, 1 to 2^40 - 1. */
  readonly rateBps: number;
  /** Octets, headers included: MTU to BURST_MAX. */
  readonly burst: number;
  readonly excess: 'waits' | 'dropped';
};

/** A bucket's content in fractions of an octet is exact in a double up to here. */
export const BURST_MAX = 1_000_000;
const BITS_PER_OCTET_NS = 8e9;

/** The bucket of one pipe; it begins full. Exact: a nanosecond brings as many whole tokens as the rate has bits. */
export class TokenBucket {
  #rateBps = 0;
  #most = 0;
  /** Whether packets wait for tokens. */
  waits = false;
  /** Longest wait in nanoseconds, so that no more than a queue's octets do. */
  #waitNs = 0;
  #tokens = 0;
  /** When it held that; where packets wait, when the last of them goes. */
  #atNs = 0;

  constructor(options: BucketOptions, queueBytes: number, nowNs: number) {
    this.#atNs = nowNs;
    this.change(options, queueBytes, nowNs);
    this.#tokens = this.#most;
  }

  /** Another rate or burst from now on. Whoever waits already keeps its time. */
  change({ rateBps, burst, excess }: BucketOptions, queueBytes: number, nowNs: number): void {
    assert(
      Number.isSafeInteger(rateBps) && rateBps > 0 && rateBps < 0x100_0000_0000,
      'a bucket has a rate, below 1 Tbit/s',
    );
    assert(
      Number.isSafeInteger(burst) && burst >= MTU && burst <= BURST_MAX,
      'a bucket holds a packet, and at most BURST_MAX octets',
    );
    if (this.#rateBps > 0) this.#fill(nowNs);
    this.#rateBps = rateBps;
    this.#most = burst * BITS_PER_OCTET_NS;
    this.#tokens = Math.min(this.#tokens, this.#most);
    this.waits = excess === 'waits';
    this.#waitNs = Math.ceil((queueBytes * BITS_PER_OCTET_NS) / rateBps);
  }

  /** Pays for a packet that comes now. Answers when it may go on; -1: it may not. */
  pay(octets: number, nowNs: number): number {
    this.#fill(nowNs);
    const missing = octets * BITS_PER_OCTET_NS - this.#tokens;
    if (missing <= 0) {
      this.#tokens = -missing;
      return this.#atNs;
    }
    const goesNs = this.#atNs + Math.ceil(missing / this.#rateBps);
    if (!this.waits || goesNs - nowNs > this.#waitNs) return -1;
    this.#tokens = (goesNs - this.#atNs) * this.#rateBps - missing;
    this.#atNs = goesNs;
    return goesNs;
  }

  /** When it can pay for so many octets, if nobody comes before. */
  readyNs(octets: number, nowNs: number): number {
    this.#fill(nowNs);
    const missing = octets * BITS_PER_OCTET_NS - this.#tokens;
    return missing <= 0 ? nowNs : this.#atNs + Math.ceil(missing / this.#rateBps);
  }

  /** Octets of tokens, as of `nowNs`. */
  octets(nowNs: number): number {
    this.#fill(nowNs);
    return this.#tokens / BITS_PER_OCTET_NS;
  }

  /** When the last of those goes that wait for tokens. */
  get busyUntilNs(): number {
    return this.#atNs;
  }

  /** So many octets of those that wait do not, and have not paid. */
  takeBack(octets: number, nowNs: number): void {
    const aheadNs = Math.max(0, this.#atNs - nowNs);
    const tokens = this.#tokens + octets * BITS_PER_OCTET_NS - aheadNs * this.#rateBps;
    this.#tokens = Math.min(tokens, this.#most);
    this.#atNs -= aheadNs;
  }

  /** Whether it is one of that rate, burst and excess. */
  is(options: BucketOptions): boolean {
    const isSame = this.#rateBps === options.rateBps && this.waits === (options.excess === 'waits');
    return isSame && this.#most === options.burst * BITS_PER_OCTET_NS;
  }

  get state(): string {
    return `${this.#tokens} ${this.#atNs}`;
  }

  /** What has come by `nowNs`. Nothing comes while somebody waits: it is spent already. */
  #fill(nowNs: number): void {
    if (nowNs <= this.#atNs) return;
    const room = this.#most - this.#tokens;
    const passedNs = nowNs - this.#atNs;
    this.#atNs = nowNs;
    // What is too much to be exact is more than there is room for.
    const came = passedNs * this.#rateBps;
    this.#tokens = came >= room ? this.#most : this.#tokens + came;
  }
}

/** Whether that is the bucket such options make; neither may be. */
export function isBucket(bucket: TokenBucket | undefined, options?: BucketOptions): boolean {
  return options === undefined ? bucket === undefined : bucket?.is(options) === true;
}
