import { describe, expect, test } from 'vitest';
import { CLASS } from '../event-queue.ts';
import { World } from '../world.ts';
import { type Claim, Vigil } from './vigil.ts';

const MS = 1_000_000;

/** A world in which one thing happens each millisecond, `events` times; `count` says how often it has. */
function clockwork(events: number, claims: (count: () => number) => readonly Claim[]) {
  const world = new World('1');
  let count = 0;
  const actor = world.enter({ act: () => count++ });
  for (let i = 1; i <= events; i++) world.schedule(i * MS, CLASS.timer, actor, actor, 0, 0, 0);
  const vigil = new Vigil(
    world,
    claims(() => count),
  );
  return { world, vigil };
}

function always(every: number, look: () => string | undefined, name = 'a'): Claim {
  return { kind: 'always', name, every, look, said: () => 'it held' };
}

describe('always', () => {
  test('the first moment it failed is kept, whatever comes later', () => {
    const { world, vigil } = clockwork(20, (count) => [
      always(1, () => (count() === 7 ? 'seven' : undefined)),
      always(1, () => undefined, 'b'),
    ]);
    world.run(20 * MS);
    vigil.end();
    const at = { ns: 7 * MS, event: 7 };
    expect(vigil.of('a')).toEqual({ ok: false, detail: 'seven; at 7.000 ms, event 7', at });
    expect(vigil.of('b')).toEqual({ ok: true, detail: 'it held' });
    expect(vigil.of('c')).toBeUndefined();
  });

  test('dear ones are looked at every so often, and once more at the end', () => {
    let looks = 0;
    const { world, vigil } = clockwork(1000, () => [
      always(100, () => {
        looks += 1;
        return undefined;
      }),
    ]);
    world.run(10_000 * MS);
    const during = looks;
    vigil.end();
    vigil.end();
    expect(during).toBeGreaterThanOrEqual(10);
    expect(during).toBeLessThan(100);
    expect(looks).toBe(during + 1);
  });

  test('what need hold only at the end is looked at then', () => {
    const claim = { ...always(1, () => undefined), close: () => 'left over' } as Claim;
    const { world, vigil } = clockwork(3, () => [claim]);
    world.run(3 * MS);
    vigil.end();
    expect(vigil.of('a')).toMatchObject({ ok: false, detail: 'left over; at 3.000 ms, event 3' });
  });

  test('who looks on changes nothing', () => {
    const hashes = [0, 1].map((watched) => {
      const claims = watched === 1 ? [always(1, () => undefined)] : [];
      const { world } = clockwork(9, () => claims);
      world.run(9 * MS);
      return world.hashes();
    });
    expect(hashes[0]).toEqual(hashes[1]);
  });
});

describe('eventually', () => {
  const claim = (missing: () => string | undefined, ms?: number): Claim => ({
    kind: 'eventually',
    name: 'e',
    missing,
    said: () => 'all there',
    ...(ms === undefined ? {} : { within: { phase: 'heal', ms } }),
  });

  test('by the end', () => {
    for (const [goal, ok] of [
      [5, true],
      [6, false],
    ] as const) {
      const { world, vigil } = clockwork(5, (count) => [
        claim(() => (count() < goal ? `${goal - count()} to come` : undefined)),
      ]);
      world.run(9 * MS);
      expect(vigil.of('e')).toBeUndefined();
      vigil.end();
      expect(vigil.of('e')?.ok).toBe(ok);
      expect(vigil.of('e')?.detail).toBe(ok ? 'all there' : '1 to come; at 9.000 ms, event 5');
    }
  });

  test('within so long after a phase: in time, late, and never begun', () => {
    const of = (goal: number, begins: boolean) => {
      const { world, vigil } = clockwork(400, (count) => [
        claim(() => (count() < goal ? 'not yet' : undefined), 200),
      ]);
      world.run(50 * MS);
      vigil.began('chaos');
      if (begins) vigil.began('heal');
      world.run(400 * MS);
      vigil.end();
      return vigil.of('e');
    };
    expect(of(100, true)).toMatchObject({ ok: true });
    expect(of(300, true)).toMatchObject({ ok: false });
    expect(of(300, true)?.detail).toMatch(/^not yet, 200 ms after "heal" began; at 2[5-9]\d/);
    expect(of(1, false)?.detail).toMatch(/^the phase "heal" never began/);
  });
});

describe('sometimes', () => {
  test.each([
    ['run', false],
    ['sweep', true],
  ] as const)('what never happened is a failure of the %s it was promised for', (promised, ok) => {
    for (const goal of [3, 4]) {
      const happened = (count: number) => (count === goal ? `${goal} came` : undefined);
      const { world, vigil } = clockwork(3, (count) => [
        { kind: 'sometimes', name: 's', promised, happened: () => happened(count()) },
      ]);
      world.run(3 * MS);
      vigil.end();
      const seen = goal === 3;
      expect(vigil.of('s')).toMatchObject({ ok: seen || ok, seen });
    }
  });
});
