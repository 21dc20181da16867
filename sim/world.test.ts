import { expect, test } from 'vitest';
import { SimHost } from './host.ts';
import { Network } from './network/network.ts';
import { ip, Pump, pattern } from './pump.case.ts';
import { World, type WorldOptions } from './world.ts';

const MS = 1_000_000;

type Options = WorldOptions & { readonly extraHost?: boolean; readonly digestOften?: boolean };

/** A lossy exchange between two hosts; the roots draw too. */
function play(seed: string, { extraHost = false, digestOften = false, ...options }: Options = {}) {
  const world = new World(seed, options);
  const network = new Network(world);
  const router = network.addNode('router');
  const add = (name: string, last: number) => {
    const host = new SimHost(network, { name, ips: [ip(last)] });
    network.addLink(host.node, router, { delayNs: 3 * MS, rateBps: 20_000_000, lossPpm: 20_000 });
    return host;
  };
  const [a, b] = [add('a', 1), add('b', 2)];
  if (extraHost)
    add('c', 3).start(
      ({ random }) =>
        new Pump({ send: pattern(0, 0), piece: 1, connect: { ip: ip(9), port: 81 } }, random),
    );
  const draws: Uint8Array[] = [];
  b.start(
    ({ random }) =>
      new Pump({ listen: { ip: ip(2), port: 80 }, send: pattern(50_000, 1), piece: 5000 }, random),
  );
  a.start(({ random }) => {
    const drawn = new Uint8Array(16);
    random.fill(drawn);
    draws.push(drawn);
    return new Pump(
      { connect: { ip: ip(2), port: 80 }, send: pattern(90_000, 2), piece: 3000 },
      random,
    );
  });
  for (let ms = 0; ms < 3000; ms += 100) {
    if (digestOften) world.hashes();
    world.log(() => `at ${ms}`);
    world.run(ms * MS);
  }
  const drawn = ['pipe a>router', 'pipe router>a', 'host a'].map((name) => {
    const { count, mix } = world.random(name);
    return `${name} ${count} ${mix}`;
  });
  return { world, hashes: world.hashes(), draws, drawn };
}

test('the same seed gives the same run, whatever ran in between', () => {
  const first = play('seed');
  expect(play('seed').hashes).toEqual(first.hashes);
  play('other');
  expect(play('seed').hashes).toEqual(first.hashes);
  expect(first.world.events).toBeGreaterThan(300);
});

test('another seed gives another run', () => {
  const [one, other] = [play('seed').hashes, play('other').hashes];
  expect([one.trace === other.trace, one.state === other.state, one.draws === other.draws]).toEqual(
    [false, false, false],
  );
});

test('a host more leaves what the others draw as it was', () => {
  const [without, having] = [play('seed'), play('seed', { extraHost: true })];
  expect(having.draws).toEqual(without.draws);
  expect(having.drawn).toEqual(without.drawn);
  expect(having.drawn[0]).not.toContain(' 0 ');
  expect(having.hashes.trace).not.toBe(without.hashes.trace);
});

test('looking changes nothing: logs and digests', () => {
  const lines: string[] = [];
  const { hashes } = play('seed');
  expect(play('seed', { logger: (line) => lines.push(line) }).hashes).toEqual(hashes);
  expect(play('seed', { digestOften: true }).hashes).toEqual(hashes);
  expect(lines[1]).toBe('0.000000 ms at 100');
});

test('without audit the trace is empty and all else is the same', () => {
  const [full, bare] = [play('seed').hashes, play('seed', { audited: false }).hashes];
  expect([bare.state, bare.draws]).toEqual([full.state, full.draws]);
  expect(bare.trace).not.toBe(full.trace);
});

test('verdicts are part of the trace, long ones too', () => {
  const trace = (text: string) => {
    const world = new World('s');
    world.verdict(text);
    return world.hashes().trace;
  };
  expect(trace('good')).not.toBe(trace('bad'));
  expect(trace('x'.repeat(200_000))).not.toBe(trace('x'.repeat(200_001)));
});

test('events lie ahead, in whole nanoseconds', () => {
  const world = new World('s');
  const me = world.enter({ act: () => undefined });
  world.run(10);
  expect(() => world.schedule(9, 0, me, me, 0, 0, 0)).toThrow('events lie ahead');
  expect(() => world.schedule(10.5, 0, me, me, 0, 0, 0)).toThrow('events lie ahead');
  world.schedule(10, 0, me, me, 0, 0, 0);
  expect([world.step(), world.step(), world.events, world.pending]).toEqual([true, false, 1, 0]);
});

test('runUntil stops at its condition, at its time, or at its count of events', () => {
  const world = new World('s');
  let acts = 0;
  const me = world.enter({
    act: () => {
      acts += 1;
      world.schedule(world.nowNs + 10, 1, me, me, 0, 0, 0);
    },
  });
  world.schedule(0, 1, me, me, 0, 0, 0);
  expect(world.runUntil(() => acts === 3, 1000)).toBe(true);
  expect(world.nowNs).toBe(20);
  expect(world.runUntil(() => false, 45)).toBe(false);
  expect(world.nowNs).toBe(40);
  expect(world.runUntil(() => false, 1000, 2)).toBe(false);
  expect(acts).toBe(7);
});
