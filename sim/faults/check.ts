import { frozen } from '#core/base/frozen.ts';
import { formatIp, parseIp } from '#core/wire/mod.ts';
import { BURST_RANGES, PIPE_RANGES, type Ranges } from '../network/mod.ts';
import {
  endMs,
  FAULT_KINDS,
  type Fault,
  type FaultKind,
  type FaultOf,
  type Phases,
} from './fault.ts';

/** Looks at fields and keeps the first thing that is wrong, in a line with the path to it. */
export interface Fields {
  holds(isRight: boolean, path: string, allowed: string, value: unknown): void;
  whole(path: string, value: unknown, least: number, most: number): void;
  /** Numbers within their ranges; `at` is the path to them, with its dot. */
  ranges(at: string, held: object, ranges: Ranges, needed: readonly string[]): void;
  /** An address that a host may have. */
  ip(path: string, text: unknown): void;
  flag(path: string, value: unknown): void;
  word(path: string, value: unknown, known: readonly string[]): void;
  known(path: string, value: unknown, names: readonly string[], what: string): void;
}

/** What faults of a plan may name, and when they may happen. */
export type FaultScope = {
  /** Hosts, and names such as `@middle` that stand for one. */
  readonly hosts: readonly string[];
  /** Those whose machine other programs share: theirs can be killed, but not lose power alone. */
  readonly desks: readonly string[];
  readonly links: readonly string[];
  readonly nats: readonly string[];
  /** Hosts that show certificates. */
  readonly servers: readonly string[];
  readonly hasResolver: boolean;
  /** Addresses that hosts and translators have, as text. */
  readonly ips: readonly string[];
  readonly phases: Phases | undefined;
  /** The end of the run, in milliseconds. */
  readonly limitMs: number;
};

const RATE_BPS_MAX = 1_000_000_000;
const SLOW_MS_MAX = 3_600_000;
/** A century each way: beyond every certificate. */
const CLOCK_MS_MAX: number = 36_525 * 86_400_000;
/** A tenth: far more than any crystal. */
const DRIFT_PPM_MAX = 100_000;

/** Phases come one after the other, faults happen in chaos alone, and name what is there. */
export function checkFaults(check: Fields, faults: readonly Fault[], scope: FaultScope): void {
  if (scope.phases !== undefined) checkPhases(check, scope.phases, scope.limitMs);
  for (const [i, fault] of faults.entries()) checkFault(check, `faults[${i}].`, fault, scope);
  checkOverlaps(check, faults, scope.phases);
}

function checkPhases(check: Fields, { chaosMs, healMs, quietMs }: Phases, limitMs: number): void {
  check.whole('phases.chaosMs', chaosMs, 0, limitMs - 3);
  check.whole('phases.healMs', healMs, chaosMs + 1, limitMs - 2);
  check.whole('phases.quietMs', quietMs, healMs + 1, limitMs - 1);
}

function checkFault(check: Fields, at: string, fault: Fault, scope: FaultScope): void {
  const { phases, limitMs } = scope;
  check.word(`${at}kind`, fault.kind, Object.keys(FAULT_KINDS));
  if (!Object.hasOwn(FAULT_KINDS, fault.kind)) return;
  const lastMs = (phases?.healMs ?? limitMs) - 1;
  check.whole(`${at}atMs`, fault.atMs, phases?.chaosMs ?? 0, lastMs);
  if ('forMs' in fault && fault.forMs !== undefined)
    check.whole(`${at}forMs`, fault.forMs, 1, lastMs + 1 - fault.atMs);
  checkKind(check, at, fault, scope);
}

type Checks = {
  readonly [K in FaultKind]: (
    check: Fields,
    at: string,
    fault: FaultOf<K>,
    scope: FaultScope,
  ) => void;
};

function checkKind<K extends FaultKind>(
  check: Fields,
  at: string,
  fault: FaultOf<K>,
  scope: FaultScope,
): void {
  CHECKS[fault.kind as K](check, at, fault, scope);
}

const CHECKS: Checks = frozen<Checks>({
  partition: (check, at, { from, to, isOneWay }, { hosts }) => {
    for (const [side, names] of Object.entries({ from, to })) {
      check.holds(names.length > 0, `${at}${side}`, 'at least one host', names.join());
      for (const [i, name] of names.entries())
        check.known(`${at}${side}[${i}]`, name, hosts.filter(isFixed), 'a host');
    }
    const both = from.find((name) => to.includes(name));
    check.holds(both === undefined, `${at}to`, 'without hosts of from', both);
    check.flag(`${at}isOneWay`, isOneWay);
  },
  cut: checkLink,
  clog: (check, at, fault, scope) => {
    checkLink(check, at, fault, scope);
    if (fault.crawlBps !== undefined) check.whole(`${at}crawlBps`, fault.crawlBps, 1, RATE_BPS_MAX);
  },
  'link-trouble': (check, at, fault, scope) => {
    checkLink(check, at, fault, scope);
    check.ranges(at, fault, PIPE_RANGES, []);
    const { bursts } = fault;
    if (bursts !== undefined)
      check.ranges(`${at}bursts.`, bursts, BURST_RANGES, Object.keys(BURST_RANGES));
  },
  crash: (check, at, { host, exit = 'killed', unsynced = 'kept' }, { hosts, desks }) => {
    check.known(`${at}host`, host, hosts, 'a host');
    check.word(`${at}exit`, exit, desks.includes(host) ? ['killed'] : ['killed', 'power cut']);
    check.word(`${at}unsynced`, unsynced, ['lost', 'kept', 'torn']);
  },
  restart: (check, at, { host }, { hosts }) => check.known(`${at}host`, host, hosts, 'a host'),
  disk: (check, at, { host, slowMs, fails }, { hosts }) => {
    check.known(`${at}host`, host, hosts, 'a host');
    check.whole(`${at}slowMs`, slowMs, 0, SLOW_MS_MAX);
    check.flag(`${at}fails`, fails);
  },
  skew: checkClock,
  step: checkClock,
  drift: (check, at, { host, ppm }, { hosts }) => {
    check.known(`${at}host`, host, hosts, 'a host');
    check.whole(`${at}ppm`, ppm, -DRIFT_PPM_MAX, DRIFT_PPM_MAX);
  },
  address: (check, at, { host, ip }, { hosts, ips }) => {
    check.known(`${at}host`, host, hosts, 'a host');
    check.ip(`${at}ip`, ip);
    check.holds(
      !ips.some((other) => canonical(other) === canonical(ip)),
      `${at}ip`,
      'an address that no host has',
      ip,
    );
  },
  rebinding: (check, at, { nat }, { nats }) => check.known(`${at}nat`, nat, nats, 'a translator'),
  dns: (check, at, fault, { hasResolver }) => {
    check.holds(hasResolver, `${at}kind`, 'for plans that have a resolver', fault.kind);
    check.word(`${at}how`, fault.how, ['silent', 'fails', 'lies', 'slow']);
    if (fault.how === 'slow') check.whole(`${at}slowMs`, fault.slowMs, 0, SLOW_MS_MAX);
    if (fault.how !== 'lies') return;
    check.holds(parseIp(fault.ip)?.length === 4, `${at}ip`, 'an IPv4 address', fault.ip);
    check.whole(`${at}ttlS`, fault.ttlS, 0, 86_400);
  },
  certificate: (check, at, { host, wrong }, { servers }) => {
    check.known(`${at}host`, host, servers, 'a host that shows a certificate');
    check.word(`${at}wrong`, wrong, ['expired', 'wrong-name', 'wrong-key']);
  },
  sleep: (check, at, { host }, { hosts }) => check.known(`${at}host`, host, hosts, 'a host'),
});

function checkLink(
  check: Fields,
  at: string,
  { link, direction }: { readonly link: string; readonly direction: string },
  { links }: FaultScope,
): void {
  check.known(`${at}link`, link, links, 'a link');
  check.word(`${at}direction`, direction, ['both', 'there', 'back']);
}

function checkClock(
  check: Fields,
  at: string,
  { host, ms }: { readonly host: string; readonly ms: number },
  { hosts }: FaultScope,
): void {
  check.known(`${at}host`, host, hosts, 'a host');
  check.whole(`${at}ms`, ms, -CLOCK_MS_MAX, CLOCK_MS_MAX);
}

/** A name that stands for itself, whatever happens. */
export function isFixed(name: string): boolean {
  return !name.startsWith('@');
}

/** One text for one address. */
function canonical(text: string): string {
  const ip = parseIp(text);
  return ip === undefined ? text : formatIp(ip);
}

// ---- what cannot be at once ------------------------------------------------------------------------------

/** What a fault has for itself while it lasts: two that want the same would undo each other's work. */
function claimsOf(fault: Fault): readonly string[] {
  switch (fault.kind) {
    case 'partition':
    case 'skew':
    case 'step':
    case 'restart':
    case 'rebinding':
      return [];
    case 'cut':
    case 'clog':
    case 'link-trouble': {
      const ways = fault.direction === 'both' ? ['there', 'back'] : [fault.direction];
      return ways.map((way) => `${fault.kind} ${way} of ${fault.link}`);
    }
    case 'crash':
    case 'sleep':
      return [`program of ${fault.host}`];
    case 'dns':
      return ['resolver'];
    case 'address':
      return [`address of ${fault.host}`, `address ${canonical(fault.ip)}`];
    default:
      return [`${fault.kind} of ${fault.host}`];
  }
}

/** Whether two claims may be one: who plays a part is known at run time only. */
function isSame(a: string, b: string): boolean {
  if (a === b) return true;
  const [what, of] = a.split(' of ');
  const [other, whose] = b.split(' of ');
  return what === other && (of?.startsWith('@') === true || whose?.startsWith('@') === true);
}

/** The fault among `others` that is in force at some time with this one and wants the same; undefined for none. */
export function rivalOf(
  fault: Fault,
  others: readonly Fault[],
  phases: Phases | undefined,
): Fault | undefined {
  const claims = claimsOf(fault);
  return others.find(
    (other) =>
      other.atMs < overMs(fault, others, phases) &&
      fault.atMs < overMs(other, others, phases) &&
      claimsOf(other).some((claim) => claims.some((own) => isSame(own, claim))),
  );
}

/** When a fault is over: a crash also when somebody starts the host again. Milliseconds. */
function overMs(fault: Fault, all: readonly Fault[], phases: Phases | undefined): number {
  const end = endMs(fault, phases);
  if (fault.kind !== 'crash') return end;
  const restarts = all.filter(
    (other) => other.kind === 'restart' && other.host === fault.host && other.atMs > fault.atMs,
  );
  return restarts.reduce((first, { atMs }) => Math.min(first, atMs), end);
}

function checkOverlaps(check: Fields, faults: readonly Fault[], phases: Phases | undefined): void {
  for (const [i, fault] of faults.entries()) {
    const at = `faults[${i}].`;
    if (fault.kind === 'restart') {
      const isDown = faults.some(
        (crash) =>
          crash.kind === 'crash' &&
          crash.host === fault.host &&
          crash.atMs < fault.atMs &&
          overMs(crash, faults, phases) === fault.atMs,
      );
      check.holds(isDown, `${at}host`, 'a host that crashed and is still down', fault.host);
      continue;
    }
    const rival = rivalOf(fault, faults.slice(0, i).concat(restartsOf(faults)), phases);
    if (rival === undefined) continue;
    const allowed = `at a time when faults[${faults.indexOf(rival)}] is over`;
    check.holds(false, `${at}atMs`, allowed, fault.atMs);
  }
}

function restartsOf(faults: readonly Fault[]): readonly Fault[] {
  return faults.filter(({ kind }) => kind === 'restart');
}
