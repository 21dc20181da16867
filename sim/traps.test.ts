import nodeCrypto, { hkdf, hkdfSync, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { SimHost } from './host.ts';
import { Network } from './network/network.ts';
import { ip, Pump } from './pump.case.ts';
import { AmbientTrap, type TrapName } from './traps.ts';
import { World } from './world.ts';

/** Runs a root that does this at its first timeout. */
function withRoot(deed: () => unknown): void {
  const world = new World('trap');
  const host = new SimHost(new Network(world), { name: 'h', ips: [ip(1)] });
  host.start(({ random }) => {
    const pump = new Pump({ send: new Uint8Array(0), piece: 1 }, random);
    pump.deadlineUs = 1000;
    pump.onTimeout = () => void deed();
    return pump;
  });
  world.run(1_000_000_000);
}

function trapOf(deed: () => unknown): string {
  try {
    withRoot(deed);
  } catch (error) {
    return error instanceof AmbientTrap ? error.trap : `${error}`;
  }
  return 'none';
}

const put = Object.freeze({
  setTimeout,
  setImmediate,
  queueMicrotask,
  randomBytes,
  nextTick: process.nextTick,
  date: new Date(0),
});
const format = new Intl.DateTimeFormat();

// Every way to a moment, to randomness, to later and to code that this Node has and a root could reach.
test.each<readonly [TrapName, string, () => unknown]>([
  ['clock', 'Date.now', () => Date.now()],
  ['clock', 'new Date', () => new Date()],
  ['clock', 'Date()', () => Date()],
  ['clock', 'Date.prototype.constructor', () => new (Date.prototype.constructor as typeof Date)()],
  ...Object.entries(Object.getOwnPropertyDescriptors(Temporal.Now)).flatMap(([key, { value }]) =>
    typeof value === 'function'
      ? [['clock', `Temporal.Now.${key}`, () => Reflect.get(Temporal.Now, key)()] as const]
      : [],
  ),
  ['clock', 'Intl.DateTimeFormat', () => Intl.DateTimeFormat().format()],
  ['clock', 'new Intl.DateTimeFormat', () => new Intl.DateTimeFormat()],
  ['clock', 'format of one made before', () => format.format()],
  ['clock', 'formatToParts of one made before', () => format.formatToParts()],
  ['clock', 'performance.now', () => performance.now()],
  ['clock', 'performance.mark', () => performance.mark('a')],
  ['clock', 'performance.measure', () => performance.measure('a')],
  ['clock', 'performance.timeOrigin', () => performance.timeOrigin],
  ['clock', 'performance.toJSON', () => performance.toJSON()],
  ['clock', 'performance.eventLoopUtilization', () => performance.eventLoopUtilization()],
  ['clock', 'performance.getEntries', () => performance.getEntries()],
  ['clock', 'performance.getEntriesByType', () => performance.getEntriesByType('mark')],
  ['clock', 'hours of a date made before', () => put.date.getHours()],
  ['clock', 'time zone of a date made before', () => put.date.getTimezoneOffset()],
  ['clock', 'text of a date made before', () => `${put.date}`],
  ['clock', 'process.hrtime', () => process.hrtime()],
  ['clock', 'process.hrtime.bigint', () => process.hrtime.bigint()],
  ['clock', 'process.uptime', () => process.uptime()],
  ['clock', 'process.cpuUsage', () => process.cpuUsage()],
  ['clock', 'Event.timeStamp', () => new Event('x').timeStamp],
  ['clock', 'File.lastModified', () => new File([], 'x').lastModified],
  ['random', 'Math.random', () => Math.random()],
  ['random', 'Buffer.allocUnsafe', () => Buffer.allocUnsafe(9)],
  ['random', 'getRandomValues', () => globalThis.crypto.getRandomValues(new Uint8Array(1))],
  ['random', 'randomUUID', () => globalThis.crypto.randomUUID()],
  ['random', 'randomUUID of node:crypto', () => nodeCrypto.randomUUID()],
  ['random', 'randomBytes', () => randomBytes(1)],
  ['random', 'randomBytes put away', () => put.randomBytes(1)],
  ['random', 'randomBytes with a callback', () => put.randomBytes(1, () => undefined)],
  ['random', 'randomInt', () => nodeCrypto.randomInt(9)],
  ['random', 'randomFillSync', () => nodeCrypto.randomFillSync(new Uint8Array(1))],
  ['random', 'generateKeyPairSync', () => nodeCrypto.generateKeyPairSync('x25519')],
  ['random', 'generateKeySync', () => nodeCrypto.generateKeySync('aes', { length: 128 })],
  ['random', 'generatePrimeSync', () => nodeCrypto.generatePrimeSync(16)],
  ['random', 'createECDH', () => nodeCrypto.createECDH('prime256v1').generateKeys()],
  ['random', 'createObjectURL', () => URL.createObjectURL(new Blob([]))],
  ['timer', 'setTimeout', () => setTimeout(() => undefined, 0)],
  ['timer', 'setTimeout put away', () => put.setTimeout(() => undefined, 0).unref()],
  ['timer', 'setInterval', () => setInterval(() => undefined, 1)],
  ['timer', 'setImmediate', () => setImmediate(() => undefined)],
  ['timer', 'setImmediate put away', () => put.setImmediate(() => undefined)],
  ['timer', 'AbortSignal.timeout', () => AbortSignal.timeout(1)],
  ['timer', 'MessageChannel', () => new MessageChannel()],
  ['promise', 'queueMicrotask', () => queueMicrotask(() => undefined)],
  ['promise', 'queueMicrotask put away', () => put.queueMicrotask(() => undefined)],
  ['promise', 'nextTick', () => process.nextTick(() => undefined)],
  ['promise', 'nextTick put away', () => put.nextTick(() => undefined)],
  ['promise', 'new Promise', () => new Promise(() => undefined)],
  ['promise', 'async function', async () => 1],
  ['promise', 'hkdf', () => hkdf('sha256', 'a', 'b', 'c', 1, () => undefined)],
  ['ambient', 'getBuiltinModule', () => process.getBuiltinModule('node:fs')],
  ['ambient', 'eval', () => Reflect.get(globalThis, 'eval')('1')],
  ['ambient', 'Function', () => globalThis.Function('return 1')()],
  [
    'ambient',
    'generator from text',
    () =>
      function* () {
        yield;
      }.constructor('yield 1')(),
  ],
  ['ambient', 'code from text', () => (() => 0).constructor('return process.env')()],
])('%s: %s', (trap, _name, deed) => {
  expect(trapOf(deed)).toBe(trap);
});

test('what is a function of its inputs stays free', () => {
  const deed = () => [hkdfSync('sha256', 'a', 'b', 'c', 1), nodeCrypto.hash('sha256', 'a')];
  expect(trapOf(deed)).toBe('none');
});

test('a trap whose error was swallowed is raised all the same', () => {
  const swallow = () => {
    try {
      Math.random();
    } catch {
      return 0;
    }
    return 1;
  };
  expect(trapOf(swallow)).toBe('random');
});

test('after a run everything is as it was, even after a trap', async () => {
  const all = () => [
    [Date, Date.now, performance.now, Math.random, setTimeout, randomBytes, Temporal.Now.instant],
    [Intl.DateTimeFormat, MessageChannel, Function.prototype.constructor, process.hrtime],
    Object.getOwnPropertyDescriptors(Event.prototype),
  ];
  const before = all();
  expect(trapOf(() => Date.now())).toBe('clock');
  expect(all()).toEqual(before);
  expect(randomBytes(3)).toHaveLength(3);
  expect(Date.now()).toBeGreaterThan(0);
  await expect(Promise.resolve(1)).resolves.toBe(1);
});

test('a world may run within another', () => {
  const inner = (deed: () => unknown) => () => trapOf(deed);
  const outer = trapOf(inner(() => 0));
  expect(outer).toBe('none');
  expect(
    trapOf(() => {
      inner(() => 0)();
      Math.random();
    }),
  ).toBe('random');
});
