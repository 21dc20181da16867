import type { Random } from '#core/host/mod.ts';
import { EPOCH_MS, KEY_OVERLAP_MS } from '../base/limits.ts';
import type { WallMillis } from '../base/time.ts';
import { epochOf, isTimely, makeNodeKeys, type NodeIdentity, type NodeKeys } from './identity.ts';
import type { Suite } from './suite.ts';

/**
 * A node's keys of the present epoch, and for a while those of the epoch before: whoever holds the older
 * statement still gets in, and nothing older than that can be opened. In memory only. PROTOCOL §2.2.
 */
export class KeyRing {
  readonly #suite: Suite;
  readonly #random: Random;
  readonly #identity: NodeIdentity;
  #boot: number;
  #live: NodeKeys[] = [];
  /** Epochs that were signed under this count of starts: none is signed twice, whatever the clock does. */
  readonly #signed = new Set<number>();
  #turnedMs: WallMillis = 0;

  /** `boot` counts the node's starts, so that two statements of one epoch are told apart. */
  constructor(suite: Suite, random: Random, identity: NodeIdentity, boot: number) {
    this.#suite = suite;
    this.#random = random;
    this.#identity = identity;
    this.#boot = boot;
  }

  /** The last signed first; one, or two after an epoch began. Empty before the first `turn`. */
  get live(): readonly NodeKeys[] {
    return this.#live;
  }

  /** Of the latest epoch there are keys for: what the node is to be known by. */
  get newest(): NodeKeys | undefined {
    let newest: NodeKeys | undefined;
    for (const keys of this.#live)
      if (newest === undefined || keys.statement.epoch > newest.statement.epoch) newest = keys;
    return newest;
  }

  /** This epoch was signed, and its keys are gone: the clock was elsewhere meanwhile. Nobody gets in until `begin`. */
  get isSpent(): boolean {
    const epoch = epochOf(this.#turnedMs);
    return this.#signed.has(epoch) && !this.#live.some(({ statement }) => statement.epoch >= epoch);
  }

  /** From the next `turn` on it signs as after another start: `boot` was never used before. */
  begin(boot: number): void {
    this.#boot = boot;
    this.#signed.clear();
  }

  /** Makes and forgets what is due. True when it signed a statement. */
  turn(wallMs: WallMillis): boolean {
    this.#turnedMs = wallMs;
    const epoch = epochOf(wallMs);
    const isNew = !this.#signed.has(epoch);
    if (isNew) {
      this.#signed.add(epoch);
      const keys = makeNodeKeys(this.#suite, this.#random, this.#identity, epoch, this.#boot);
      this.#live.unshift(keys);
    }
    // What nobody could use at this time goes, be it past or, where the clock was put back, to come.
    const isKept = (keys: NodeKeys): boolean => isTimely(keys.statement, wallMs);
    for (const keys of this.#live) if (!isKept(keys)) destroyKeys(keys);
    this.#live = this.#live.filter(isKept);
    return isNew;
  }

  /** When `turn` has something to do next. Infinity before the first. */
  get nextMs(): WallMillis {
    if (this.#signed.size === 0) return Number.POSITIVE_INFINITY;
    const beginsMs = (epochOf(this.#turnedMs) + 1) * EPOCH_MS;
    return Math.min(beginsMs, ...this.#live.map(endOf));
  }

  destroy(): void {
    for (const keys of this.#live) destroyKeys(keys);
    this.#live = [];
  }
}

function endOf(keys: NodeKeys): WallMillis {
  return (keys.statement.epoch + 1) * EPOCH_MS + KEY_OVERLAP_MS;
}

function destroyKeys(keys: NodeKeys): void {
  keys.link.destroy();
  keys.onion.destroy();
}
