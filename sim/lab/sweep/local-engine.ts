import { UserFault } from '#core/platform/mod.ts';
import type { Command } from '#sim/real/mod.ts';
import type { Answer, Shard, SweepEngine } from './engine.ts';
import { openRecord } from './record.ts';
import { WorkerProcess } from './worker-process.ts';

/** What a worker says when it can be given tokens. */
export const READY = 'ready';
/** Ends of a worker in the midst of one token, after which it is the token's fault. */
const TRIES = 3;
/** Workers that end before they are ready, while none says anything, after which none will be. */
const STARTS_MAX = 3;

export type LocalOptions = {
  /** Starts one worker. */
  readonly command: Command;
  readonly workers: number;
  /** Milliseconds a run may take. */
  readonly limitMs: number;
};

/** An engine of processes on this machine. Dead ones are replaced, and what they had is run by others. */
export class LocalEngine implements SweepEngine {
  readonly #options: LocalOptions;
  readonly #shards: Shard[] = [];
  readonly #workers = new Set<WorkerProcess>();
  readonly #idle = new Set<WorkerProcess>();
  readonly #tries = new Map<string, number>();
  readonly #answers: Answer[] = [];
  #outstanding = 0;
  #failedStarts = 0;
  #fault: UserFault | undefined;
  #isCancelled = false;
  #wake: (() => void) | undefined;

  constructor(options: LocalOptions) {
    this.#options = options;
  }

  /** Of the workers that live now: for whoever wants to kill one. */
  get pids(): readonly number[] {
    return [...this.#workers].map(({ pid }) => pid);
  }

  submit(shard: Shard): void {
    this.#outstanding += shard.tokens.length;
    this.#shards.push(shard);
    this.#spread();
  }

  /** Throws UserFault when workers do not start. */
  async next(): Promise<Answer | undefined> {
    for (;;) {
      if (this.#fault !== undefined) throw this.#fault;
      if (this.#isCancelled) return undefined;
      const answer = this.#answers.shift();
      if (answer !== undefined) return answer;
      if (this.#outstanding === 0) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async cancel(): Promise<void> {
    this.#isCancelled = true;
    this.#wake?.();
    const workers = [...this.#workers];
    for (const worker of workers) worker.kill();
    await Promise.all(workers.map(({ gone }) => gone));
  }

  /** Gives shards to idle workers, and starts workers while there is more. */
  #spread(): void {
    for (const worker of this.#idle) {
      const shard = this.#shards.shift();
      if (shard === undefined) return;
      this.#idle.delete(worker);
      worker.give(shard.tokens);
    }
    const starting = [...this.#workers].filter(({ pending }) => pending.length === 0).length;
    const wanted = Math.min(
      this.#options.workers - this.#workers.size,
      this.#shards.length - starting,
    );
    for (let i = 0; i < wanted && !this.#isCancelled && this.#fault === undefined; i++) {
      const { command, limitMs } = this.#options;
      this.#workers.add(new WorkerProcess(command, limitMs, this.#events));
    }
  }

  readonly #events = {
    said: (worker: WorkerProcess, line: string): void => {
      // One that works shows that they can be started.
      this.#failedStarts = 0;
      if (line !== READY) this.#hear(worker, line);
      if (worker.pending.length > 0) return;
      worker.rest();
      this.#idle.add(worker);
      this.#spread();
    },
    ended: (worker: WorkerProcess, how: string): void => {
      this.#workers.delete(worker);
      const wasIdle = this.#idle.delete(worker);
      const [token, ...rest] = worker.pending;
      if (token === undefined) {
        if (!wasIdle) this.#failedStarts += 1;
        if (this.#failedStarts >= STARTS_MAX)
          this.#fault = new UserFault(`workers do not start (${how})`);
      } else {
        if (rest.length > 0) this.#shards.unshift({ tokens: rest });
        const tries = (this.#tries.get(token) ?? 0) + 1;
        this.#tries.set(token, tries);
        if (tries < TRIES) this.#shards.unshift({ tokens: [token] });
        else this.#answer({ token, lost: how });
      }
      if (!this.#isCancelled) this.#spread();
      this.#wake?.();
    },
  };

  /** A worker answers in the order it was asked. One that says anything else is broken. */
  #hear(worker: WorkerProcess, line: string): void {
    const [token, ...rest] = worker.pending;
    const record = openRecord(line);
    if (token === undefined || record?.run.token !== token) return worker.kill('said nonsense');
    worker.pending = rest;
    this.#answer({ token, record });
  }

  #answer(answer: Answer): void {
    this.#outstanding -= 1;
    this.#answers.push(answer);
    this.#wake?.();
  }
}
