import { expect, test } from 'vitest';
import { asciiBytes, concatBytes } from '#core/base/bytes.ts';
import { SimHost } from './host.ts';
import type { SimHostOptions } from './host-options.ts';
import { Network } from './network/mod.ts';
import { ip, Pump, type PumpPlan, pattern } from './pump.case.ts';
import { World } from './world.ts';

const MS = 1_000_000;
const NOTHING: PumpPlan = { send: new Uint8Array(0), piece: 1 };

function setting(names: readonly string[], options: Partial<SimHostOptions> = {}, seed = 'host') {
  const world = new World(seed);
  const network = new Network(world);
  const router = network.addNode('router');
  const hosts = names.map((name, i) => {
    const host = new SimHost(network, { name, ips: [ip(i + 1)], ...options });
    network.addLink(host.node, router, { delayNs: MS });
    return host;
  });
  const start = (index: number, plan: PumpPlan): Pump => {
    const made: Pump[] = [];
    hosts[index]?.start(({ random }) => {
      made.push(new Pump(plan, random));
      return made[0] as Pump;
    });
    world.run(world.nowNs);
    return made[0] as Pump;
  };
  return { world, network, hosts, start };
}

test.each([
  [1000, 2500, 3000],
  [0, 2500, 2500],
  [15_600, 2500, 15_600],
  [1000, 0, 0],
])(
  'timers of %i us: a deadline at %i us comes at %i us',
  (timerGranularityUs, deadlineUs, atUs) => {
    const { world, hosts, start } = setting(['h'], { timerGranularityUs });
    const pump = start(0, NOTHING);
    const times: number[] = [];
    pump.onTimeout = (nowUs) => times.push(nowUs);
    pump.deadlineUs = deadlineUs;
    hosts[0]?.turn();
    world.run(100 * MS);
    expect(times).toEqual([atUs]);
  },
);

test('sleep stops the clock, loses packets, and is told of; deadlines wait', () => {
  const { world, network, hosts, start } = setting(['a', 'b']);
  const [a, b] = hosts;
  const pump = start(0, { ...NOTHING, bind: { ip: ip(1), port: 9 } });
  const other = start(1, { ...NOTHING, bind: { ip: ip(2), port: 9 } });
  world.run(10 * MS);
  const times: number[] = [];
  pump.onTimeout = (nowUs) => times.push(nowUs);
  pump.deadlineUs = 30_000;
  a?.turn();
  a?.sleep(1000);
  other.outbox.push({ to: { ip: ip(1), port: 9 }, bytes: Uint8Array.of(1) });
  other.wakes.add(other.slab.take() - 1);
  b?.turn();
  world.run(900 * MS);
  expect([a?.nowUs(), times, pump.datagrams.length]).toEqual([10_000, [], 0]);
  world.run(1100 * MS);
  expect([a?.nowUs(), times]).toEqual([100_000, [30_000]]);
  const wall = pump.events.at(-1);
  expect(wall).toEqual({
    kind: 'wall',
    wallMs: world.epochMs + 1010,
    uncertaintyMs: 1000,
    slept: true,
  });
  expect([pump.datagrams.length, network.packets.used]).toEqual([0, 0]);
});

test('a small step of the wall clock is kept to itself', () => {
  const { world, hosts, start } = setting(['h']);
  const pump = start(0, NOTHING);
  hosts[0]?.stepWall(100);
  hosts[0]?.stepWall(-101);
  world.run(MS);
  expect(pump.events.map((event) => event.kind === 'wall' && event.wallMs - world.epochMs)).toEqual(
    [0, -1],
  );
});

test('a program that is gone is not called; its unanswered writes were or not; the next one starts anew', () => {
  const { world, hosts, start } = setting(['h']);
  const pump = start(0, NOTHING);
  const put = (key: string) => {
    pump.commands.push({ kind: 'put', key, bytes: pattern(5, 1) });
    hosts[0]?.turn();
  };
  put('kept');
  world.run(4 * MS);
  put('open');
  world.run(6 * MS);
  pump.deadlineUs = 7000;
  hosts[0]?.turn();
  hosts[0]?.stop('killed');
  world.run(20 * MS);
  expect(pump.events.map(({ kind }) => kind)).toEqual(['wall', 'stored']);
  let values: readonly string[] = [];
  hosts[0]?.start(({ random, store }) => {
    values = [...store.values.keys()];
    return new Pump(NOTHING, random);
  });
  world.run(30 * MS);
  expect([values.filter((key) => key !== 'open'), hosts[0]?.nowUs()]).toEqual([['kept'], 10_000]);
});

test('of writes that were not answered a world keeps all, none, or the first of them', () => {
  const outcomes = new Set<string>();
  for (let seed = 0; seed < 40; seed++) {
    const { world, hosts, start } = setting(['h'], {}, `disk ${seed}`);
    const pump = start(0, NOTHING);
    for (const text of ['a', 'b', 'c'])
      pump.commands.push({ kind: 'append', log: 'log', bytes: asciiBytes(text) });
    hosts[0]?.turn();
    hosts[0]?.stop('power cut');
    world.run(20 * MS);
    const log = hosts[0]?.disk.snapshot().logs.get('log') ?? [];
    outcomes.add(new TextDecoder().decode(concatBytes(...log)));
  }
  expect([...outcomes].sort()).toEqual(['', 'a', 'ab', 'abc']);
});

test('datagrams beyond the queue of a socket are dropped', () => {
  const { world, network, hosts, start } = setting(['a', 'b']);
  const pump = start(0, { ...NOTHING, bind: { ip: ip(1), port: 9 } });
  const other = start(1, { ...NOTHING, bind: { ip: ip(2), port: 9 } });
  world.run(10 * MS);
  for (let i = 0; i < 300; i++)
    other.outbox.push({ to: { ip: ip(1), port: 9 }, bytes: Uint8Array.of(i) });
  other.wakes.add(0);
  hosts[1]?.turn();
  world.run(20 * MS);
  // All arrive within one nanosecond, before the program could look.
  expect([pump.datagrams.length, hosts[0]?.kernel.sockets.dropped, network.packets.used]).toEqual([
    256, 44, 0,
  ]);
});

test('a loopback connection stays within the host', () => {
  const { world, network, start } = setting(['h']);
  const at = { ip: Uint8Array.of(127, 0, 0, 1), port: 80 };
  const pump = start(0, { listen: at, connect: at, send: pattern(100_000, 1), piece: 9000 });
  world.run(1000 * MS);
  expect(pump.streams.map(({ gotOctets, cause }) => [gotOctets, cause])).toEqual([
    [100_000, 'ended'],
    [100_000, 'ended'],
  ]);
  expect(network.pipes.map((pipe) => pipe.sent)).toEqual([0, 0]);
});

test('a sleep without an end lasts until somebody wakes the machine, and what came meanwhile follows', () => {
  const { world, hosts, start } = setting(['h']);
  const pump = start(0, NOTHING);
  world.run(10 * MS);
  pump.commands.push({ kind: 'put', key: 'key', bytes: pattern(5, 1) });
  hosts[0]?.turn();
  hosts[0]?.sleep();
  world.run(60_000 * MS);
  expect([hosts[0]?.isAsleep, hosts[0]?.nowUs(), pump.events.length]).toEqual([true, 10_000, 1]);
  hosts[0]?.wake();
  world.run(60_001 * MS);
  expect([hosts[0]?.isAsleep, hosts[0]?.nowUs()]).toEqual([false, 11_000]);
  expect(pump.events.map(({ kind }) => kind)).toEqual(['wall', 'wall', 'stored']);
});

test('a sleep that was cut short does not end a later one', () => {
  const { world, hosts, start } = setting(['h']);
  start(0, NOTHING);
  world.run(10 * MS);
  hosts[0]?.sleep(100);
  world.run(20 * MS);
  hosts[0]?.wake();
  hosts[0]?.sleep(1000);
  world.run(500 * MS);
  expect(hosts[0]?.isAsleep).toBe(true);
  world.run(1020 * MS);
  expect([hosts[0]?.isAsleep, hosts[0]?.nowUs()]).toEqual([false, 10_000]);
});

test('another address: what listens everywhere is found there, and at the old one no more', () => {
  const { world, hosts, network, start } = setting(['a', 'b']);
  const at = { ip: new Uint8Array(4), port: 80 };
  start(0, { ...NOTHING, listen: at });
  const dialler = start(1, { ...NOTHING, connect: { ip: ip(1), port: 80 }, send: pattern(9, 1) });
  world.run(10 * MS);
  expect(dialler.streams[0]?.cause).toBe('ended');
  hosts[0]?.changeAddress(ip(1), ip(9));
  expect(hosts[0]?.ips).toEqual([ip(9)]);
  const [old, young] = [1, 9].map((last) => dialler.connect({ ip: ip(last), port: 80 }));
  hosts[1]?.turn();
  world.run(50 * MS);
  expect([old?.cause, young?.cause]).toEqual(['unreachable', 'ended']);
  hosts[0]?.changeAddress(ip(9), ip(1));
  const again = dialler.connect({ ip: ip(1), port: 80 });
  hosts[1]?.turn();
  world.run(100 * MS);
  expect([again.cause, network.packets.used]).toEqual(['ended', 0]);
});
