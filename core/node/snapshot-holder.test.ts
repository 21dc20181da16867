import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeSnapshot } from '#core/directory/mod.ts';
import { draftOf, makeNode, NOW_MS, stewards, suite, trust } from '#core/directory/network.case.ts';
import { EPOCH_MS, KEY_OVERLAP_MS } from '../base/limits.ts';
import { US_PER_MS } from '../base/time.ts';
import { WallClock } from '../base/wall-clock.ts';
import { SnapshotHolder } from './mod.ts';

const HOUR_MS = 3_600_000;
const DAY_US = 24 * HOUR_MS * US_PER_MS;
const NODES = Object.freeze([makeNode(1), makeNode(2)]);

type Times = { readonly serial?: number; readonly fromMs?: number; readonly untilMs?: number };

function file({
  serial = 7,
  fromMs = NOW_MS - HOUR_MS,
  untilMs = NOW_MS + HOUR_MS,
}: Times = {}): Uint8Array {
  const draft = { ...draftOf(...NODES), serial, validFromMs: fromMs, validUntilMs: untilMs };
  return encodeSnapshot(suite, draft, stewards);
}

function holder(isClockKnown = true): {
  readonly holder: SnapshotHolder;
  readonly wall: WallClock;
  changes(): number;
} {
  const wall = new WallClock();
  if (isClockKnown) wall.set(0, NOW_MS);
  let changes = 0;
  const made = new SnapshotHolder(suite, trust, wall, () => {
    changes += 1;
  });
  return { holder: made, wall, changes: () => changes };
}

test('a good file is taken; a newer one replaces it; an older one, and a bad one, do not', () => {
  const { holder: held, changes } = holder();
  held.offer(0, file({ serial: 7 }));
  expect([held.current?.serial, held.reject]).toEqual([7, undefined]);
  held.offer(0, file({ serial: 6 }));
  expect([held.current?.serial, held.reject]).toEqual([7, 'older']);
  held.offer(0, file({ serial: 9 }).fill(0, 14, 22));
  expect([held.current?.serial, held.reject]).toEqual([7, 'signature-forged']);
  held.offer(0, new Uint8Array(3));
  expect([held.current?.serial, held.reject]).toEqual([7, 'malformed']);
  held.offer(0, file({ serial: 9 }));
  expect([held.current?.serial, held.reject, changes()]).toEqual([9, undefined, 5]);
});

test('a file that comes before the time is known waits for it', () => {
  const { holder: held, wall, changes } = holder(false);
  held.offer(0, file());
  expect([held.current, held.deadlineUs, changes()]).toEqual([undefined, Infinity, 0]);
  wall.set(5, NOW_MS);
  held.handleTimeout(5);
  expect(held.current?.serial).toBe(7);
});

test('it ends when it says so, and not before', () => {
  const { holder: held } = holder();
  held.offer(0, file());
  expect(held.deadlineUs).toBe(HOUR_MS * US_PER_MS);
  held.handleTimeout(held.deadlineUs - 1000);
  expect(held.current).toBeDefined();
  held.handleTimeout(HOUR_MS * US_PER_MS);
  expect([held.current, held.reject]).toEqual([undefined, 'expired']);
  held.offer(HOUR_MS * US_PER_MS, file({ serial: 6, untilMs: NOW_MS + DAY_US }));
  expect([held.current, held.reject]).toEqual([undefined, 'older']);
});

test('when an epoch turns, who is usable is judged anew', () => {
  const { holder: held } = holder();
  held.offer(0, file({ untilMs: NOW_MS + 3 * EPOCH_MS }));
  const usable = () => held.current?.nodes.filter((node) => held.current?.isUsable(node)).length;
  const turns: string[] = [];
  for (let turn = 0; turn < 6; turn++) {
    const nowUs = held.deadlineUs;
    held.handleTimeout(nowUs);
    turns.push(`${(NOW_MS + nowUs / US_PER_MS - NOW_MS) / HOUR_MS} ${usable()}`);
  }
  // Statements are of the epoch in the middle of which it began, and good for an hour more.
  expect(turns).toEqual(['2 2', '3 2', '4 0', '8 0', '9 0', '10 0']);
  expect(KEY_OVERLAP_MS).toBe(HOUR_MS);
});

test('a clock that is set: back before the file, on behind it, and right again', () => {
  const { holder: held, wall } = holder();
  held.offer(0, file());
  for (const [nowUs, wallMs, reject] of [
    [10, NOW_MS - 2 * HOUR_MS, 'not-yet-valid'],
    [20, NOW_MS, undefined],
    [30, NOW_MS + 2 * HOUR_MS, 'expired'],
    [40, NOW_MS + HOUR_MS - 1, undefined],
  ] as const) {
    wall.set(nowUs, wallMs);
    held.handleTimeout(nowUs);
    expect([held.reject, held.current === undefined]).toEqual([reject, reject !== undefined]);
  }
});

test('a file that came while the clock was wrong is taken once it is right', () => {
  for (const wrongMs of [-30, 30]) {
    const { holder: held, wall } = holder();
    wall.set(0, NOW_MS + wrongMs * 24 * HOUR_MS);
    held.offer(0, file());
    expect(held.current).toBeUndefined();
    wall.set(9, NOW_MS);
    held.handleTimeout(9);
    expect(held.current?.serial).toBe(7);
  }
});

test('a file that is early is taken when its time comes, though nobody brings it again', () => {
  const { holder: held } = holder();
  held.offer(0, file({ serial: 7 }));
  held.offer(0, file({ serial: 8, fromMs: NOW_MS + 90_000 }));
  expect([held.current?.serial, held.reject]).toEqual([7, 'not-yet-valid']);
  let nowUs = 0;
  for (let turn = 0; turn < 2; turn++) {
    nowUs = held.deadlineUs;
    held.handleTimeout(nowUs);
  }
  expect([held.current?.serial, nowUs <= 180_000 * US_PER_MS]).toEqual([8, true]);
  expect(held.deadlineUs).toBe(HOUR_MS * US_PER_MS);
});

const step = fc.record({
  what: fc.constantFrom('offer', 'set', 'wait', 'garbage'),
  serial: fc.nat(5),
  hours: fc.integer({ min: -40, max: 40 }),
});

test('over any files and clocks: the newest serial stays, and nothing that is over is due', () => {
  const files = new Map<string, Uint8Array>();
  const fileOf = (serial: number, hours: number): Uint8Array => {
    const name = `${serial} ${Math.trunc(hours / 10)}`;
    const atMs = NOW_MS + Math.trunc(hours / 10) * 10 * HOUR_MS;
    const known = files.get(name) ?? file({ serial, fromMs: atMs, untilMs: atMs + 15 * HOUR_MS });
    files.set(name, known);
    return known;
  };
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      const { holder: held, wall } = holder();
      let nowUs = 0;
      let newest = -1;
      for (const { what, serial, hours } of steps) {
        if (what === 'offer') held.offer(nowUs, fileOf(serial, hours));
        else if (what === 'garbage') held.offer(nowUs, new Uint8Array(40).fill(hours));
        else if (what === 'set') {
          wall.set(nowUs, NOW_MS + hours * HOUR_MS);
          held.handleTimeout(nowUs);
        } else nowUs += Math.abs(hours) * 600_000 * US_PER_MS;
        for (let turn = 0; held.deadlineUs <= nowUs; turn++) {
          expect(turn).toBeLessThan(2);
          held.handleTimeout(nowUs);
        }
        const { current } = held;
        if (current === undefined) continue;
        expect(current.serial).toBeGreaterThanOrEqual(newest);
        newest = current.serial;
        const nowMs = wall.at(nowUs);
        expect(current.validFromMs <= nowMs && nowMs < current.validUntilMs).toBe(true);
      }
    }),
    { numRuns: 60 },
  );
});
