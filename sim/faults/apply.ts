import { frozen } from '#core/base/frozen.ts';
import { parseIp } from '#core/wire/mod.ts';
import type { WriteFate } from '../machine-disk.ts';
import type { PipeChange } from '../network/mod.ts';
import type { Crash, Fault, FaultKind, FaultOf, LinkTrouble } from './fault.ts';
import { type Ground, hostOf, pipesOf } from './ground.ts';

/** Takes back all that a fault did. Called once. */
export type Undo = () => void;

/** Lets a fault happen. A kind without its way back does not compile. */
export function apply(ground: Ground, fault: Fault): Undo {
  return perform(ground, fault);
}

const KINDS: { readonly [K in FaultKind]: (ground: Ground, fault: FaultOf<K>) => Undo } = frozen({
  partition: ({ network, ...ground }, { from, to, isOneWay }) => {
    const [near, far] = [from, to].map((names) =>
      names.map((name) => ground.hosts.get(name)?.node ?? -1),
    ) as [number[], number[]];
    const joins = [network.partings.part(near, far)];
    if (!isOneWay) joins.push(network.partings.part(far, near));
    return () => {
      for (const join of joins) join();
    };
  },
  cut: (ground, { link, direction }) => {
    for (const pipe of pipesOf(ground, link, direction)) pipe.setUp(false);
    return () => {
      for (const pipe of pipesOf(ground, link, direction)) pipe.setUp(true);
    };
  },
  clog: (ground, { link, direction, crawlBps = 0 }) => {
    for (const pipe of pipesOf(ground, link, direction)) pipe.clog(crawlBps);
    return () => {
      for (const pipe of pipesOf(ground, link, direction)) pipe.unclog();
    };
  },
  'link-trouble': (ground, fault) => {
    const pipes = pipesOf(ground, fault.link, fault.direction);
    const rule = ground.network.rule({ pipes, change: troublesOf(fault) });
    return () => rule[Symbol.dispose]();
  },
  crash: (ground, fault) => {
    const name = ground.whoIs(fault.host);
    ground.crash(name, fault.exit ?? 'killed', fateOf(fault));
    return () => ground.restart(name);
  },
  // The crash that it ends is another fault's doing, and so is what is left of it.
  restart: () => NOTHING,
  disk: (ground, { host: name, slowMs, fails }) => {
    const host = hostOf(ground, ground.whoIs(name));
    host.troubleDisk({ slowMs, fails });
    return () => host.troubleDisk();
  },
  skew: (ground, { host: name, ms }) => {
    const host = hostOf(ground, ground.whoIs(name));
    host.stepWall(ms, false);
    return () => host.stepWall(-ms, false);
  },
  step: (ground, { host: name, ms }) => {
    const host = hostOf(ground, ground.whoIs(name));
    host.stepWall(ms);
    return () => host.stepWall(-ms);
  },
  drift: (ground, { host: name, ppm }) => {
    const host = hostOf(ground, ground.whoIs(name));
    host.drift(ppm);
    return () => host.drift(0);
  },
  address: (ground, { host: name, ip }) => {
    const host = hostOf(ground, ground.whoIs(name));
    const [before] = host.ips;
    const to = parseIp(ip);
    if (before === undefined || to === undefined) throw new Error(`${name} cannot have ${ip}`);
    host.changeAddress(before, to);
    ground.moved(ground.whoIs(name));
    return () => {
      host.changeAddress(to, before);
      ground.moved(host.name);
    };
  },
  rebinding: (ground, { nat }) => {
    ground.nats.get(nat)?.rebind();
    return NOTHING;
  },
  dns: (ground, { kind: _, atMs: __, forMs: ___, ...trouble }) => {
    ground.dnsTrouble = trouble;
    return () => {
      ground.dnsTrouble = undefined;
    };
  },
  certificate: ({ certificates }, { host, wrong }) => {
    certificates?.set(host, wrong);
    return () => certificates?.delete(host);
  },
  sleep: (ground, { host: name }) => {
    const host = hostOf(ground, ground.whoIs(name));
    host.sleep();
    return () => host.wake();
  },
});

function perform<K extends FaultKind>(ground: Ground, fault: FaultOf<K>): Undo {
  const kind: (ground: Ground, fault: FaultOf<K>) => Undo = KINDS[fault.kind as K];
  return kind(ground, fault);
}

/** For what happens at one moment, and leaves nothing that could last. */
const NOTHING: Undo = () => undefined;

function troublesOf(fault: LinkTrouble): PipeChange {
  const { lossPpm, bursts, jitterUs, duplicatePpm, damagePpm } = fault;
  return {
    ...(lossPpm === undefined ? {} : { lossPpm }),
    ...(bursts === undefined ? {} : { bursts }),
    ...(jitterUs === undefined ? {} : { jitterNs: jitterUs * 1_000 }),
    ...(duplicatePpm === undefined ? {} : { duplicatePpm }),
    ...(damagePpm === undefined ? {} : { damagePpm }),
  };
}

/** Undefined: the host draws it. */
function fateOf({ unsynced }: Crash): WriteFate | undefined {
  if (unsynced === undefined) return undefined;
  if (unsynced === 'kept') return { whole: Number.POSITIVE_INFINITY };
  // Half a head of a record, or the first octets of a value.
  return unsynced === 'lost' ? { whole: 0 } : { whole: 0, torn: 3 };
}
