const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Milliseconds in which a second signal is the first again: a launcher passes on what the terminal sent to all. */
const ECHO_MS = 1_000;

/** What asks a program to stop: a signal, or the end of standard input where a parent holds the other end. */
export class StopRequest {
  /** Why, once somebody asks. */
  readonly asked: Promise<string>;
  /** Somebody asks again: at once, please. */
  readonly askedAgain: Promise<void>;
  readonly #first: PromiseWithResolvers<string> = Promise.withResolvers<string>();
  readonly #second: PromiseWithResolvers<void> = Promise.withResolvers<void>();
  readonly #atEof: boolean;
  #firstMs = Number.POSITIVE_INFINITY;

  constructor(atEof: boolean) {
    this.asked = this.#first.promise;
    this.askedAgain = this.#second.promise;
    this.#atEof = atEof;
    for (const signal of SIGNALS) process.on(signal, this.#onSignal);
    if (!atEof) return;
    process.stdin.on('error', this.#onEof).on('close', this.#onEof).on('end', this.#onEof);
    process.stdin.resume();
  }

  /** Listens no more: what is left of the program ends it. */
  release(): void {
    for (const signal of SIGNALS) process.off(signal, this.#onSignal);
    if (this.#atEof) process.stdin.destroy();
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
