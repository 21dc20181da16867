// What the acceptance suite needs of a host, simulated or real: a place where a few roots run and reach each
// other. host.case.ts is the suite; platform/node/host.test.ts and the simulator's host test run it.
import { expect } from 'vitest';
import type { Micros } from '../base/time.ts';
import type { Endpoint, Random, Root, StoreSnapshot } from './mod.ts';
import { ProbeRoot } from './probe-root.case.ts';

/** Makes a root from what its host gives it. */
export type MakeRoot = (env: { readonly random: Random; readonly store: StoreSnapshot }) => Root;

/** One root on a host of its own. */
export interface RunningRoot {
  /** 4 octets: where the others reach it, and where it listens. */
  readonly ip: Uint8Array;
  nowUs(): Micros;
  /** As after any input: the host serves what the root has to say. The test steered the root before. */
  turn(): void;
  /** Ends the host. Streams die, and the root is not called again. What was answered as stored stays. */
  stop(): Promise<void>;
  /** The machine was suspended for so long: its wall clock went on, its monotonic one did not. */
  sleep(ms: number): void;
  /** Somebody set the wall clock, forwards or back. */
  stepWall(ms: number): void;
}

/** A place with a few roots that reach each other. Fresh for each test. */
export interface HostArena {
  /** 4 octets that there is no way to: the host can say so at once. */
  readonly nowhere: Uint8Array;
  /** Starts a root; the same `storeName` in the same arena finds what a stopped root had stored. */
  start(makeRoot: MakeRoot, options?: { readonly storeName?: string }): Promise<RunningRoot>;
  /** Runs until the condition holds; rejects naming `what` after a generous safety bound. */
  until(condition: () => boolean, what: string): Promise<void>;
  /** Lets things settle: what was on its way has arrived, timers of up to 5 ms have fired. */
  settle(): Promise<void>;
  stop(): Promise<void>;
}

/** A probe on its host. */
export type Party = { readonly probe: ProbeRoot; readonly host: RunningRoot };

/** One test's arena with its parties. */
export class Scene {
  readonly arena: HostArena;
  readonly #parties: Party[] = [];

  constructor(arena: HostArena) {
    this.arena = arena;
  }

  async party(options?: { readonly storeName?: string }): Promise<Party> {
    let probe: ProbeRoot | undefined;
    const host = await this.arena.start(({ random, store }) => {
      probe = new ProbeRoot(random, store);
      return probe;
    }, options);
    if (probe === undefined) throw new Error('the host made no root');
    probe.onSteered = () => host.turn();
    const party = { probe, host };
    this.#parties.push(party);
    return party;
  }

  /** A party that listens as `l`, and where. */
  async listener(): Promise<Party & { readonly at: Endpoint }> {
    const { probe, host } = await this.party();
    probe.listen('l', { ip: host.ip, port: 0 });
    await this.until(() => probe.addressOf('l') !== undefined, 'listening');
    return { probe, host, at: probe.addressOf('l') as Endpoint };
  }

  /** Two parties with one stream between them: `c` at `a`, `l.1` at `b`. */
  async pair(): Promise<{ readonly a: ProbeRoot; readonly b: ProbeRoot; readonly at: Endpoint }> {
    const { probe: b, at } = await this.listener();
    const { probe: a } = await this.party();
    a.connect('c', at);
    await this.until(() => a.isOpen('c') && b.isOpen('l.1'), 'both ends open');
    return { a, b, at };
  }

  until(condition: () => boolean, what: string): Promise<void> {
    return this.arena.until(condition, what);
  }

  /** Until this line was logged. */
  said(probe: ProbeRoot, line: string): Promise<void> {
    return this.until(() => probe.lines.includes(line), line);
  }

  settle(): Promise<void> {
    return this.arena.settle();
  }

  /** Settles until a number stays what it is, and answers it. */
  async standstill(count: () => number): Promise<number> {
    for (;;) {
      const before = count();
      await this.settle();
      if (count() === before) return before;
    }
  }

  /** What must hold whatever the test was about. */
  check(): void {
    for (const { probe } of this.#parties) expect(probe.strays).toEqual([]);
  }
}

/** A test body with its scene. */
export type InScene = (body: (scene: Scene) => Promise<void>) => () => Promise<void>;
