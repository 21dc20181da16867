import { createHash } from 'node:crypto';
import { assert } from '#core/base/assert.ts';
import { Audit } from './audit.ts';
import { ACTORS_MAX, EventQueue, enlarged } from './event-queue.ts';
import { drawsHash, RandomStream } from './random.ts';
import { type Recorder, Shown } from './recorder.ts';
import { AmbientTraps } from './traps.ts';

/** Whoever events are addressed to. `source` is the number of the actor that scheduled it. */
export interface Actor {
  act(kind: number, a: number, b: number, source: number): void;
  /** For readers: who this is, and what an event that is about to happen to it is about. */
  readonly name?: string;
  inWords?(kind: number, a: number, b: number): string;
}

/** Whoever has a say in the state hash. */
export interface Contributor {
  /** What it is called in the hash: unique in the world. */
  readonly stateName: string;
  state(): string;
}

export type WorldOptions = {
  /** Takes what `log` is told. Has no way to influence the run. */
  readonly logger?: ((line: string) => void) | undefined;
  /** Is shown everything that happens. Has no way to influence it either. */
  readonly recorder?: Recorder | undefined;
  /** What the wall clock reads at time 0, in ms since 1970. Default 2026-01-01T00:00:00Z. */
  readonly epochMs?: number;
  /** False leaves the trace hash empty: for measuring what it costs. Default true. */
  readonly audited?: boolean;
};

/** Three fingerprints of a run, hex: what happened, what is left, what was drawn. */
export type WorldHashes = {
  readonly trace: string;
  readonly state: string;
  readonly draws: string;
};

const EPOCH_MS = 1_767_225_600_000;

/**
 * A deterministic world: one clock in integer nanoseconds, one queue of events, actors they go to, named
 * randomness, and the audit of everything. It knows nothing of networks or hosts.
 */
export class World {
  readonly seed: string;
  readonly epochMs: number;
  readonly audit: Audit = new Audit();
  readonly recorder: Recorder | undefined;
  readonly #queue = new EventQueue();
  readonly #actors: Actor[] = [];
  readonly #streams = new Map<string, RandomStream>();
  readonly #states: Contributor[] = [];
  readonly #traps = new AmbientTraps();
  readonly #logger: ((line: string) => void) | undefined;
  readonly #audited: boolean;
  #sequences = new Float64Array(64);
  #nowNs = 0;
  #events = 0;
  /** Who looks on, and at which event next. */
  #onlooker: ((events: number) => number) | undefined;
  #lookAt = Infinity;

  constructor(seed: string, options: WorldOptions = {}) {
    this.seed = seed;
    this.epochMs = options.epochMs ?? EPOCH_MS;
    this.#logger = options.logger;
    this.#audited = options.audited ?? true;
    this.recorder = options.recorder;
    this.recorder?.begins(this);
  }

  /** Nanoseconds since the world began. */
  get nowNs(): number {
    return this.#nowNs;
  }

  /** Events that have happened. */
  get events(): number {
    return this.#events;
  }

  /** Events that are still to happen. */
  get pending(): number {
    return this.#queue.size;
  }

  get audited(): boolean {
    return this.#audited;
  }

  /** Enters an actor; answers its number. Numbers follow the order of entry. */
  enter(actor: Actor): number {
    const number = this.#actors.length;
    assert(number < ACTORS_MAX, 'the world has room for the actor');
    const { recorder } = this;
    this.#actors.push(recorder === undefined ? actor : new Shown(actor, recorder, this.#queue));
    if (number === this.#sequences.length) {
      this.#sequences = enlarged(new Float64Array(2 * number), this.#sequences);
    }
    return number;
  }

  /** The stream of that name: the same one every time. */
  random(name: string): RandomStream {
    let stream = this.#streams.get(name);
    if (stream === undefined) {
      stream = new RandomStream(this.seed, name);
      this.#streams.set(name, stream);
    }
    return stream;
  }

  /**
   * Has somebody look on, one for a world: between two events, first after the next one. It answers at which event it
   * looks again, changes nothing, and costs a comparison for each event it does not look at.
   */
  watch(onlooker: (events: number) => number): void {
    this.#onlooker = onlooker;
    this.#lookAt = this.#events + 1;
  }

  /** Contributes a canonical text to the state hash. */
  contribute(contributor: Contributor): void {
    this.#states.push(contributor);
  }

  /** Lets `dest` act at a time not before now. `eventClass` is one of CLASS; `a` and `b` are any numbers. */
  schedule(
    atNs: number,
    eventClass: number,
    dest: number,
    source: number,
    kind: number,
    a: number,
    b: number,
  ): void {
    assert(
      atNs >= this.#nowNs && Number.isSafeInteger(atNs),
      'events lie ahead, in whole nanoseconds',
    );
    const sequence = this.#sequences[source] as number;
    this.#sequences[source] = sequence + 1;
    const slot = this.#queue.push(atNs, eventClass, dest, source, sequence, kind, a, b);
    if (this.recorder !== undefined) this.recorder.scheduled(slot);
  }

  /**
   * Takes back what `source` has scheduled for `dest` with that kind and `b`, as far as `isMeant` says of its `a`;
   * answers when each would have been, and its `a`, in the order they were scheduled in. Looks at every event.
   */
  recall(
    dest: number,
    source: number,
    kind: number,
    b: number,
    isMeant: (a: number, atNs: number) => boolean,
  ): (readonly [atNs: number, a: number])[] {
    const queue = this.#queue;
    return queue.takeOut(
      (slot, atNs) =>
        queue.destAt(slot) === dest &&
        queue.sourceAt(slot) === source &&
        queue.kindAt(slot) === kind &&
        queue.bAt(slot) === b &&
        isMeant(queue.aAt(slot), atNs),
    );
  }

  /** Every event up to and including `untilNs`; the clock reads `untilNs` afterwards. */
  run(untilNs: number): void {
    assert(untilNs >= this.#nowNs && Number.isSafeInteger(untilNs), 'a run goes forward');
    const queue = this.#queue;
    const traps = this.#traps;
    traps.install();
    try {
      while (queue.nextNs <= untilNs) {
        this.#next();
        if (traps.sprung !== undefined) traps.raise();
      }
    } finally {
      traps.remove();
    }
    this.#nowNs = untilNs;
  }

  /**
   * Goes on until `condition` holds, which is asked after every event. False when time or events ran out
   * first. The clock stays at the last event.
   */
  runUntil(condition: () => boolean, untilNs: number, eventsMax: number = Infinity): boolean {
    const traps = this.#traps;
    traps.install();
    try {
      for (let left = eventsMax; ; left--) {
        if (condition()) return true;
        if (left <= 0 || this.#queue.nextNs > untilNs) return false;
        this.#next();
        if (traps.sprung !== undefined) traps.raise();
      }
    } finally {
      traps.remove();
    }
  }

  /** One event. False when there is none. */
  step(): boolean {
    if (this.#queue.size === 0) return false;
    this.runUntil(() => false, Infinity, 1);
    return true;
  }

  /** For readers only: a line with the time in front. */
  log(line: () => string): void {
    if (this.#logger !== undefined) this.#logger(`${(this.#nowNs / 1e6).toFixed(6)} ms ${line()}`);
  }

  /** Adds a conclusion to the trace. */
  verdict(text: string): void {
    this.audit.verdict(text);
    this.recorder?.verdict(text);
  }

  /** For readers: what an actor is called. */
  nameOf(actor: number): string {
    return this.#actors[actor]?.name ?? 'nobody';
  }

  /** For readers: what an event that is about to happen is about. */
  inWords(dest: number, kind: number, a: number, b: number): string {
    return this.#actors[dest]?.inWords?.(kind, a, b) ?? '';
  }

  /** For readers: every stream that was drawn from, how often, and a digest of what was drawn. */
  drawn(): readonly { readonly name: string; readonly count: number; readonly mix: number }[] {
    return [...this.#streams.values()].filter(({ count }) => count > 0);
  }

  hashes(): WorldHashes {
    const state = createHash('sha256');
    const parts = new Map(this.#states.map((part) => [part.stateName, part]));
    assert(parts.size === this.#states.length, 'a contributor of state has a name of its own');
    for (const name of [...parts.keys()].sort()) {
      state.update(`${name}\n${parts.get(name)?.state()}\n\n`);
    }
    return {
      trace: this.audit.digest(),
      state: state.digest('hex'),
      draws: drawsHash(this.#streams.values()),
    };
  }

  #next(): void {
    const queue = this.#queue;
    const slot = queue.pop();
    const nowNs = queue.poppedNs;
    const dest = queue.destAt(slot);
    const source = queue.sourceAt(slot);
    const kind = queue.kindAt(slot);
    const a = queue.aAt(slot);
    const b = queue.bAt(slot);
    this.#nowNs = nowNs;
    this.#events += 1;
    if (this.#audited) this.audit.event(nowNs, queue.rankAt(slot), kind, a, b);
    const actor = this.#actors[dest];
    assert(actor !== undefined, 'an event is addressed to an actor');
    actor.act(kind, a, b, source);
    if (this.#events >= this.#lookAt) this.#lookAt = this.#onlooker?.(this.#events) ?? Infinity;
  }
}
