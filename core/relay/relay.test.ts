import { expect, test } from 'vitest';
import { nodeKeys } from '#core/circuit/scene.case.ts';
import { CIRCUIT_WINDOW, CREATE_US, STREAM_WINDOW } from '../base/limits.ts';
import { TestNetwork, type Trip } from './network.case.ts';
import { RawClient } from './raw-client.case.ts';

const WEB = Object.freeze({ host: 'web.test', port: 443 });

function counted(length: number): Uint8Array {
  const octets = new Uint8Array(length);
  for (let i = 0; i < length; i++) octets[i] = i * 11;
  return octets;
}

/** Sends octets over a stream of a trip as it takes them, and ends. */
function sendAll({ mesh }: TestNetwork, trip: Trip, stream: number, octets: Uint8Array): void {
  for (let at = 0; at < octets.length; ) {
    at += trip.say(stream, octets.subarray(at));
    mesh.run();
  }
  trip.circuit?.streams.end(stream);
  mesh.run();
}

/** Nothing is left of any circuit at any node, and nothing is held. */
function expectEmpty(network: TestNetwork): void {
  for (const { relay, pool } of network.nodes) expect([relay.circuits, pool.used]).toEqual([0, 0]);
  expect(network.clientPool.used).toBe(0);
}

test.each([1, 2, 3, 4, 5])(
  '%i hops: a stream goes there and back, octet for octet, and ends',
  (hops) => {
    const network = new TestNetwork(hops);
    const trip = network.made(...Array.from({ length: hops }, (_, n) => n));
    const [small, large] = [
      trip.open(WEB),
      trip.open({ host: Uint8Array.of(192, 0, 2, 7), port: 80 }),
    ];
    sendAll(network, trip, small, counted(10));
    sendAll(network, trip, large, counted(3 * STREAM_WINDOW));
    expect(trip.opens).toEqual([small, large]);
    expect(trip.received.get(small)).toEqual([...counted(10)]);
    expect(Uint8Array.from(trip.received.get(large) ?? [])).toEqual(counted(3 * STREAM_WINDOW));
    expect(trip.ends).toEqual([small, large]);
    expect(network.node(hops - 1).echo.asked).toEqual(['web.test:443', '192,0,2,7:80']);
    expect(network.counted()).toEqual([]);
    for (const { pool } of network.nodes) expect(pool.used).toBe(0);
    trip.circuit?.destroy(0, 'local');
    network.mesh.run();
    expectEmpty(network);
  },
);

test('circuits over the same links keep apart, and nodes use the link they have, whoever dialled it', () => {
  const network = new TestNetwork(3);
  const trips = [
    [0, 1, 2],
    [0, 2],
    [2, 1, 0],
    [0, 1, 2],
  ].map((path) => network.made(...path));
  for (const [n, trip] of trips.entries())
    sendAll(network, trip, trip.open(WEB), new Uint8Array(500).fill(n));
  for (const [n, trip] of trips.entries())
    expect(trip.received.get(1)).toEqual([...new Uint8Array(500).fill(n)]);
  // Two from the client, three between the nodes.
  const ends = network.nodes.reduce((sum, { party }) => sum + party.ends.size, 0);
  expect(ends + network.client.ends.size).toBe(2 * 5);
});

test('what a CREATE carries is there at once', () => {
  const network = new TestNetwork(2);
  const open = Uint8Array.of(1, 0, 1, 0, 8, 4, 4, 192, 0, 2, 1, 0, 80, 3, 0, 1, 0, 2, 8, 9);
  const raw = new RawClient().start(network, [0, 1], open.slice(0, 13 + 7));
  network.mesh.run();
  expect([raw.isMade, network.node(1).echo.asked]).toEqual([true, ['192,0,2,1:80']]);
  // OPENED, and the echo.
  expect(raw.heard.length).toBeGreaterThan(0);
  expect(network.counted()).toEqual([]);
});

test('a circuit lasts: no time-out of its creation touches it', () => {
  const network = new TestNetwork(3);
  const trip = network.made(0, 1, 2);
  for (const { relay } of network.nodes) expect(relay.deadlineUs).toBe(Number.POSITIVE_INFINITY);
  network.mesh.nowUs = 100 * CREATE_US;
  for (const { relay } of network.nodes) relay.handleTimeout(network.mesh.nowUs);
  network.mesh.run();
  sendAll(network, trip, trip.open(WEB), counted(9));
  expect([trip.received.get(1)?.length, trip.failure, network.counted()]).toEqual([
    9,
    undefined,
    [],
  ]);
});

test('a middle that never answers: the nodes before it give up in time, and hold nothing', () => {
  const network = new TestNetwork(3);
  network.mesh.silent.add('node 2');
  const trip = network.start(0, 1, 2);
  network.mesh.run();
  expect([network.node(1).relay.deadlineUs, network.node(0).relay.deadlineUs]).toEqual([
    CREATE_US,
    CREATE_US,
  ]);
  network.mesh.nowUs = CREATE_US;
  network.node(1).relay.handleTimeout(CREATE_US);
  network.mesh.run();
  expect(network.counted()).toEqual(['node 1 create-overdue']);
  expect(trip.failure?.cause).toBe('reset');
  for (const { relay } of network.nodes) expect(relay.deadlineUs).toBe(Number.POSITIVE_INFINITY);
  expectEmpty(network);
});

test('whoever ends a circuit, and however: every node forgets it, and every stream hears', () => {
  const endings: readonly ((network: TestNetwork, trip: Trip) => void)[] = [
    (_network, trip) => trip.circuit?.destroy(0, 'local'),
    ({ client, mesh, nodes }) => nodes[0] && mesh.lose(client, nodes[0].party),
    ({ mesh, nodes }) => nodes[0] && nodes[1] && mesh.lose(nodes[0].party, nodes[1].party),
    ({ mesh, nodes }) => nodes[1] && nodes[2] && mesh.lose(nodes[2].party, nodes[1].party),
  ];
  for (const end of endings) {
    const network = new TestNetwork(4);
    const trip = network.made(0, 1, 2);
    const other = network.made(3);
    const stream = trip.open(WEB);
    trip.say(stream, counted(20_000));
    network.mesh.run();
    end(network, trip);
    network.mesh.run();
    expect(trip.causes.has(stream)).toBe(true);
    expect(network.node(2).echo.causes).toEqual(['reset']);
    sendAll(network, other, other.open(WEB), counted(9));
    expect(other.received.get(1)).toHaveLength(9);
    other.circuit?.destroy(0, 'local');
    network.mesh.run();
    expectEmpty(network);
    expect(network.counted()).toEqual([]);
  }
});

test('a neighbour that takes nothing: what a node holds for it is a window, and other circuits go on', () => {
  const network = new TestNetwork(4);
  const [stuck, quick] = [network.made(0, 1, 2), network.made(0, 1, 3)];
  network.mesh.held.add('node 1 node 2');
  // A stream window is no more than a circuit's, so several streams are needed to fill it.
  for (let n = 0; n < 4; n++) {
    const stream = stuck.open(WEB);
    for (let turn = 0; turn < 20; turn++) {
      stuck.say(stream, counted(60_000));
      network.mesh.run();
    }
  }
  const { pool } = network.node(1);
  expect(pool.used).toBeGreaterThan(CIRCUIT_WINDOW / 2);
  expect(pool.used).toBeLessThanOrEqual(CIRCUIT_WINDOW + 4096);
  expect(network.node(0).pool.used).toBeLessThanOrEqual(CIRCUIT_WINDOW + 4096);
  sendAll(network, quick, quick.open(WEB), counted(2 * STREAM_WINDOW));
  expect(quick.received.get(1)).toHaveLength(2 * STREAM_WINDOW);
  network.mesh.release();
  expect(network.node(1).pool.used).toBe(0);
  expect(network.counted()).toEqual([]);
});

test('keys of the last epoch still open, keys that are gone do not', () => {
  const network = new TestNetwork(2);
  network.node(1).keys.unshift(nodeKeys(1, 1));
  const trip = network.made(0, 1);
  network.node(1).keys.pop();
  sendAll(network, trip, trip.open(WEB), counted(9));
  expect(trip.received.get(1)).toHaveLength(9);
  const late = network.start(0, 1);
  network.mesh.run();
  expect([late.isReady, network.counted()]).toEqual([false, ['node 1 create-forged']]);
});
