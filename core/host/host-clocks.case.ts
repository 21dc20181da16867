import { expect, test } from 'vitest';
import type { InScene } from './arena.case.ts';

/** Deadlines, and what a root is told about the wall clock. */
export function describeClocks(inScene: InScene): void {
  describeTimers(inScene);
  describeWall(inScene);
}

function describeTimers(inScene: InScene): void {
  test(
    'a deadline is called at its time or later, once',
    inScene(async (scene) => {
      const { probe, host } = await scene.party();
      probe.setDeadline(host.nowUs() + 2_500);
      await scene.until(() => probe.lines.length > 1, 'a timeout');
      await scene.settle();
      expect(probe.lines).toEqual(['wall', 'timeout']);
    }),
  );

  test(
    'a deadline that has passed is called too, though not within the call',
    inScene(async (scene) => {
      const { probe, host } = await scene.party();
      probe.setDeadline(host.nowUs());
      expect(probe.lines).toEqual(['wall']);
      await scene.said(probe, 'timeout');
    }),
  );

  test(
    'Infinity cancels',
    inScene(async (scene) => {
      const { probe, host } = await scene.party();
      probe.setDeadline(host.nowUs() + 1_000);
      probe.setDeadline(Number.POSITIVE_INFINITY);
      await scene.settle();
      expect(probe.lines).toEqual(['wall']);
    }),
  );

  test(
    'a later deadline replaces an earlier one, and an earlier a later one',
    inScene(async (scene) => {
      const { probe, host } = await scene.party();
      probe.setDeadline(host.nowUs() + 1_000);
      probe.setDeadline(host.nowUs() + 3_600_000_000);
      await scene.settle();
      expect(probe.lines).toEqual(['wall']);
      probe.setDeadline(host.nowUs() + 1_000);
      await scene.said(probe, 'timeout');
      await scene.settle();
      expect(probe.lines).toEqual(['wall', 'timeout']);
    }),
  );

  test(
    'a deadline years ahead is not now',
    inScene(async (scene) => {
      const { probe, host } = await scene.party();
      probe.setDeadline(host.nowUs() + 365 * 86_400 * 1_000_000);
      await scene.settle();
      expect(probe.lines).toEqual(['wall']);
    }),
  );

  test(
    'time is whole microseconds and never goes back',
    inScene(async (scene) => {
      const { host } = await scene.party();
      const times = [host.nowUs()];
      await scene.settle();
      times.push(host.nowUs());
      await scene.settle();
      times.push(host.nowUs());
      expect(times.every(Number.isInteger)).toBe(true);
      expect([...times].sort((a, b) => a - b)).toEqual(times);
      expect(times[2]).toBeGreaterThan(times[0] as number);
    }),
  );
}

function describeWall(inScene: InScene): void {
  test(
    'the wall clock is the first thing a root hears of, once',
    inScene(async (scene) => {
      const { probe } = await scene.listener();
      await scene.settle();
      expect(probe.lines).toEqual(['wall', 'listen l', 'bound l']);
      expect(probe.walls[0]?.slept).toBe(false);
      expect(Number.isFinite(probe.walls[0]?.wallMs)).toBe(true);
      expect(probe.walls[0]?.uncertaintyMs).toBeGreaterThanOrEqual(0);
    }),
  );

  test(
    'after sleep the root is told how late it is',
    inScene(async (scene) => {
      const { probe, host } = await scene.party();
      host.sleep(3_600_000);
      await scene.said(probe, 'wall slept');
      await scene.settle();
      expect(probe.lines).toEqual(['wall', 'wall slept']);
      const [before, after] = probe.walls.map(({ wallMs }) => wallMs) as [number, number];
      expect(after - before).toBeGreaterThanOrEqual(3_600_000);
    }),
  );

  test.each([
    [1_000, 'forwards'],
    [-86_400_000, 'back'],
  ])('a wall clock set by %i ms %s is told, and nobody slept', (ms) =>
    inScene(async (scene) => {
      const { probe, host } = await scene.party();
      host.stepWall(ms);
      await scene.until(() => probe.walls.length === 2, 'a wall event');
      await scene.settle();
      expect(probe.lines).toEqual(['wall', 'wall']);
      const [before, after] = probe.walls.map(({ wallMs }) => wallMs) as [number, number];
      expect(Math.sign(after - before)).toBe(Math.sign(ms));
    })(),
  );

  test(
    'sleep and a step leave the monotonic clock and its deadlines alone',
    inScene(async (scene) => {
      const { probe, host } = await scene.party();
      probe.setDeadline(host.nowUs() + 1_800_000_000);
      host.sleep(3_600_000);
      host.stepWall(3_600_000);
      await scene.until(() => probe.walls.length > 1, 'a wall event');
      await scene.settle();
      expect(probe.lines).not.toContain('timeout');
    }),
  );

  test(
    'the randomness of a root does not repeat itself',
    inScene(async (scene) => {
      const { probe } = await scene.party();
      const first = new Uint8Array(32);
      const second = new Uint8Array(32);
      const large = new Uint8Array(100_000);
      probe.random.fill(first);
      probe.random.fill(second);
      probe.random.fill(large);
      expect(first).not.toEqual(second);
      expect(new Set(large).size).toBe(256);
    }),
  );
}
