import { connect, createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import type { Cause, Driver, HostCommand, HostStream, TlsRole } from '#core/host/mod.ts';
import type { SendBuffers } from './send-buffers.ts';
import { TlsPipe } from './tls-pipe.ts';
import { judgePeer, servernameOf } from './tls-verdict.ts';

/** Secure contexts kept: to read a bundle of anchors takes milliseconds. */
const CONTEXTS_MAX = 16;

/** What the filters of one host share. */
export interface TlsShared {
  readonly driver: Driver;
  readonly sends: SendBuffers;
  readonly contexts: TlsContexts;
  readonly filters: Set<TlsFilter>;
}

/** Anchors and keys that were read, by their text. */
export class TlsContexts {
  readonly #known = new Map<string, SecureContext>();

  /** Throws what Node throws when the PEM is none. */
  of(as: TlsRole): SecureContext {
    const text = as.role === 'client' ? as.anchorsPem : `${as.chainPem}\n${as.keyPem}`;
    const key = `${as.role}\n${text}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const trust =
      as.role === 'client'
        ? // An empty list trusts nobody; no list would trust the anchors of Node.
          { ca: as.anchorsPem.trim() === '' ? [] : [as.anchorsPem] }
        : { cert: as.chainPem, key: as.keyPem };
    const context = createSecureContext({ ...trust, minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' });
    if (this.#known.size >= CONTEXTS_MAX) this.#known.clear();
    this.#known.set(key, context);
    return context;
  }
}

/** The two-sided filter of the contract over Node's TLS: octets in the clear at one side, sealed at the other. */
export class TlsFilter {
  readonly plain: HostStream;
  readonly cipher: HostStream;
  readonly #command: HostCommand & { kind: 'tls' };
  readonly #shared: TlsShared;
  readonly #pipe: TlsPipe;
  /** Undefined when the role's PEM is none. */
  readonly #tls: TLSSocket | undefined;
  #plainUnsent = 0;
  /** Sides that nothing is reported about any more. */
  #plainOver = false;
  #cipherOver = false;
  /** The peer's sealed direction ended. */
  #sealedIn = false;
  /** Our sealed direction ended. */
  #sealedOut = false;
  /** TLS found fault with what came. Node may go on and tell of an end all the same. */
  #isBroken = false;
  #isSecure = false;

  constructor(command: HostCommand & { kind: 'tls' }, shared: TlsShared) {
    this.#command = command;
    this.#shared = shared;
    this.#pipe = new TlsPipe({
      sealed: (bytes) => {
        if (!this.#cipherOver) shared.driver.received(command.cipher, bytes, 0, bytes.length);
      },
      sealedEnd: () => this.#sealedEnd(),
      room: () => {
        if (!this.#cipherOver) shared.driver.writable(command.cipher);
        this.#checkTruncation();
      },
    });
    this.#pipe.on('error', () => undefined);
    this.#tls = this.#open(command.as);
    this.plain = this.#plainSide();
    this.cipher = this.#cipherSide();
    shared.filters.add(this);
    if (this.#tls === undefined) setImmediate(() => this.#fail('policy'));
    else this.#watch(this.#tls);
  }

  /** Without a word to the driver. */
  destroy(): void {
    this.#plainOver = true;
    this.#cipherOver = true;
    this.#drop();
  }

  // ---- the two sides -------------------------------------------------------------------------------------

  #plainSide(): HostStream {
    const filter = this;
    const tls = this.#tls;
    const { sends, driver } = this.#shared;
    return {
      get unsent(): number {
        return filter.#plainUnsent;
      },
      lend: () => sends.lend(),
      write: (length) => {
        const bytes = sends.take(length);
        this.#plainUnsent += length;
        tls?.write(bytes, (error) => {
          if (error !== undefined && error !== null) return;
          sends.giveBack(bytes);
          this.#plainUnsent -= length;
          if (!this.#plainOver) driver.writable(this.#command.plain);
        });
      },
      end: () => void tls?.end(),
      abort: () => {
        this.#plainOver = true;
        setImmediate(() => this.#fail('reset'));
      },
      pause: () => void tls?.pause(),
      resume: () => void tls?.resume(),
    };
  }

  #cipherSide(): HostStream {
    const pipe = this.#pipe;
    const { sends } = this.#shared;
    return {
      get unsent(): number {
        return pipe.waiting;
      },
      lend: () => sends.lend(),
      write: (length) => pipe.feed(sends.copy(length)),
      end: () => {
        this.#sealedIn = true;
        setImmediate(() => {
          this.#checkTruncation();
          this.#closeCipher();
        });
      },
      abort: () => {
        this.#cipherOver = true;
        setImmediate(() => this.#fail('reset'));
      },
      pause: () => pipe.hold(),
      resume: () => pipe.release(),
    };
  }

  // ---- what Node's TLS reports ---------------------------------------------------------------------------

  #open(as: TlsRole): TLSSocket | undefined {
    let secureContext: SecureContext;
    try {
      secureContext = this.#shared.contexts.of(as);
    } catch {
      return undefined;
    }
    if (as.role === 'server')
      return new TLSSocket(this.#pipe, { isServer: true, secureContext, requestCert: false });
    return connect({
      socket: this.#pipe,
      secureContext,
      servername: servernameOf(as.name),
      // The verdict is ours: Node would skip the name of a resumed session, and close without a reason.
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
    });
  }

  #watch(tls: TLSSocket): void {
    const { driver } = this.#shared;
    const { plain, as } = this.#command;
    tls.on('error', () => {
      this.#isBroken = true;
      setImmediate(() => this.#fail('reset'));
    });
    if (as.role === 'client') tls.once('secureConnect', () => this.#verify(tls, as.name));
    else
      tls.once('secure', () => {
        this.#isSecure = true;
        driver.opened(plain);
      });
    tls.on('data', (bytes: Uint8Array) => {
      if (!this.#plainOver) driver.received(plain, bytes, 0, bytes.length);
      if (this.#sealedIn) setImmediate(() => this.#checkTruncation());
    });
    // A fatal alert is told as an end, and as an error in the same turn.
    tls.on('end', () => setImmediate(() => this.#ended()));
    tls.on('close', () => setImmediate(() => this.#closed(tls)));
  }

  /** Before the handshake is over a goodbye is in the clear: anybody's. */
  #ended(): void {
    if (this.#isBroken || !this.#isSecure) this.#fail('reset');
    else if (!this.#plainOver) this.#shared.driver.ended(this.#command.plain);
  }

  #closed(tls: TLSSocket): void {
    if (this.#isBroken || !tls.readableEnded || !tls.writableFinished) {
      this.#fail('reset');
      return;
    }
    this.#closePlain('ended');
    this.#closeCipher();
  }

  #verify(tls: TLSSocket, name: string): void {
    const { driver } = this.#shared;
    const { plain } = this.#command;
    if (this.#plainOver) return;
    this.#isSecure = true;
    const found = judgePeer(tls, name);
    driver.event({ kind: 'verified', id: plain, ...found });
    if (found.verdict === 'ok') driver.opened(plain);
    else this.#fail('untrusted');
  }

  /** A peer that is done says so within TLS. When everything it sent is taken and that is missing, it was cut. */
  #checkTruncation(): void {
    const tls = this.#tls;
    if (!this.#sealedIn || this.#plainOver || tls === undefined || tls.readableEnded) return;
    if (this.#pipe.waiting > 0 || tls.readableLength > 0 || tls.isPaused()) return;
    setImmediate(() => {
      if (!tls.readableEnded && !this.#plainOver && tls.readableLength === 0) this.#fail('reset');
    });
  }

  #sealedEnd(): void {
    this.#sealedOut = true;
    if (!this.#cipherOver) this.#shared.driver.ended(this.#command.cipher);
    this.#closeCipher();
  }

  /** The sealed side ends when both its directions have. */
  #closeCipher(): void {
    if (this.#cipherOver || !this.#sealedIn || !this.#sealedOut) return;
    this.#cipherOver = true;
    this.#shared.driver.closed(this.#command.cipher, 'ended');
    this.#forget();
  }

  #closePlain(cause: Cause): void {
    if (this.#plainOver) return;
    this.#plainOver = true;
    this.#shared.driver.closed(this.#command.plain, cause);
    this.#forget();
  }

  /** Both sides are over: the clear one for this cause, the sealed one as if its peer had reset it. */
  #fail(cause: Cause): void {
    this.#closePlain(cause);
    if (!this.#cipherOver) {
      this.#cipherOver = true;
      this.#shared.driver.closed(this.#command.cipher, 'reset');
    }
    this.#drop();
  }

  #forget(): void {
    if (this.#plainOver && this.#cipherOver) this.#drop();
  }

  #drop(): void {
    this.#shared.filters.delete(this);
    this.#tls?.destroy();
    this.#pipe.destroy();
  }
}
