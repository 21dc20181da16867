import type { World } from '../world.ts';

/** What must hold of a run, and is judged while it runs. What is answered in words is what is wrong, or missing. */
export type Claim = Always | Eventually | Sometimes;

/** At every `every`-th event at least, and at the end. */
export type Always = {
  readonly kind: 'always';
  readonly name: string;
  readonly every: number;
  /** What is wrong now; undefined when nothing is. */
  look(): string | undefined;
  /** Looks once more when all is over, at what need not hold before. */
  close?(): string | undefined;
  /** What was looked at: for a claim that holds. */
  said(): string;
};

/** By the end of the run; with `within`, at some moment until so long after that phase began. */
export type Eventually = {
  readonly kind: 'eventually';
  readonly name: string;
  readonly within?: { readonly phase: string; readonly ms: number };
  missing(): string | undefined;
  said(): string;
};

/** At least once: in this run, or in one run of a sweep where no single run can promise it. */
export type Sometimes = {
  readonly kind: 'sometimes';
  readonly name: string;
  readonly promised: Promised;
  /** What happened; undefined while it has not. */
  happened(): string | undefined;
};

export type Promised = 'run' | 'sweep';

export type Moment = { readonly ns: number; readonly event: number };

export type Finding = {
  readonly ok: boolean;
  readonly detail: string;
  /** When it first failed, or first happened. */
  readonly at?: Moment;
  /** Of what happens sometimes: whether it did here. */
  readonly seen?: boolean;
};

type Watched = { readonly claim: Claim; next: number; finding: Finding | undefined; dueNs: number };

/** Events between two looks at what must happen by some time. */
const EVENTUALLY_EVERY = 64;

/** Watches a world for its claims. Of each it keeps the first moment that decided it. */
export class Vigil {
  readonly #world: World;
  readonly #watched: readonly Watched[];
  #isOver = false;

  constructor(world: World, claims: readonly Claim[]) {
    this.#world = world;
    this.#watched = claims.map((claim) => ({
      claim,
      next: 0,
      finding: undefined,
      dueNs: Infinity,
    }));
    if (claims.length > 0) world.watch((events) => this.#look(events));
  }

  /** A phase of the run begins now. */
  began(phase: string): void {
    for (const watched of this.#watched) {
      const { claim } = watched;
      if (claim.kind === 'eventually' && claim.within?.phase === phase)
        watched.dueNs = this.#world.nowNs + claim.within.ms * NS_PER_MS;
    }
  }

  /** The run is over: what is open is decided. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const watched of this.#watched) watched.finding ??= this.#conclude(watched);
  }

  /** What was found of a claim; undefined when nobody watched for it, or it is not decided yet. */
  of(name: string): Finding | undefined {
    return this.#watched.find(({ claim }) => claim.name === name)?.finding;
  }

  #look(events: number): number {
    let next = Infinity;
    for (const watched of this.#watched) {
      if (watched.finding !== undefined) continue;
      if (events >= watched.next) {
        watched.finding = this.#decide(watched);
        const { claim } = watched;
        const every = claim.kind === 'always' ? claim.every : EVENTUALLY_EVERY;
        watched.next = events + strideOf(every, events);
        if (watched.finding !== undefined) continue;
      }
      next = Math.min(next, watched.next);
    }
    return next;
  }

  #decide({ claim, dueNs }: Watched): Finding | undefined {
    switch (claim.kind) {
      case 'always': {
        const wrong = claim.look();
        return wrong === undefined ? undefined : this.#now(false, wrong);
      }
      case 'sometimes': {
        const happened = claim.happened();
        return happened === undefined ? undefined : { ...this.#now(true, happened), seen: true };
      }
      case 'eventually': {
        if (claim.within === undefined || dueNs === Infinity) return undefined;
        const missing = claim.missing();
        if (missing === undefined) return this.#now(true, claim.said());
        return this.#world.nowNs > dueNs ? this.#late(claim, missing) : undefined;
      }
    }
  }

  #conclude(watched: Watched): Finding {
    const { claim } = watched;
    const decided = this.#decide(watched);
    if (decided !== undefined) return decided;
    switch (claim.kind) {
      case 'always': {
        const wrong = claim.close?.();
        return wrong === undefined ? { ok: true, detail: claim.said() } : this.#now(false, wrong);
      }
      case 'sometimes': {
        const isForgiven = claim.promised === 'sweep';
        return { ...this.#now(isForgiven, 'it never happened'), seen: false };
      }
      case 'eventually': {
        const missing = claim.missing();
        if (claim.within !== undefined && watched.dueNs === Infinity)
          return this.#now(false, `the phase "${claim.within.phase}" never began`);
        return missing === undefined
          ? { ok: true, detail: claim.said() }
          : this.#now(false, missing);
      }
    }
  }

  #late({ within }: Eventually, missing: string): Finding {
    return this.#now(false, `${missing}, ${within?.ms} ms after "${within?.phase}" began`);
  }

  #now(ok: boolean, what: string): Finding {
    const at = { ns: this.#world.nowNs, event: this.#world.events };
    return { ok, detail: ok ? what : `${what}; ${inWords(at)}`, at };
  }
}

const NS_PER_MS = 1_000_000;

/** `at 1234.567 ms, event 89`. */
export function inWords({ ns, event }: Moment): string {
  return `at ${(ns / NS_PER_MS).toFixed(3)} ms, event ${event}`;
}

/** Looks are up to 16 times as close at the beginning, so that short runs are seen as often as long ones begin. */
function strideOf(every: number, events: number): number {
  return Math.min(every, Math.ceil(every / 16) + Math.floor(events / 16));
}
