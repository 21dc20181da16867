import { frozen } from '#core/base/frozen.ts';
import type { RandomStream } from '../random.ts';
import type { World } from '../world.ts';
import { type FaultScope, isFixed, rivalOf } from './check.ts';
import type { CertificateTrouble, Direction, Fault, Phases } from './fault.ts';

// A swarm of faults out of the seed (Groce and others, Swarm Testing, 2012): each run leaves whole families of faults
// out, so that what one family would hide or make impossible comes to pass in the runs without it.

/** How bad it may be. Whole numbers. */
export type Swarm = {
  /** Faults of one family, at most. */
  readonly perFamily: number;
  /** How long a fault lasts, at least and at most, in milliseconds; one that cannot end in chaos lasts to its end. */
  readonly shortestMs: number;
  readonly longestMs: number;
  /** By how much wall clocks are off, at most, in milliseconds. */
  readonly clockMs: number;
};

type Place = { readonly random: RandomStream; readonly scope: FaultScope; readonly swarm: Swarm };
type Times = { readonly atMs: number; readonly forMs: number };

/** The faults of a seed beside those of the plan, in the order of their times. Each family has a stream of its own. */
export function drawSwarm(
  world: World,
  swarm: Swarm,
  scope: FaultScope,
  phases: Phases,
  planned: readonly Fault[],
): readonly Fault[] {
  const drawn = Object.entries(FAMILIES).flatMap(([name, family]) => {
    const random = world.random(`faults ${name}`);
    if (random.below(2) === 0) return [];
    const faults: Fault[] = [];
    const count = 1 + random.below(swarm.perFamily);
    for (let n = 0; n < count; n++) {
      const times = drawTimes(random, swarm, phases);
      const fault = family({ random, scope, swarm }, times);
      if (fault !== undefined && rivalOf(fault, [...planned, ...faults], phases) === undefined)
        faults.push(fault);
    }
    return faults;
  });
  return drawn.sort((a, b) => a.atMs - b.atMs);
}

type Families = {
  readonly [name: string]: (place: Place, times: Times) => Fault | undefined;
};

/** Kinds that want one thing for themselves are one family: what one draws does not depend on another. */
const FAMILIES: Families = frozen<Families>({
  partitions: ({ random, scope: { hosts } }, times) => {
    const fixed = hosts.filter(isFixed);
    const from = fixed.filter(() => random.below(3) === 0);
    const to = fixed.filter((name) => !from.includes(name) && random.below(2) === 0);
    if (from.length === 0 || to.length === 0) return undefined;
    return { kind: 'partition', from, to, isOneWay: random.below(2) === 0, ...times };
  },
  cuts: ({ random, scope: { links } }, times) =>
    onOne(links, random, (link) => ({
      kind: 'cut',
      link,
      direction: drawDirection(random),
      ...times,
    })),
  clogs: ({ random, scope: { links } }, times) =>
    onOne(links, random, (link) => ({
      kind: 'clog',
      link,
      direction: drawDirection(random),
      ...(random.below(2) === 0 ? {} : { crawlBps: 8_000 + random.below(200_000) }),
      ...times,
    })),
  'link troubles': ({ random, scope: { links } }, times) =>
    onOne(links, random, (link) => ({
      kind: 'link-trouble',
      link,
      direction: drawDirection(random),
      lossPpm: random.below(300_000),
      jitterUs: random.below(80_000),
      duplicatePpm: random.below(50_000),
      damagePpm: random.below(50_000),
      ...times,
    })),
  machines: ({ random, scope: { hosts, desks } }, times) =>
    onOne(hosts, random, (host) => {
      const how = random.below(3);
      if (how === 0) return { kind: 'sleep', host, ...times };
      const exit = how === 1 || desks.includes(host) ? 'killed' : 'power cut';
      return { kind: 'crash', host, exit, ...times };
    }),
  disks: ({ random, scope: { hosts } }, times) =>
    onOne(hosts, random, (host) => ({
      kind: 'disk',
      host,
      slowMs: random.below(2_000),
      fails: random.below(2) === 0,
      ...times,
    })),
  clocks: ({ random, scope: { hosts }, swarm: { clockMs } }, times) =>
    onOne(hosts, random, (host) => ({
      kind: random.below(2) === 0 ? 'skew' : 'step',
      host,
      ms: random.below(2 * clockMs + 1) - clockMs,
      ...times,
    })),
  drifts: ({ random, scope: { hosts } }, times) =>
    onOne(hosts, random, (host) => ({
      kind: 'drift',
      host,
      ppm: random.below(100_001) - 50_000,
      ...times,
    })),
  addresses: ({ random, scope: { hosts, ips } }, times) =>
    onOne(hosts, random, (host) => {
      const ip = `198.18.${random.below(256)}.${1 + random.below(254)}`;
      return ips.includes(ip) ? undefined : { kind: 'address', host, ip, ...times };
    }),
  rebindings: ({ random, scope: { nats } }, { atMs }) =>
    onOne(nats, random, (nat) => ({ kind: 'rebinding', nat, atMs })),
  resolvers: ({ random, scope: { hasResolver } }, times) => {
    if (!hasResolver) return undefined;
    const how = random.below(4);
    if (how === 0) return { kind: 'dns', how: 'silent', ...times };
    if (how === 1) return { kind: 'dns', how: 'fails', ...times };
    if (how === 2) return { kind: 'dns', how: 'slow', slowMs: random.below(8_000), ...times };
    return { kind: 'dns', how: 'lies', ip: '203.0.113.254', ttlS: random.below(5), ...times };
  },
  certificates: ({ random, scope: { servers } }, times) =>
    onOne(servers, random, (host) => ({
      kind: 'certificate',
      host,
      wrong: CERTIFICATES[random.below(CERTIFICATES.length)] as CertificateTrouble,
      ...times,
    })),
});

const DIRECTIONS: readonly Direction[] = frozen<readonly Direction[]>(['both', 'there', 'back']);
const CERTIFICATES: readonly CertificateTrouble[] = frozen<readonly CertificateTrouble[]>([
  'expired',
  'wrong-name',
  'wrong-key',
]);

function drawTimes(random: RandomStream, swarm: Swarm, { chaosMs, healMs }: Phases): Times {
  const atMs = chaosMs + random.below(healMs - chaosMs);
  const spanMs = swarm.longestMs - swarm.shortestMs + 1;
  return { atMs, forMs: Math.min(swarm.shortestMs + random.below(spanMs), healMs - atMs) };
}

function drawDirection(random: RandomStream): Direction {
  return DIRECTIONS[random.below(DIRECTIONS.length)] as Direction;
}

/** A fault of one of the things named, each equally likely; undefined when there are none. */
function onOne(
  names: readonly string[],
  random: RandomStream,
  make: (name: string) => Fault | undefined,
): Fault | undefined {
  const fixed = names.filter(isFixed);
  return fixed.length === 0 ? undefined : make(fixed[random.below(fixed.length)] as string);
}
