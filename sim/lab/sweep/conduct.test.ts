import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { scenarioOf } from '../run.ts';
import { BATCH, conduct, type Shelf, type Until } from './conduct.ts';
import { FakeEngine, fakeRecord, type Whims } from './fake.case.ts';
import { gridOf } from './grid.ts';
import { resultText } from './mod.ts';
import type { RunRecord } from './record.ts';
import { summarize } from './summary.ts';

const GRID = gridOf(scenarioOf('two-nodes'), '1..70', ['octets=1,2,3']);
const NARROW: Until = { share: 0.01, metric: 'narrow' };
const WIDE: Until = { share: 0.2, metric: 'wide' };

class MapShelf implements Shelf {
  readonly kept = new Map<string, RunRecord>();

  take(token: string): RunRecord | undefined {
    return this.kept.get(token);
  }

  put(token: string, record: RunRecord): void {
    this.kept.set(token, record);
  }
}

async function text(whims: Whims, until?: Until, shelf?: Shelf): Promise<string> {
  return resultText(GRID, await conduct(GRID, new FakeEngine(whims), { until, shelf }), until);
}

describe('what comes out depends on the grid alone', () => {
  test.each([
    ['all seeds', undefined],
    ['seeds until the mean is known', WIDE],
  ])('%s: in any order, with answers given twice, from a shelf that has some', async (_, until) => {
    const plain = await text({ seed: 'plain' }, until);
    const whims = fc.record({ seed: fc.string(), twice: fc.integer({ min: 2, max: 9 }) });
    const property = fc.asyncProperty(whims, fc.integer({ min: 1, max: 7 }), async (one, every) => {
      const shelf = new MapShelf();
      for (let seed = 1; seed <= 70; seed += every)
        for (const record of JSON.parse(plain).runs as readonly { seed: string; token: string }[])
          if (record.seed === `${seed}`) shelf.put(record.token, fakeRecord(record.token));
      expect(await text(one, until, shelf)).toBe(plain);
    });
    await fc.assert(property, { numRuns: 10 });
  });

  test('a sweep that is stopped goes on from its shelf, and runs the rest', async () => {
    const plain = await text({ seed: 'plain' });
    const shelf = new MapShelf();
    const first = await conduct(GRID, new FakeEngine({ seed: 'first' }, 100), { shelf });
    expect([first.isComplete, shelf.kept.size]).toEqual([false, 100]);
    expect(summarize(GRID, first)).toMatchObject({ ok: false, complete: false });
    const engine = new FakeEngine({ seed: 'second' });
    const second = await conduct(GRID, engine, { shelf });
    expect(resultText(GRID, second)).toBe(plain);
    // One of those it had is run again, to see whether they are still worth something.
    expect([second.kept, engine.ran.length]).toEqual([100, 210 - 100 + 1]);
  });
});

describe('two answers to one token', () => {
  test('that differ end the sweep, and both are named', async () => {
    const shelf = new MapShelf();
    const { tokens } = await conduct(GRID, new FakeEngine({ seed: 'old', salt: 'old' }), { shelf });
    const token = tokens[0]?.[0] ?? '';
    const record = shelf.take(token);
    const now = fakeRecord(token).sha256;
    const again = conduct(GRID, new FakeEngine({ seed: 'new' }), { shelf });
    await expect(again).rejects.toThrow(
      `${token} ran twice and differs: sha256 ${record?.sha256}, then ${now}`,
    );
  });

  test('so do a result and none', async () => {
    const shelf = new MapShelf();
    await conduct(GRID, new FakeEngine({ seed: 'old' }), { shelf });
    const engine = new FakeEngine({ seed: 'new', crashing: () => true });
    await expect(conduct(GRID, engine, { shelf })).rejects.toThrow('and no result again: SIGSEGV');
  });
});

describe('early stop', () => {
  test('is decided after whole batches, at each point on its own', async () => {
    const { tokens, isComplete } = await conduct(GRID, new FakeEngine({ seed: 'x' }), {
      until: WIDE,
    });
    const counts = tokens.map((list) => list.length);
    expect(isComplete).toBe(true);
    for (const count of counts) expect(count === 70 || count % BATCH === 0).toBe(true);
    // No point is known after one batch, and at least one needs less than all.
    expect(Math.min(...counts)).toBeGreaterThan(BATCH);
    expect(Math.min(...counts)).toBeLessThan(70);
  });

  test('what never varied at a point is known, unless it varies at another', async () => {
    const rare = (token: string): number =>
      token.includes('octets=2') ? Number(/:(\d+):/.exec(token)?.[1]) : 5;
    const countsFor = async (rarely: (token: string) => number): Promise<readonly number[]> => {
      const until = { share: 0.01, metric: 'rare' };
      const engine = new FakeEngine({ seed: 'x', rarely });
      return (await conduct(GRID, engine, { until })).tokens.map((list) => list.length);
    };
    expect(await countsFor(rare)).toEqual([70, 70, 70]);
    expect(await countsFor(() => 5)).toEqual([2 * BATCH, 2 * BATCH, 2 * BATCH]);
  });

  test('of a metric that is known at once takes two batches; of all metrics, as long as the widest', async () => {
    const countsFor = async (until: Until): Promise<readonly number[]> =>
      (await conduct(GRID, new FakeEngine({ seed: 'x' }), { until })).tokens.map(
        (list) => list.length,
      );
    expect(await countsFor(NARROW)).toEqual([2 * BATCH, 2 * BATCH, 2 * BATCH]);
    expect(await countsFor({ ...WIDE, metric: undefined })).toEqual(await countsFor(WIDE));
    expect(await countsFor({ ...NARROW, metric: undefined })).toEqual([70, 70, 70]);
  });

  test('goes by the prefix: a seed behind it changes nothing', async () => {
    const longer = gridOf(GRID.scenario, '1..200', ['octets=1,2,3']);
    const { tokens } = await conduct(GRID, new FakeEngine({ seed: 'x' }), { until: WIDE });
    const more = await conduct(longer, new FakeEngine({ seed: 'y' }), { until: WIDE });
    tokens.forEach((list, i) => {
      if (list.length < 70) expect(more.tokens[i]).toEqual(list);
    });
  });
});

describe('the summary', () => {
  test('counts failures and names the first by its token', async () => {
    const fails = (token: string): boolean => /:(7|9):/.test(token) && token.includes('octets=2');
    const conducted = await conduct(GRID, new FakeEngine({ seed: 'x', fails }));
    const { ok, points } = summarize(GRID, conducted);
    const verdicts = points.map(({ assertions }) => assertions[0]);
    expect([ok, verdicts.map((one) => one?.failed)]).toEqual([false, [0, 2, 0]]);
    expect(verdicts[1]?.firstFailed).toBe(conducted.tokens[1]?.[6]);
  });

  test('a token that crashes is reported, and the others are not kept from running', async () => {
    const crashing = (token: string): boolean => token.includes(':5:');
    const conducted = await conduct(GRID, new FakeEngine({ seed: 'x', crashing }));
    const { ok, complete, crashed, points } = summarize(GRID, conducted);
    expect([ok, complete, points.map(({ runs }) => runs)]).toEqual([false, true, [69, 69, 69]]);
    expect(crashed).toEqual(conducted.tokens.map((list) => ({ token: list[4], why: 'SIGSEGV' })));
  });

  test('compares with the first point seed by seed, where both have the seed', async () => {
    const crashing = (token: string): boolean => /:(1|2):.*octets=[12]/.test(token);
    const conducted = await conduct(GRID, new FakeEngine({ seed: 'x', crashing }));
    const { points } = summarize(GRID, conducted);
    const differences = [1, 2].map((i) => points[i]?.metrics['wide']?.againstFirst);
    const valueAt = (point: number, seed: number): number =>
      conducted.ledger.run(conducted.tokens[point]?.[seed] ?? '')?.metrics['wide']?.value ??
      Number.NaN;
    for (const [i, difference] of differences.entries()) {
      const pairs = Array.from(
        { length: 68 },
        (__, k) => valueAt(i + 1, k + 2) - valueAt(0, k + 2),
      );
      expect(difference?.n).toBe(68);
      expect(difference?.mean).toBeCloseTo(pairs.reduce((a, b) => a + b) / 68, 9);
    }
    expect(points[0]?.metrics['wide']?.againstFirst).toBeUndefined();
  });

  test('an assertion that is judged over the sweep must hold in one run', async () => {
    const seen = new Map<boolean, boolean>();
    for (const holds of [true, false]) {
      const conducted = await conduct(
        GRID,
        new FakeEngine({ seed: 'x', fails: (token) => !holds || !token.includes(':3:') }),
      );
      for (const token of conducted.tokens.flat())
        for (const assertion of conducted.ledger.run(token)?.assertions ?? [])
          Object.assign(assertion, {
            ...{ kind: 'sometimes', promised: 'sweep', seen: assertion.ok, ok: true },
          });
      const { ok, never } = summarize(GRID, conducted);
      expect(never).toEqual(holds ? [] : ['delivered']);
      seen.set(holds, ok);
    }
    expect([...seen.values()]).toEqual([true, false]);
  });
});
