import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Command } from '#sim/real/mod.ts';

export type WorkerEvents = {
  /** One line it said. */
  readonly said: (worker: WorkerProcess, line: string) => void;
  /** It is gone, and all it said was heard. */
  readonly ended: (worker: WorkerProcess, how: string) => void;
};

/** A process that runs tokens: one JSON line in for each shard, one out for each run. */
export class WorkerProcess {
  /** Tokens it has and has not answered, in its order. */
  pending: readonly string[] = [];
  /** Done when it is gone. */
  readonly gone: Promise<void>;
  readonly #process: ChildProcess;
  readonly #limitMs: number;
  #timer: NodeJS.Timeout | undefined;
  #why: string | undefined;

  /** `limitMs`: milliseconds it may be silent while it has something to do. */
  constructor([file, ...args]: Command, limitMs: number, { said, ended }: WorkerEvents) {
    this.#limitMs = limitMs;
    // A group of its own: what a terminal sends to all of ours is for us to act on.
    this.#process = spawn(file, args, {
      stdio: ['pipe', 'pipe', 'ignore'],
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    const { stdin, stdout } = this.#process;
    stdin?.on('error', () => undefined);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.gone = promise;
    let isOver = false;
    const over = (how: string): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(this.#timer);
      ended(this, this.#why ?? how);
      resolve();
    };
    if (stdout !== null)
      createInterface({ input: stdout }).on('line', (line) => {
        this.#expect();
        said(this, line);
      });
    this.#process.on('error', (error) => over(error.message));
    this.#process.on('close', (code, signal) => over(signal ?? `exit ${code}`));
    this.#expect();
  }

  get pid(): number {
    return this.#process.pid ?? -1;
  }

  give(tokens: readonly string[]): void {
    this.pending = tokens;
    this.#process.stdin?.write(`${JSON.stringify(tokens)}\n`);
    this.#expect();
  }

  /** `why`: what to say of its end. Nothing it holds is lost: others have its tokens. */
  kill(why?: string): void {
    this.#why ??= why;
    this.#process.kill('SIGKILL');
  }

  /** Has nothing to do: may be silent. */
  rest(): void {
    clearTimeout(this.#timer);
  }

  #expect(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => this.kill(`no result in ${this.#limitMs / 1000} s`),
      this.#limitMs,
    );
  }
}
