import { frozen } from '#core/base/frozen.ts';
import type { Bursts } from '../network/mod.ts';

// What may go wrong, as data. Numbers are whole. Links, hosts and translators go by their names on the ground.

/** When a fault begins, and for how long it lasts; without `forMs` until everything is healed. */
export type Lasting = { readonly atMs: number; readonly forMs?: number };

/** Which of a link's pipes: the one to its second end, the one back, or both. */
export type Direction = 'both' | 'there' | 'back';

type OnLink = Lasting & { readonly link: string; readonly direction: Direction };
type OnHost = Lasting & { readonly host: string };

/** Nothing that one group of hosts sends reaches the other; one-way: only what `from` sends is gone. */
export type Partition = Lasting & {
  readonly kind: 'partition';
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly isOneWay: boolean;
};

/** A link drops all that enters it. */
export type Cut = OnLink & { readonly kind: 'cut' };

/** A link lets what enters wait, as far as its queue goes; with `crawlBps` it is only so slow, in bits per second. */
export type Clog = OnLink & { readonly kind: 'clog'; readonly crawlBps?: number };

/** A link loses, delays, doubles and damages packets. What is absent stays as it is. */
export type LinkTrouble = OnLink & {
  readonly kind: 'link-trouble';
  readonly lossPpm?: number;
  readonly bursts?: Bursts;
  readonly jitterUs?: number;
  readonly duplicatePpm?: number;
  readonly damagePpm?: number;
};

/**
 * A program is killed, or its machine loses power; the end of it is a start from storage. Writes that nobody was
 * answered for are all lost, all kept, or torn: the first of them is there in part. Without `unsynced` it is drawn.
 */
export type Crash = OnHost & {
  readonly kind: 'crash';
  /** Default 'killed'. */
  readonly exit?: 'killed' | 'power cut';
  readonly unsynced?: 'lost' | 'kept' | 'torn';
};

/** Starts again what crashed, from its disk. */
export type Restart = { readonly kind: 'restart'; readonly host: string; readonly atMs: number };

/** Each write takes so much longer, or is answered by an error and not made. */
export type DiskFault = OnHost & {
  readonly kind: 'disk';
  readonly slowMs: number;
  readonly fails: boolean;
};

/** The wall clock is off and nobody notices: no program is told. Milliseconds ahead. */
export type Skew = OnHost & { readonly kind: 'skew'; readonly ms: number };

/** Somebody sets the wall clock, and programs are told. Milliseconds ahead. */
export type Step = OnHost & { readonly kind: 'step'; readonly ms: number };

/** The clock that timers go by runs faster, by millionths. */
export type Drift = OnHost & { readonly kind: 'drift'; readonly ppm: number };

/** The host has this address in place of its first one. */
export type AddressChange = OnHost & { readonly kind: 'address'; readonly ip: string };

/** A translator forgets its mappings: what comes later has other ports outside. */
export type Rebinding = { readonly kind: 'rebinding'; readonly nat: string; readonly atMs: number };

/** What is wrong with a resolver. */
export type DnsTrouble =
  /** It hears questions and answers none; or all of them with SERVFAIL (RFC 1035 section 4.1.1). */
  | { readonly how: 'silent' }
  | { readonly how: 'fails' }
  /** Every name has this address, for so many seconds. */
  | { readonly how: 'lies'; readonly ip: string; readonly ttlS: number }
  | { readonly how: 'slow'; readonly slowMs: number };

export type DnsFault = Lasting & { readonly kind: 'dns' } & DnsTrouble;

/** What may be wrong with a certificate: its time is over, it is for other names, another authority made it. */
export type CertificateTrouble = 'expired' | 'wrong-name' | 'wrong-key';

/** A server shows a certificate that proves nothing. Connections that are there go on. */
export type CertificateFault = OnHost & {
  readonly kind: 'certificate';
  readonly wrong: CertificateTrouble;
};

/** The machine is suspended. */
export type Sleep = OnHost & { readonly kind: 'sleep' };

export type Fault =
  | Partition
  | Cut
  | Clog
  | LinkTrouble
  | Crash
  | Restart
  | DiskFault
  | Skew
  | Step
  | Drift
  | AddressChange
  | Rebinding
  | DnsFault
  | CertificateFault
  | Sleep;

export type FaultKind = Fault['kind'];
export type FaultOf<K extends FaultKind> = Extract<Fault, { readonly kind: K }>;

/** Every kind, and what it is. */
export const FAULT_KINDS: { readonly [kind in FaultKind]: string } = frozen({
  partition: 'groups of hosts hear nothing of each other',
  cut: 'a link drops everything',
  clog: 'a link keeps everything, or crawls',
  'link-trouble': 'a link loses, delays, doubles or damages packets',
  crash: 'a program is killed, or its machine loses power',
  restart: 'what crashed starts again from its disk',
  disk: 'writes are slow, or fail',
  skew: 'a wall clock is wrong unnoticed',
  step: 'a wall clock is set',
  drift: 'a clock runs fast or slow',
  address: 'a host has another address',
  rebinding: 'a translator forgets its mappings',
  dns: 'a resolver is silent, fails, lies or is slow',
  certificate: 'a server cannot prove who it is',
  sleep: 'a machine is suspended',
});

/** When each phase of a run begins, in milliseconds; warm begins at 0, and quiet lasts to the end. */
export type Phases = {
  /** Faults happen from here on. */
  readonly chaosMs: number;
  /** All faults are cleared at once, and there is time to recover. */
  readonly healMs: number;
  /** Nothing goes wrong any more: what is asked for must come. */
  readonly quietMs: number;
};

/** When a fault is over at the latest; Infinity: never. Milliseconds. */
export function endMs(fault: Fault, phases: Phases | undefined): number {
  if (fault.kind === 'restart' || fault.kind === 'rebinding') return fault.atMs;
  const healMs = phases?.healMs ?? Number.POSITIVE_INFINITY;
  return fault.forMs === undefined ? healMs : Math.min(fault.atMs + fault.forMs, healMs);
}

/** A line for people: `1200 ms cut link=net:news direction=back forMs=400`. */
export function describeFault(fault: Fault): string {
  const { kind, atMs, ...rest } = fault;
  const fields = Object.entries(rest).map(([name, value]) => `${name}=${textOf(value)}`);
  return [`${atMs} ms`, kind, ...fields].join(' ');
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.join('+');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([name, held]) => `${name}:${held}`)
    .join('+');
}
