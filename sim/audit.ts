import { createHash, type Hash } from 'node:crypto';

const BUFFER_OCTETS: number = 64 * 1024;
const RECORD_OCTETS = 40;
/** Payloads from here on are copied natively; below it a loop is cheaper. */
const LOOP_OCTETS = 32;

/**
 * A running SHA-256 over everything that happens: every event, every payload where it enters the network,
 * every verdict. Two runs with the same digest did the same in the same order. Records are gathered and
 * hashed 64 KiB at a time, which is why it can stay on.
 */
export class Audit {
  readonly #hash: Hash = createHash('sha256');
  readonly #bytes: Uint8Array = new Uint8Array(BUFFER_OCTETS);
  readonly #doubles: Float64Array = new Float64Array(this.#bytes.buffer);
  /** Octets in use: always a multiple of eight. */
  #at = 0;

  /** `rank` names class, destination and source. */
  event(timeNs: number, rank: number, kind: number, a: number, b: number): void {
    if (this.#at + RECORD_OCTETS > BUFFER_OCTETS) this.#flush();
    const doubles = this.#doubles;
    const at = this.#at >> 3;
    doubles[at] = timeNs;
    doubles[at + 1] = rank;
    doubles[at + 2] = kind;
    doubles[at + 3] = a;
    doubles[at + 4] = b;
    this.#at += RECORD_OCTETS;
  }

  /** Octets with their length in front, padded to eight. At most 65,528 of them at once. */
  octets(bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    const padded = (length + 7) & ~7;
    if (this.#at + 8 + padded > BUFFER_OCTETS) this.#flush();
    const own = this.#bytes;
    this.#doubles[this.#at >> 3] = length;
    let at = this.#at + 8;
    this.#at = at + padded;
    if (padded > length) this.#doubles[(this.#at >> 3) - 1] = 0;
    if (length > LOOP_OCTETS) own.set(bytes.subarray(start, end), at);
    else for (let i = start; i < end; i++) own[at++] = bytes[i] as number;
  }

  /** What an oracle or a scenario concluded, in words. */
  verdict(text: string): void {
    const bytes = new TextEncoder().encode(text);
    const step = BUFFER_OCTETS - 8;
    for (let at = 0; at === 0 || at < bytes.length; at += step) {
      this.octets(bytes, at, Math.min(at + step, bytes.length));
    }
  }

  /** Hex digest of everything up to now; the run goes on undisturbed. */
  digest(): string {
    return this.#hash.copy().update(this.#bytes.subarray(0, this.#at)).digest('hex');
  }

  #flush(): void {
    this.#hash.update(this.#bytes.subarray(0, this.#at));
    this.#at = 0;
  }
}
