import { expect, test } from 'vitest';
import { ip, pattern } from '../pump.case.ts';
import { World } from '../world.ts';
import { Network } from './network.ts';
import { PROTOCOL } from './packet.ts';

const MS = 1_000_000;

/** Two hosts with three routers between: a short way over two of them, a long one over the third. */
function diamond() {
  const world = new World('net');
  const network = new Network(world);
  const got: { readonly at: string; readonly protocol: number; readonly timeNs: number }[] = [];
  const host = (name: string, last: number) =>
    network.addNode(name, [ip(last)], {
      deliver: (packet) => {
        got.push({
          at: name,
          protocol: network.packets.protocol[packet] as number,
          timeNs: world.nowNs,
        });
        network.packets.release(packet);
      },
    });
  const [a, b] = [host('a', 1), host('b', 2)];
  const [left, right, slow] = ['left', 'right', 'slow'].map((name) => network.addNode(name)) as [
    number,
    number,
    number,
  ];
  network.addLink(a, left, { delayNs: MS });
  network.addLink(left, right, { delayNs: MS, back: { delayNs: 2 * MS } });
  network.addLink(left, slow, { delayNs: 5 * MS });
  network.addLink(slow, right, { delayNs: 5 * MS });
  network.addLink(right, b, { delayNs: MS });
  const send = (from: number, source: number, dest: Uint8Array, octets = 8) => {
    const { packets } = network;
    const packet = packets.take();
    packets.source[packet] = network.addresses.find(from, ip(source));
    packets.dest[packet] = network.addresses.find(from, dest);
    packets.protocol[packet] = PROTOCOL.udp;
    packets.length[packet] = octets;
    packets.page(packet).set(pattern(octets, 1), packets.payloadAt(packet));
    network.send(from, packet);
  };
  return { world, network, got, a, b, left, right, send };
}

test('packets take the shortest way, each direction its own', () => {
  const { world, got, a, b, send } = diamond();
  send(a, 1, ip(2));
  world.run(100 * MS);
  send(b, 2, ip(1));
  world.run(200 * MS);
  expect(got).toEqual([
    { at: 'b', protocol: PROTOCOL.udp, timeNs: 3 * MS },
    { at: 'a', protocol: PROTOCOL.udp, timeNs: 104 * MS },
  ]);
});

test('an address there is no way to: the sender is told by the first router', () => {
  const { world, network, got, a, send } = diamond();
  send(a, 1, ip(9));
  world.run(100 * MS);
  expect(got).toEqual([{ at: 'a', protocol: PROTOCOL.icmp, timeNs: 2 * MS }]);
  expect(network.packets.used).toBe(0);
});

test('a node reaches itself, by address and by loopback', () => {
  const { world, got, a, send } = diamond();
  send(a, 1, ip(1));
  send(a, 1, Uint8Array.of(127, 0, 0, 1));
  world.run(MS);
  expect(got.map(({ at }) => at)).toEqual(['a', 'a']);
});

test('taps show packets where they are, and change no hash', () => {
  const run = (tapped: boolean) => {
    const { world, network, a, b, send } = diamond();
    const seen: string[] = [];
    if (tapped) {
      const note = (place: string) =>
        network.pipes.filter((pipe) => pipe.name === `pipe ${place}`)[0];
      const middle = note('left>right');
      if (middle === undefined) throw new Error('the pipe exists');
      network.tapPipe(middle, ({ timeNs, pipe, from, to, wireOctets, bytes, start, end }) =>
        seen.push(
          `${timeNs / MS} ${pipe?.name} ${from} ${to} ${wireOctets} ${bytes.slice(start, end)}`,
        ),
      );
      const stop = network.tapNode(b, ({ timeNs, pipe }) =>
        seen.push(`${timeNs / MS} ${pipe?.name}`),
      );
      send(a, 1, ip(2), 2);
      world.run(10 * MS);
      send(b, 2, ip(1), 2);
      stop();
    } else {
      send(a, 1, ip(2), 2);
      world.run(10 * MS);
      send(b, 2, ip(1), 2);
    }
    world.run(100 * MS);
    return { seen, hashes: world.hashes() };
  };
  const tapped = run(true);
  expect(tapped.seen).toEqual([
    '1 pipe left>right 10,0,0,1 10,0,0,2 50 1,32',
    '3 pipe right>b',
    '10 pipe b>right',
  ]);
  expect(tapped.hashes).toEqual(run(false).hashes);
});

test('payload octets are part of the trace', () => {
  const trace = (octets: number) => {
    const { world, a, send } = diamond();
    send(a, 1, ip(2), octets);
    return world.hashes().trace;
  };
  expect(trace(100)).not.toBe(trace(101));
  expect(trace(100)).toBe(trace(100));
});
