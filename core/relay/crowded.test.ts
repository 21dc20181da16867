import { expect, test, vi } from 'vitest';
import { END } from '#core/host/mod.ts';
import { ExitScene, WEB } from './exit-scene.case.ts';
import { TestNetwork } from './network.case.ts';
import { RawClient } from './raw-client.case.ts';

// Limits that take thousands and millions, made small: what happens at them is the same.
vi.mock('../base/limits.ts', async (original) => ({
  ...(await original<object>()),
  CIRCUITS_MAX: 3,
  EXIT_CONNECTIONS_MAX: 3,
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

test('an exit full of connections that only close: the oldest of them makes room, one that flows never does', () => {
  const scene = new ExitScene();
  const streams = [1, 2, 3].map((id) => {
    const stream = scene.ask(WEB);
    scene.opens(id);
    return stream;
  });
  expect(scene.causeOf(scene.ask(WEB))).toBe('limit');
  for (const id of [2, 3]) {
    scene.client.end(streams[id - 1] ?? 0);
    scene.run();
    scene.exit.ended(0, id);
    expect(scene.pulls(id)).toBe(END);
  }
  for (const id of [4, 5]) {
    expect(scene.causeOf(scene.ask(WEB))).toBeUndefined();
    expect(scene.aborted.at(-1)).toBe(id - 2);
    scene.opens(id);
  }
  expect(scene.causeOf(scene.ask(WEB))).toBe('limit');
  expect([scene.aborted, scene.exit.connected]).toEqual([[2, 3], 3]);
  const { rejects } = scene.exit;
  expect([rejects.get('exit-close-crowded'), rejects.total]).toEqual([2, 2]);
});
