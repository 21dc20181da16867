import { type ChildProcess, spawn } from 'node:child_process';
import type { Command } from '#sim/real/mod.ts';

/** Milliseconds a worker may take to start, on a machine that is busy with others. */
const START_MS = 60_000;

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
  #isKilled = false;

  /** `limitMs`: milliseconds it may be silent while it has something to do, once it has started. */
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
    let rest = '';
    stdout?.setEncoding('utf8').on('data', (text: string) => {
      const lines = `${rest}${text}`.split('\n');
      // What is not ended yet; if it never is, it was torn off.
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (this.#isKilled) return;
        this.#expect();
        said(this, line);
      }
    });
    this.#process.on('error', (error) => over(error.message));
    this.#process.on('close', (code, signal) => over(signal ?? `exit ${code}`));
    this.#expect(START_MS);
  }

  get pid(): number {
    return this.#process.pid ?? -1;
  }

  give(tokens: readonly string[]): void {
    this.pending = tokens;
    this.#process.stdin?.write(`${JSON.stringify(tokens)}\n`);
    this.#expect();
  }

  /** `why`: what to say of its end. It is heard no more, and nothing is lost: its tokens are run by others. */
  kill(why?: string): void {
    this.#why ??= why;
    this.#isKilled = true;
    this.#process.kill('SIGKILL');
  }

  /** Has nothing to do: may be silent. */
  rest(): void {
    clearTimeout(this.#timer);
  }

  #expect(limitMs: number = this.#limitMs): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.kill(`no result in ${limitMs / 1000} s`), limitMs);
  }
}
