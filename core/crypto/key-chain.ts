import { asciiBytes, wipe } from '../base/bytes.ts';
import {
  REKEY_EARN_OCTETS,
  REKEY_EARN_US,
  REKEY_GRACE,
  REKEY_OCTETS,
  REKEY_US,
  REKEYS_AT_ONCE,
} from '../base/limits.ts';
import type { Micros } from '../base/time.ts';
import { hkdfExpand } from './kdf.ts';
import { AEAD_KEY_LEN, type AeadKey, HASH_LEN, type Suite } from './suite.ts';

/**
 * A key that is followed by another: one direction of a link, or of one layer of a circuit. What is kept beside
 * the key is the secret its successor comes from, so the key itself cannot be derived again. PROTOCOL §5.3.
 */
export class KeyChain {
  readonly #suite: Suite;
  readonly #secret: Uint8Array;
  readonly #label: Uint8Array;
  key: AeadKey;
  counter = 0;
  /** Octets sealed or opened under this key, and when the first were. */
  octets = 0;
  firstUseUs: Micros = Number.POSITIVE_INFINITY;
  /** What a receiver counts against a flood of changes: all octets and changes since the chain began. */
  #allOctets = 0;
  #changes = 0;
  readonly #startUs: Micros;

  /** Takes the secret over: it is wiped with the chain. The label names the use, ASCII. */
  constructor(nowUs: Micros, suite: Suite, secret: Uint8Array, label: string) {
    this.#startUs = nowUs;
    this.#suite = suite;
    this.#secret = secret;
    this.#label = asciiBytes(label);
    this.key = this.#next();
  }

  /** When a sender must have changed this key, if it is about to seal up to `octetsAhead` more. */
  dueUs(octetsAhead: number): Micros {
    return this.octets + octetsAhead > REKEY_OCTETS ? 0 : this.firstUseUs + REKEY_US;
  }

  /**
   * The peer has sealed more under this key than any honest sender would. Time is the sender's part alone: what
   * it sealed in a minute may take a slow path, or a reader that stalls, much longer to get here.
   */
  get isOverdue(): boolean {
    return this.octets > REKEY_GRACE * REKEY_OCTETS;
  }

  /** The peer wants the next key: false when it asks for more changes than an honest sender would. */
  mayAdvance(nowUs: Micros): boolean {
    this.#changes += 1;
    const earned = this.#allOctets / REKEY_EARN_OCTETS + (nowUs - this.#startUs) / REKEY_EARN_US;
    return this.#changes <= REKEYS_AT_ONCE + earned;
  }

  used(nowUs: Micros, octets: number): void {
    if (this.octets === 0) this.firstUseUs = nowUs;
    this.octets += octets;
    this.#allOctets += octets;
  }

  advance(): void {
    this.key.destroy();
    this.key = this.#next();
    this.counter = 0;
    this.octets = 0;
    this.firstUseUs = Number.POSITIVE_INFINITY;
  }

  destroy(): void {
    wipe(this.#secret);
    this.key.destroy();
  }

  #next(): AeadKey {
    const both = hkdfExpand(this.#suite, this.#secret, this.#label, HASH_LEN + AEAD_KEY_LEN);
    this.#secret.set(both.subarray(0, HASH_LEN));
    const key = this.#suite.aead(both.subarray(HASH_LEN));
    wipe(both);
    return key;
  }
}
