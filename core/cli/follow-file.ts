import { type BigIntStats, closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';

/** Milliseconds between looks. A file is taken when two looks in a row found the same. */
const LOOK_MS = 250;

export interface FileUser {
  /** The whole file, once it is there and at each change. */
  changed(bytes: Uint8Array): void;
  /** Why there is nothing to be had; said once until it is another. */
  missing(reason: string): void;
}

/**
 * Follows a file that somebody replaces now and then. Looks instead of watching: renames, network disks and folders
 * that come later are all the same to it. A file of more than `most` octets is given cut behind them, as too long.
 */
export class FollowedFile {
  readonly #path: string;
  readonly #most: number;
  readonly #user: FileUser;
  readonly #timer: NodeJS.Timeout;
  readonly #first: NodeJS.Immediate;
  #seen = '';
  #taken = '';
  #reason = '';

  constructor(path: string, most: number, user: FileUser) {
    this.#path = path;
    this.#most = most;
    this.#user = user;
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
    this.#first = setImmediate(() => this.#look());
  }

  stop(): void {
    clearInterval(this.#timer);
    clearImmediate(this.#first);
  }

  #look(): void {
    const bytes = this.#next();
    if (bytes !== undefined) this.#user.changed(bytes);
  }

  #next(): Uint8Array | undefined {
    try {
      const stats = statSync(this.#path, { bigint: true });
      const mark = markOf(stats);
      const isSettled = mark === this.#seen;
      this.#seen = mark;
      if (!stats.isFile()) return this.#missing('it is no file');
      if (!isSettled || mark === this.#taken) return undefined;
      const bytes = this.#read(mark);
      if (bytes === undefined) return undefined;
      this.#taken = mark;
      this.#reason = '';
      return bytes;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === undefined) throw error;
      this.#seen = '';
      return this.#missing(code === 'ENOENT' ? 'it is not there' : code);
    }
  }

  /** Undefined when it was replaced meanwhile. */
  #read(mark: string): Uint8Array | undefined {
    const file = openSync(this.#path, 'r');
    try {
      const stats = fstatSync(file, { bigint: true });
      if (markOf(stats) !== mark) return undefined;
      const bytes = new Uint8Array(Math.min(Number(stats.size), this.#most + 1));
      let length = 0;
      for (let read = -1; read !== 0 && length < bytes.length; length += read)
        read = readSync(file, bytes, length, bytes.length - length, null);
      return bytes.subarray(0, length);
    } finally {
      closeSync(file);
    }
  }

  #missing(reason: string): undefined {
    if (reason === this.#reason) return;
    this.#reason = reason;
    this.#user.missing(reason);
  }
}

function markOf({ ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [ino, size, mtimeNs, ctimeNs].join(' ');
}
