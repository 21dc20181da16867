import { expect, test, vi } from 'vitest';
import { TestNetwork } from './network.case.ts';
import { RawClient } from './raw-client.case.ts';

// CREATEs that wait for a link, with limits made small: what happens at them is the same.
vi.mock('../base/limits.ts', async (original) => ({
  ...(await original<object>()),
  DIAL_WAITERS_MAX: 5,
  CREATES_WAITING_MAX: 7,
  CREATES_PER_TURN: 2,
}));

const BUSY = Object.freeze({ failedHop: 1, status: 3 });

/** Node 0 dials the others, and none of them answers. */
function silentNetwork(): TestNetwork {
  const network = new TestNetwork(4);
  for (const n of [1, 2, 3]) network.mesh.silent.add(`node ${n}`);
  return network;
}

function started(network: TestNetwork, count: number, ...path: readonly number[]): RawClient[] {
  const all = Array.from({ length: count }, () => new RawClient().start(network, path));
  network.mesh.run();
  return all;
}

/** What node 0 dialled comes to nothing, or is there. */
function settle(network: TestNetwork, isThere: boolean): void {
  const { party } = network.node(0);
  for (const [id, end] of party.ends) {
    if (end.isOpen) continue;
    if (!isThere) network.mesh.cut(end, 'timed-out');
    else {
      const far = end.other();
      far.party.ends.set(far.id, far);
      for (const one of [far, end]) {
        one.isOpen = true;
        one.party.carrier?.opened(network.mesh.nowUs, one.id);
      }
      expect(party.ends.has(id)).toBe(true);
    }
  }
  network.mesh.run();
}

const answered = (all: readonly RawClient[]): number =>
  all.filter(({ answer }) => answer !== undefined).length;

test('as many wait for a link as may, and for all links together; the next hears busy at once', () => {
  const network = silentNetwork();
  const first = started(network, 6, 0, 1);
  expect(first.map(({ answer }) => answer)).toEqual([...Array(5).fill(undefined), BUSY]);
  const second = started(network, 3, 0, 2);
  expect(second.map(({ answer }) => answer)).toEqual([undefined, undefined, BUSY]);
  expect(network.counted()).toEqual(Array(2).fill('node 0 create-next-busy'));
  // Where nobody has to wait, nobody is turned away.
  expect(started(network, 1, 0)[0]?.isMade).toBe(true);
  network.mesh.silent.delete('node 3');
  expect(started(network, 1, 0, 3)[0]?.answer).toEqual(BUSY);
});

test('who gave up waits no more, and its place is free at once', () => {
  const network = silentNetwork();
  for (let round = 0; round < 4; round++) {
    const all = started(network, 5, 0, 1);
    for (const { leg } of all) leg?.destroy();
    network.mesh.run();
    expect(network.node(0).relay.circuits).toBe(0);
  }
  expect(network.counted()).toEqual([]);
});

test.each([
  ['fails', false],
  ['opens', true],
])(
  'a dial that %s: those that waited have their turn, a few at a time, and none is forgotten',
  (_, isThere) => {
    const network = silentNetwork();
    const { relay } = network.node(0);
    const all = started(network, 5, 0, 1);
    const idleUs = relay.deadlineUs;
    settle(network, isThere);
    const turns = [answered(all)];
    all[3]?.leg?.destroy();
    network.mesh.run();
    while (relay.deadlineUs <= network.mesh.nowUs) {
      relay.handleTimeout(network.mesh.nowUs);
      network.mesh.run();
      turns.push(answered(all));
    }
    expect(turns).toEqual([2, 4]);
    expect(relay.deadlineUs).toBeGreaterThanOrEqual(idleUs);
    const failed = { failedHop: 1, status: 1 };
    for (const n of [0, 1, 2, 4])
      if (isThere) expect(all[n]?.isMade).toBe(true);
      else expect(all[n]?.answer).toEqual(failed);
    expect(network.counted().filter((one) => one !== 'node 0 create-next-unreachable')).toEqual([]);
  },
);

test('CREATEs that have gone on wait for no link, however long their answers take', () => {
  const network = new TestNetwork(2);
  network.mesh.held.add('node 1 node 0');
  expect(answered(started(network, 4, 0, 1))).toBe(0);
  expect(answered(started(network, 8, 0, 1))).toBe(0);
  expect(network.counted()).toEqual([]);
  network.mesh.release();
  expect(network.node(0).relay.circuits).toBe(12);
});
