import { expect, test } from 'vitest';
import { concatBytes, equalBytes } from '#core/base/bytes.ts';
import { SimHost } from '../host.ts';
import { ip, Pump, pattern } from '../pump.case.ts';
import { World } from '../world.ts';
import { Network } from './network.ts';
import { PROTOCOL, TCP_HEADERS } from './packet.ts';
import { DROP, type Rule } from './rules.ts';

const MS = 1_000_000;
const S = 1000 * MS;

/** a -- routers -- b over links of these MTUs; a sends octets to b, and b half as many back. */
function path(mtus: readonly number[], octets: number, rule: Rule = {}) {
  const world = new World('mtu');
  const network = new Network(world);
  const [a, b] = [1, 2].map((n) => new SimHost(network, { name: `${n}`, ips: [ip(n)] })) as [
    SimHost,
    SimHost,
  ];
  const routers = mtus.slice(1).map((_, i) => network.addNode(`router ${i}`));
  const nodes = [a.node, ...routers, b.node];
  const links = mtus.map((mtu, i) => {
    const wire = { delayNs: 5 * MS, rateBps: 50_000_000, mtu };
    return network.addLink(nodes[i] as number, nodes[i + 1] as number, wire);
  });
  network.rule(rule);
  const seen = { longest: 0 };
  network.tapPipe((links.at(-1) as (typeof links)[number]).there, ({ wireOctets }) => {
    seen.longest = Math.max(seen.longest, wireOctets);
  });
  const pumps: { a?: Pump; b?: Pump } = {};
  const [up, down] = [pattern(octets, 1), pattern(octets / 2, 2)];
  const listen = { ip: ip(2), port: 80 };
  b.start(({ random }) => (pumps.b = new Pump({ listen, send: down, piece: 9000 }, random)));
  world.run(1);
  a.start(({ random }) => (pumps.a = new Pump({ connect: listen, send: up, piece: 9000 }, random)));
  world.run(2);
  const isWhole = () => {
    const got = (pump: Pump | undefined) => concatBytes(...(pump?.streams[0]?.got ?? []));
    return equalBytes(got(pumps.b), up) && equalBytes(got(pumps.a), down);
  };
  const cause = () => pumps.a?.streams[0]?.cause;
  const isOver = () => cause() !== undefined && pumps.b?.streams[0]?.cause !== undefined;
  const tooBig = () => links.map(({ there, back }) => there.tooBig + back.tooBig);
  return { world, network, links, seen, isWhole, isOver, cause, tooBig };
}

test.each([
  [1500, 1280],
  [1500, 576],
  [1000, 600],
] as const)('over links that take %i and %i a stream is whole, in segments that fit', (...mtus) => {
  const { world, seen, isWhole, isOver, tooBig } = path(mtus, 400_000);
  expect(world.runUntil(isOver, 30 * S)).toBe(true);
  expect([isWhole(), seen.longest]).toEqual([true, Math.min(...mtus)]);
  // Both know their own link, and the peer's: nobody sends what does not fit.
  expect(tooBig()).toEqual([0, 0]);
});

test('a narrow link in the middle says so, and the stream comes whole without waiting for a timer', () => {
  const { world, seen, isWhole, isOver, tooBig } = path([1500, 1280, 1500], 400_000);
  expect(world.runUntil(isOver, 30 * S)).toBe(true);
  expect([isWhole(), seen.longest]).toEqual([true, 1280]);
  // The first flight of each alone, and that once; a time-out would have been 230 ms more.
  expect(tooBig()).toEqual([0, 20, 0]);
  expect(world.nowNs).toBeLessThan(400 * MS);
});

test('where the notice is lost the stream is a black hole: nothing comes, and it is plain which link', () => {
  const deaf: Rule = { judge: ({ protocol }) => (protocol === PROTOCOL.icmp ? DROP : 0) };
  const { world, links, isOver, isWhole, cause, tooBig } = path([1500, 1280, 1500], 400_000, deaf);
  world.runUntil(isOver, 3000 * S);
  expect([isWhole(), cause()]).toEqual([false, 'timed-out']);
  const [near, black, far] = tooBig();
  expect([near, far]).toEqual([0, 0]);
  expect(black).toBeGreaterThan(40);
  // Greetings, acknowledgements and a reset: no octet of content.
  const { there } = links[1] as (typeof links)[number];
  expect(there.octets).toBeLessThan(there.sent * (TCP_HEADERS + 12 + 1));
});

test('a link that becomes narrow under a stream is learned of', () => {
  const { world, network, links, isWhole, isOver, tooBig } = path([1500, 1500, 1500], 400_000);
  world.run(80 * MS);
  const { there } = links[1] as (typeof links)[number];
  using _rule = network.rule({ pipes: [there], change: { mtu: 700 } });
  world.runUntil(isOver, 30 * S);
  expect(isWhole()).toBe(true);
  expect(tooBig()[1]).toBeGreaterThan(0);
});
