import type { Random } from '#core/host/mod.ts';
import { EPOCH_MS, KEY_OVERLAP_MS } from '../base/limits.ts';
import type { WallMillis } from '../base/time.ts';
import { epochOf, makeNodeKeys, type NodeIdentity, type NodeKeys } from './identity.ts';
import type { Suite } from './suite.ts';

/**
 * A node's keys of the present epoch, and for a while those of the epoch before: whoever holds the older
 * statement still gets in, and nothing older than that can be opened. In memory only. PROTOCOL §2.2.
 */
export class KeyRing {
  readonly #suite: Suite;
  readonly #random: Random;
  readonly #identity: NodeIdentity;
  readonly #boot: number;
  #live: NodeKeys[] = [];

  /** `boot` counts the node's starts, so that two statements of one epoch are told apart. */
  constructor(suite: Suite, random: Random, identity: NodeIdentity, boot: number) {
    this.#suite = suite;
    this.#random = random;
    this.#identity = identity;
    this.#boot = boot;
  }

  /** Newest first; one, or two after an epoch began. Empty before the first `turn`. */
  get live(): readonly NodeKeys[] {
    return this.#live;
  }

  /** Makes and forgets what is due. True when there is a new statement to publish. */
  turn(wallMs: WallMillis): boolean {
    const epoch = epochOf(wallMs);
    const newest = this.#live[0]?.statement.epoch;
    const isNew = newest === undefined || newest < epoch;
    if (isNew) {
      const keys = makeNodeKeys(this.#suite, this.#random, this.#identity, epoch, this.#boot);
      this.#live.unshift(keys);
    }
    const [newestKeys, ...older] = this.#live;
    for (const keys of older) if (isPast(keys, wallMs)) destroyKeys(keys);
    this.#live = this.#live.filter((keys) => keys === newestKeys || !isPast(keys, wallMs));
    return isNew;
  }

  /** When `turn` has something to do next. Infinity before the first. */
  get nextMs(): WallMillis {
    const [newest, older] = this.#live;
    if (newest === undefined) return Number.POSITIVE_INFINITY;
    const beginsMs = (newest.statement.epoch + 1) * EPOCH_MS;
    return older === undefined ? beginsMs : Math.min(beginsMs, endOf(older));
  }

  destroy(): void {
    for (const keys of this.#live) destroyKeys(keys);
    this.#live = [];
  }
}

function endOf(keys: NodeKeys): WallMillis {
  return (keys.statement.epoch + 1) * EPOCH_MS + KEY_OVERLAP_MS;
}

function isPast(keys: NodeKeys, wallMs: WallMillis): boolean {
  return endOf(keys) <= wallMs;
}

function destroyKeys(keys: NodeKeys): void {
  keys.link.destroy();
  keys.onion.destroy();
}
