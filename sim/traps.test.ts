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

test.each<readonly [TrapName, string, () => unknown]>([
  ['clock', 'Date.now', () => Date.now()],
  ['clock', 'new Date', () => new Date()],
  ['clock', 'Date()', () => Date()],
  ['clock', 'performance.now', () => performance.now()],
  ['clock', 'process.hrtime', () => process.hrtime()],
  ['clock', 'process.hrtime.bigint', () => process.hrtime.bigint()],
  ['random', 'Math.random', () => Math.random()],
  ['random', 'getRandomValues', () => globalThis.crypto.getRandomValues(new Uint8Array(1))],
  ['timer', 'setTimeout', () => setTimeout(() => undefined, 0)],
  ['timer', 'setInterval', () => setInterval(() => undefined, 1)],
  ['timer', 'setImmediate', () => setImmediate(() => undefined)],
  ['promise', 'queueMicrotask', () => queueMicrotask(() => undefined)],
  ['promise', 'new Promise', () => new Promise(() => undefined)],
  ['promise', 'async function', async () => 1],
])('%s: %s', (trap, _name, deed) => {
  expect(trapOf(deed)).toBe(trap);
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
  const before = [Date, Date.now, performance.now, Math.random, setTimeout];
  expect(trapOf(() => Date.now())).toBe('clock');
  expect([Date, Date.now, performance.now, Math.random, setTimeout]).toEqual(before);
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
