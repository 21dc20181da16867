import fc from 'fast-check';
import { expect, test } from 'vitest';
import { testRandom } from '#core/link/pair.case.ts';
import { HOPS_MAX } from '../base/limits.ts';
import { CREATE_FRAME_LEN, CREATED_FRAME_LEN, FRAME_HEADER_LEN } from './frame.ts';
import { CreateOpened, CreateRequest, contentRoom, onionLen, STATUS_DONE } from './onion.ts';
import {
  answers,
  flip,
  flipped,
  idOf,
  nodeKeys,
  pathOf,
  sharedStrings,
  statementsOf,
  suite,
  walk,
} from './scene.case.ts';

const CONTENT = new Uint8Array(40).fill(9);
const HOPS = Object.freeze([1, 2, 3, 4, 5]);

function request(hops: number, content: Uint8Array = CONTENT, seed = 1): CreateRequest {
  const made = CreateRequest.make(suite, testRandom(seed), statementsOf(pathOf(hops)), content);
  if (typeof made === 'number') throw new Error('every key of the path is one');
  return made;
}

test.each(HOPS)('%i hops: each opens exactly its layer, and client and hop share keys', (hops) => {
  const path = pathOf(hops);
  const made = request(hops);
  const { bodies, opened } = walk(path, made.body);
  expect(opened.map(({ index }) => index)).toEqual(HOPS.slice(0, hops));
  for (const [i, { order }] of opened.entries()) {
    const next = path[i + 1];
    if (next !== undefined) expect(order).toEqual({ command: 'extend', next: idOf(next) });
    else if (order.command === 'last')
      expect(order.content.subarray(0, CONTENT.length)).toEqual(CONTENT);
    else expect.unreachable();
  }
  const answered = answers(opened);
  const read = made.readAnswer(answered.bodies[0] as Uint8Array);
  expect('keys' in read && read.keys).toEqual(answered.keys);
  for (const body of bodies) expect(body).toHaveLength(CREATE_FRAME_LEN - FRAME_HEADER_LEN);
  for (const body of answered.bodies)
    expect(body).toHaveLength(CREATED_FRAME_LEN - FRAME_HEADER_LEN);
});

test('no hop opens the layer of another, and none its own at another place', () => {
  const path = pathOf(3);
  const { bodies } = walk(path, request(3).body);
  for (const [i, body] of bodies.entries())
    for (const [n, { onion, statement }] of path.entries())
      for (let index = 0; index < 256; index = index < 7 ? index + 1 : index + 83) {
        const moved = body.slice();
        moved[0] = index;
        const isGood = n === i && index === i + 1;
        expect(CreateOpened.open(suite, onion, statement, moved) !== undefined).toBe(isGood);
      }
});

test('a CREATE is for one epoch, one boot, one node', () => {
  const first = request(1).body;
  const again = nodeKeys(0, 1);
  const { onion, statement } = nodeKeys(0);
  expect(CreateOpened.open(suite, again.onion, again.statement, first)).toBeUndefined();
  expect(CreateOpened.open(suite, onion, again.statement, first)).toBeUndefined();
  const later = { ...statement, epoch: statement.epoch + 1 };
  expect(CreateOpened.open(suite, onion, later, first)).toBeUndefined();
  expect(CreateOpened.open(suite, onion, statement, first)).toBeDefined();
});

test('any bit of what is alive, turned at any hop: that hop refuses; of the noise behind: no effect', () => {
  const path = pathOf(HOPS_MAX);
  const { body } = request(HOPS_MAX);
  fc.assert(
    fc.property(fc.nat(HOPS_MAX - 1), fc.nat(8 * body.length - 1), (hop, bit) => {
      const { opened } = walk(path, body, (octets, i) => {
        if (i === hop) flip(octets, bit);
      });
      const isAlive = bit < 8 * (1 + onionLen(hop + 1));
      expect(opened).toHaveLength(isAlive ? hop : HOPS_MAX);
    }),
    { numRuns: 150 },
  );
});

test('any bit of an answer, turned at any hop: the client knows the first hop that is not answered for', () => {
  const path = pathOf(3);
  fc.assert(
    fc.property(fc.nat(2), fc.nat(8 * 8187 - 1), (hop, bit) => {
      const made = request(3);
      const { opened } = walk(path, made.body);
      const { bodies } = answers(opened, [], (octets, i) => {
        if (i === hop - 1) flip(octets, bit);
      });
      const first = bodies[0] as Uint8Array;
      const read = made.readAnswer(hop === 0 ? flipped(first, bit) : first);
      const isAlive = bit < 8 * (8187 - 1137 * hop);
      if (isAlive) expect(read).toEqual({ failedHop: hop + 1, status: -1 });
      else expect(read).toHaveProperty('keys');
    }),
    { numRuns: 60 },
  );
});

test('what a hop says instead of going on is heard, sealed by that hop', () => {
  const path = pathOf(3);
  for (const hop of [1, 2, 3])
    for (const status of [1, 2, 3, 255]) {
      const made = request(3);
      const opened = walk(path, made.body).opened.slice(0, hop);
      const { bodies } = answers(opened, [...Array(hop - 1).fill(STATUS_DONE), status]);
      const read = made.readAnswer(bodies[0] as Uint8Array);
      expect(read).toEqual({ failedHop: hop, status });
    }
});

test('anything but zeros behind what a hop says, where nobody answered behind it, is no answer', () => {
  for (const hops of [1, 2, 3])
    for (const status of [STATUS_DONE, 1, 2, 3, 255])
      for (const place of ['first', 'last'] as const) {
        const made = request(hops);
        const { opened } = walk(pathOf(hops), made.body);
        let inner = new Uint8Array(8187);
        const room = 8187 - 1137 * hops;
        inner[place === 'first' ? 0 : room - 1] = 1;
        for (const [i, hop] of [...opened.entries()].reverse()) {
          const said = i === hops - 1 ? status : STATUS_DONE;
          inner = hop.answer(testRandom(i), said, inner)?.body.slice() ?? inner;
        }
        expect(made.readAnswer(inner)).toEqual({ failedHop: hops, status: -1 });
      }
});

test('an answer is read once, and none is for another request', () => {
  const [made, other] = [request(2), request(2, CONTENT, 2)];
  const { bodies } = answers(walk(pathOf(2), made.body).opened);
  expect(other.readAnswer(bodies[0] as Uint8Array)).toEqual({ failedHop: 1, status: -1 });
  expect(made.readAnswer(bodies[0] as Uint8Array)).toHaveProperty('keys');
  expect(made.readAnswer(bodies[0] as Uint8Array)).toEqual({ failedHop: 1, status: -1 });
});

test('what two hops see has nothing in common, be they neighbours or not; tails are noise of the hop before', () => {
  const { bodies, opened } = walk(pathOf(HOPS_MAX), request(HOPS_MAX).body);
  const answered = answers(opened).bodies;
  for (const views of [bodies, answered])
    for (const [i, a] of views.entries())
      for (const b of views.slice(i + 1)) expect(sharedStrings(a, b)).toBe(0);
  const tail = (body: Uint8Array, i: number) => body.subarray(1 + onionLen(i + 1));
  const { onion, statement } = nodeKeys(0);
  const once = CreateOpened.open(suite, onion, statement, bodies[0] as Uint8Array);
  const again = once?.nextBody(testRandom(9)) as Uint8Array;
  expect(() => once?.nextBody(testRandom(9))).toThrow('goes on once');
  expect(tail(again, 1)).not.toEqual(tail(bodies[1] as Uint8Array, 1));
  expect(again.subarray(0, 1 + onionLen(2))).toEqual(bodies[1]?.subarray(0, 1 + onionLen(2)));
});

test('two CREATEs of one path have nothing in common but their first octet', () => {
  expect(sharedStrings(request(3, CONTENT, 1).body, request(3, CONTENT, 2).body)).toBe(0);
});

test('content fits up to the last octet, at every length of path', () => {
  for (const hops of HOPS) {
    const full = new Uint8Array(contentRoom(hops)).fill(7);
    const { opened } = walk(pathOf(hops), request(hops, full).body);
    const order = opened.at(-1)?.order;
    expect(order?.command === 'last' && order.content).toEqual(full);
  }
  expect(contentRoom(HOPS_MAX)).toBe(2618);
  expect(() => request(2, new Uint8Array(contentRoom(2) + 1))).toThrow('fits the last hop');
});

test('a key that is none makes no CREATE, and the hop is named', () => {
  const { statement } = nodeKeys(0);
  const bad = { ...statement, onionKey: new Uint8Array(1216).fill(0xff) };
  for (const hop of [1, 2, 3]) {
    const path = statementsOf(pathOf(3)).map((good, i) => (i === hop - 1 ? bad : good));
    expect(CreateRequest.make(suite, testRandom(1), path, CONTENT)).toBe(hop);
  }
});

test('any octets at all are refused', () => {
  const { onion, statement } = nodeKeys(0);
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 64 }), fc.nat(6), (noise, index) => {
      const body = new Uint8Array(16_379).map((_, i) => noise[i % noise.length] as number);
      body[0] = index;
      expect(CreateOpened.open(suite, onion, statement, body)).toBeUndefined();
    }),
    { numRuns: 40 },
  );
});
