import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { DatagramBatch, Driver, type HostIo } from '#core/host/mod.ts';
import { Network, SimHost, World } from '#sim/mod.ts';
import { BeaconRoot } from './beacon-root.ts';

const NS_PER_S = 1e9;
const US_PER_S = 1e6;
const HOSTS_PER_ROUTER = 250;
const ACCESS_NS = 5_000_000;

/** A large network in which everybody tells a neighbour once a second that it is there. */
export type Beacons = {
  readonly sent: number;
  readonly heard: number;
  readonly virtualSeconds: number;
  readonly wallSeconds: number;
  /** Octets a host takes, its links and what the network keeps of it included, while nothing is under way. */
  readonly octetsPerHost: number;
  /** Of these, what the core keeps: driver and root. */
  readonly coreOctetsPerHost: number;
};

/** Runs so many hosts for so many virtual seconds, by way of routers that are all linked to one. */
export function measureBeacons(hosts: number, virtualSeconds: number): Beacons {
  const coreOctets = coreOctetsOf(hosts);
  const before = octetsInUse();
  const world = new World('beacons');
  const network = new Network(world);
  const hub = network.addNode('hub');
  const roots: BeaconRoot[] = [];
  let router = hub;
  for (let i = 0; i < hosts; i++) {
    if (i % HOSTS_PER_ROUTER === 0) {
      router = network.addNode(`router ${i / HOSTS_PER_ROUTER}`);
      network.addLink(router, hub, { delayNs: 2 * ACCESS_NS, rateBps: 10_000_000_000 });
    }
    const host = new SimHost(network, { name: `host ${i}`, ips: [addressOf(i)] });
    network.addLink(host.node, router, { delayNs: ACCESS_NS, rateBps: 100_000_000 });
    const root = rootOf(i, hosts);
    roots.push(root);
    host.start(() => root);
  }
  const startMs = performance.now();
  world.run(virtualSeconds * NS_PER_S);
  const wallSeconds = (performance.now() - startMs) / 1000;
  const octetsPerHost = (octetsInUse() - before) / hosts;
  const sum = (count: (root: BeaconRoot) => number): number =>
    roots.reduce((all, root) => all + count(root), 0);
  return {
    sent: sum(({ sent }) => sent),
    heard: sum(({ heard }) => heard),
    virtualSeconds,
    wallSeconds,
    octetsPerHost,
    coreOctetsPerHost: coreOctets / hosts,
  };
}

/** Octets of so many drivers and roots that have bound a socket and spoken once, over a host that does nothing. */
function coreOctetsOf(hosts: number): number {
  let nowUs = 0;
  const batch = new DatagramBatch();
  const io = { nowUs: () => nowUs, lendBatch: () => batch, ...NOTHING } as unknown as HostIo;
  const before = octetsInUse();
  const drivers = Array.from({ length: hosts }, (_, i) => new Driver(rootOf(i, hosts), io));
  for (const [i, driver] of drivers.entries()) {
    driver.event({ kind: 'wall', wallMs: 0, uncertaintyMs: 0, slept: false });
    driver.event({ kind: 'bound', id: 1, at: { ip: addressOf(i), port: 7 } });
  }
  nowUs = 2 * US_PER_S;
  for (const driver of drivers) driver.timeout();
  const octets = octetsInUse() - before;
  // Alive until here.
  return drivers.length === hosts ? octets : Number.NaN;
}

const NOTHING: { readonly [name: string]: () => void } = Object.freeze({
  arm: () => undefined,
  again: () => undefined,
  bind: () => undefined,
  sendDatagrams: () => undefined,
});

function rootOf(i: number, hosts: number): BeaconRoot {
  return new BeaconRoot(
    addressOf(i),
    addressOf((i + 1) % hosts),
    Math.floor((i * US_PER_S) / hosts),
  );
}

const addressOf = (i: number): Uint8Array =>
  Uint8Array.of(10, 1 + Math.floor(i / 65_536), Math.floor(i / 256) % 256, i % 256);

/** Of the heap and of buffers beside it, once garbage is gone. */
function octetsInUse(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let round = 0; round < 3; round++) collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
