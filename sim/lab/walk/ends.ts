import { frozen } from '#core/base/frozen.ts';
import type { Id } from '#core/base/slab.ts';
import type { Root } from '#core/host/mod.ts';
import { STEPS, type Step, type Trace } from '#core/observe/mod.ts';
import { WrappedRoot } from '#sim/scenario/mod.ts';

// Browser and website are not of the core: what passes between them and their hosts is told here.

export const STEP_PROGRAM_WRITES: number = STEPS.length;
export const STEP_SOCKET_TAKES: number = STEPS.length + 1;
export const STEP_SOCKET_GIVES: number = STEPS.length + 2;
export const STEP_PROGRAM_READS: number = STEPS.length + 3;

/** The core's steps and those of the ends, by code. */
// biome-ignore format: a table
export const ALL_STEPS: readonly Step[] = frozen<readonly Step[]>([
  ...STEPS.map((step) => ({ ...step })),
  { name: 'program-writes', way: 'cell', content: 'stays', sentence: '{b} octets written into TLS {a}' },
  { name: 'socket-takes', way: 'cell', content: 'stays', sentence: '{b} octets of TLS go into host stream {a}' },
  { name: 'socket-gives', way: 'cell', content: 'stays', sentence: '{b} octets of TLS come by host stream {a}' },
  { name: 'program-reads', way: 'cell', content: 'stays', sentence: '{b} octets read out of TLS {a}' },
]);

/** A program whose octets are told, those inside TLS and those of its connection. */
export class EndRoot extends WrappedRoot {
  readonly #trace: Trace;
  readonly #plain = new Set<Id>();
  readonly #cipher = new Set<Id>();

  constructor(inner: Root, trace: Trace) {
    super(inner);
    this.#trace = trace;
  }

  override pollCommand(): ReturnType<Root['pollCommand']> {
    const command = super.pollCommand();
    if (command?.kind !== 'tls') return command;
    this.#plain.add(command.plain);
    this.#cipher.add(command.cipher);
    return command;
  }

  override transmit(...call: Parameters<Root['transmit']>): number {
    const [, id] = call;
    const written = super.transmit(...call);
    if (written <= 0 || this.#cipher.has(id)) return written;
    if (this.#plain.has(id)) this.#trace?.(STEP_PROGRAM_WRITES, id, written);
    else this.#trace?.(STEP_SOCKET_TAKES, id, written);
    return written;
  }

  override receive(...call: Parameters<Root['receive']>): number {
    const [, id] = call;
    const taken = super.receive(...call);
    if (taken === 0 || this.#cipher.has(id)) return taken;
    if (this.#plain.has(id)) this.#trace?.(STEP_PROGRAM_READS, id, taken);
    else this.#trace?.(STEP_SOCKET_GIVES, id, taken);
    return taken;
  }
}
