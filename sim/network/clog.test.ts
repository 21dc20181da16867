import { expect, test } from 'vitest';
import { World } from '../world.ts';
import { Network, type Pipe, PROTOCOL } from './mod.ts';

const MS = 1_000_000;
const OCTETS = 952;

type Scene = {
  readonly world: World;
  readonly network: Network;
  readonly pipe: Pipe;
  readonly arrived: (readonly [number: number, atMs: number])[];
  readonly send: (number: number) => void;
};

/** Two nodes and what crosses from the first to the second, by a number and the time it came. */
function scene(queueBytes: number): Scene {
  const world = new World('clog');
  const network = new Network(world);
  const { packets } = network;
  const [from, to] = [Uint8Array.of(10, 0, 0, 1), Uint8Array.of(10, 0, 0, 2)];
  const arrived: (readonly [number, number])[] = [];
  const deliver = (packet: number): void => {
    arrived.push([packets.seq[packet] as number, world.nowNs / MS]);
    packets.release(packet);
  };
  const near = network.addNode('near', [from], { deliver });
  const far = network.addNode('far', [to], { deliver });
  const { there } = network.addLink(near, far, { delayNs: MS, rateBps: 8_000_000, queueBytes });
  const send = (number: number): void => {
    const packet = packets.take();
    packets.source[packet] = network.addresses.find(near, from);
    packets.dest[packet] = network.addresses.find(near, to);
    packets.protocol[packet] = PROTOCOL.udp;
    packets.length[packet] = OCTETS;
    packets.seq[packet] = number;
    network.send(near, packet);
  };
  return { world, network, pipe: there, arrived, send };
}

test('what enters a clogged pipe waits, and goes on in order at its own rate when it is free', () => {
  const { world, pipe, arrived, send } = scene(1_000_000);
  pipe.clog(0);
  for (let n = 0; n < 3; n++) send(n);
  world.run(50 * MS);
  expect([arrived, pipe.inFlight, pipe.isClogged]).toEqual([[], 3, true]);
  pipe.unclog();
  send(3);
  world.run(100 * MS);
  // 1000 octets with their headers take a millisecond each.
  expect(arrived).toEqual([0, 1, 2, 3].map((n) => [n, 52 + n]));
  expect([pipe.inFlight, pipe.dropped, pipe.isClogged]).toEqual([0, 0, false]);
});

test('at a crawl packets pass one by one; when it ends the rest is not behind what would have been', () => {
  const { world, pipe, arrived, send } = scene(1_000_000);
  pipe.clog(800_000);
  for (let n = 0; n < 100; n++) send(n);
  world.run(25 * MS);
  // Ten milliseconds to crawl, one to be serialised, one to travel.
  expect(arrived).toEqual([
    [0, 12],
    [1, 22],
  ]);
  pipe.unclog();
  world.run(200 * MS);
  expect(arrived).toHaveLength(100);
  expect(arrived.at(-1)).toEqual([99, 25 + 98 + 1]);
});

test('no more waits than the queue holds, and nothing waits where the link is cut', () => {
  const { world, network, pipe, send } = scene(2_500);
  pipe.clog(0);
  for (let n = 0; n < 4; n++) send(n);
  expect([pipe.inFlight, pipe.dropped]).toEqual([2, 2]);
  pipe.setUp(false);
  send(4);
  expect([pipe.inFlight, pipe.dropped]).toEqual([2, 3]);
  pipe.setUp(true);
  send(5);
  expect(pipe.dropped).toBe(4);
  pipe.unclog();
  world.run(100 * MS);
  expect([pipe.delivered, network.packets.used]).toEqual([2, 0]);
});

test('while a rule makes the queue shorter, less waits; so it is with a rule that comes later', () => {
  const { network, pipe, send } = scene(10_000);
  const short = network.rule({ pipes: [pipe], change: { queueBytes: 2_500 } });
  pipe.clog(0);
  for (let n = 0; n < 4; n++) send(n);
  expect([pipe.inFlight, pipe.dropped]).toEqual([2, 2]);
  short[Symbol.dispose]();
  send(4);
  expect([pipe.inFlight, pipe.dropped]).toEqual([3, 2]);
  using _ = network.rule({ change: { queueBytes: 3_500 } });
  send(5);
  expect([pipe.inFlight, pipe.dropped]).toEqual([3, 3]);
});

test('what a clog held is dropped where the link is cut by the time it would go on', () => {
  const { world, pipe, arrived, send } = scene(1_000_000);
  pipe.clog(800_000);
  for (let n = 0; n < 5; n++) send(n);
  world.run(15 * MS);
  pipe.setUp(false);
  world.run(25 * MS);
  expect([arrived.length, pipe.dropped]).toEqual([1, 1]);
  pipe.unclog();
  world.run(100 * MS);
  expect([arrived.length, pipe.dropped, pipe.inFlight]).toEqual([1, 4, 0]);
});

test('of parted nodes one hears nothing of the other, until they are joined; other ways are as they were', () => {
  const { world, network, arrived, send } = scene(1_000_000);
  const join = network.partings.part([0], [1]);
  const other = network.partings.part([1], [0]);
  send(0);
  world.run(10 * MS);
  expect([arrived, network.partings.kept, network.packets.used]).toEqual([[], 1, 0]);
  join();
  send(1);
  world.run(20 * MS);
  expect([arrived.length, network.partings.count]).toEqual([1, 1]);
  other();
  expect(network.partings.count).toBe(0);
});
