// Each law against a world that breaks it, and against one that does not. Whole scenarios, and plants in them, are
// run in scenarios/scenarios.test.ts.
import { describe, expect, test } from 'vitest';
import { Network } from '../network/mod.ts';
import { World } from '../world.ts';
import { causal } from './causality.ts';
import { Account, Ledger } from './ledger.ts';
import { PacketWatch } from './packets.ts';
import { Pairs } from './pairs.ts';
import { PathDelays } from './path-delays.ts';
import { ProgressWatch, type Task } from './progress.ts';

const MS = 1_000_000;
const IPS = [Uint8Array.of(10, 0, 0, 1), Uint8Array.of(10, 0, 0, 2)] as const;

/** a -- router -- b: 3 ms and 4 ms. */
function wires(lossPpm = 0) {
  const world = new World('1');
  const network = new Network(world);
  const release = { deliver: (packet: number) => network.packets.release(packet) };
  const a = network.addNode('a', [IPS[0]], release);
  const router = network.addNode('router');
  const b = network.addNode('b', [IPS[1]], release);
  network.addLink(a, router, { delayNs: 3 * MS, rateBps: 8_000_000 });
  network.addLink(router, b, { delayNs: 4 * MS, lossPpm, duplicatePpm: 300_000, jitterNs: MS });
  const watch = new PacketWatch(network);
  const send = (): void => {
    const packet = network.packets.take();
    network.packets.source[packet] = network.addresses.find(a, IPS[0]);
    network.packets.dest[packet] = network.addresses.find(a, IPS[1]);
    network.packets.length[packet] = 940;
    network.packets.protocol[packet] = 6;
    network.send(a, packet);
  };
  return { world, network, a, b, router, watch, send };
}

describe('packets', () => {
  test('are conserved where they are lost, doubled and late, at every moment', () => {
    const { world, watch, send } = wires(200_000);
    const claim = watch.claim();
    for (let i = 0; i < 200; i++) {
      send();
      world.run(world.nowNs + MS / 2);
      expect([claim.look(), watch.early]).toEqual([undefined, undefined]);
    }
    world.run(world.nowNs + 500 * MS);
    expect([claim.look(), claim.close?.()]).toEqual([undefined, undefined]);
  });

  test('one that is counted and never was, and one that is never released', () => {
    const { world, network, watch, send } = wires();
    send();
    world.run(100 * MS);
    network.packets.take();
    expect(watch.claim().close?.()).toBe('1 packets live, 0 in flight');
    for (const count of ['sent', 'delivered'] as const) {
      const pipe = network.pipes[0] as (typeof network.pipes)[number];
      pipe[count] += 1;
      expect(watch.claim().look()).toMatch(/pipe a>router: 1 packets \w+, 2 counted/);
      pipe[count] -= 1;
    }
  });
});

describe('causality', () => {
  test('the shortest way, and a shorter one once there is one', () => {
    const { network, a, b, router, watch } = wires();
    const delays = new PathDelays(network, watch);
    expect([delays.between(a, b), delays.between(b, a), delays.between(a, a)]).toEqual([
      7 * MS,
      7 * MS,
      0,
    ]);
    network.addLink(a, router, { delayNs: MS });
    expect(watch.early).toBeUndefined();
    expect(delays.between(a, b)).toBe(5 * MS);
    expect(delays.between(network.addNode('island'), b)).toBe(Infinity);
  });

  test.each([
    [20 * MS, true],
    [20 * MS - 1, false],
  ])('an answer after %i ns from 10 ms away: allowed %s', (tookNs, isAllowed) => {
    const { world, network, watch } = wires();
    const ledger = new Ledger(() => world.nowNs);
    const account = new Account('a', 1, 'plain', 'shop');
    account.firstWrittenNs = 5;
    account.firstReadNs = 5 + tookNs;
    ledger.asking = () => [account];
    const pairs = new Pairs(world, new Map(), ledger);
    const asker = { host: 'a', leastNs: () => 10 * MS };
    const delays = new PathDelays(network, watch);
    const claim = causal(world, watch, pairs, delays, ledger, [asker]);
    expect(claim.look() === undefined).toBe(isAllowed);
  });
});

describe('progress', () => {
  test('a task that stands still is named, and since when; it starts again behind a cut, and not for a loss', () => {
    const { world, network, send } = wires(1_000_000);
    const pairs = new Pairs(world, new Map(), new Ledger(() => world.nowNs));
    let measure = 0;
    const tasks = (): readonly Task[] => [{ key: 'page 1', measure }];
    const claim = new ProgressWatch(network, pairs, () => [], tasks).claim();
    expect(claim.said()).toBe('nobody was watched');
    const later = (ms: number): string | undefined => {
      world.run(world.nowNs + ms * MS);
      return claim.look();
    };
    expect(later(1_000)).toBeUndefined();
    measure += 1;
    expect(later(200_000)).toBeUndefined();
    expect(later(200_000)).toBeUndefined();
    network.pipes[0]?.setUp(false);
    expect(later(10_000)).toBeUndefined();
    network.pipes[0]?.setUp(true);
    expect(later(10_000)).toBeUndefined();
    send();
    expect(later(209_000)).toBeUndefined();
    expect(claim.said()).toBe('nobody who could go on stood still for longer than 209000 ms');
    expect(later(2_000)).toBe('page 1 did not go on, since 421000.000 ms, allowed 210000 ms');
  });
});
