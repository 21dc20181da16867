import { expect, test } from 'vitest';
import { CREDIT_MIN, STREAMS_MAX } from '../base/limits.ts';
import { type Id, NO_ID } from '../base/slab.ts';
import {
  DatagramBatch,
  Driver,
  type HostCommand,
  type HostIo,
  type HostStream,
  type Root,
} from './mod.ts';

// What the driver holds a root to, and what it never asks of one. The host here does nothing.

const AT = Object.freeze({ ip: Uint8Array.of(10, 0, 0, 1), port: 5 });
const LISTENER = 70_000;

class Scene {
  readonly log: string[] = [];
  readonly commands: HostCommand[] = [];
  readonly wakes: Id[] = [];
  /** What the root answers. */
  taken: number | undefined;
  written = 0;
  #next = 0;
  readonly driver = new Driver(this.#root(), this.#io());

  stream(): HostStream {
    return {
      unsent: 0,
      lend: () => new Uint8Array(CREDIT_MIN),
      write: () => undefined,
      end: () => undefined,
      abort: () => undefined,
      pause: () => undefined,
      resume: () => undefined,
    };
  }

  perform(command: HostCommand): void {
    this.commands.push(command);
    this.driver.turn();
  }

  accept(): boolean {
    return this.driver.accepted(LISTENER, AT, () => this.stream());
  }

  /** One stream whose root has left octets with the host, whose peer has ended, and which is gone. */
  leave(): Id {
    this.perform({ kind: 'connect', id: 0, to: AT });
    this.driver.opened(0);
    this.taken = 0;
    this.driver.received(0, new Uint8Array(9), 0, 9);
    this.driver.ended(0);
    this.driver.closed(0, 'ended');
    this.log.length = 0;
    return 0;
  }

  #root(): Root {
    return {
      deadlineUs: Number.POSITIVE_INFINITY,
      handleTimeout: () => undefined,
      accept: () => this.#next++,
      handle: () => undefined,
      pollWake: () => this.wakes.shift() ?? NO_ID,
      pollCommand: () => this.commands.shift(),
      receiveDatagrams: () => undefined,
      transmitDatagrams: () => undefined,
      opened: () => undefined,
      receive: (_nowUs, _id, _bytes, start, end) => {
        this.log.push('receive');
        return this.taken ?? end - start;
      },
      ended: () => this.log.push('ended'),
      transmit: () => {
        this.log.push('transmit');
        const { written } = this;
        this.written = 0;
        return written;
      },
      closed: () => this.log.push('closed'),
    };
  }

  #io(): HostIo {
    return {
      nowUs: () => 0,
      connect: () => this.stream(),
      listen: () => undefined,
      bind: () => undefined,
      unbind: () => undefined,
      tls: () => ({ plain: this.stream(), cipher: this.stream() }),
      store: () => undefined,
      lendBatch: () => new DatagramBatch(1),
      sendDatagrams: () => undefined,
      arm: () => undefined,
      again: () => undefined,
    };
  }
}

test('a root is not even asked about one stream more than there may be', () => {
  const scene = new Scene();
  scene.perform({ kind: 'listen', id: LISTENER, at: AT });
  scene.driver.event({ kind: 'bound', id: LISTENER, at: AT });
  for (let i = 0; i < STREAMS_MAX; i++) expect(scene.accept()).toBe(true);
  expect(scene.accept()).toBe(false);
  expect(scene.driver.streams).toBe(STREAMS_MAX);
  scene.driver.closed(7, 'reset');
  expect(scene.accept()).toBe(true);
});

test('a root that takes or writes more than it may has broken an invariant', () => {
  const greedy = new Scene();
  greedy.perform({ kind: 'connect', id: 0, to: AT });
  greedy.taken = 10;
  expect(() => greedy.driver.received(0, new Uint8Array(9), 0, 9)).toThrow('no more than it was');
  for (const written of [CREDIT_MIN + 1, -2]) {
    const scene = new Scene();
    scene.perform({ kind: 'connect', id: 0, to: AT });
    scene.written = written;
    expect(() => scene.driver.opened(0)).toThrow('within its credit');
  }
});

test.each([-1, 65_536, 0.5, Number.NaN])('a port of %d is none', (port) => {
  for (const kind of ['connect', 'listen', 'bind'] as const) {
    const at = { ip: AT.ip, port };
    const command = kind === 'connect' ? { kind, id: 0, to: at } : { kind, id: 0, at };
    expect(() => new Scene().perform(command)).toThrow('a port has 16 bits');
  }
});

test('a stream that is gone but for what its root has left is offered, never asked', () => {
  const scene = new Scene();
  const id = scene.leave();
  scene.wakes.push(id);
  scene.driver.turn();
  expect(scene.log).toEqual(['receive']);
  scene.taken = undefined;
  scene.wakes.push(id);
  scene.driver.turn();
  expect(scene.log).toEqual(['receive', 'receive', 'ended', 'closed']);
  expect(scene.driver.streams).toBe(0);
});
