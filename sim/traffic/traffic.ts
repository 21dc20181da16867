import type { HeavyTail } from './draw.ts';

// What a person does on an evening, as data: kinds with their parameters (what a scenario says), and what was drawn
// from them (what is played). Whole numbers throughout; times are milliseconds after the browsers start.

type Kind = {
  readonly user: string;
  /** When the first may come. */
  readonly startMs: number;
  /** How many. */
  readonly count: number;
  /** Mean of the exponential time from one to the next. */
  readonly gapMs: number;
  /** Names that are visited, asked for or called; each as likely. */
  readonly hosts: readonly string[];
};

/** Pages: some objects each (a table), each with a size of its own; the gap is what a reader thinks. */
export type WebTraffic = Kind & { readonly kind: 'web'; readonly object: HeavyTail };

/** Files down or, so many ppm of them, up. */
export type BulkTraffic = Kind & {
  readonly kind: 'bulk';
  readonly file: HeavyTail;
  readonly upPpm: number;
};

/** Names that nobody asked for before; a name is resolved by the exit. */
export type DnsTraffic = Kind & { readonly kind: 'dns' };

/** Voice: a packet each 20 ms, both ways, for an exponential time. */
export type CallTraffic = Kind & { readonly kind: 'call'; readonly forMs: number };

/** A game: a small packet about each 50 ms, and a state of the world for each. */
export type GameTraffic = Kind & { readonly kind: 'game'; readonly forMs: number };

export type TrafficPlan = WebTraffic | BulkTraffic | DnsTraffic | CallTraffic | GameTraffic;
export type TrafficKind = TrafficPlan['kind'];

/** One message of a call or a game, and the length of its answer; octets, and milliseconds after the first. */
export type Message = { readonly afterMs: number; readonly up: number; readonly down: number };

/** One thing that one user does. */
export type Doing = { readonly atMs: number; readonly host: string } & (
  | { readonly kind: 'web'; readonly objects: readonly number[] }
  | { readonly kind: 'bulk'; readonly up: number; readonly down: number }
  | { readonly kind: 'dns' }
  | { readonly kind: 'call' | 'game'; readonly messages: readonly Message[] }
);
