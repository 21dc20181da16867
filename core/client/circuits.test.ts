import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mapOf } from '#core/circuit/map.case.ts';
import { toHex } from '../base/bytes.ts';
import {
  BUILD_RETRY_MAX_US,
  BUILD_RETRY_US,
  CIRCUIT_DIRTY_US,
  CIRCUIT_IDLE_US,
  CIRCUIT_LINGER_US,
  CIRCUITS_LINGERING_MAX,
  CLIENT_CIRCUITS_MAX,
  CREATE_US,
  WARM_CIRCUITS,
} from '../base/limits.ts';
import { US_PER_S } from '../base/time.ts';
import { Bench } from './bench.case.ts';
import type { OurCircuit } from './mod.ts';

const WEB = Object.freeze({ host: 'web.test', port: 443 });

/** A stream of this class, on the circuit it got; undefined when there was none. */
function use(bench: Bench, isolation: string): OurCircuit | undefined {
  const ours = bench.circuits.take(bench.nowUs, isolation);
  ours?.circuit.streams.open(WEB);
  bench.circuits.want(bench.nowUs, ours === undefined ? 1 : 0);
  bench.mesh.run();
  return ours;
}

test('with a map, a few circuits are ready before anybody asks, over paths of the wanted length', () => {
  const bench = new Bench(3);
  expect(bench.circuits.deadlineUs).toBe(Number.POSITIVE_INFINITY);
  bench.started();
  expect(bench.circuits.ready).toHaveLength(WARM_CIRCUITS);
  for (const { path } of bench.ends) expect(new Set(path).size).toBe(3);
  expect(new Set(bench.ends.map(({ path }) => path[0])).size).toBeLessThanOrEqual(2);
});

test('a class keeps its circuit for ten minutes; another class never gets it', () => {
  const bench = new Bench().started();
  const a = use(bench, 'a');
  const b = use(bench, 'b');
  expect(a).not.toBe(b);
  bench.wait(CIRCUIT_DIRTY_US - 1);
  expect([use(bench, 'a'), use(bench, 'b')]).toEqual([a, b]);
  bench.wait(1);
  const next = use(bench, 'a');
  expect(next).toBeDefined();
  expect(next).not.toBe(a);
  // The old one is there as long as it has streams.
  expect(bench.circuits.ready).toContain(a);
  for (let stream = 1; stream < 3; stream++) a?.circuit.streams.reset(stream, 'local');
  bench.mesh.run();
  bench.wait(1);
  expect(bench.circuits.ready).not.toContain(a);
});

test('circuits nobody uses are made anew after an hour', () => {
  const bench = new Bench().started();
  const first = bench.circuits.ready;
  bench.wait(CIRCUIT_IDLE_US);
  expect(bench.circuits.ready).toHaveLength(WARM_CIRCUITS);
  for (const ours of first) expect(bench.circuits.ready).not.toContain(ours);
  expect(bench.alive).toHaveLength(WARM_CIRCUITS);
});

test('circuits that fail are tried again, ever more slowly, and at once after a new map', () => {
  const bench = new Bench();
  bench.onCreate = (far) => far.answer(2, 2);
  bench.started();
  bench.wait(10 * BUILD_RETRY_US);
  expect(bench.circuits.lastFailure).toEqual({ hop: 2, cause: 'unreachable' });
  const early = bench.ends.length;
  expect(early).toBeGreaterThan(3);
  bench.wait(1200 * US_PER_S);
  const later = bench.ends.length - early;
  expect(later).toBeLessThanOrEqual((WARM_CIRCUITS * 1200 * US_PER_S) / BUILD_RETRY_MAX_US + 20);
  expect(later).toBeGreaterThan(20);
  bench.onCreate = (far) => far.answer();
  bench.circuits.use(bench.nowUs, bench.map);
  bench.mesh.run();
  expect(bench.circuits.ready).toHaveLength(WARM_CIRCUITS);
  expect(bench.circuits.noPath).toBeUndefined();
});

test('a CREATE that nobody answers, or a home that does not open, is given up in time', () => {
  for (const isSilent of [false, true]) {
    const bench = new Bench();
    bench.onCreate = () => undefined;
    if (isSilent) for (const { id } of bench.entries) bench.mesh.silent.add(toHex(id));
    bench.started();
    expect(bench.circuits.deadlineUs).toBe(CREATE_US);
    bench.wait(CREATE_US);
    expect(bench.circuits.lastFailure).toEqual({ hop: 0, cause: 'timed-out' });
    expect([bench.circuits.failures, bench.changes > 0, bench.alive.length]).toEqual([
      WARM_CIRCUITS,
      true,
      0,
    ]);
  }
});

test('no path and no map: nothing is due, whoever waits is told, and a better map helps', () => {
  const bench = new Bench();
  bench.circuits.use(0, mapOf(bench.entries.slice(0, 1)));
  expect(bench.circuits.noPath?.reason).toBe('too-few-nodes');
  expect([bench.circuits.deadlineUs, bench.changes]).toEqual([Number.POSITIVE_INFINITY, 1]);
  bench.circuits.want(0, 5);
  expect(bench.circuits.deadlineUs).toBe(Number.POSITIVE_INFINITY);
  bench.started();
  expect(bench.circuits.noPath).toBeUndefined();
  expect(bench.circuits.ready.length).toBeGreaterThanOrEqual(WARM_CIRCUITS);
});

test('an exit that is nowhere: homes are there, paths are not, and it is tried now and then', () => {
  const bench = new Bench();
  bench.circuits.use(0, mapOf(bench.entries.map((entry) => ({ ...entry, isExit: false }))));
  expect(bench.circuits.noPath?.reason).toBe('no-exit');
  bench.wait(600 * US_PER_S);
  expect(bench.ends).toHaveLength(0);
});

test('a map that has expired makes nothing new; circuits that are there go on', () => {
  const bench = new Bench().started();
  const a = use(bench, 'a');
  bench.circuits.use(bench.nowUs, undefined);
  const { length } = bench.ends;
  expect(use(bench, 'a')).toBe(a);
  expect(use(bench, 'b')).toBeDefined();
  expect(use(bench, 'c')).toBeDefined();
  expect(use(bench, 'd')).toBeUndefined();
  bench.wait(3 * CIRCUIT_IDLE_US);
  expect(bench.ends).toHaveLength(length);
  bench.started();
  expect(use(bench, 'd')).toBeDefined();
});

test('homes are kept over maps as long as they are in them', () => {
  const bench = new Bench().started();
  const homes = () => new Set(bench.ends.map(({ path }) => path[0]));
  for (let n = 0; n < 10; n++) {
    use(bench, `class ${n}`);
    bench.circuits.use(bench.nowUs, bench.map);
    bench.mesh.run();
  }
  expect(homes().size).toBeLessThanOrEqual(2);
  const [gone] = [...homes()];
  bench.ends.length = 0;
  bench.circuits.use(bench.nowUs, mapOf(bench.entries.filter(({ id }) => toHex(id) !== gone)));
  for (let n = 0; n < 10; n++) use(bench, `later ${n}`);
  expect(homes()).not.toContain(gone);
});

test('a home that is listed stays, whichever other is not: alone while it has no partner, then with a new one', () => {
  for (const gone of [0, 1]) {
    const bench = new Bench(2).started();
    const homes = (when: string) => {
      for (let n = 0; n < 20; n++) use(bench, `${when} ${n}`);
      return [...new Set(bench.ends.splice(0).map(({ path }) => path[0] as string))];
    };
    const before = homes('before');
    expect(before).toHaveLength(2);
    const [stays, delisted] = [before[1 - gone] as string, before[gone] as string];
    const listed = bench.entries.filter(({ id }) => toHex(id) !== delisted);
    const { owner } = listed.find(({ id }) => toHex(id) === stays) ?? {};
    bench.circuits.use(
      bench.nowUs,
      mapOf(listed.map((entry) => ({ ...entry, owner: `${owner}` }))),
    );
    bench.circuits.use(bench.nowUs, mapOf(listed));
    bench.mesh.run();
    const after = homes('after');
    expect(after).toContain(stays);
    expect(after.length).toBeLessThanOrEqual(2);
    expect(after).not.toContain(delisted);
  }
});

test('as many circuits as there may be; a class that waits gets the place of one that serves nobody', () => {
  const bench = new Bench(1).started();
  const used = Array.from({ length: CLIENT_CIRCUITS_MAX }, (_, n) => use(bench, `class ${n}`));
  expect(used.every((ours) => ours !== undefined)).toBe(true);
  expect(bench.alive).toHaveLength(CLIENT_CIRCUITS_MAX);
  expect(use(bench, 'one more')).toBeUndefined();
  bench.wait(60 * US_PER_S);
  expect(bench.alive).toHaveLength(CLIENT_CIRCUITS_MAX);
  used[5]?.circuit.streams.reset(1, 'local');
  bench.mesh.run();
  bench.circuits.want(bench.nowUs, 1);
  bench.mesh.run();
  expect(use(bench, 'one more')).toBeDefined();
  expect(used[5]?.circuit.state).toBe('gone');
  expect(used.filter((ours) => ours?.circuit.state === 'open')).toHaveLength(
    CLIENT_CIRCUITS_MAX - 1,
  );
});

/** Both directions of the only stream of every circuit that has one end, the far end's first; the client's last. */
function endAll(bench: Bench): void {
  for (const { far, stream } of bench.asks) far.streams.end(stream);
  bench.mesh.run();
  for (const { circuit } of bench.circuits.ready) {
    const said = new Uint8Array(60_000);
    circuit.streams.push(bench.nowUs, 1, said, 0, said.length);
    circuit.streams.pull(1, new Uint8Array(9), 0, 9);
    circuit.streams.end(1);
  }
  bench.mesh.run();
}

test('a circuit that is too old stays until what its last stream said last has had time to arrive', () => {
  for (const endsUs of [20 * US_PER_S, CIRCUIT_DIRTY_US - 1, 2 * CIRCUIT_DIRTY_US]) {
    const bench = new Bench().started();
    const ours = use(bench, 'a');
    bench.wait(endsUs);
    endAll(bench);
    expect(ours?.circuit.streams.size).toBe(0);
    const untilUs = Math.max(CIRCUIT_DIRTY_US, endsUs + CIRCUIT_LINGER_US);
    bench.wait(untilUs - bench.nowUs - 1);
    expect(ours?.circuit.state).toBe('open');
    bench.wait(1);
    expect(ours?.circuit.state).toBe('gone');
  }
});

/** The same, once a circuit was made for it. */
function got(bench: Bench, isolation: string): OurCircuit | undefined {
  return use(bench, isolation) ?? use(bench, isolation);
}

test('meanwhile no class waits for it, and none makes it go but where too many linger: the first that ended', () => {
  const bench = new Bench(1).started();
  const most = CLIENT_CIRCUITS_MAX + CIRCUITS_LINGERING_MAX;
  for (let n = 0; n < most; n++) {
    expect(got(bench, `class ${n}`)).toBeDefined();
    bench.wait(1);
    endAll(bench);
  }
  const { ready } = bench.circuits;
  expect([ready.length, ready.filter(({ circuit }) => circuit.streams.size > 0)]).toEqual([
    most,
    [],
  ]);
  const isOpen = () => ready.map(({ circuit }) => circuit.state === 'open');
  expect(got(bench, 'one more')).toBeDefined();
  expect(isOpen()).toEqual(ready.map((_, n) => n > 0));
  expect(bench.circuits.ready).toHaveLength(most);
  bench.wait(CIRCUIT_LINGER_US);
  endAll(bench);
  // What is quiet for long enough makes room by itself, one for each that is made.
  expect(got(bench, 'another')).toBeDefined();
  expect(bench.circuits.ready).toHaveLength(most);
});

test('circuits in use have their bound beside those that linger', () => {
  const bench = new Bench(1).started();
  for (let n = 0; n < CLIENT_CIRCUITS_MAX; n++) got(bench, `ended ${n}`);
  endAll(bench);
  for (let n = 0; n < CLIENT_CIRCUITS_MAX; n++) expect(got(bench, `class ${n}`)).toBeDefined();
  expect(got(bench, 'one more')).toBeUndefined();
});

const op = fc.oneof(
  fc.record({ do: fc.constant('take' as const), n: fc.nat(5) }),
  fc.record({ do: fc.constant('take' as const), n: fc.nat(5) }),
  fc.record({ do: fc.constant('done' as const), n: fc.nat(20) }),
  fc.record({ do: fc.constant('wait' as const), n: fc.constantFrom(1, 10_000, 20e6, 620e6) }),
  fc.record({ do: fc.constant('lose' as const), n: fc.nat(20) }),
  fc.record({ do: fc.constant('mode' as const), n: fc.nat(3) }),
  fc.record({ do: fc.constant('map' as const), n: fc.nat(6) }),
  fc.record({ do: fc.constant('want' as const), n: fc.nat(4) }),
  fc.record({ do: fc.constant('end' as const), n: fc.constant(0) }),
);

test('any requests, failures, maps and times: one class a circuit, none too old, nothing overdue', () => {
  fc.assert(
    fc.property(fc.array(op, { maxLength: 30 }), (ops) => {
      const bench = new Bench().started();
      const served = new Map<OurCircuit, string>();
      const first = new Map<OurCircuit, number>();
      for (const { do: what, n } of ops) {
        if (what === 'take') {
          const ours = use(bench, `class ${n}`);
          if (ours === undefined) continue;
          expect(served.get(ours) ?? `class ${n}`).toBe(`class ${n}`);
          served.set(ours, `class ${n}`);
          first.set(ours, first.get(ours) ?? bench.nowUs);
          expect(bench.nowUs - (first.get(ours) ?? 0)).toBeLessThan(CIRCUIT_DIRTY_US);
          expect(ours.circuit.state).toBe('open');
        } else if (what === 'wait') bench.wait(n);
        else if (what === 'map') {
          const nodes = bench.entries.slice(0, n);
          bench.circuits.use(bench.nowUs, n === 0 ? undefined : mapOf(nodes));
        } else if (what === 'want') bench.circuits.want(bench.nowUs, n);
        else if (what === 'end') endAll(bench);
        else if (what === 'mode')
          bench.onCreate = (far) => {
            if (n > 0) far.answer(n === 1 ? 0 : n - 1, n === 1 ? 0 : 2);
          };
        else if (what === 'lose') bench.alive[n % Math.max(bench.alive.length, 1)]?.leave();
        else {
          const ours = [...served.keys()][n % Math.max(served.size, 1)];
          for (let stream = 1; stream < 30; stream++) ours?.circuit.streams.reset(stream, 'local');
        }
        bench.mesh.run();
        expect(bench.alive.length).toBeLessThanOrEqual(CLIENT_CIRCUITS_MAX);
      }
      bench.wait(60 * US_PER_S);
      expect(bench.rejects.total).toBe(0);
    }),
    { numRuns: 15 },
  );
});
