import { assert } from '#core/base/assert.ts';
import type { Pipe } from './link.ts';
import type { PipeChange } from './pipe-options.ts';
import type { Sighting } from './tap.ts';

/** Answers of a rule about a packet; a number above PASS is by how many nanoseconds the packet enters later. */
export const PASS = 0;
export const DROP = -1;

/** What holds for pipes for a while, from outside of everything simulated. */
export type Rule = {
  /** Which pipes; absent: all, those that are still to be made among them. */
  readonly pipes?: readonly Pipe[];
  /** Asked about every packet that enters: see PASS. May depend on what it was asked before, and on nothing else. */
  readonly judge?: (seen: Sighting) => number;
  /** Properties that are others meanwhile. */
  readonly change?: PipeChange;
};

type Held = { readonly rule: Rule; readonly pipes: ReadonlySet<Pipe> | undefined };

/**
 * The rules that hold now. Of rules that change one property the latest has its way; packets are shown to all that
 * judge, the earliest first, until one drops them, and are late by the sum. What a pipe is follows from its own options
 * and from the rules that are left, so rules end in any order.
 */
export class Rules {
  readonly #pipes: readonly Pipe[];
  readonly #show: (pipe: Pipe, packet: number) => Sighting;
  #held: readonly Held[] = [];

  constructor(pipes: readonly Pipe[], show: (pipe: Pipe, packet: number) => Sighting) {
    this.#pipes = pipes;
    this.#show = show;
  }

  /** How many hold now. */
  get count(): number {
    return this.#held.length;
  }

  /** The rule holds until it is disposed of. */
  add(rule: Rule): Disposable {
    const held = { rule, pipes: rule.pipes && new Set(rule.pipes) };
    this.#set([...this.#held, held], held);
    return { [Symbol.dispose]: () => this.#end(held) };
  }

  /** A pipe was made. */
  made(pipe: Pipe): void {
    if (this.#held.length > 0) this.#apply(pipe);
  }

  #end(held: Held): void {
    if (this.#held.includes(held))
      this.#set(
        this.#held.filter((other) => other !== held),
        held,
      );
  }

  #set(rules: readonly Held[], changed: Held): void {
    this.#held = rules;
    for (const pipe of changed.pipes ?? this.#pipes) this.#apply(pipe);
  }

  #apply(pipe: Pipe): void {
    const own = this.#held.filter(({ pipes }) => pipes === undefined || pipes.has(pipe));
    pipe.alter(own.flatMap(({ rule }) => rule.change ?? []));
    const judges = own.flatMap(({ rule }) => rule.judge ?? []);
    pipe.judge =
      judges.length === 0 ? undefined : (packet) => judged(judges, this.#show(pipe, packet));
  }
}

function judged(judges: readonly ((seen: Sighting) => number)[], seen: Sighting): number {
  let lateNs = PASS;
  for (const judge of judges) {
    const said = judge(seen);
    if (said === DROP) return DROP;
    assert(
      Number.isSafeInteger(said) && said >= PASS,
      'a rule passes, drops, or delays by whole ns',
    );
    lateNs += said;
  }
  return lateNs;
}
