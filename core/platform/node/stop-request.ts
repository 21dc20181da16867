const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Milliseconds in which a second signal is the first again: a launcher passes on what the terminal sent to all. */
const ECHO_MS = 1_000;
/** Milliseconds between looks whether the parent is still there. */
const PARENT_MS = 500;

export type StopSources = {
  /** The end of standard input: whoever started this program holds the other end, and lets go when it dies. */
  readonly eof: boolean;
  /** The death of the process that started this one. */
  readonly parent: boolean;
};

/** What asks a program to stop: a signal, and what else it is told to mind. */
export class StopRequest {
  /** Why, once somebody asks. */
  readonly asked: Promise<string>;
  /** Somebody asks again: at once, please. */
  readonly askedAgain: Promise<void>;
  readonly #first: PromiseWithResolvers<string> = Promise.withResolvers<string>();
  readonly #second: PromiseWithResolvers<void> = Promise.withResolvers<void>();
  readonly #mindsEof: boolean;
  readonly #parentWatch: NodeJS.Timeout | undefined;
  #firstMs = Number.POSITIVE_INFINITY;

  constructor({ eof, parent }: StopSources) {
    this.asked = this.#first.promise;
    this.askedAgain = this.#second.promise;
    this.#mindsEof = eof;
    for (const signal of SIGNALS) process.on(signal, this.#onSignal);
    if (eof) {
      process.stdin.on('error', this.#onEof).on('close', this.#onEof).on('end', this.#onEof);
      process.stdin.resume();
    }
    if (parent) {
      const first = process.ppid;
      this.#parentWatch = setInterval(() => {
        if (process.ppid !== first || !isAlive(first)) this.#ask('the parent is gone');
      }, PARENT_MS);
    }
  }

  /** Listens no more: a program with nothing else to do ends. */
  release(): void {
    clearInterval(this.#parentWatch);
    for (const signal of SIGNALS) process.off(signal, this.#onSignal);
    if (this.#mindsEof) process.stdin.destroy();
  }

  readonly #onEof = (): void => this.#ask('end of input');

  readonly #onSignal = (signal: NodeJS.Signals): void => this.#ask(signal);

  #ask(why: string): void {
    const nowMs = performance.now();
    if (nowMs - this.#firstMs > ECHO_MS) this.#second.resolve();
    if (this.#firstMs === Number.POSITIVE_INFINITY) this.#firstMs = nowMs;
    this.#first.resolve(why);
  }
}

/** True for a process that is there, whoever's it is. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
