import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Id } from '#core/base/slab.ts';
import type { Driver, Endpoint, HostStream } from '#core/host/mod.ts';
import { formatIp } from '#core/wire/mod.ts';
import { octetsOf } from './address.ts';
import { causeOf, unboundCauseOf } from './causes.ts';
import { isGone, type ReadBuffer, resetSocket, withReusedReads } from './reused-reads.ts';
import type { SendBuffers } from './send-buffers.ts';

/** What the streams of one host share. */
export interface TcpShared {
  readonly driver: Driver;
  readonly reads: ReadBuffer;
  readonly sends: SendBuffers;
  /** Sockets alive, so that a host that stops can end them. */
  readonly sockets: Set<TcpStream>;
}

/** A connection as the driver sees it. */
export class TcpStream implements HostStream {
  unsent = 0;
  readonly #id: Id;
  readonly #shared: TcpShared;
  readonly #socket: Socket;
  #isEnding = false;
  #isPaused = false;
  /** The connection is gone: what the system still holds is read whoever is paused, and then why. */
  #isGone = false;
  /** Aborted or told to be closed: nothing is reported any more. */
  #isOver = false;

  private constructor(id: Id, shared: TcpShared, open: (stream: TcpStream) => Socket) {
    this.#id = id;
    this.#shared = shared;
    this.#socket = open(this);
    this.#listen();
  }

  static dial(id: Id, to: Endpoint, shared: TcpShared): TcpStream {
    return new TcpStream(id, shared, (stream) => {
      const socket = connect({
        host: formatIp(to.ip),
        port: to.port,
        allowHalfOpen: true,
        noDelay: true,
        onread: stream.#onread(),
      });
      socket.once('connect', () => {
        if (!stream.#isOver) shared.driver.opened(id);
      });
      return socket;
    });
  }

  /** `accepted` is paused, and belongs to the stream from here on. */
  static accept(id: Id, accepted: Socket, shared: TcpShared): TcpStream {
    return new TcpStream(id, shared, (stream) => {
      const socket = withReusedReads(accepted, stream.#onread());
      if (socket !== undefined) return socket;
      accepted.on('data', (bytes: Uint8Array) => stream.#received(bytes, bytes.length));
      accepted.resume();
      return accepted;
    });
  }

  lend(): Uint8Array {
    return this.#shared.sends.lend();
  }

  write(length: number): void {
    const bytes = this.#shared.sends.take(length);
    this.unsent += length;
    this.#socket.write(bytes, (error) => {
      // After an error the system may still read from the buffer: it is not used again.
      if (error !== undefined && error !== null) return;
      this.#shared.sends.giveBack(bytes);
      this.unsent -= length;
      if (this.#isOver) return;
      if (this.#isEnding && this.unsent === 0) this.#socket.end();
      this.#shared.driver.writable(this.#id);
    });
  }

  /** The FIN waits for our own queue, so that a reset stays possible until the system has everything. */
  end(): void {
    this.#isEnding = true;
    if (this.unsent === 0) this.#socket.end();
  }

  abort(): void {
    this.#isOver = true;
    resetSocket(this.#socket);
  }

  pause(): void {
    this.#isPaused = true;
    if (!this.#isGone) this.#socket.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#socket.resume();
  }

  /** Looks whether the connection is gone, while nobody reads and so nobody would be told. */
  look(): void {
    if (!this.#isPaused || this.#isGone || this.#isOver || !isGone(this.#socket)) return;
    this.#isGone = true;
    this.#socket.resume();
  }

  /** Ends the socket without a word to the driver. The answer comes when its handle is gone. */
  destroy(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (this.#socket.closed) resolve();
    else this.#socket.once('close', () => resolve());
    this.abort();
    return promise;
  }

  #onread(): ReturnType<ReadBuffer['onread']> {
    return this.#shared.reads.onread((bytes, length) => this.#received(bytes, length));
  }

  #received(bytes: Uint8Array, length: number): void {
    if (!this.#isOver) this.#shared.driver.received(this.#id, bytes, 0, length);
  }

  #listen(): void {
    const { driver, sockets } = this.#shared;
    sockets.add(this);
    this.#socket.on('end', () => {
      if (!this.#isOver) driver.ended(this.#id);
    });
    this.#socket.on('error', (error) => {
      if (this.#isOver) return;
      this.#isOver = true;
      driver.closed(this.#id, causeOf(error));
    });
    this.#socket.on('close', () => {
      sockets.delete(this);
      if (this.#isOver) return;
      this.#isOver = true;
      driver.closed(this.#id, 'ended');
    });
  }
}

/** A listening socket: reports `bound` or `unbound`, then connections. */
export class TcpListener {
  readonly #id: Id;
  readonly #shared: TcpShared;
  readonly #server: Server;
  readonly #onGone: () => void;
  #isBound = false;
  #isClosing = false;
  /** Nothing is reported any more. */
  #isOver = false;

  /** `onGone` comes once, just before `unbound` is reported. */
  constructor(id: Id, at: Endpoint, shared: TcpShared, onGone: () => void) {
    this.#id = id;
    this.#shared = shared;
    this.#onGone = onGone;
    this.#server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true });
    this.#server.on('connection', (socket) => this.#accepted(socket));
    this.#server.on('listening', () => this.#bound());
    this.#server.on('error', (error) => {
      // Once bound, an error is about one connection that could not be accepted.
      if (!this.#isBound) this.#unbound(unboundCauseOf(error));
    });
    this.#server.listen({ host: formatIp(at.ip), port: at.port, exclusive: true });
  }

  unbind(): void {
    if (this.#isOver || this.#isClosing) return;
    this.#isClosing = true;
    this.#server.close();
    setImmediate(() => this.#unbound('local'));
  }

  /** Without a word to the driver. The answer comes when nothing listens any more. */
  destroy(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#isOver = true;
    this.#isClosing = true;
    this.#server.close(() => resolve());
    return promise;
  }

  #bound(): void {
    // Closed before it listened: Node listens all the same.
    if (this.#isClosing) {
      this.#server.close();
      return;
    }
    const address = this.#server.address();
    if (address === null || typeof address === 'string') return;
    const ip = octetsOf(address.address);
    if (ip === undefined) return;
    this.#isBound = true;
    const at = { ip, port: address.port };
    this.#shared.driver.event({ kind: 'bound', id: this.#id, at });
  }

  #unbound(cause: ReturnType<typeof unboundCauseOf>): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#onGone();
    this.#shared.driver.event({ kind: 'unbound', id: this.#id, cause });
  }

  #accepted(socket: Socket): void {
    socket.on('error', () => undefined);
    const ip = octetsOf(socket.remoteAddress ?? '');
    const { remotePort } = socket;
    if (this.#isClosing || ip === undefined || remotePort === undefined) {
      resetSocket(socket);
      return;
    }
    const isWanted = this.#shared.driver.accepted(this.#id, { ip, port: remotePort }, (id) =>
      TcpStream.accept(id, socket, this.#shared),
    );
    if (!isWanted) resetSocket(socket);
  }
}
