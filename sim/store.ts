import { createHash } from 'node:crypto';
import {
  type HostCommand,
  type HostEvent,
  type StoreSnapshot,
  storeRefusal,
} from '#core/host/mod.ts';

export type StoreCommand = HostCommand & { readonly kind: 'put' | 'append' };

/** A host's disk: outlives the program. What was written whole stays, the rest never was. */
export class SimStore {
  readonly #values = new Map<string, Uint8Array>();
  readonly #logs = new Map<string, Uint8Array[]>();

  /** A copy that the program may keep. */
  snapshot(): StoreSnapshot {
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

  state(): string {
    const hash = createHash('sha256');
    for (const [key, bytes] of [...this.#values].sort(byName))
      hash.update(`${key} ${bytes.length}\n`).update(bytes);
    for (const [log, entries] of [...this.#logs].sort(byName)) {
      hash.update(`${log} ${entries.length}\n`);
      for (const entry of entries) hash.update(`${entry.length}\n`).update(entry);
    }
    return hash.digest('hex');
  }
}

function byName(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : 1;
}

/** Writes what a command says, or refuses it: the event that answers. */
export function perform(disk: SimStore, command: StoreCommand): HostEvent {
  const reason = storeRefusal(command);
  if (reason !== undefined) {
    return {
      kind: 'storage-failed',
      name: command.kind === 'put' ? command.key : command.log,
      reason,
    };
  }
  if (command.kind === 'append') {
    const position = disk.append(command.log, command.bytes);
    return { kind: 'appended', log: command.log, position };
  }
  disk.put(command.key, command.bytes);
  return { kind: 'stored', key: command.key };
}
