// How values and logs lie in a folder. A value is one file, replaced by rename. A log is one file of records:
//
//   length (4, big-endian)  CRC-32 of length and octets (4, big-endian)  octets
//
// What follows the last whole record was being written when the machine stopped: it was never answered for,
// and is cut off. Names hold no `~`, so a file that is being written is never taken for a value.
import {
  closeSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { STORE_VALUE_MAX } from '#core/base/limits.ts';
import { isStoreName } from '#core/host/mod.ts';
import { codeOf } from './causes.ts';
import { UserFault } from './fault.ts';
import { exposureOf } from './owner.ts';

/** Octets before each record of a log. */
const HEAD_LEN = 8;
const LENGTH_LEN = 4;

/** Where things lie, and what was there at the start. `logLength`: octets of a log's file. */
export interface LoadedStore {
  readonly values: Map<string, Uint8Array>;
  readonly logs: Map<string, Uint8Array[]>;
  readonly logLength: Map<string, number>;
}

export function valuePath(folder: string, key: string): string {
  return join(folder, 'values', key);
}

export function logPath(folder: string, log: string): string {
  return join(folder, 'logs', log);
}

/** A value of a store that another process may be using; undefined when it is not there or cannot be read. */
export function storedValue(folder: string, key: string): Uint8Array | undefined {
  try {
    return new Uint8Array(readFileSync(valuePath(folder, key)));
  } catch (error) {
    if (codeOf(error) === '') throw error;
    return undefined;
  }
}

/** Makes the folder if need be, reads all that is in it, and mends what a crash left. Throws UserFault. */
export function loadStore(folder: string): LoadedStore {
  const loaded = { values: new Map(), logs: new Map(), logLength: new Map() };
  try {
    for (const part of ['values', 'logs'])
      mkdirSync(join(folder, part), { recursive: true, mode: 0o700 });
    for (const path of [folder, join(folder, 'values'), join(folder, 'logs')]) {
      const exposure = exposureOf('storage folder', path, statSync(path));
      if (exposure !== undefined) throw new UserFault(exposure);
    }
    for (const name of readdirSync(join(folder, 'values'))) {
      if (name.endsWith('~')) rmSync(valuePath(folder, name));
      else if (isStoreName(name))
        loaded.values.set(name, new Uint8Array(readFileSync(valuePath(folder, name))));
    }
    for (const name of readdirSync(join(folder, 'logs')))
      if (isStoreName(name)) loadLog(folder, name, loaded);
  } catch (error) {
    if (error instanceof UserFault) throw error;
    const advice = 'check that it is a folder of this user with space left';
    throw new UserFault(`cannot use the storage folder ${folder} (${codeOf(error)}): ${advice}`, {
      cause: error,
    });
  }
  return loaded;
}

/** The octets of records one behind the other. */
export function encodeRecords(records: readonly Uint8Array[]): Uint8Array {
  const total = records.reduce((sum, record) => sum + HEAD_LEN + record.length, 0);
  const bytes = new Uint8Array(total);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const record of records) {
    view.setUint32(at, record.length);
    view.setUint32(at + LENGTH_LEN, checksum(bytes.subarray(at, at + LENGTH_LEN), record));
    bytes.set(record, at + HEAD_LEN);
    at += HEAD_LEN + record.length;
  }
  return bytes;
}

/** The records up to the first that is not whole, and where that would begin. */
export function decodeRecords(bytes: Uint8Array): {
  readonly records: Uint8Array[];
  readonly length: number;
} {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const records: Uint8Array[] = [];
  let at = 0;
  while (at + HEAD_LEN <= bytes.length) {
    const length = view.getUint32(at);
    const end = at + HEAD_LEN + length;
    if (length > STORE_VALUE_MAX || end > bytes.length) break;
    const record = bytes.slice(at + HEAD_LEN, end);
    if (view.getUint32(at + LENGTH_LEN) !== checksum(bytes.subarray(at, at + LENGTH_LEN), record))
      break;
    records.push(record);
    at = end;
  }
  return { records, length: at };
}

function checksum(length: Uint8Array, record: Uint8Array): number {
  return crc32(record, crc32(length));
}

function loadLog(folder: string, name: string, into: LoadedStore): void {
  const path = logPath(folder, name);
  const bytes = new Uint8Array(readFileSync(path));
  const { records, length } = decodeRecords(bytes);
  if (length < bytes.length) cut(path, length);
  into.logs.set(name, records);
  into.logLength.set(name, length);
}

function cut(path: string, length: number): void {
  const file = openSync(path, 'r+');
  try {
    ftruncateSync(file, length);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
