import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir, uptime } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import {
  describeHost,
  type HostArena,
  type MakeRoot,
  type RunningRoot,
} from '#core/host/host.case.ts';
import { type Clock, systemClock } from './clock.ts';
import { NodeHost } from './host.ts';

/** Milliseconds after which something that should happen will not. */
const SAFETY_MS = 30_000;

/** The clocks of this machine, moved by a test. */
class MovedClock implements Clock {
  steppedMs = 0;
  sleptMs = 0;
  readonly #system = systemClock();

  monotonicUs(): number {
    return this.#system.monotonicUs();
  }

  wallMs(): number {
    return this.#system.wallMs() + this.steppedMs + this.sleptMs;
  }

  bootS(): number {
    return uptime() + this.sleptMs / 1_000;
  }
}

/** Roots in this process that reach each other over 127.0.0.1. */
class LoopbackArena implements HostArena {
  /** The broadcast address: no TCP connection goes there. */
  readonly nowhere: Uint8Array = new Uint8Array([255, 255, 255, 255]);
  readonly #folder = mkdtempSync(join(tmpdir(), 'spn-host-'));
  readonly #hosts: NodeHost[] = [];

  async start(makeRoot: MakeRoot, options?: { readonly storeName?: string }): Promise<RunningRoot> {
    const clock = new MovedClock();
    const name = options?.storeName ?? `host-${this.#hosts.length}`;
    const storeFolder = join(this.#folder, name);
    const host = new NodeHost(makeRoot, { storeFolder, clock, checkMs: 2 });
    this.#hosts.push(host);
    return {
      ip: new Uint8Array([127, 0, 0, 1]),
      nowUs: () => host.nowUs(),
      turn: () => host.turn(),
      stop: () => host.stop(),
      sleep: (ms) => {
        clock.sleptMs += ms;
      },
      stepWall: (ms) => {
        clock.steppedMs += ms;
      },
    };
  }

  async until(condition: () => boolean, what: string): Promise<void> {
    const end = performance.now() + SAFETY_MS;
    while (!condition()) {
      if (performance.now() > end) throw new Error(`never happened: ${what}`);
      await nextTurn();
    }
  }

  async settle(): Promise<void> {
    for (let i = 0; i < 5; i++) {
      await delay(3);
      for (let turns = 0; turns < 5; turns++) await nextTurn();
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.#hosts.map((host) => host.stop()));
    rmSync(this.#folder, { recursive: true });
  }
}

describeHost('the host over Node', () => new LoopbackArena());
