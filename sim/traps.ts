import { promiseHooks } from 'node:v8';

export type TrapName = 'clock' | 'random' | 'timer' | 'promise';

/** Code inside a world used something that a replay could not repeat. */
export class AmbientTrap extends Error {
  readonly trap: TrapName;

  constructor(trap: TrapName, used: string) {
    super(`ambient ${trap} used inside a world: ${used}`);
    this.name = 'AmbientTrap';
    this.trap = trap;
  }
}

type Site = {
  readonly holder: object;
  readonly key: string;
  readonly trap: TrapName;
  readonly shown: string;
};

const SITES: readonly Site[] = [
  { holder: Date, key: 'now', trap: 'clock', shown: 'Date.now' },
  { holder: globalThis, key: 'Date', trap: 'clock', shown: 'Date' },
  { holder: performance, key: 'now', trap: 'clock', shown: 'performance.now' },
  { holder: process, key: 'hrtime', trap: 'clock', shown: 'process.hrtime' },
  { holder: process, key: 'uptime', trap: 'clock', shown: 'process.uptime' },
  { holder: Math, key: 'random', trap: 'random', shown: 'Math.random' },
  {
    holder: globalThis.crypto,
    key: 'getRandomValues',
    trap: 'random',
    shown: 'crypto.getRandomValues',
  },
  { holder: globalThis.crypto, key: 'randomUUID', trap: 'random', shown: 'crypto.randomUUID' },
  { holder: globalThis, key: 'setTimeout', trap: 'timer', shown: 'setTimeout' },
  { holder: globalThis, key: 'setInterval', trap: 'timer', shown: 'setInterval' },
  { holder: globalThis, key: 'setImmediate', trap: 'timer', shown: 'setImmediate' },
  { holder: globalThis, key: 'queueMicrotask', trap: 'promise', shown: 'queueMicrotask' },
  { holder: process, key: 'nextTick', trap: 'promise', shown: 'process.nextTick' },
];

/**
 * While installed, ambient time, randomness, timers and promises throw an AmbientTrap. A promise cannot throw
 * where it is made, so it is kept in `sprung` and raised after the event that made it. Code that swallows the
 * error does not get away either: every trap is kept.
 *
 * Installing twice is harmless; only the outermost removal restores.
 */
export class AmbientTraps {
  /** The first trap that was sprung since the last `raise`. */
  sprung: AmbientTrap | undefined;
  #depth = 0;
  #restore: (() => void)[] = [];

  install(): void {
    this.#depth += 1;
    if (this.#depth > 1) return;
    for (const site of SITES) this.#set(site);
    // Hooks stay out of the way of everything else in the process: they live only while a world runs.
    this.#restore.push(
      promiseHooks.onInit(() => {
        this.sprung ??= new AmbientTrap('promise', 'a promise');
      }) as () => void,
    );
  }

  remove(): void {
    this.#depth -= 1;
    if (this.#depth > 0) return;
    for (let undo = this.#restore.pop(); undo !== undefined; undo = this.#restore.pop()) undo();
    this.sprung = undefined;
  }

  raise(): never {
    throw this.sprung ?? new Error('no trap was sprung');
  }

  #set({ holder, key, trap, shown }: Site): void {
    const before = Object.getOwnPropertyDescriptor(holder, key);
    const spring = (): never => {
      this.sprung ??= new AmbientTrap(trap, shown);
      throw this.sprung;
    };
    const value = isConstructor(holder, key)
      ? new Proxy(Date, { construct: spring, apply: spring })
      : spring;
    if (key === 'hrtime') Object.assign(spring, { bigint: spring });
    Object.defineProperty(holder, key, { value, configurable: true, writable: true });
    this.#restore.push(() => {
      if (before === undefined) Reflect.deleteProperty(holder, key);
      else Object.defineProperty(holder, key, before);
    });
  }
}

/** `Date` stays a class to `instanceof`; everything else is only ever called. */
function isConstructor(holder: object, key: string): boolean {
  return holder === globalThis && key === 'Date';
}
