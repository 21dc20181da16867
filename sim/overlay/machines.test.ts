import { expect, test } from 'vitest';
import { NS_PER_S } from '#core/base/time.ts';
import { createSeededSuite } from '#core/crypto/seeded/mod.ts';
import { testPlan } from '../adversary/network.ts';
import type { SimRoot } from '../host-options.ts';
import { World } from '../world.ts';
import { WrappedRoot } from '../wrapped-root.ts';
import { Overlay } from './mod.ts';

/** Counts how often a root is called for a deadline at one and the same time. */
class Patience extends WrappedRoot {
  #lastUs = -1;
  #calls = 0;
  readonly #impatient: () => void;

  constructor(inner: SimRoot, impatient: () => void) {
    super(inner);
    this.#impatient = impatient;
  }

  override handleTimeout(nowUs: number): void {
    this.#calls = nowUs === this.#lastUs ? this.#calls + 1 : 1;
    this.#lastUs = nowUs;
    if (this.#calls > 3) this.#impatient();
    super.handleTimeout(nowUs);
  }
}

test('a network of real roots loses a node and gets it back: pages load, and nobody is called again and again', () => {
  const world = new World('deadlines');
  const suite = createSeededSuite();
  const impatient: string[] = [];
  const overlay = new Overlay(world, testPlan(3, 6, 50_000), {
    suiteOf: () => suite,
    rootOf: (name, root) => new Patience(root, () => impatient.push(name)),
  });
  overlay.start();
  overlay.startBrowsers();
  const browser = overlay.browsers.get('anna');
  world.run(world.nowNs + NS_PER_S / 4);
  overlay.hosts.get('node-1')?.stop('killed');
  world.run(world.nowNs + 5 * NS_PER_S);
  const plan = overlay.plan.nodes[0];
  if (plan === undefined) throw new Error('the plan has nodes');
  const id = overlay.nodeId('node-2');
  overlay.startNode(plan);
  world.run(world.nowNs + NS_PER_S);
  overlay.publish();
  world.run(world.nowNs + 100 * NS_PER_S);
  expect(impatient).toEqual([]);
  expect(browser?.isDone).toBe(true);
  // Each visit is done, or was cut off by the loss of a node on its way: none hangs, none is altered.
  for (const { outcome } of browser?.visits ?? []) expect(outcome).not.toMatch(/wrong|cut/);
  expect(overlay.wrong).toBe(0);
  expect(overlay.nodeId('node-2')).toEqual(id);
  expect(overlay.nodes.get('node-1')?.statement?.boot).toBe(2);
});
