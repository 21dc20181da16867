import type { SimHost } from '../host.ts';
import type { WriteFate } from '../machine-disk.ts';
import type { Link, Network, Pipe } from '../network/mod.ts';
import type { CertificateTrouble, Direction, DnsTrouble } from './fault.ts';

/** What faults happen to: hosts and links by name, and what else there is. Each kind of run lays its own. */
export interface Ground {
  readonly network: Network;
  readonly hosts: ReadonlyMap<string, SimHost>;
  readonly links: ReadonlyMap<string, Link>;
  readonly nats: ReadonlyMap<string, { rebind(): void }>;
  /** What servers of TLS show, by host: the sound thing where a host is not in it. Undefined: there are none. */
  readonly certificates: Map<string, CertificateTrouble> | undefined;
  /** What is wrong with the resolver. */
  dnsTrouble: DnsTrouble | undefined;
  /** The host that a name such as `@middle` stands for now. */
  whoIs(name: string): string;
  /** Ends a host's program, and starts it again from its disk. */
  crash(host: string, exit: 'killed' | 'power cut', fate: WriteFate | undefined): void;
  restart(host: string): void;
  /** A host's address has changed: whoever tells others where it is may do so. */
  moved(host: string): void;
}

export function hostOf(ground: Ground, name: string): SimHost {
  const host = ground.hosts.get(name);
  if (host === undefined) throw new Error(`no host is called ${name}`);
  return host;
}

export function pipesOf(ground: Ground, link: string, direction: Direction): readonly Pipe[] {
  const found = ground.links.get(link);
  if (found === undefined) throw new Error(`no link is called ${link}`);
  if (direction === 'both') return [found.there, found.back];
  return [found[direction]];
}

/**
 * Everything that a fault can change, a line each: equal before and after when nothing of any fault is left.
 * What programs remember of it, such as names they were told, is theirs.
 */
export function conditionOf(ground: Ground): readonly string[] {
  const lines = [`partings ${ground.network.partings.count}`];
  for (const [name, { there, back }] of ground.links)
    for (const pipe of [there, back]) {
      const properties = Object.entries({ ...pipe.effective, back: undefined })
        .filter(([, value]) => value !== undefined)
        .map(([property, value]) => `${property} ${JSON.stringify(value)}`)
        .sort();
      const gates = `${pipe.isUp ? 'up' : 'down'} ${pipe.isClogged ? 'clogged' : 'free'}`;
      lines.push(`link ${name}, ${pipe.name}: ${gates} ${properties.join(' ')}`);
    }
  lines.push(`rules ${ground.network.rules}`);
  for (const [name, host] of ground.hosts) {
    const { slowMs, fails } = host.diskTrouble;
    lines.push(
      `host ${name} ${host.isRunning ? 'runs' : 'is down'}${host.isAsleep ? ' asleep' : ''}`,
      `clock of ${name} ${host.clock.driftPpm} ppm ${host.clock.wallOffsetMs} ms`,
      `addresses of ${name} ${host.ips.map((ip) => ip.join('.')).join(' ')}`,
      `disk of ${name} ${slowMs} ms ${fails ? 'fails' : 'writes'} ${host.disk.torn} torn`,
    );
  }
  lines.push(`resolver ${ground.dnsTrouble?.how ?? 'sound'}`);
  for (const [name, trouble] of ground.certificates ?? [])
    lines.push(`certificate of ${name} ${trouble}`);
  return lines;
}

/** The first line in which two conditions differ, in words; undefined for none. */
export function firstDifference(
  before: readonly string[],
  after: readonly string[],
): string | undefined {
  const is = after.find((line) => !before.includes(line));
  if (is !== undefined) return is;
  const was = before.find((line) => !after.includes(line));
  return was === undefined ? undefined : `no longer: ${was}`;
}
