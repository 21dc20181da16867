import { SimHost } from './host.ts';
import { type Link, type LinkOptions, Network } from './network/mod.ts';
import { Pump, type PumpPlan } from './pump.case.ts';
import type { Recorder } from './recorder.ts';
import { World, type WorldHashes } from './world.ts';

const S = 1_000_000_000;

export type Scene = {
  readonly seed: string;
  /** Between client and router, router and server. */
  readonly near: LinkOptions;
  readonly far: LinkOptions;
  readonly up: Uint8Array;
  readonly down: Uint8Array;
  /** The last octets of addresses of 16 octets instead of four. */
  readonly isV6?: boolean;
};

export type Shown = {
  readonly world: World;
  readonly network: Network;
  readonly links: readonly Link[];
  readonly hashes: WorldHashes;
};

/** A client and a server that say `up` and `down` over a router, with or without somebody who looks on. */
export function show(scene: Scene, recorder?: Recorder, look?: (network: Network) => void): Shown {
  const world = new World(scene.seed, { recorder });
  const network = new Network(world);
  const client = new SimHost(network, { name: 'client', ips: [address(1, scene)] });
  const router = network.addNode('router', [address(9, scene)]);
  const server = new SimHost(network, { name: 'server', ips: [address(2, scene)] });
  const near = network.addLink(client.node, router, scene.near);
  const far = network.addLink(router, server.node, scene.far);
  look?.(network);
  const to = { ip: address(2, scene), port: 80 };
  const piece = 5_000;
  const plans: [SimHost, PumpPlan][] = [
    [server, { listen: to, send: scene.down, piece }],
    [client, { connect: to, send: scene.up, piece }],
  ];
  for (const [host, plan] of plans) {
    host.start(({ random }) => new Pump(plan, random));
    world.run(world.nowNs + 1);
  }
  world.run(100 * S);
  world.verdict('it is over');
  return { world, network, links: [near, far], hashes: world.hashes() };
}

export function address(last: number, { isV6 = false }: { readonly isV6?: boolean }): Uint8Array {
  return isV6
    ? Uint8Array.of(0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last)
    : Uint8Array.of(10, 0, 0, last);
}
