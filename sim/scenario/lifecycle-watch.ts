import type { Id } from '#core/base/slab.ts';
import type { Root } from '#core/host/mod.ts';
import { WrappedRoot } from '../wrapped-root.ts';

type Stage = 'opened' | 'ended' | 'closed';

/** Stands between a host and its root and notes every call that the life of a stream does not allow. */
export class LifecycleWatch extends WrappedRoot {
  /** What was wrong, in words; at most the first ten. */
  readonly faults: string[] = [];
  readonly #stages = new Map<Id, Stage>();
  readonly #note: (line: () => string) => void;

  /** `note` is told of every change of a stream's life, allowed or not. */
  constructor(inner: Root, note: (line: () => string) => void) {
    super(inner);
    this.#note = note;
  }

  override opened(nowUs: number, id: Id): void {
    this.#expect(id, 'opened', this.#stages.get(id) === undefined);
    this.#stages.set(id, 'opened');
    this.#note(() => `stream ${id} opened`);
    super.opened(nowUs, id);
  }

  override receive(...call: Parameters<Root['receive']>): number {
    this.#expect(call[1], 'receive', this.#stages.get(call[1]) === 'opened');
    return super.receive(...call);
  }

  override ended(nowUs: number, id: Id): void {
    this.#expect(id, 'ended', this.#stages.get(id) === 'opened');
    this.#stages.set(id, 'ended');
    this.#note(() => `stream ${id} ended`);
    super.ended(nowUs, id);
  }

  override transmit(...call: Parameters<Root['transmit']>): number {
    const stage = this.#stages.get(call[1]);
    this.#expect(call[1], 'transmit', stage === 'opened' || stage === 'ended');
    return super.transmit(...call);
  }

  override closed(...call: Parameters<Root['closed']>): void {
    this.#expect(call[1], 'closed', this.#stages.get(call[1]) !== 'closed');
    this.#stages.set(call[1], 'closed');
    this.#note(() => `stream ${call[1]} closed ${call[2]}`);
    super.closed(...call);
  }

  /** The sealed side of a TLS filter is open as soon as it is asked for. */
  override pollCommand(): ReturnType<Root['pollCommand']> {
    const command = super.pollCommand();
    if (command?.kind === 'tls') this.#stages.set(command.cipher, 'opened');
    return command;
  }

  #expect(id: Id, what: string, isAllowed: boolean): void {
    if (!isAllowed && this.faults.length < 10) {
      this.faults.push(`${what} for stream ${id} that is ${this.#stages.get(id) ?? 'not open'}`);
    }
  }
}

/** The first fault of any of them, in words. */
export function firstFault(watches: ReadonlyMap<string, LifecycleWatch>): string | undefined {
  for (const [name, { faults }] of watches) if (faults.length > 0) return `${name}: ${faults[0]}`;
  return undefined;
}
