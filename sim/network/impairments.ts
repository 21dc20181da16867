import { assert } from '#core/base/assert.ts';
import type { RandomStream } from '../random.ts';
import type { World } from '../world.ts';

/** What goes wrong on a wire, each packet for itself. Shares are packets of a million. */
export type ImpairmentOptions = {
  /** Packets that vanish, whatever became of others. Default 0. */
  readonly lossPpm?: number;
  /** Every so many-th packet vanishes: what formulas of periodic loss assume. Default 0, none. */
  readonly lossEvery?: number;
  /** Losses that come together (Gilbert 1960, Elliott 1963). Default: none. */
  readonly bursts?: Bursts;
  /** A packet takes up to so much longer, each length equally likely, in nanoseconds. Default 0. */
  readonly jitterNs?: number;
  /** Packets arrive in the order they were sent in, however much longer one takes. Default true. */
  readonly keepsOrder?: boolean;
  /** Packets that arrive twice. Default 0. */
  readonly duplicatePpm?: number;
  /** Packets that arrive with a bit changed; the checksums of whoever they are for find that. Default 0. */
  readonly damagePpm?: number;
};

/** A wire that is good or bad; before each packet it may become the other. It begins good. */
export type Bursts = {
  /** A good wire turns bad, a bad one good. */
  readonly beginPpm: number;
  readonly endPpm: number;
  /** Packets that vanish while it is bad. */
  readonly lossPpm: number;
};

const PPM = 1_000_000;
const U32 = 0x1_0000_0000;

/** The chances of one pipe. Every kind draws from a stream of its own, so one kind more changes no other. */
export class Impairments {
  jitterNs = 0;
  keepsOrder = true;
  /** When the last packet arrives, in nanoseconds. */
  lastNs = 0;
  #lossPpm = 0;
  #lossEvery = 0;
  #bursts: Bursts | undefined;
  #duplicatePpm = 0;
  #damagePpm = 0;
  readonly #loss: RandomStream;
  readonly #burst: RandomStream;
  readonly #jitter: RandomStream;
  readonly #duplicate: RandomStream;
  readonly #damage: RandomStream;
  #isBad = false;
  #sent = 0;

  constructor(world: World, name: string, options: ImpairmentOptions) {
    this.#loss = world.random(name);
    this.#burst = world.random(`${name} bursts`);
    this.#jitter = world.random(`${name} jitter`);
    this.#duplicate = world.random(`${name} duplicates`);
    this.#damage = world.random(`${name} damage`);
    this.change(options);
  }

  /** Other chances from the next packet on. What the wire is like stays. */
  change(options: ImpairmentOptions): void {
    const { lossPpm = 0, bursts, jitterNs = 0, keepsOrder = true } = options;
    const { duplicatePpm = 0, damagePpm = 0, lossEvery = 0 } = options;
    const shares = [lossPpm, duplicatePpm, damagePpm];
    if (bursts !== undefined) shares.push(bursts.beginPpm, bursts.endPpm, bursts.lossPpm);
    assert(
      shares.every((ppm) => Number.isInteger(ppm) && ppm >= 0 && ppm <= PPM),
      'a share is 0 to 1,000,000 of a million',
    );
    assert(
      Number.isInteger(jitterNs) && jitterNs >= 0 && jitterNs < U32,
      'jitter is whole nanoseconds, below 4.3 s',
    );
    assert(Number.isSafeInteger(lossEvery) && lossEvery >= 0, 'a period is whole packets');
    this.jitterNs = jitterNs;
    this.keepsOrder = keepsOrder;
    this.#lossPpm = lossPpm;
    this.#lossEvery = lossEvery;
    this.#bursts = bursts;
    this.#duplicatePpm = duplicatePpm;
    this.#damagePpm = damagePpm;
  }

  /** Whether the next packet vanishes. */
  loses(): boolean {
    const bursts = this.#bursts;
    let isLost = this.#loss.chancePpm(this.#lossPpm);
    this.#sent += 1;
    if (this.#lossEvery > 0 && this.#sent % this.#lossEvery === 0) isLost = true;
    if (bursts !== undefined) {
      if (this.#burst.chancePpm(this.#isBad ? bursts.endPpm : bursts.beginPpm))
        this.#isBad = !this.#isBad;
      if (this.#isBad && this.#burst.chancePpm(bursts.lossPpm)) isLost = true;
    }
    return isLost;
  }

  /** How much longer the next packet takes. */
  lateNs(): number {
    return this.jitterNs === 0 ? 0 : this.#jitter.below(this.jitterNs + 1);
  }

  duplicates(): boolean {
    return this.#duplicate.chancePpm(this.#duplicatePpm);
  }

  /** Which of `bits` is changed; -1 for none, 0 for something in the headers of a packet without payload. */
  damagedBit(bits: number): number {
    if (!this.#damage.chancePpm(this.#damagePpm)) return -1;
    return bits === 0 ? 0 : this.#damage.below(bits);
  }

  get state(): string {
    return `${this.#isBad ? 'bad' : 'good'} ${this.#sent}`;
  }
}

/** Whether anything goes wrong at all. */
export function isImpaired(options: ImpairmentOptions): boolean {
  const { lossPpm = 0, jitterNs = 0, duplicatePpm = 0, damagePpm = 0, lossEvery = 0 } = options;
  const shares = [lossPpm, lossEvery, jitterNs, duplicatePpm, damagePpm];
  return options.bursts !== undefined || shares.some((share) => share !== 0);
}
