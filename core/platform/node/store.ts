import { type FileHandle, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { STORE_VALUE_MAX } from '#core/base/limits.ts';
import {
  type HostCommand,
  type HostEvent,
  type StoreSnapshot,
  storeRefusal,
} from '#core/host/mod.ts';
import { codeOf } from './causes.ts';
import { syncFolder } from './folder.ts';
import { encodeRecords, loadStore, logPath, valuePath } from './store-files.ts';

type Put = HostCommand & { kind: 'put' };
type Append = HostCommand & { kind: 'append' };

type Log = { readonly file: FileHandle; length: number; records: number; isBroken: boolean };

/**
 * Values and logs in a folder of their own. One thing is written at a time, in the order it was asked for,
 * but everything waiting for one log goes there together: one fdatasync for all.
 */
export class FileStore {
  /** What was there at the start. */
  readonly snapshot: StoreSnapshot;
  readonly #folder: string;
  readonly #answer: (event: HostEvent) => void;
  readonly #sizes: ReadonlyMap<string, number>;
  readonly #logs = new Map<string, Log>();
  #queue: (Put | Append)[] = [];
  #work: Promise<void> | undefined;

  /** `answer` is called later, never within a call. Throws UserFault. */
  constructor(folder: string, answer: (event: HostEvent) => void) {
    const { values, logs, logLength } = loadStore(folder);
    this.snapshot = { values, logs };
    this.#sizes = logLength;
    this.#folder = folder;
    this.#answer = answer;
  }

  /** Answers by one event a command, in order for each key and log. Copies the octets. */
  perform(command: Put | Append): void {
    this.#queue.push({ ...command, bytes: command.bytes.slice() });
    this.#work ??= this.#run();
  }

  /** Finishes what was asked for and answers it, then closes its files. */
  async stop(): Promise<void> {
    await this.#work;
    await new Promise(setImmediate);
    for (const { file } of this.#logs.values()) await file.close();
    this.#logs.clear();
  }

  async #run(): Promise<void> {
    // Not within the call that asked, and everything it asked for together.
    await new Promise(setImmediate);
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      const refusal = storeRefusal(next);
      if (refusal !== undefined) this.#fail(next.kind === 'put' ? next.key : next.log, refusal);
      else if (next.kind === 'put') await this.#put(next);
      else await this.#append(next.log, [next.bytes, ...this.#others(next.log)]);
    }
    this.#work = undefined;
  }

  async #put({ key, bytes }: Put): Promise<void> {
    const path = valuePath(this.#folder, key);
    try {
      const file = await open(`${path}~`, 'w', 0o600);
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(`${path}~`, path);
      await syncFolder(dirname(path));
    } catch (error) {
      this.#fail(key, reasonOf(error));
      return;
    }
    this.#say({ kind: 'stored', key });
  }

  async #append(name: string, records: readonly Uint8Array[]): Promise<void> {
    try {
      const log = this.#logs.get(name) ?? (await this.#open(name));
      await write(log, encodeRecords(records));
      for (let i = 0; i < records.length; i++)
        this.#say({ kind: 'appended', log: name, position: log.records + i });
      log.records += records.length;
    } catch (error) {
      for (let i = 0; i < records.length; i++) this.#fail(name, reasonOf(error));
    }
  }

  async #open(name: string): Promise<Log> {
    const path = logPath(this.#folder, name);
    const file = await open(path, 'a', 0o600);
    await syncFolder(dirname(path));
    const length = this.#sizes.get(name) ?? 0;
    const records = this.snapshot.logs.get(name)?.length ?? 0;
    const log = { file, length, records, isBroken: false };
    this.#logs.set(name, log);
    return log;
  }

  /** Takes what else waits for this log, up to the first that will be refused. */
  #others(name: string): readonly Uint8Array[] {
    const mine: Uint8Array[] = [];
    const rest: (Put | Append)[] = [];
    let isOpen = true;
    for (const command of this.#queue) {
      const isMine = command.kind === 'append' && command.log === name;
      if (isMine && command.bytes.length > STORE_VALUE_MAX) isOpen = false;
      if (isMine && isOpen) mine.push(command.bytes);
      else rest.push(command);
    }
    this.#queue = rest;
    return mine;
  }

  #fail(name: string, reason: string): void {
    this.#say({ kind: 'storage-failed', name, reason });
  }

  /** From no promise and within no `try`: what a root throws at an answer ends the process. */
  #say(event: HostEvent): void {
    process.nextTick(this.#answer, event);
  }
}

/** All of it durably at the end, or as if nothing had been written. */
async function write(log: Log, bytes: Uint8Array): Promise<void> {
  if (log.isBroken) throw new Error('an earlier write to this log could not be undone');
  try {
    await log.file.appendFile(bytes);
    await log.file.datasync();
    log.length += bytes.length;
  } catch (error) {
    log.isBroken = true;
    await log.file.truncate(log.length);
    log.isBroken = false;
    throw error;
  }
}

function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return codeOf(error) || (text.split('\n')[0] ?? '');
}
