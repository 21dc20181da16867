import { createHook } from 'node:async_hooks';
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { promiseHooks } from 'node:v8';

export type TrapName = 'clock' | 'random' | 'timer' | 'promise' | 'ambient';

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

const sites = (trap: TrapName, name: string, holder: object, keys: string): readonly Site[] =>
  keys
    .split(' ')
    .map((key) => ({ holder, key, trap, shown: name === '' ? key : `${name}.${key}` }));

/** One function of each kind: the constructor of each turns text into code. */
const KINDS: readonly object[] = [
  () => 0,
  function* () {
    yield;
  },
  async () => 0,
  async function* () {
    yield;
  },
];
const DATE_FORMAT = Intl.DateTimeFormat.prototype;
const TEMPORAL = 'instant plainDateTimeISO zonedDateTimeISO plainDateISO plainTimeISO timeZoneId';
/** Of any date, however it was made: these ask for the time zone of the machine. */
const LOCAL =
  'getFullYear getMonth getDate getDay getHours getMinutes getTimezoneOffset toString toDateString ' +
  'toTimeString toLocaleString toLocaleDateString toLocaleTimeString';
const RANDOM =
  'randomBytes randomFill randomFillSync randomInt randomUUID randomUUIDv7 pseudoRandomBytes prng rng ' +
  'createECDH createDiffieHellman createDiffieHellmanGroup getDiffieHellman ' +
  'generateKey generateKeySync generateKeyPair generateKeyPairSync generatePrime generatePrimeSync encapsulate';

/** Names that are called, constructed or read. Those of node:crypto are the ones modules import. */
const SITES: readonly Site[] = [
  ...sites('clock', '', globalThis, 'Date'),
  ...sites('clock', 'Date', Date, 'now'),
  ...sites('clock', 'Date.prototype', Date.prototype, `constructor ${LOCAL}`),
  ...sites('clock', 'Temporal.Now', Temporal.Now, TEMPORAL),
  ...sites('clock', 'Intl', Intl, 'DateTimeFormat'),
  ...sites('clock', 'Intl.DateTimeFormat', DATE_FORMAT, 'constructor format formatToParts'),
  ...sites('clock', 'performance', Performance.prototype, 'now mark measure timeOrigin toJSON'),
  ...sites(
    'clock',
    'performance',
    Performance.prototype,
    'eventLoopUtilization nodeTiming timerify getEntries getEntriesByName getEntriesByType',
  ),
  ...sites('clock', 'process', process, 'hrtime uptime cpuUsage threadCpuUsage resourceUsage'),
  ...sites('clock', 'Event', Event.prototype, 'timeStamp'),
  ...sites('clock', 'File', File.prototype, 'lastModified'),
  ...sites('random', 'Math', Math, 'random'),
  ...sites('random', 'crypto', globalThis.crypto, 'getRandomValues randomUUID'),
  ...sites('random', 'node:crypto', crypto, RANDOM),
  ...sites('random', 'Buffer', Buffer, 'allocUnsafe allocUnsafeSlow'),
  ...sites('random', 'URL', URL, 'createObjectURL'),
  ...sites('timer', '', globalThis, 'setTimeout setInterval setImmediate MessageChannel'),
  ...sites('timer', 'AbortSignal', AbortSignal, 'timeout'),
  ...sites('promise', '', globalThis, 'queueMicrotask'),
  ...sites('promise', 'process', process, 'nextTick'),
  ...sites('promise', 'node:crypto', crypto, 'hkdf pbkdf2 scrypt'),
  ...sites('ambient', 'process', process, 'getBuiltinModule'),
  ...sites('ambient', '', globalThis, 'eval Function'),
  ...KINDS.flatMap((kind) =>
    sites('ambient', 'Function', Object.getPrototypeOf(kind), 'constructor'),
  ),
].filter(({ holder, key }) => Reflect.has(holder, key));

/** What Node itself makes for these, by whatever name they were reached. */
const RESOURCES: ReadonlyMap<string, TrapName> = new Map([
  ['Timeout', 'timer'],
  ['Immediate', 'timer'],
  ['MESSAGEPORT', 'timer'],
  ['TickObject', 'promise'],
  ['Microtask', 'promise'],
  ['RANDOMBYTESREQUEST', 'random'],
  ['RANDOMPRIMEREQUEST', 'random'],
  ['KEYGENREQUEST', 'random'],
  ['KEYPAIRGENREQUEST', 'random'],
]);

/**
 * While installed, ambient time, randomness, timers and promises throw an AmbientTrap. A promise cannot throw
 * where it is made, nor can a function that was put away before; what Node makes for them is noticed, kept in
 * `sprung` and raised after the event that made it. Code that swallows the error does not get away either: every
 * trap is kept. What no trap sees: ARCHITECTURE, "What the simulator does not model".
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
    const resources = createHook({
      trackPromises: false,
      init: (_id, type) => {
        const trap = RESOURCES.get(type);
        if (trap !== undefined) this.sprung ??= new AmbientTrap(trap, type);
      },
    }).enable();
    this.#restore.push(() => resources.disable());
    syncBuiltinESMExports();
  }

  remove(): void {
    this.#depth -= 1;
    if (this.#depth > 0) return;
    for (let undo = this.#restore.pop(); undo !== undefined; undo = this.#restore.pop()) undo();
    syncBuiltinESMExports();
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
    const place =
      before?.get === undefined
        ? { value: trapped(Reflect.get(holder, key), spring), writable: true }
        : { get: spring };
    Object.defineProperty(holder, key, { ...place, configurable: true });
    this.#restore.push(() => {
      if (before === undefined) Reflect.deleteProperty(holder, key);
      else Object.defineProperty(holder, key, before);
    });
  }
}

/** Springs when called or constructed; a class stays one to `instanceof`. */
function trapped(original: object, spring: () => never): unknown {
  if (original === process.hrtime) return Object.assign(() => spring(), { bigint: spring });
  return new Proxy(original, { apply: spring, construct: spring });
}
