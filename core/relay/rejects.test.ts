import { expect, test } from 'vitest';
import { mapOf } from '#core/circuit/map.case.ts';
import { CREATE_FRAME_LEN, FRAME_HEADER_LEN, liveLen } from '#core/circuit/mod.ts';
import { flip, suite } from '#core/circuit/scene.case.ts';
import type { Suite } from '#core/crypto/mod.ts';
import { CREATE_BURST, CREATE_EARN_US, REKEY_OCTETS, REKEYS_AT_ONCE } from '../base/limits.ts';
import { TestNetwork } from './network.case.ts';
import { RawClient } from './raw-client.case.ts';
import { CREATE_REJECTS, type CreateReject } from './relay.ts';
import { CELL_REJECTS, type CellReject } from './relay-circuit.ts';

// Every reason a relay has to refuse a CREATE or to end a circuit, by name, and that nobody else is touched.

const SMALL = 3;
const WEB = Object.freeze({ host: 'web.test', port: 443 });

/** A network with a circuit that has nothing to do with anything, and what it must still do afterwards. */
class Stage {
  readonly network: TestNetwork;
  readonly #other: ReturnType<TestNetwork['made']>;

  constructor(count = 3, middles: readonly number[] = [], poolOctets?: number) {
    this.network = new TestNetwork(count, middles, poolOctets);
    this.#other = this.network.made(...Array.from({ length: count }, (_, n) => n).reverse());
  }

  /** What was counted, once the circuit that has nothing to do with it was found to go on. */
  counted(): readonly string[] {
    const { mesh } = this.network;
    mesh.meddle = (_from, _to, record) => record;
    const stream = this.#other.open(WEB);
    this.#other.say(stream, Uint8Array.of(1, 2, 3));
    mesh.run();
    expect(this.#other.received.get(stream)).toEqual([1, 2, 3]);
    return this.network.counted();
  }

  raw(...path: readonly number[]): RawClient {
    const raw = new RawClient().start(this.network, path);
    this.network.mesh.run();
    expect(raw.isMade).toBe(true);
    return raw;
  }
}

const CREATE_CASES: { readonly [reject in CreateReject]?: () => readonly string[] } = {
  'create-forged': () => {
    const stage = new Stage();
    const seen: string[] = [];
    for (const bit of [0, 8, 8 * 1000, 8 * 1200, 8 * 3000, 8 * (CREATE_FRAME_LEN - 6)]) {
      const raw = new RawClient().start(stage.network, [0, 1], undefined, (body) => {
        flip(body, bit);
        return body;
      });
      stage.network.mesh.run();
      seen.push(`${raw.isGone}`);
    }
    expect(seen).toEqual(Array(6).fill('true'));
    expect(stage.network.counted()).toHaveLength(6);
    return [...new Set(stage.counted())];
  },
  'create-replayed': () => {
    const stage = new Stage();
    let recorded = new Uint8Array(0);
    const record = (body: Uint8Array) => {
      recorded = body.slice();
      return body;
    };
    new RawClient().start(stage.network, [0, 1], undefined, record);
    stage.network.mesh.run();
    const again = new RawClient().start(stage.network, [0], undefined, () => recorded);
    stage.network.mesh.run();
    expect([again.isGone, again.answer]).toEqual([true, undefined]);
    return stage.counted();
  },
  'create-rate': () => {
    const stage = new Stage(1);
    const all = Array.from({ length: CREATE_BURST }, () =>
      new RawClient().start(stage.network, [0], undefined, (body) => body.fill(7)),
    );
    stage.network.mesh.run();
    expect(all.every(({ isGone }) => isGone)).toBe(true);
    // The link's first circuit was its first CREATE: all but the last were looked at.
    expect(stage.network.counted().filter((one) => one.endsWith('forged'))).toHaveLength(
      CREATE_BURST - 1,
    );
    stage.network.mesh.nowUs = CREATE_EARN_US;
    stage.raw(0);
    return [...new Set(stage.counted())].filter((one) => !one.endsWith('forged'));
  },
  'create-next-unknown': () => {
    const stage = new Stage();
    stage.network.snapshot = undefined;
    const raw = new RawClient().start(stage.network, [0, 1]);
    stage.network.mesh.run();
    expect([raw.answer, raw.isGone]).toEqual([{ failedHop: 1, status: 2 }, true]);
    return stage.counted();
  },
  'create-next-unreachable': () => {
    const stage = new Stage(2);
    const elsewhere = new TestNetwork(3).node(2);
    // In the map, and nobody answers there.
    stage.network.snapshot = mapOf([...stage.network.nodes, elsewhere].map(({ entry }) => entry));
    const raw = new RawClient().start(stage.network, [0, elsewhere]);
    stage.network.mesh.run();
    expect([raw.answer, raw.isGone]).toEqual([{ failedHop: 1, status: 1 }, true]);
    return stage.counted();
  },
  'create-no-map': () => {
    const stage = new Stage(1);
    stage.network.snapshot = undefined;
    const raw = new RawClient().start(stage.network, [0]);
    stage.network.mesh.run();
    expect(raw.answer).toEqual({ failedHop: 1, status: 2 });
    return stage.counted();
  },
  'create-not-exit': () => {
    const stage = new Stage(3, [1]);
    const raw = new RawClient().start(stage.network, [0, 1]);
    stage.network.mesh.run();
    expect(raw.answer).toEqual({ failedHop: 2, status: 2 });
    return stage.counted();
  },
};

test.each(Object.entries(CREATE_CASES))('%s', (reject, play) => {
  expect(play().map((one) => one.split(' ').at(-1))).toEqual([reject]);
});

test('every reason to refuse a CREATE is reached somewhere', () => {
  // Those that take a crowd are in crowded.test.ts, the one that takes time in relay.test.ts.
  const elsewhere = ['create-replays-full', 'create-limit', 'create-next-busy', 'create-overdue'];
  expect([...Object.keys(CREATE_CASES), ...elsewhere].sort()).toEqual([...CREATE_REJECTS].sort());
});

const message = (type: number, stream: number, ...body: readonly number[]): Uint8Array =>
  Uint8Array.of(type, stream >> 8, stream, body.length >> 8, body.length, ...body);
const OPEN = message(1, 1, 4, 4, 192, 0, 2, 1, 0, 80);

/** What a client does on a circuit over nodes 0 and 1, and which node must say so. */
const CELL_CASES: { readonly [reject in CellReject]?: readonly [number, (stage: Stage) => void] } =
  {
    'cell-forged': [
      1,
      (stage) => {
        const raw = stage.raw(0, 1);
        raw.say(OPEN);
        stage.network.mesh.meddle = (from, to, record) => {
          if (from === 'node 0' && to === 'node 1') flip(record, 8 * (FRAME_HEADER_LEN + 40));
          return record;
        };
      },
    ],
    'cell-flags': [0, (stage) => stage.raw(0, 1).send([4, 1], OPEN)],
    'cell-key-overdue': [
      0,
      (stage) => {
        const raw = stage.raw(0, 1);
        const cells = Math.ceil((2 * REKEY_OCTETS) / 16_379) + 2;
        for (let n = 0; n < cells && !raw.isGone; n++) {
          // The node behind has its keys changed in time.
          raw.send([0, n % 2000 === 1999 ? 3 : 1], new Uint8Array(0), 16_379);
          if (n % 8 === 7) stage.network.mesh.run();
        }
      },
    ],
    'cell-rekey-flood': [
      1,
      (stage) => {
        const raw = stage.raw(0, 1);
        for (let n = 0; n <= REKEYS_AT_ONCE; n++) raw.send([0, 3], new Uint8Array(0));
      },
    ],
    'cell-misaddressed': [0, (stage) => stage.raw(0, 1).send([1, 1], OPEN)],
    'message-malformed': [1, (stage) => stage.raw(0, 1).say(OPEN, message(9, 1))],
    'stream-unknown': [1, (stage) => stage.raw(0, 1).say(message(3, 1, 1))],
    'stream-credit': [1, (stage) => stage.raw(0, 1).say(OPEN, message(6, 1, 255, 255, 255, 255))],
    'stream-limit': [
      1,
      (stage) => {
        const raw = stage.raw(0, 1);
        for (let n = 1; n <= 1025; n++) raw.say(message(1, n, 4, 4, 192, 0, 2, 1, 0, 80));
      },
    ],
    'create-key-invalid': [
      0,
      (stage) => {
        const bad: Suite = {
          ...suite,
          kemSecret: (seed) => ({
            ...suite.kemSecret(seed),
            publicKey: new Uint8Array(1216).fill(255),
          }),
        };
        new RawClient(bad).start(stage.network, [0]);
      },
    ],
  };

test.each(Object.entries(CELL_CASES))('%s', (reject, [node, offend]) => {
  const stage = new Stage(2);
  const before = stage.network.node(node).relay.circuits;
  offend(stage);
  stage.network.mesh.run();
  expect(stage.counted()).toEqual([`node ${node} ${reject}`]);
  for (const { relay } of stage.network.nodes) expect(relay.circuits).toBe(before);
});

test('a cell not for the last hop at the last hop, or of what is none for it, is for nobody', () => {
  const stage = new Stage(2);
  stage.raw(0, 1).send([0, 0], OPEN);
  stage.network.mesh.run();
  expect(stage.counted()).toEqual(['node 1 cell-misaddressed']);
});

test('a node whose pool is spent ends the circuit that asks for more, and no other', () => {
  const stage = new Stage(2, [], 16_384);
  const raw = stage.raw(0, 1);
  stage.network.mesh.held.add('node 0 node 1');
  for (let n = 0; n < 40; n++) raw.send([0, 1], new Uint8Array(0));
  stage.network.mesh.run();
  expect(raw.isGone).toBe(true);
  stage.network.mesh.release();
  expect(stage.counted()).toEqual(['node 0 pool-exhausted']);
});

test('every reason to end a circuit is reached', () => {
  expect([...Object.keys(CELL_CASES), 'pool-exhausted'].sort()).toEqual([...CELL_REJECTS].sort());
});

test('a bit of any region of a cell, at any hop and in either direction: the next honest end refuses', () => {
  const regions = { flags: 0, inner: 200, tag: -1, tail: 506 };
  for (const isBack of [false, true])
    for (const hop of [0, 1, 2])
      for (const [region, at] of Object.entries(regions)) {
        const stage = new Stage(3);
        const trip = stage.network.made(0, 1, 2);
        const stream = trip.open(WEB);
        const ends = ['client', 'node 0', 'node 1', 'node 2'];
        const [before, after] = [ends[hop], ends[hop + 1]];
        let isDone = false;
        stage.network.mesh.meddle = (from, to, record) => {
          const isHere = isBack ? from === after && to === before : from === before && to === after;
          if (isHere && record[4] === SMALL && !isDone) {
            isDone = true;
            const place = at < 0 ? liveLen(507, hop + 1) + at : at;
            flip(record, 8 * (FRAME_HEADER_LEN + place));
          }
          return record;
        };
        trip.say(stream, Uint8Array.of(9));
        stage.network.mesh.run();
        expect(isDone).toBe(true);
        const isNoise = region === 'tail' && hop > 0;
        const judge = isBack ? 'client' : `node ${hop}`;
        expect(stage.counted(), `${region} at ${hop}`).toEqual(
          isNoise ? [] : [`${judge} cell-forged`],
        );
        expect(trip.received.get(stream)).toEqual(isNoise ? [9] : undefined);
        expect(trip.causes.get(stream)).toBe(isNoise ? undefined : 'reset');
      }
});

test('a CREATED with a bit turned anywhere makes no circuit', () => {
  for (const at of [0, 1120, 1136, 1137, 3000, 7000]) {
    const stage = new Stage(3);
    stage.network.mesh.meddle = (from, _to, record) => {
      if (from === 'node 0' && record[4] === 2) flip(record, 8 * (FRAME_HEADER_LEN + at));
      return record;
    };
    const trip = stage.network.start(0, 1, 2);
    stage.network.mesh.run();
    expect(trip.failure).toEqual({ hop: 1, cause: 'unreachable' });
    expect(stage.counted()).toEqual(['client answer-forged']);
  }
});
