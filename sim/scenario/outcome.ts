import type { FaultRow, Latencies, Message, Series, Topology, WhoSeesWhat } from '../report/mod.ts';
import type { WorldHashes, WorldOptions } from '../world.ts';
import type { Assertion } from './scenario.ts';

export type Metric = { readonly value: number; readonly unit: string };

/** What a run leaves. */
export type RunOutcome = {
  readonly hashes: WorldHashes;
  readonly assertions: readonly Assertion[];
  readonly metrics: { readonly [name: string]: Metric };
  readonly virtualSeconds: number;
  readonly events: number;
  /** What a page about it shows, where the run has drawn it. */
  readonly pictures?: Pictures;
};

export type Pictures = {
  readonly faults?: readonly FaultRow[];
  readonly topology: Topology;
  readonly sequence: readonly Message[];
  readonly series: readonly Series[];
  readonly latencies: readonly Latencies[];
  readonly whoSeesWhat?: WhoSeesWhat;
};

/** Who is shown a run as it happens, and changes nothing. */
export type Onlookers = Pick<WorldOptions, 'logger' | 'recorder'>;

/** A run that is over. `differs`: the hashes in which a second run of the same token differed, if there was one. */
export interface Played {
  readonly hashes: WorldHashes;
  outcome(differs: readonly string[] | undefined): RunOutcome;
}
