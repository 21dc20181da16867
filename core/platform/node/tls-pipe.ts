import { Duplex } from 'node:stream';
import { CREDIT_MIN, SEND_BACKLOG } from '#core/base/limits.ts';

/** What leaves the sealed side, one call at a time, never within a call of the driver. */
export interface PipeUser {
  /** Sealed octets for the peer. Valid during the call. */
  sealed(bytes: Uint8Array): void;
  /** Behind the last of them. */
  sealedEnd(): void;
  /** There is room for octets of the peer again. */
  room(): void;
}

/**
 * The sealed side of a filter as the stream that Node's TLS reads from and writes to. At most one piece of
 * its output is under way: while the reader is paused, TLS waits for its turn.
 */
export class TlsPipe extends Duplex {
  readonly #user: PipeUser;
  #isPaused = false;
  /** Gives the pending piece; there is none when undefined. */
  #pending: (() => void) | undefined;
  /** Octets of the peer that are pushed when the call that brought them is over. */
  #fed: Uint8Array[] = [];
  #fedOctets = 0;

  constructor(user: PipeUser) {
    // Filled beyond the mark there is no credit left, so `_read` comes exactly when there is some again.
    super({ allowHalfOpen: true, readableHighWaterMark: SEND_BACKLOG - CREDIT_MIN });
    this.#user = user;
  }

  /** Octets of the peer that TLS has not taken. */
  get waiting(): number {
    return this.destroyed ? 0 : this.readableLength + this.#fedOctets;
  }

  /** Octets of the peer; the pipe's from now on. */
  feed(bytes: Uint8Array): void {
    if (this.destroyed) return;
    if (this.#fed.length === 0) process.nextTick(() => this.#pushFed());
    this.#fed.push(bytes);
    this.#fedOctets += bytes.length;
  }

  hold(): void {
    this.#isPaused = true;
  }

  release(): void {
    this.#isPaused = false;
    if (this.#pending !== undefined) process.nextTick(() => this.#give());
  }

  override _read(): void {
    process.nextTick(() => this.#user.room());
  }

  override _write(bytes: Uint8Array, _encoding: string, taken: (error?: Error) => void): void {
    this.#later(() => {
      this.#user.sealed(bytes);
      taken();
    });
  }

  override _final(done: (error?: Error) => void): void {
    this.#later(() => {
      this.#user.sealedEnd();
      done();
    });
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#pending = undefined;
    this.#fed = [];
    this.#fedOctets = 0;
    done(error);
  }

  #pushFed(): void {
    const fed = this.#fed;
    this.#fed = [];
    this.#fedOctets = 0;
    for (const bytes of fed) if (!this.destroyed) this.push(bytes);
  }

  #later(give: () => void): void {
    this.#pending = give;
    process.nextTick(() => this.#give());
  }

  #give(): void {
    const give = this.#pending;
    if (give === undefined || this.#isPaused) return;
    this.#pending = undefined;
    give();
  }
}
