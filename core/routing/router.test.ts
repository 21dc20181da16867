import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { NodeEntry } from '#core/directory/mod.ts';
import { repeatableRandom } from '#core/directory/network.case.ts';
import { EXIT_SHARE_CAP } from '../base/limits.ts';
import { clashes } from './diversity.ts';
import { idOf, mapOf, numberOf, type Place } from './map.case.ts';
import { NO_PATH_LINE, type NoPath, type PathRequest, Router } from './mod.ts';

const PORT = 443;
const plainMap = (count: number, place: Place = {}) =>
  mapOf(Array.from({ length: count }, () => place));

function choose(
  places: readonly Place[],
  request: Partial<PathRequest> & { readonly hops: number },
  seed = 1,
): readonly NodeEntry[] | NoPath {
  const router = new Router(mapOf(places));
  const whole = { homes: [idOf(0), idOf(1)], port: PORT, ...request };
  return router.choosePath(repeatableRandom(seed), whole);
}

function isPath(answer: readonly NodeEntry[] | NoPath): answer is readonly NodeEntry[] {
  return !('reason' in answer);
}

/** Numbers of the nodes, or the reason why there are none. */
function told(answer: readonly NodeEntry[] | NoPath): readonly number[] | string {
  return isPath(answer) ? answer.map(numberOf) : answer.reason;
}

/** Pearson's statistic of counts against weights. */
function chiSquare(counts: readonly number[], weights: readonly number[]): number {
  const draws = counts.reduce((sum, count) => sum + count, 0);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.reduce((sum, weight, i) => {
    const expected = (draws * weight) / total;
    return sum + ((counts[i] as number) - expected) ** 2 / expected;
  }, 0);
}

/** Crowded maps: few owners, systems, networks and countries. */
const place = fc.record({
  owner: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  asNumber: fc.nat(5),
  ip: fc.oneof(
    fc.nat(6).map((n) => Uint8Array.of(10, n, 1, 1)),
    fc.nat(3).map((n) => Uint8Array.of(0x20, 1, 0, n, ...new Uint8Array(12))),
  ),
  country: fc.constantFrom('AT', 'CH', 'DE', 'FR', 'IT'),
  isExit: fc.boolean(),
  weight: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 2 ** 31 })),
  isCurrent: fc.oneof({ arbitrary: fc.constant(true), weight: 5 }, fc.boolean()),
  isForged: fc.oneof({ arbitrary: fc.constant(false), weight: 5 }, fc.boolean()),
});
const places = fc.array(place, { minLength: 1, maxLength: 11 });

/** Exits from which a whole path could be found by trying everything. */
function feasibleExits(nodes: readonly NodeEntry[], homes: readonly NodeEntry[], hops: number) {
  const extend = (chosen: readonly NodeEntry[], count: number, from: number): boolean => {
    if (count === 0) return true;
    for (let i = from; i < nodes.length; i++) {
      const node = nodes[i] as NodeEntry;
      if (chosen.some((other) => clashes(node, other))) continue;
      if (extend([...chosen, node], count - 1, i + 1)) return true;
    }
    return false;
  };
  return nodes.filter(
    (exit) =>
      exit.isExit &&
      homes.some((home) => !clashes(home, exit) && extend([home, exit], hops - 2, 0)),
  );
}

test('for any map: a path keeps every rule, and none is given only when there is none', () => {
  const request = fc.record({
    hops: fc.integer({ min: 1, max: 5 }),
    homes: fc.array(fc.nat(11), { maxLength: 2 }),
    avoid: fc.array(fc.nat(11), { maxLength: 2 }),
  });
  const seen = new Set<string>();
  fc.assert(
    fc.property(places, request, fc.nat(), (all, { hops, homes, avoid }, seed) => {
      const map = mapOf(all);
      const whole = { hops, homes: homes.map(idOf), port: PORT, avoid: avoid.map(idOf) };
      const answer = new Router(map).choosePath(repeatableRandom(seed), whole);
      const good = map.nodes.filter((node) => map.isUsable(node));
      const allowed = good.filter((node) => !avoid.includes(numberOf(node)));
      const usableHomes = allowed.filter((node) => homes.includes(numberOf(node)));
      seen.add(isPath(answer) ? 'path' : answer.reason);
      if (isPath(answer)) {
        expect(answer).toHaveLength(hops);
        expect(usableHomes).toContain(answer[0]);
        expect(answer.at(-1)?.isExit).toBe(true);
        for (const [i, node] of answer.entries()) {
          expect(allowed).toContain(node);
          for (const other of answer.slice(i + 1)) expect(clashes(node, other)).toBe(false);
        }
        return;
      }
      const exits = allowed.filter(({ isExit }) => isExit);
      if (answer.reason === 'too-few-nodes') expect(allowed.length).toBeLessThan(hops);
      else if (answer.reason === 'no-home') expect(usableHomes).toEqual([]);
      else if (answer.reason === 'no-exit')
        expect((hops === 1 ? usableHomes : exits).filter(({ isExit }) => isExit)).toEqual([]);
      else if (answer.reason === 'exit-cap') expect(avoid).not.toEqual([]);
      else expect(feasibleExits(allowed, usableHomes, hops)).toEqual([]);
    }),
    { numRuns: 3000, seed: 7 },
  );
  expect([...seen].sort()).toEqual([...Object.keys(NO_PATH_LINE), 'path'].sort());
});

test('for any map: two homes that clash in nothing, or no two such nodes', () => {
  fc.assert(
    fc.property(places, fc.nat(), (all, seed) => {
      const map = mapOf(all);
      const answer = new Router(map).pinHomes(repeatableRandom(seed));
      const good = map.nodes.filter((node) => map.isUsable(node));
      const hasPair = good.some((a) => good.some((b) => !clashes(a, b)));
      expect(isPath(answer)).toBe(hasPair);
      if (!isPath(answer)) {
        // Two that are forged are found out only by being drawn; they may clash before that.
        if (answer.reason === 'too-few-nodes') expect(good.length).toBeLessThan(2);
        else expect(answer.reason).toBe('constraints');
        return;
      }
      const [first, second] = answer as [NodeEntry, NodeEntry];
      expect(answer).toHaveLength(2);
      expect(clashes(first, second)).toBe(false);
      const abroad = good.filter((node) => !clashes(node, first) && node.country !== first.country);
      if (abroad.length > 0) expect(second.country).not.toBe(first.country);
    }),
    { numRuns: 1000 },
  );
});

test('for any map and any home that stays: a partner that does not clash with it, abroad if there is one', () => {
  fc.assert(
    fc.property(places, fc.nat(10), fc.nat(), (all, n, seed) => {
      const map = mapOf(all);
      const home = map.nodes[n % map.nodes.length] as NodeEntry;
      const answer = new Router(map).pinPartner(repeatableRandom(seed), home);
      const good = map.nodes.filter((node) => map.isUsable(node) && !clashes(node, home));
      if ('reason' in answer) {
        expect([answer.reason, good]).toEqual(['constraints', []]);
        return;
      }
      expect(good).toContain(answer);
      const abroad = good.filter(({ country }) => country !== home.country);
      if (abroad.length > 0) expect(abroad).toContain(answer);
    }),
    { numRuns: 1000 },
  );
});

test('a node that is not current changes no draw', () => {
  fc.assert(
    fc.property(
      places,
      place,
      fc.nat(),
      fc.integer({ min: 1, max: 5 }),
      (all, more, seed, hops) => {
        const honest = all.map((one) => ({ ...one, isForged: false }));
        const before = choose(honest, { hops }, seed);
        const after = choose([...honest, { ...more, isCurrent: false }], { hops }, seed);
        expect(told(after)).toEqual(told(before));
      },
    ),
  );
});

test('a node whose statement is forged is found out when it is drawn, and never drawn again', () => {
  const router = new Router(mapOf([{}, {}, {}, { weight: 2 ** 31, isForged: true }, {}]));
  const random = repeatableRandom(3);
  for (let i = 0; i < 50; i++) {
    const path = router.choosePath(random, { hops: 3, homes: [idOf(0)], port: PORT });
    expect(told(path)).toHaveLength(3);
    expect(told(path)).not.toContain(3);
    expect(told(router.pinHomes(random))).not.toContain(3);
  }
});

test.each<readonly [string, readonly Place[], Partial<PathRequest> & { hops: number }]>([
  ['too-few-nodes', [{}, {}], { hops: 3 }],
  ['too-few-nodes', [{}, {}, { isCurrent: false }], { hops: 3 }],
  ['too-few-nodes', [{}, {}, {}], { hops: 3, avoid: [idOf(2)] }],
  ['no-exit', Array.from({ length: 5 }, () => ({ isExit: false })), { hops: 3 }],
  ['no-exit', [{}, {}, {}], { hops: 3, port: 0 }],
  ['no-exit', [{ isExit: false }, { isExit: false }, {}], { hops: 1 }],
  ['no-home', [{}, {}, {}, {}], { hops: 3, homes: [] }],
  ['no-home', [{}, {}, {}, {}], { hops: 3, homes: [idOf(9)] }],
  ['no-home', [{}, {}, {}, {}, {}], { hops: 3, avoid: [idOf(0), idOf(1)] }],
  ['no-home', [{ isCurrent: false }, { isForged: true }, {}, {}, {}], { hops: 3 }],
  ['constraints', Array.from({ length: 5 }, () => ({ owner: 'one' })), { hops: 3 }],
  ['constraints', Array.from({ length: 5 }, () => ({ asNumber: 1 })), { hops: 2 }],
  [
    'constraints',
    Array.from({ length: 5 }, (_, n) => ({ ip: Uint8Array.of(10, 1, n, 1) })),
    { hops: 2 },
  ],
  [
    'exit-cap',
    [{ isExit: false }, {}, { weight: 10 }, {}, {}],
    { hops: 3, homes: [idOf(0)], avoid: [idOf(2)] },
  ],
])('%s (%#)', (reason, all, request) => expect(told(choose(all, request))).toBe(reason));

test('the home is the first pinned one; the second on a clash or for another country', () => {
  const homes = [{ isExit: false, country: 'AT' }, { isExit: false }, { isExit: false }];
  const home = (exit: Place): unknown =>
    (told(choose([...homes, exit], { hops: 3 })) as readonly number[])[0];
  expect(home({})).toBe(0);
  expect(home({ owner: 'owner 0' })).toBe(1);
  expect(home({ asNumber: 0 })).toBe(1);
  expect(home({ ip: Uint8Array.of(10, 0, 9, 9) })).toBe(1);
  expect(home({ country: 'AT' })).toBe(1);
  const exit = { owner: 'owner 1', country: 'AT' };
  expect(home(exit)).toBe(0);
});

test('an exit that clashes with both homes is not used; another is', () => {
  const homes = [{ isExit: false }, { isExit: false }];
  const all = [...homes, { owner: 'owner 0', asNumber: 1, weight: 1000 }, {}, {}];
  for (let seed = 0; seed < 20; seed++) {
    const path = told(choose(all, { hops: 3 }, seed)) as readonly number[];
    expect([3, 4]).toContain(path[2]);
  }
});

test('countries differ where they can, and nothing fails where they cannot', () => {
  const abroad = [{ country: 'AT' }, { country: 'AT' }, { country: 'CH' }, { country: 'DE' }];
  const crowd = Array.from({ length: 20 }, () => ({ country: 'AT', isExit: false, weight: 1000 }));
  for (let seed = 0; seed < 30; seed++) {
    const path = choose([...abroad, ...crowd], { hops: 3 }, seed) as readonly NodeEntry[];
    const exit = path[2] as NodeEntry;
    const countries = new Set(path.map(({ country }) => country));
    expect(countries.size).toBe(exit.country === 'AT' ? 2 : 3);
  }
  expect(told(choose(Array(5).fill({ country: 'AT' }), { hops: 5 }))).toHaveLength(5);
});

test('IPv6 nodes are apart by /32, IPv4 nodes by /16', () => {
  const ip = (...head: readonly number[]) => Uint8Array.of(...head, ...new Uint8Array(12));
  const pair = (a: Uint8Array, b: Uint8Array) =>
    told(choose([{ ip: a, isExit: false }, { ip: b }], { hops: 2 }));
  expect(pair(ip(32, 1, 0, 1), ip(32, 1, 0, 1).with(4, 9))).toBe('constraints');
  expect(pair(ip(32, 1, 0, 1), ip(32, 1, 0, 2))).toEqual([0, 1]);
  expect(pair(Uint8Array.of(10, 1, 0, 1), Uint8Array.of(10, 1, 9, 9))).toBe('constraints');
  expect(pair(Uint8Array.of(10, 1, 0, 1), Uint8Array.of(10, 2, 0, 1))).toEqual([0, 1]);
});

test('one hop is the first home that is an exit', () => {
  expect(told(choose([{}, {}, {}], { hops: 1 }))).toEqual([0]);
  expect(told(choose([{ isExit: false }, {}, {}], { hops: 1 }))).toEqual([1]);
});

test('exits and middles are drawn as often as they weigh', () => {
  const weights = [1, 2, 3, 4, 5, 10];
  const exits = weights.map((weight) => ({ weight }));
  const middles = weights.map((weight) => ({ weight, isExit: false }));
  const router = new Router(mapOf([{ isExit: false }, ...exits, ...middles]));
  const random = repeatableRandom(11);
  const asExit = new Array<number>(6).fill(0);
  const asMiddle = new Array<number>(6).fill(0);
  for (let i = 0; i < 5000; i++) {
    const path = router.choosePath(random, { hops: 3, homes: [idOf(0)], port: PORT });
    const [, middle, exit] = told(path) as [number, number, number];
    asExit[exit - 1] = (asExit[exit - 1] as number) + 1;
    if (middle > 6) asMiddle[middle - 7] = (asMiddle[middle - 7] as number) + 1;
  }
  // The 99.9 % quantile with five degrees of freedom.
  expect(chiSquare(asExit, weights)).toBeLessThan(20.52);
  expect(chiSquare(asMiddle, weights)).toBeLessThan(20.52);
});

test('homes are drawn as often as they weigh', () => {
  const weights = [1, 2, 3, 4, 5, 10];
  const router = new Router(mapOf(weights.map((weight) => ({ weight }))));
  const random = repeatableRandom(5);
  const counts = new Array<number>(6).fill(0);
  for (let i = 0; i < 5000; i++) {
    const [first] = told(router.pinHomes(random)) as [number, number];
    counts[first] = (counts[first] as number) + 1;
  }
  expect(chiSquare(counts, weights)).toBeLessThan(20.52);
});

test('whatever a request avoids, no exit owner is drawn beyond its cap', () => {
  const weights = [6, 3, 2, 1];
  const all = [{ isExit: false }, { isExit: false }, ...weights.map((weight) => ({ weight }))];
  for (let mask = 0; mask < 15; mask++) {
    const avoid = weights.flatMap((_, i) => ((mask >> i) & 1 ? [idOf(2 + i)] : []));
    const left = weights.reduce((sum, weight, i) => sum + ((mask >> i) & 1 ? 0 : weight), 0);
    const answer = told(choose(all, { hops: 2, avoid }));
    const isCapped = weights.some(
      (weight, i) => !((mask >> i) & 1) && weight / left > (EXIT_SHARE_CAP * weight) / 12,
    );
    expect(answer === 'exit-cap').toBe(isCapped);
  }
});

test('a large map answers, and a map of one owner gives up', () => {
  const big = new Router(plainMap(5000));
  expect(
    told(big.choosePath(repeatableRandom(1), { hops: 5, homes: [idOf(0)], port: PORT })),
  ).toHaveLength(5);
  const alike = new Router(plainMap(5000, { owner: 'one' }));
  expect(told(alike.pinHomes(repeatableRandom(1)))).toBe('constraints');
});
