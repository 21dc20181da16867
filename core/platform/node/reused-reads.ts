// The one file that reaches into net.Socket. Node lets a dialled socket read into a buffer of the caller
// (`onread`), an accepted one not: its handle has to move to a socket made by us. That takes members that are
// not documented, so every one is looked at before it is used; a Node without them costs a buffer a read.
import { type OnReadOpts, Socket } from 'node:net';
import { IO_CHUNK } from '#core/base/limits.ts';

type Handle = { readonly useUserBuffer?: unknown; readonly readStart?: unknown; reading?: unknown };
type Inner = {
  _handle?: (Handle & { readonly getpeername?: (out: object) => number }) | null;
};

/** Takes octets that are valid during the call only. */
export type Reader = (bytes: Uint8Array, length: number) => void;

/**
 * One buffer all sockets of a host read into. Linux and macOS fill it and call back in one go, so no two
 * sockets meet in it. Windows fills it in the background: there each socket has its own.
 */
export class ReadBuffer {
  readonly #shared = process.platform === 'win32' ? undefined : new Uint8Array(IO_CHUNK);

  /** For the options of a socket. */
  onread(reader: Reader): OnReadOpts {
    return {
      buffer: this.#shared ?? new Uint8Array(IO_CHUNK),
      callback: (length, bytes) => {
        reader(bytes, length);
        return true;
      },
    };
  }
}

/**
 * The same connection as a socket that reads into a reused buffer; or undefined, and then `accepted` is
 * untouched. `accepted` comes from a server with pauseOnConnect and is not used afterwards.
 */
export function withReusedReads(accepted: Socket, onread: OnReadOpts): Socket | undefined {
  const inner = accepted as unknown as Inner;
  const handle = inner._handle;
  if (handle === undefined || handle === null || handle.reading !== false) return undefined;
  if (typeof handle.useUserBuffer !== 'function' || typeof handle.readStart !== 'function')
    return undefined;
  inner._handle = null;
  const options = { handle, onread, allowHalfOpen: true };
  const socket = new Socket(options as ConstructorParameters<typeof Socket>[0]);
  // Without its handle this closes nothing: it only tells the server that one socket is less.
  accepted.destroy();
  return socket;
}

/** Sends a reset now and forgets what was queued; a connection that is not yet there just stops. */
export function resetSocket(socket: Socket): void {
  if (socket.destroyed) return;
  if (socket.connecting) {
    socket.destroy();
  } else if (socket.writableEnded && !socket.writableFinished) {
    // The system refuses a reset while a FIN is on its way to it; with nothing queued that is one turn.
    socket.once('finish', () => resetSocket(socket));
  } else {
    socket.resetAndDestroy();
  }
}

/**
 * Whether the system has let go of a connection that was open: both directions ended, or it was reset. A socket
 * that does not read is not told. False where the system does not say.
 */
export function isGone(socket: Socket): boolean {
  const handle = (socket as unknown as Inner)._handle;
  return typeof handle?.getpeername === 'function' && handle.getpeername({}) !== 0;
}
