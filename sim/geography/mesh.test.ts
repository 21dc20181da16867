import { expect, test } from 'vitest';
import { Network, PROTOCOL } from '../network/mod.ts';
import { ip } from '../pump.case.ts';
import { World } from '../world.ts';
import { parseMatrix } from './matrix.ts';
import { addMesh } from './mesh.ts';

const MATRIX = `
,a,b,c
a,,100,1.001
b,70,,2
c,3,-,`;

/** A host at each site, and how long a packet takes from one to another, in microseconds. */
function built(text: string) {
  const world = new World('mesh');
  const network = new Network(world);
  const matrix = parseMatrix(text);
  if ('fault' in matrix) throw new Error(matrix.fault);
  const mesh = addMesh(network, matrix.pairs);
  let arrivedNs = -1;
  const hosts = new Map(
    matrix.sites.map((site, i) => {
      const node = network.addNode(site, [ip(i)], {
        deliver: (packet) => {
          arrivedNs = world.nowNs;
          network.packets.release(packet);
        },
      });
      network.addLink(node, mesh.nodes.get(site) as number, { delayNs: 0 });
      return [site, node];
    }),
  );
  return (from: string, to: string): number => {
    const { packets, addresses } = network;
    const packet = packets.take();
    packets.source[packet] = addresses.find(0, ip(matrix.sites.indexOf(from)));
    packets.dest[packet] = addresses.find(0, ip(matrix.sites.indexOf(to)));
    packets.protocol[packet] = PROTOCOL.udp;
    packets.length[packet] = 1;
    const sentNs = world.nowNs;
    network.send(hosts.get(from) as number, packet);
    world.run(world.nowNs + 1e9);
    return (arrivedNs - sentNs) / 1000;
  };
}

test('packets take what the matrix says, though a third site would be a short cut', () => {
  const takes = built(MATRIX);
  expect([takes('a', 'b'), takes('b', 'a')]).toEqual([100_000, 70_000]);
  expect([takes('a', 'c'), takes('c', 'a')]).toEqual([1_001, 3_000]);
  // One way was not said: it is as the other.
  expect([takes('b', 'c'), takes('c', 'b')]).toEqual([2_000, 2_000]);
});

test('without a word about two sites, packets go through others', () => {
  const takes = built('from,to,ms\na,b,5\nb,c,6');
  expect([takes('a', 'c'), takes('c', 'a')]).toEqual([11_000, 11_000]);
});
