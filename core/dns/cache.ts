import { DNS_CACHE_MAX } from '../base/limits.ts';
import { type Micros, US_PER_S } from '../base/time.ts';
import type { Outcome } from './lookup.ts';

/** Outcomes by name key, each until its time is over. Beyond DNS_CACHE_MAX the oldest is forgotten. */
export class DnsCache {
  readonly #entries = new Map<string, { readonly outcome: Outcome; readonly untilUs: Micros }>();

  get size(): number {
    return this.#entries.size;
  }

  /** What is still good, with the whole seconds it stays so. */
  get(nowUs: Micros, key: string): Outcome | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (entry.untilUs <= nowUs) {
      this.#entries.delete(key);
      return undefined;
    }
    return { ...entry.outcome, keepS: Math.floor((entry.untilUs - nowUs) / US_PER_S) };
  }

  /** Remembers an outcome for its `keepS`; 0: not at all. */
  put(nowUs: Micros, key: string, outcome: Outcome): void {
    this.#entries.delete(key);
    if (outcome.keepS === 0) return;
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size < DNS_CACHE_MAX) break;
      this.#entries.delete(oldest);
    }
    this.#entries.set(key, { outcome, untilUs: nowUs + outcome.keepS * US_PER_S });
  }
}
