import type { Id } from '#core/base/slab.ts';
import type { HostStream } from '#core/host/mod.ts';
import { ByteQueue } from './byte-queue.ts';

/** What a side tells its filter: there may be work, or the root gave this side up. */
export type SideNews = { readonly work: () => void; readonly aborted: () => void };

/** One side of a TLS filter as the driver sees it; the filter moves the octets. */
export class TlsSide implements HostStream {
  readonly id: Id;
  /** What the root wrote here. */
  readonly written: ByteQueue = new ByteQueue();
  /** What the root is to receive here. */
  readonly toGive: ByteQueue = new ByteQueue();
  isPaused: boolean = false;
  /** The root's direction ends behind what it wrote. */
  isEnding: boolean = false;
  /** The root was told that the other direction ended. */
  wasEnded: boolean = false;
  isGone: boolean = false;
  readonly #scratch: Uint8Array;
  readonly #news: SideNews;

  constructor(id: Id, scratch: Uint8Array, news: SideNews) {
    this.id = id;
    this.#scratch = scratch;
    this.#news = news;
  }

  get unsent(): number {
    return this.written.length;
  }

  lend(): Uint8Array {
    return this.#scratch;
  }

  write(length: number): void {
    this.written.push(this.#scratch, 0, length);
    this.#news.work();
  }

  end(): void {
    this.isEnding = true;
    this.#news.work();
  }

  abort(): void {
    this.isGone = true;
    this.#news.aborted();
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
    this.#news.work();
  }
}
