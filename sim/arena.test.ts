import {
  describeHost,
  type HostArena,
  type MakeRoot,
  type RunningRoot,
} from '#core/host/host.case.ts';
import { SimHost } from './host.ts';
import { Network } from './network/network.ts';
import { SimStore } from './store.ts';
import { World } from './world.ts';

const MS = 1_000_000;
/** What a condition may take: no test waits for anything longer than a few time-outs. */
const SAFETY_NS: number = 600_000 * MS;
const SETTLE_NS: number = 20 * MS;

/** The acceptance suite's place in the simulator: hosts around one router, a millisecond apart. */
class SimArena implements HostArena {
  readonly nowhere: Uint8Array = Uint8Array.of(10, 9, 9, 9);
  readonly #world = new World('arena');
  readonly #network = new Network(this.#world);
  readonly #router: number = this.#network.addNode('router');
  readonly #disks = new Map<string, SimStore>();
  #hosts = 0;

  start(makeRoot: MakeRoot, options: { readonly storeName?: string } = {}): Promise<RunningRoot> {
    this.#hosts += 1;
    const name = `h${this.#hosts}`;
    const ip = Uint8Array.of(10, 0, 0, this.#hosts);
    const disk = this.#disk(options.storeName ?? name);
    const host = new SimHost(this.#network, { name, ips: [ip], disk });
    this.#network.addLink(host.node, this.#router, { delayNs: MS / 2, rateBps: 1_000_000_000 });
    host.start(makeRoot);
    this.#world.run(this.#world.nowNs);
    return Promise.resolve({
      ip,
      nowUs: () => host.nowUs(),
      turn: () => host.turn(),
      stop: () => {
        host.stop();
        return Promise.resolve();
      },
      sleep: (ms: number) => {
        host.sleep(ms);
        this.#world.run(this.#world.nowNs + ms * MS);
      },
      stepWall: (ms: number) => host.stepWall(ms),
    });
  }

  until(condition: () => boolean, what: string): Promise<void> {
    const world = this.#world;
    if (world.runUntil(condition, world.nowNs + SAFETY_NS, 20_000_000)) return Promise.resolve();
    return Promise.reject(new Error(`did not happen: ${what}`));
  }

  settle(): Promise<void> {
    this.#world.run(this.#world.nowNs + SETTLE_NS);
    return Promise.resolve();
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }

  #disk(name: string): SimStore {
    const disk = this.#disks.get(name) ?? new SimStore();
    this.#disks.set(name, disk);
    return disk;
  }
}

describeHost('simulated', () => new SimArena());
