import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  CIRCUIT_WINDOW,
  CIRCUITS_PER_LINK_MAX,
  CONTROL_ALL_OCTETS_MAX,
  CONTROL_OCTETS_MAX,
  RECORD_PAYLOAD_MAX,
} from '../base/limits.ts';
import { FRAME_REJECTS, type FrameReject } from './carrier.ts';
import { CELL_LARGE, CELL_SMALL } from './frame.ts';
import type { Leg } from './leg.ts';
import {
  exchange,
  frame,
  framesOf,
  Neighbour,
  neighbours,
  PlainLegUser,
} from './neighbours.case.ts';

const BODY = new Uint8Array(16_379);
const ACCEPTED = 0x8000_0000;

/** A circuit between two neighbours, created by the dialler, and both its legs. */
function circuit(pair = neighbours()): ReturnType<typeof neighbours> & {
  readonly near: Leg;
  readonly far: Leg;
  readonly user: PlainLegUser;
} {
  const user = new PlainLegUser();
  const near = pair.dialler.carrier.create(0, user, BODY);
  exchange(pair.dialler, pair.answerer);
  const far = pair.answerer.legs.at(-1);
  if (near === undefined || far === undefined) throw new Error('there is room');
  return { ...pair, near, far, user };
}

/** An answerer that hears frames from a neighbour without manners. */
function victim(): Neighbour {
  const one = new Neighbour();
  one.carrier.opened(0, 0);
  return one;
}

const CREATE = 1;
const CREATED = 2;
const SMALL = 3;
const LARGE = 4;
const CREDIT = 5;
const DESTROY = 6;
const credit = (octets: number): Uint8Array =>
  Uint8Array.of(octets >>> 24, octets >>> 16, octets >>> 8, octets);

test('CREATE is answered, cells go both ways in frames of two sizes, each record whole frames', () => {
  const { dialler, answerer, near, far, user } = circuit();
  expect([near.circuit < ACCEPTED, near.state, far.state]).toEqual([true, 'open', 'open']);
  expect(user.log).toEqual(['created 8187']);
  user.cells = [CELL_SMALL, CELL_SMALL, CELL_LARGE];
  near.ready();
  const record = dialler.say();
  expect(framesOf(record)).toEqual([`3 ${near.circuit}`, `3 ${near.circuit}`]);
  answerer.hear(record);
  exchange(dialler, answerer);
  expect(answerer.user.received).toBe(3);
});

test('each end numbers from its own half, so that CREATEs may cross', () => {
  const pair = neighbours();
  const numbers = [1, 2, 3].flatMap(() =>
    [pair.dialler, pair.answerer].map(
      ({ carrier }) => carrier.create(0, new PlainLegUser(), BODY)?.circuit ?? 0,
    ),
  );
  exchange(pair.dialler, pair.answerer);
  expect(new Set(numbers).size).toBe(6);
  expect(pair.dialler.rejects.total + pair.answerer.rejects.total).toBe(0);
  expect(pair.dialler.carrier.circuitsOf(0)).toBe(6);
});

test('a window of cells and no more is under way, and CREDIT brings more', () => {
  const { dialler, answerer, near, far, user } = circuit();
  answerer.user.releases = false;
  user.cells = Array.from({ length: 60 }, () => CELL_LARGE);
  near.ready();
  exchange(dialler, answerer);
  expect(answerer.user.received).toBe(Math.floor(CIRCUIT_WINDOW / CELL_LARGE));
  far.release(CIRCUIT_WINDOW / 4 - 1);
  expect(answerer.say()).toHaveLength(0);
  far.release(1);
  exchange(dialler, answerer);
  expect(answerer.user.received).toBe(Math.floor((1.25 * CIRCUIT_WINDOW) / CELL_LARGE));
  expect(dialler.rejects.total + answerer.rejects.total).toBe(0);
});

test('circuits take turns, cell by cell, whatever each of them has', () => {
  const pair = neighbours();
  const circuits = Array.from({ length: 20 }, () => circuit(pair));
  for (const { user, near } of circuits) {
    user.cells = Array.from({ length: 50 }, () => CELL_SMALL);
    near.ready();
  }
  const turns: string[] = [];
  for (let n = 0; n < 10; n++) turns.push(...framesOf(pair.dialler.say()));
  const counts = circuits.map(
    ({ near }) => turns.filter((one) => one === `3 ${near.circuit}`).length,
  );
  expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
  expect(new Set(turns.slice(0, 20)).size).toBe(20);
});

test('a circuit whose far end takes nothing keeps no other waiting', () => {
  const pair = neighbours();
  const [stuck, quick] = [circuit(pair), circuit(pair)];
  stuck.far.user = Object.assign(new PlainLegUser(), { releases: false });
  for (const { user, near } of [stuck, quick]) {
    user.cells = Array.from({ length: 200 }, () => CELL_LARGE);
    near.ready();
  }
  exchange(pair.dialler, pair.answerer);
  expect(quick.user.cells).toHaveLength(0);
  expect(stuck.user.cells.length).toBeGreaterThan(150);
});

test('a cell never overtakes the CREATED of its circuit', () => {
  const pair = neighbours();
  // Its first cell is there as soon as it is answered.
  pair.answerer.onCreate = (leg) => {
    const user = new PlainLegUser();
    user.cells = [CELL_SMALL];
    leg.user = user;
    leg.answer(new Uint8Array(8187));
    leg.ready();
  };
  for (let n = 0; n < 7; n++) pair.dialler.carrier.create(0, new PlainLegUser(), BODY);
  const gone = pair.dialler.carrier.create(0, new PlainLegUser(), BODY);
  gone?.destroy();
  exchange(pair.dialler, pair.answerer);
  expect(pair.dialler.rejects.total).toBe(0);
  expect(pair.dialler.carrier.circuitsOf(0)).toBe(7);
});

test('DESTROY from either end, or from both at once: told once each, and the number is free again', () => {
  for (const who of ['near', 'far', 'both'] as const) {
    const { dialler, answerer, near, far, user } = circuit();
    if (who !== 'far') near.destroy();
    if (who !== 'near') far.destroy();
    if (who !== 'far') near.destroy();
    exchange(dialler, answerer);
    expect(user.log).toEqual(who === 'far' ? ['created 8187', 'destroyed'] : ['created 8187']);
    expect(answerer.user.log).toEqual(who === 'near' ? ['destroyed'] : []);
    for (const { carrier, rejects } of [dialler, answerer])
      expect([carrier.circuitsOf(0), rejects.total]).toEqual([0, 0]);
    answerer.tell(frame(near.circuit, CREATE));
    expect(answerer.rejects.total).toBe(0);
  }
});

test('a number is not used again before the neighbour has answered, and what is on its way is ignored', () => {
  const { dialler, answerer, near, far } = circuit();
  (far.user as PlainLegUser).cells = [CELL_SMALL];
  far.ready();
  const late = answerer.say();
  near.destroy();
  dialler.hear(late);
  dialler.tell(frame(near.circuit, CREDIT, credit(1)), frame(near.circuit, CREATED));
  expect(dialler.rejects.total).toBe(0);
  answerer.hear(dialler.say());
  dialler.hear(answerer.say());
  dialler.tell(frame(near.circuit, SMALL));
  expect(dialler.rejects.get('frame-circuit-unknown')).toBe(1);
});

test('the loss of a link ends each of its circuits, once, and none of another link', () => {
  const { dialler, near, user } = circuit();
  dialler.carrier.dialled(7);
  dialler.carrier.opened(0, 7);
  const other = new PlainLegUser();
  dialler.carrier.create(7, other, BODY);
  dialler.carrier.closed(0, 0, 'timed-out');
  expect([user.log, other.log, near.state]).toEqual([['created 8187', 'destroyed'], [], 'gone']);
  expect(dialler.log.at(-1)).toBe('closed 0 timed-out');
  expect([dialler.carrier.circuitsOf(0), dialler.carrier.circuitsOf(7)]).toEqual([-1, 1]);
  near.destroy();
  near.ready();
  near.release(CIRCUIT_WINDOW);
  expect(dialler.carrier.create(0, other, BODY)).toBeUndefined();
});

test('a neighbour that says it is done is given up', () => {
  const one = victim();
  one.carrier.ended(0, 0);
  expect([...one.aborted]).toEqual([0]);
});

test('thousands of circuits may end at once: the link to their neighbour stays', () => {
  const pair = neighbours();
  for (let n = 0; n < 3000; n++) {
    pair.dialler.carrier.create(0, new PlainLegUser(), BODY);
    if (n % 500 === 499) exchange(pair.dialler, pair.answerer);
  }
  exchange(pair.dialler, pair.answerer);
  for (const leg of pair.answerer.legs) leg.destroy();
  exchange(pair.dialler, pair.answerer);
  for (const { carrier, rejects, aborted } of [pair.dialler, pair.answerer])
    expect([carrier.circuitsOf(0), rejects.total, aborted.size]).toEqual([0, 0, 0]);
});

test('a neighbour that is slow to hear of CREATEs gets no more of them, and keeps its link', () => {
  const one = new Neighbour();
  one.carrier.dialled(0);
  one.carrier.opened(0, 0);
  let created = 0;
  while (one.carrier.create(0, new PlainLegUser(), BODY) !== undefined) created += 1;
  expect(created * RECORD_PAYLOAD_MAX).toBeLessThanOrEqual(CONTROL_OCTETS_MAX);
  expect([created > 100, one.aborted.size]).toEqual([true, 0]);
  one.say();
  expect(one.carrier.create(0, new PlainLegUser(), BODY)).toBeDefined();
});

// ---- what is refused -------------------------------------------------------------------------------------

/** Frames for an answerer on which the dialler has created circuit 1, and what becomes of them. */
const OFFENCES: readonly (readonly [FrameReject, string, readonly Uint8Array[]])[] = Object.freeze([
  ['frame-malformed', 'a kind nobody knows', [frame(1, 0)]],
  ['frame-malformed', 'datagrams', [frame(1, 7)]],
  ['frame-malformed', 'half a head', [Uint8Array.of(0, 0, 0, 1)]],
  ['frame-malformed', 'a frame that crosses the record', [frame(1, SMALL).slice(0, 500)]],
  ['frame-malformed', 'a CREATE with a number of ours', [frame(ACCEPTED + 1, CREATE)]],
  ['frame-malformed', 'an answer to a CREATE of theirs', [frame(1, CREATED)]],
  ['frame-circuit-taken', 'a CREATE with a number in use', [frame(1, CREATE)]],
  ['frame-circuit-unknown', 'a cell of no circuit', [frame(2, SMALL)]],
  ['frame-circuit-unknown', 'credit of no circuit', [frame(2, CREDIT)]],
  ['frame-circuit-unknown', 'an end of no circuit', [frame(2, DESTROY)]],
  ['frame-circuit-unknown', 'an answer of no circuit', [frame(ACCEPTED + 2, CREATED)]],
  ['frame-circuit-unknown', 'anything behind the end', [frame(1, DESTROY), frame(1, LARGE)]],
  ['circuit-credit', 'credit beyond the window', [frame(1, CREDIT, credit(1))]],
  ['circuit-credit', 'cells beyond the window', Array.from({ length: 18 }, () => frame(1, LARGE))],
]);

test.each(OFFENCES)('%s: %s', (reject, _, frames) => {
  const one = victim();
  one.user.releases = false;
  one.tell(frame(1, CREATE));
  one.tell(frame(5, CREATE));
  one.tell(...frames);
  expect([one.rejects.get(reject), one.rejects.total]).toEqual([1, 1]);
  const endsLink = reject.startsWith('frame-');
  expect(one.aborted.size).toBe(endsLink ? 1 : 0);
  // Where only the circuit ends, the other circuit goes on.
  if (!endsLink) {
    one.tell(frame(5, SMALL));
    expect([one.user.log, one.user.received > 0]).toEqual([['destroyed'], true]);
  }
});

test('at the end that created: a second answer ends the link, a cell before the answer the circuit', () => {
  const twice = circuit();
  twice.dialler.tell(frame(twice.near.circuit, CREATED));
  expect(twice.dialler.rejects.get('frame-malformed')).toBe(1);

  const early = neighbours();
  const user = new PlainLegUser();
  const leg = early.dialler.carrier.create(0, user, BODY);
  early.dialler.tell(frame(leg?.circuit ?? 0, SMALL));
  expect([early.dialler.rejects.get('circuit-early'), user.log]).toEqual([1, ['destroyed']]);
  expect(early.dialler.aborted.size).toBe(0);
});

test('a link that gave up hears and says nothing more, and counts once', () => {
  const one = victim();
  one.tell(frame(9, CREATE), frame(8, SMALL), frame(1, CREATE));
  one.tell(frame(10, SMALL));
  one.tell(frame(2, CREATE));
  expect([one.rejects.total, one.legs.length, one.say().length]).toEqual([1, 1, 0]);
});

test('as many circuits as there may be; the next is destroyed, and the link stays', () => {
  const one = victim();
  for (let n = 0; n < CIRCUITS_PER_LINK_MAX; n++) {
    one.tell(frame(n, CREATE));
    if (n % 100 === 99) while (one.say().length > 0);
  }
  while (one.say().length > 0);
  one.tell(frame(CIRCUITS_PER_LINK_MAX, CREATE));
  expect([one.rejects.get('circuit-limit'), one.rejects.total]).toEqual([1, 1]);
  expect(framesOf(one.say())).toEqual([`6 ${CIRCUITS_PER_LINK_MAX}`]);
  expect(one.carrier.create(0, new PlainLegUser(), BODY)).toBeUndefined();
});

test('answers that nobody reads end the link, and so do ends that nobody answers', () => {
  const unread = victim();
  for (let n = 0; unread.aborted.size === 0 && n < 3000; n++) unread.tell(frame(n, CREATE));
  expect([unread.rejects.get('frame-unread'), unread.rejects.total]).toEqual([1, 1]);
  expect(unread.legs.length * 8192).toBeLessThan(1.1 * CONTROL_OCTETS_MAX);

  const unanswered = victim();
  unanswered.onCreate = () => undefined;
  for (let n = 0; unanswered.aborted.size === 0 && n < 4 * CIRCUITS_PER_LINK_MAX; n++) {
    unanswered.tell(frame(n, CREATE));
    if (n % 100 === 99) while (unanswered.say().length > 0);
  }
  expect(unanswered.rejects.get('frame-unread')).toBe(1);
});

test('links that never read, however many: what is kept for all of them is bounded, and readers stay', () => {
  const one = new Neighbour();
  const links = Array.from({ length: 40 }, (_, link) => link);
  for (const link of links) one.carrier.opened(0, link);
  // Of three that read one takes all, one is always behind, and one comes late.
  const [quick, slow, late] = [7, 0, 39];
  let most = 0;
  for (let turn = 0; turn < 400; turn++) {
    for (const link of links) {
      if (one.aborted.has(link) || (link === late && turn < 395)) continue;
      one.hear(frame(turn, CREATE), link);
      most = Math.max(most, one.carrier.controlOwed);
      if (link === quick) while (one.say(link).length > 0);
    }
    if (turn % 3 === 2) one.say(slow);
  }
  expect(most).toBeLessThanOrEqual(CONTROL_ALL_OCTETS_MAX);
  expect(most).toBeGreaterThan(0.99 * CONTROL_ALL_OCTETS_MAX);
  expect([quick, slow, late].filter((link) => one.aborted.has(link))).toEqual([]);
  expect([one.aborted.size > 5, one.rejects.get('frame-limit')]).toEqual([true, one.aborted.size]);
  expect(one.rejects.total).toBe(one.aborted.size);
  for (const link of links) one.carrier.closed(0, link, 'reset');
  expect(one.carrier.controlOwed).toBe(0);
});

test('where all read a little, who has only just begun to be owed something stays', () => {
  const one = new Neighbour();
  const links = Array.from({ length: 16 }, (_, link) => link);
  for (const link of [...links, 16]) one.carrier.opened(0, link);
  const perLink = Math.floor(CONTROL_ALL_OCTETS_MAX / 16 / 8320);
  for (const link of links)
    for (let n = 0; n < perLink + 2; n++) {
      if (n === perLink) expect(one.say(link).length).toBe(2 * 8192);
      one.hear(frame(n, CREATE), link);
    }
  expect(one.aborted.size).toBe(0);
  for (let n = 0; n < 20; n++) one.hear(frame(n, CREATE), 16);
  expect([...one.aborted]).toEqual([0]);
});

test('any frames and any octets: taken or refused by name, and every reject by frames alone is reached', () => {
  const small = fc.tuple(
    fc.constantFrom(0, 1, 2, 3, ACCEPTED, ACCEPTED + 1),
    fc.constantFrom(0, CREATED, SMALL, SMALL, CREDIT, CREDIT, DESTROY, DESTROY, 7),
    fc.constantFrom(0, 1, 507, CIRCUIT_WINDOW),
  );
  const record = fc.oneof(
    fc.constantFrom(0, 1, 2, ACCEPTED).map((number) => [frame(number, CREATE)]),
    fc.array(
      small.map(([number, kind, octets]) =>
        frame(number, kind, kind === CREDIT ? credit(octets) : undefined),
      ),
      { maxLength: 5 },
    ),
    fc.uint8Array({ maxLength: 20 }).map((octets) => [octets]),
    fc.constant(Array.from({ length: 31 }, () => frame(1, SMALL))),
  );
  const seen = new Set<string>();
  fc.assert(
    fc.property(
      fc.array(record, { maxLength: 30, size: 'max' }),
      fc.boolean(),
      (records, isDialled) => {
        const one = new Neighbour();
        one.user.releases = false;
        if (isDialled) one.carrier.dialled(0);
        one.carrier.opened(0, 0);
        if (isDialled) one.carrier.create(0, one.user, BODY);
        let isTaken = false;
        one.onCreate = (leg) => {
          isTaken = !isTaken;
          if (!isTaken) return;
          leg.user = one.user;
          leg.answer(new Uint8Array(8187));
        };
        for (const frames of records) one.tell(...frames);
        for (const reject of FRAME_REJECTS) if (one.rejects.get(reject) > 0) seen.add(reject);
        if (one.say().length === 0) expect(one.carrier.controlOwed).toBe(0);
        one.carrier.closed(0, 0, 'reset');
        expect(one.carrier.controlOwed).toBe(0);
      },
    ),
    { numRuns: 800, seed: 3 },
  );
  const byNumber = ['frame-unread', 'frame-limit', 'circuit-limit'];
  expect([...seen].sort()).toEqual(FRAME_REJECTS.filter((name) => !byNumber.includes(name)).sort());
});
