import type { HostEvent } from '#core/host/mod.ts';
import type { Exit } from './network/mod.ts';
import type { RandomStream } from './random.ts';
import { octetsOnDisk, perform, refused, SimStore, type StoreCommand } from './store.ts';

/** What is wrong with a disk: how much longer a write takes, and that none is kept. */
export type DiskTrouble = { readonly slowMs: number; readonly fails: boolean };

/**
 * What becomes of writes that nobody was answered for, in the order they were asked for: so many are whole; of the
 * next one, if `torn` is given, that many octets are there, behind which its place is empty or filled with zeros.
 */
export type WriteFate = {
  readonly whole: number;
  readonly torn?: number;
  readonly isZeroed?: boolean;
};

export const SOUND_DISK: DiskTrouble = Object.freeze({ slowMs: 0, fails: false });
const NS_PER_MS = 1_000_000;
/** Of the writes that a power cut meets, those of which part is on the disk. */
const TORN_PPM = 500_000;

/** A machine's disk at work: one write at a time, in order, and what becomes of those under way when it all ends. */
export class MachineDisk {
  readonly store: SimStore;
  trouble: DiskTrouble = SOUND_DISK;
  #writes: StoreCommand[] = [];
  /** When the last write asked for is durable. */
  #doneNs = 0;

  constructor(store: SimStore = new SimStore()) {
    this.store = store;
  }

  /** Takes a write that usually takes `takesNs`. Answers when it is durable: none overtakes another. */
  ask(command: StoreCommand, nowNs: number, takesNs: number): number {
    this.#writes.push(command);
    const slowNs = this.trouble.slowMs * NS_PER_MS;
    this.#doneNs = Math.max(this.#doneNs, nowNs + takesNs + slowNs);
    return this.#doneNs;
  }

  /** The oldest write is made, or fails: the event that says so. */
  answer(): HostEvent | undefined {
    const command = this.#writes.shift();
    if (command === undefined) return undefined;
    return this.trouble.fails ? refused(command, 'EIO') : perform(this.store, command);
  }

  /** All is over. Without a fate the world decides how far it had come. */
  settle(exit: Exit, fate: WriteFate | undefined, random: () => RandomStream): void {
    const writes = this.#writes;
    this.#writes = [];
    this.#doneNs = 0;
    if (writes.length === 0 || this.trouble.fails) return;
    const { whole, torn, isZeroed = false } = fate ?? drawFate(writes, exit, random());
    for (const command of writes.slice(0, whole)) perform(this.store, command);
    const next = writes[whole];
    if (torn !== undefined && next !== undefined) this.store.tear(next, torn, isZeroed);
  }
}

/** A number of whole writes, and after a power cut perhaps part of the next one. */
function drawFate(writes: readonly StoreCommand[], exit: Exit, random: RandomStream): WriteFate {
  const whole = random.below(writes.length + 1);
  const next = writes[whole];
  if (exit !== 'power cut' || next === undefined || !random.chancePpm(TORN_PPM)) return { whole };
  const torn = random.below(octetsOnDisk(next) + 1);
  return { whole, torn, isZeroed: random.below(2) === 1 };
}
