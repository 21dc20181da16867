import { createHash } from 'node:crypto';
import {
  type HostCommand,
  type HostEvent,
  type StoreSnapshot,
  storeRefusal,
} from '#core/host/mod.ts';

export type StoreCommand = HostCommand & { readonly kind: 'put' | 'append' };

/** In front of a record: its length, then the first octets of a checksum over both. */
const LENGTH_LEN = 4;
const HEAD_LEN = 8;

/**
 * A host's disk: outlives the program. A value is a file that is replaced by another; a log is a file of records,
 * each behind its length and a checksum. A machine that stops may leave part of a file beside a value, or part of a
 * record behind a log: whoever reads next mends that, as the real host's store does, so no program ever sees it.
 */
export class SimStore {
  /** Torn writes that were found and taken away. */
  mended = 0;
  readonly #values = new Map<string, Uint8Array>();
  readonly #logs = new Map<string, Uint8Array[]>();
  /** What lies behind the whole records of a log, by its name; and the halves of values. */
  readonly #tails = new Map<string, Uint8Array>();
  readonly #halves = new Map<string, Uint8Array>();

  /** Files with part of a write in them. */
  get torn(): number {
    return this.#tails.size + this.#halves.size;
  }

  /** A copy that the program may keep. */
  snapshot(): StoreSnapshot {
    this.#mend();
    return {
      values: new Map([...this.#values].map(([key, bytes]) => [key, bytes.slice()])),
      logs: new Map(
        [...this.#logs].map(([log, entries]) => [log, entries.map((entry) => entry.slice())]),
      ),
    };
  }

  put(key: string, bytes: Uint8Array): void {
    this.#values.set(key, bytes);
  }

  /** Answers the entry's position in the log, from 0. */
  append(log: string, bytes: Uint8Array): number {
    const entries = this.#logs.get(log) ?? [];
    entries.push(bytes);
    this.#logs.set(log, entries);
    return entries.length - 1;
  }

  /** The machine stopped within a write: its first octets are there, the others not, or zeros in their place. */
  tear(command: StoreCommand, octets: number, isZeroed: boolean): void {
    if (storeRefusal(command) !== undefined) return;
    const encoded = command.kind === 'put' ? command.bytes : encodeRecord(command.bytes);
    const kept = encoded.slice(0, octets);
    const left = isZeroed ? new Uint8Array(encoded.length) : kept;
    left.set(kept);
    if (left.length === 0) return;
    if (command.kind === 'put') this.#halves.set(command.key, left);
    else this.#tails.set(command.log, left);
  }

  state(): string {
    const hash = createHash('sha256');
    for (const [key, bytes] of [...this.#values].sort(byName))
      hash.update(`${key} ${bytes.length}\n`).update(bytes);
    for (const [log, entries] of [...this.#logs].sort(byName)) {
      hash.update(`${log} ${entries.length}\n`);
      for (const entry of entries) hash.update(`${entry.length}\n`).update(entry);
    }
    for (const [name, bytes] of [...this.#tails, ...this.#halves].sort(byName))
      hash.update(`torn ${name} ${bytes.length}\n`).update(bytes);
    return hash.digest('hex');
  }

  /** Half a value is not the value. Of a log's tail what is a whole record counts, and the rest is cut off. */
  #mend(): void {
    this.mended += this.#halves.size;
    this.#halves.clear();
    for (const [log, tail] of this.#tails) {
      const record = decodeRecord(tail);
      if (record === undefined) this.mended += 1;
      else this.append(log, record);
    }
    this.#tails.clear();
  }
}

function byName(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : 1;
}

/** Octets that a write puts on the disk. */
export function octetsOnDisk(command: StoreCommand): number {
  return command.bytes.length + (command.kind === 'put' ? 0 : HEAD_LEN);
}

/** The answer to a write that was not made. */
export function refused(command: StoreCommand, reason: string): HostEvent {
  return {
    kind: 'storage-failed',
    name: command.kind === 'put' ? command.key : command.log,
    reason,
  };
}

/** Writes what a command says, or refuses it: the event that answers. */
export function perform(disk: SimStore, command: StoreCommand): HostEvent {
  const reason = storeRefusal(command);
  if (reason !== undefined) return refused(command, reason);
  if (command.kind === 'append') {
    const position = disk.append(command.log, command.bytes);
    return { kind: 'appended', log: command.log, position };
  }
  disk.put(command.key, command.bytes);
  return { kind: 'stored', key: command.key };
}

function encodeRecord(record: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HEAD_LEN + record.length);
  new DataView(bytes.buffer).setUint32(0, record.length);
  bytes.set(record, HEAD_LEN);
  bytes.set(checksum(bytes, bytes.length), LENGTH_LEN);
  return bytes;
}

/** The record that octets begin with; undefined when it is not whole. */
function decodeRecord(bytes: Uint8Array): Uint8Array | undefined {
  if (bytes.length < HEAD_LEN) return undefined;
  const end = HEAD_LEN + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  if (end > bytes.length) return undefined;
  const sum = checksum(bytes, end);
  const isWhole = sum.every((octet, i) => octet === bytes[LENGTH_LEN + i]);
  return isWhole ? bytes.slice(HEAD_LEN, end) : undefined;
}

function checksum(bytes: Uint8Array, end: number): Uint8Array {
  const hash = createHash('sha256').update(bytes.subarray(0, LENGTH_LEN));
  return hash
    .update(bytes.subarray(HEAD_LEN, end))
    .digest()
    .subarray(0, HEAD_LEN - LENGTH_LEN);
}
