import { expect, test, vi } from 'vitest';
import { TestNetwork } from './network.case.ts';
import { RawClient } from './raw-client.case.ts';

// The limits that take millions of CREATEs, made small: what happens at them is the same.
vi.mock('../base/limits.ts', async (original) => ({
  ...(await original<object>()),
  CIRCUITS_MAX: 3,
  REPLAYS_MAX: 6,
}));

test('a node full of circuits says busy, and takes one again when one is over', () => {
  const network = new TestNetwork(1);
  const trips = [1, 2, 3].map(() => network.made(0));
  const raw = new RawClient().start(network, [0]);
  network.mesh.run();
  expect([raw.answer, raw.isGone]).toEqual([{ failedHop: 1, status: 3 }, true]);
  expect(network.counted()).toEqual(['node 0 create-limit']);
  trips[0]?.circuit?.destroy(0, 'local');
  network.mesh.run();
  network.made(0);
  expect(network.node(0).relay.circuits).toBe(3);
});

test('a full memory of CREATEs refuses all new ones until the key ends', () => {
  const network = new TestNetwork(1);
  for (let n = 0; n < 6; n++) {
    network.made(0).circuit?.destroy(0, 'local');
    network.mesh.run();
  }
  const late = network.start(0);
  network.mesh.run();
  expect([late.isReady, network.counted()]).toEqual([false, ['node 0 create-replays-full']]);
});
