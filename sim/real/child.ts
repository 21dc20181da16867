import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { UserFault } from '#core/platform/mod.ts';
import type { Command } from './programs.ts';

/** Lines kept of what a child said. */
const LINES_MAX = 1_000;
/** Milliseconds a child has to stop by itself: longer than a node waits for its circuits. */
const STOP_MS = 12_000;

/**
 * A process of ours that lives as long as we do: it stops when its standard input ends, which it does whatever becomes
 * of us. It is told to stop the same way, on every system.
 */
export class Child {
  readonly name: string;
  /** What it said, on both outputs. */
  readonly lines: string[] = [];
  /** How it ended: `exit 0`, `SIGKILL`. */
  readonly ended: Promise<string>;
  readonly #process: ChildProcess;
  readonly #heard = new Set<() => void>();
  #end: string | undefined;

  constructor(name: string, [file, ...first]: Command, args: readonly string[]) {
    this.name = name;
    // A group of its own: what a terminal sends to all of ours is for us to act on.
    const detached = process.platform !== 'win32';
    this.#process = spawn(file, [...first, ...args], {
      stdio: ['pipe', 'pipe', 'pipe'],
      detached,
      windowsHide: true,
    });
    const { stdin, stdout, stderr } = this.#process;
    stdin?.on('error', () => undefined);
    for (const stream of [stdout, stderr])
      if (stream !== null)
        createInterface({ input: stream }).on('line', (line) => this.#hear(line));
    this.ended = new Promise((resolve) => {
      const end = (how: string): void => {
        this.#end ??= how;
        for (const listener of this.#heard) listener();
        resolve(this.#end);
      };
      this.#process.on('error', (error) => end(error.message));
      this.#process.on('close', (code, signal) => end(signal ?? `exit ${code}`));
    });
  }

  get pid(): number {
    return this.#process.pid ?? -1;
  }

  get isRunning(): boolean {
    return this.#end === undefined;
  }

  /** The first line that fits. Throws UserFault with its last line when it ends, or says nothing for too long. */
  async line(pattern: RegExp, limitMs: number): Promise<RegExpExecArray> {
    let seen = 0;
    const endMs = performance.now() + limitMs;
    for (;;) {
      for (; seen < this.lines.length; seen++) {
        const match = pattern.exec(this.lines[seen] as string);
        if (match !== null) return match;
      }
      const leftMs = endMs - performance.now();
      if (!this.isRunning || leftMs <= 0)
        throw new UserFault(
          `${this.name}: ${this.#end ?? 'too slow'}: ${this.lines.at(-1) ?? 'not a word'}`,
        );
      await this.#next(leftMs);
    }
  }

  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** Done when it is gone. */
  async stop(): Promise<void> {
    this.#process.stdin?.end();
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), STOP_MS);
    await this.ended;
    clearTimeout(timer);
  }

  #hear(line: string): void {
    if (this.lines.length < LINES_MAX) this.lines.push(line);
    for (const listener of this.#heard) listener();
  }

  #next(limitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#heard.delete(done);
        resolve();
      };
      const timer = setTimeout(done, limitMs);
      this.#heard.add(done);
    });
  }
}
