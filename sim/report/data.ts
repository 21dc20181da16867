// What a report is made of: plain data that a run leaves behind. Times are virtual milliseconds since the start
// of the run. Any text may hold anything; any number may be wrong; the page then says so and never breaks.

export type ReportData = {
  readonly title: string;
  readonly about: string;
  readonly token: string;
  readonly seed: string;
  readonly scenario: string;
  readonly params: { readonly [name: string]: number | string };
  /** The defect that was planted, if one was. */
  readonly plant?: string;
  readonly commit: string;
  /** The command line that repeats the run. */
  readonly command: string;
  readonly verdict: Verdict;
  readonly assertions: readonly AssertionRow[];
  readonly metrics: { readonly [name: string]: Metric };
  readonly hashes: { readonly [name: string]: string };
  readonly virtualSeconds: number;
  readonly wallSeconds: number;
  readonly events: number;
  /** What went wrong on purpose, and when it was over; absent where nothing did. */
  readonly faults?: readonly FaultRow[];
  readonly topology: Topology;
  readonly sequence: readonly Message[];
  readonly series: readonly Series[];
  readonly latencies: readonly Latencies[];
  readonly whoSeesWhat?: WhoSeesWhat;
};

/** The page shows a run as held only if its assertions and its matrix agree with `ok`. */
export type Verdict = { readonly ok: boolean; readonly text: string };

export type AssertionRow = {
  readonly name: string;
  readonly kind: 'always' | 'eventually' | 'sometimes';
  readonly ok: boolean;
  readonly detail: string;
};

export type FaultRow = { readonly timeMs: number; readonly text: string };

export type Metric = { readonly value: number; readonly unit: string };

export type HostRole =
  | 'client'
  | 'wifi'
  | 'isp'
  | 'entry'
  | 'middle'
  | 'exit'
  | 'relay'
  | 'resolver'
  | 'server'
  | 'router';

export type TopologyHost = {
  readonly name: string;
  readonly role: HostRole;
  /** Text of its address; empty when it has none. */
  readonly ip: string;
  /** Where it stands in the world, if it stands anywhere. */
  readonly site?: string;
};

export type TopologyLink = {
  readonly a: string;
  readonly b: string;
  readonly delayMs: number;
  /** Megabits per second; 0 is infinite. */
  readonly mbps: number;
};

export type Topology = {
  readonly hosts: readonly TopologyHost[];
  readonly links: readonly TopologyLink[];
  /** Hosts of one circuit, first to last, to highlight. */
  readonly path?: readonly string[];
};

/** One message of the sequence diagram. `sealed`: layers of the circuit's encryption that are still on. */
export type Message = {
  readonly timeMs: number;
  readonly from: string;
  readonly to: string;
  readonly label: string;
  readonly detail?: string;
  readonly sealed: number;
};

/** A value over virtual time. */
export type Series = {
  readonly name: string;
  readonly unit: string;
  /** (milliseconds, value) in any order. */
  readonly points: readonly (readonly [timeMs: number, value: number])[];
  readonly threshold?: Threshold;
};

/** `bad`: the side of the value that must not be reached; it is shaded, and what lies there is counted. */
export type Threshold = {
  readonly value: number;
  readonly label: string;
  readonly bad?: 'above' | 'below';
};

/** Durations of which the distribution is drawn. */
export type Latencies = {
  readonly name: string;
  readonly valuesMs: readonly number[];
  readonly threshold?: Threshold;
};

/** Who holds which fact, alone and together. A row's `sees` and `allowed` are in the order of `facts`. */
export type WhoSeesWhat = {
  readonly parties: readonly string[];
  readonly facts: readonly string[];
  readonly rows: readonly CoalitionRow[];
};

export type CoalitionRow = {
  readonly coalition: readonly string[];
  readonly sees: readonly boolean[];
  readonly allowed: readonly boolean[];
  /** By what they know it, or why they may. */
  readonly how?: string;
};
