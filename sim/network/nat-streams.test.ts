import { expect, test } from 'vitest';
import { concatBytes, equalBytes } from '#core/base/bytes.ts';
import { NS_PER_S } from '#core/base/time.ts';
import { SimHost } from '../host.ts';
import { ip, Pump, type PumpPlan, pattern } from '../pump.case.ts';
import { World } from '../world.ts';
import { Nat } from './nat.ts';
import { Network } from './network.ts';

const LINK = Object.freeze({ delayNs: 10_000_000, rateBps: 8_000_000 });
const OUTSIDE = Uint8Array.of(198, 51, 100, 1);
const SERVER: PumpPlan = {
  listen: { ip: ip(9), port: 80 },
  send: pattern(2_000_000, 2),
  piece: 9_000,
};
const CLIENT: PumpPlan = {
  connect: { ip: ip(9), port: 80 },
  send: pattern(1_000_000, 1),
  piece: 9_000,
};

/** A client behind a box, and a server. */
function talk(ports?: readonly [number, number]) {
  const world = new World('nat streams');
  const network = new Network(world);
  const server = new SimHost(network, { name: 'server', ips: [ip(9)] });
  const client = new SimHost(network, { name: 'client', ips: [ip(1)] });
  const nat = new Nat(network, {
    name: 'box',
    ips: [OUTSIDE],
    ...(ports === undefined ? {} : { ports }),
  });
  nat.attach(server.node, LINK);
  network.addLink(client.node, nat.node, LINK);
  const pumps: Pump[] = [];
  const start = (host: SimHost, plan: PumpPlan): Pump => {
    host.start(({ random }) => {
      const pump = new Pump(plan, random);
      pumps.push(pump);
      return pump;
    });
    world.run(world.nowNs + 1);
    return pumps.at(-1) as Pump;
  };
  const served = start(server, SERVER);
  return { world, network, nat, client, served, asked: start(client, CLIENT), start };
}

test('a stream crosses a box both ways, and is seen from outside at its outside end', () => {
  const { world, network, asked, served } = talk();
  world.run(10 * NS_PER_S);
  for (const [pump, sent] of [
    [asked, SERVER.send],
    [served, CLIENT.send],
  ] as const) {
    const [stream] = pump.streams;
    expect(stream?.cause).toBe('ended');
    expect(equalBytes(concatBytes(...(stream?.got ?? [])), sent)).toBe(true);
  }
  expect(network.packets.used).toBe(0);
});

test('when the box forgets a stream, it stalls, both ends time out, and another one works', () => {
  const { world, nat, client, asked, served, start } = talk();
  world.run(NS_PER_S);
  const [up, down] = [asked.streams[0], served.streams[0]];
  nat.rebind();
  world.run(2 * NS_PER_S);
  const got = [up?.gotOctets, down?.gotOctets];
  world.run(100 * NS_PER_S);
  expect([up?.gotOctets, down?.gotOctets]).toEqual(got);
  expect([up?.cause, down?.cause]).toEqual([undefined, undefined]);
  expect(nat.rejects.get('no-mapping')).toBeGreaterThan(10);
  world.run(2_000 * NS_PER_S);
  expect([up?.cause, down?.cause]).toEqual(['timed-out', 'timed-out']);
  client.stop('killed');
  const again = start(client, CLIENT);
  world.run(world.nowNs + 10 * NS_PER_S);
  expect(again.streams[0]?.cause).toBe('ended');
});

test('a program hears at once that a box has no port for it', () => {
  const { world, client, start } = talk([7000, 7000]);
  world.run(NS_PER_S / 10);
  client.stop('killed');
  const refused = start(client, CLIENT);
  world.run(world.nowNs + NS_PER_S / 10);
  expect(refused.streams[0]?.cause).toBe('unreachable');
});
