import { expect, test } from 'vitest';
import { CreateRequest, Streams } from '#core/circuit/mod.ts';
import { frame } from '#core/circuit/neighbours.case.ts';
import { StreamEnd } from '#core/circuit/streams.case.ts';
import { makeIdentity } from '#core/crypto/mod.ts';
import { encodeSnapshot } from '#core/directory/mod.ts';
import { draftOf, makeNode, NOW_MS, stewards, suite, trust } from '#core/directory/network.case.ts';
import type { HostCommand } from '#core/host/mod.ts';
import { testRandom } from '#core/link/pair.case.ts';
import type { Statement } from '#core/wire/mod.ts';
import { EPOCH_MS } from '../base/limits.ts';
import { NO_ID } from '../base/slab.ts';
import { RelayNode, SNAPSHOT_DOCUMENT, STATEMENT_KEY } from './mod.ts';

const AT = Object.freeze({ ip: Uint8Array.of(10, 9, 0, 1), port: 9001 });
const LINK = 5;

const HOUR_MS = 3_600_000;

class Bench {
  readonly log: string[] = [];
  readonly statements: Statement[] = [];
  readonly node: RelayNode;
  readonly commands: HostCommand[] = [];

  constructor(isExit = true, stored?: Uint8Array) {
    const random = testRandom(3);
    const upstream = { at: { ...AT, port: 853 }, name: 'resolver.test', anchorsPem: '' };
    this.node = new RelayNode({
      suite,
      random,
      identity: makeIdentity(suite, random, new Uint8Array(32).fill(3), 0xffff_fffe),
      store: { values: new Map(stored ? [['boot', stored]] : []), logs: new Map() },
      listen: AT,
      trust,
      ...(isExit ? { exit: { upstream } } : {}),
      user: {
        listening: () => this.log.push('listening'),
        notListening: (_nowUs, cause) => this.log.push(`not listening: ${cause}`),
        notCounted: (_nowUs, reason) => this.log.push(`not counted: ${reason}`),
        stated: (_nowUs, statement) => this.statements.push(statement),
        mapped: (_nowUs, snapshot, reject) => this.log.push(`map ${snapshot?.serial} ${reject}`),
      },
    });
  }

  wall(wallMs: number = NOW_MS): this {
    this.node.handle(0, { kind: 'wall', wallMs, uncertaintyMs: 0, slept: false });
    return this.take();
  }

  stored(): this {
    this.node.handle(0, { kind: 'stored', key: 'boot' });
    return this.take();
  }

  take(): this {
    for (let one = this.node.pollCommand(); one !== undefined; one = this.node.pollCommand())
      this.commands.push(one);
    return this;
  }

  kinds(): readonly string[] {
    return this.commands.map((one) => (one.kind === 'put' ? `put ${one.key}` : one.kind));
  }

  /** Sends it a CREATE over a link, for a path that begins with it; answers what hop failed and why. */
  create(...further: readonly Statement[]): ReturnType<CreateRequest['readAnswer']> {
    const { statement, relay } = this.node;
    if (statement === undefined) throw new Error('the node has started');
    const path = [statement, ...further];
    const request = CreateRequest.make(suite, testRandom(9), path, new Uint8Array(0));
    if (typeof request === 'number') throw new Error('the keys are keys');
    relay.carrier.opened(0, LINK);
    const octets = frame(1, 1, request.body);
    relay.carrier.receive(0, LINK, octets, 0, octets.length);
    const out = new Uint8Array(16_384);
    relay.carrier.transmit(0, LINK, out, 0, out.length);
    return request.readAnswer(out.slice(5, 5 + 8187));
  }
}

test('nothing is signed, and nobody is let in, before the count of starts is on disk and the time is known', () => {
  for (const isWallFirst of [true, false]) {
    const bench = new Bench();
    bench.take();
    expect(bench.kinds()).toEqual(['put boot']);
    if (isWallFirst) bench.wall();
    else bench.stored();
    expect([bench.statements.length, bench.kinds()]).toEqual([0, ['put boot']]);
    expect(bench.node.deadlineUs).toBe(Number.POSITIVE_INFINITY);
    if (isWallFirst) bench.stored();
    else bench.wall();
    expect(bench.kinds()).toEqual(['put boot', `put ${STATEMENT_KEY}`, 'listen']);
    expect(bench.node.statement?.boot).toBe(1);
  }
});

test('the next start has the next number; storage that fails is told, and no start is', () => {
  const again = new Bench(true, Uint8Array.of(0, 0, 0, 1)).wall().stored();
  expect(again.node.statement?.boot).toBe(2);
  const failed = new Bench().wall();
  failed.node.handle(0, { kind: 'storage-failed', name: 'boot', reason: 'full' });
  expect([failed.log, failed.take().kinds(), failed.statements]).toEqual([
    ['not counted: full'],
    ['put boot'],
    [],
  ]);
});

test('each epoch has its statement, stored once', () => {
  const bench = new Bench().wall().stored();
  const { node } = bench;
  node.handleTimeout(node.deadlineUs);
  expect(bench.statements.map(({ epoch }) => epoch)).toEqual([81_000, 81_001]);
  node.handle(0, { kind: 'wall', wallMs: NOW_MS + EPOCH_MS, uncertaintyMs: 0, slept: false });
  expect(bench.statements).toHaveLength(2);
});

test('a clock that is wrong for a moment costs a count of starts, on disk first, and no more', () => {
  for (const glitchMs of [1.5 * EPOCH_MS, 9 * EPOCH_MS, -EPOCH_MS]) {
    const bench = new Bench()
      .wall()
      .stored()
      .wall(NOW_MS + glitchMs)
      .wall();
    const { node, statements } = bench;
    expect(statements.map(({ boot }) => boot)).toEqual([1, 1]);
    expect(bench.commands.at(-1)).toMatchObject({ key: 'boot', bytes: Uint8Array.of(0, 0, 0, 2) });
    const commands = bench.commands.length;
    expect(bench.wall(NOW_MS + 1).commands).toHaveLength(commands);
    bench.stored();
    expect(node.statement).toMatchObject({ epoch: statements[0]?.epoch, boot: 2 });
    expect(bench.kinds().at(-1)).toBe(`put ${STATEMENT_KEY}`);
    expect(bench.create(makeNode(1).statement)).toEqual({ failedHop: 1, status: 2 });
    expect(bench.stored().commands).toHaveLength(commands + 1);
  }
  const failed = new Bench()
    .wall()
    .stored()
    .wall(NOW_MS + 9 * EPOCH_MS)
    .wall();
  failed.node.handle(0, { kind: 'storage-failed', name: 'boot', reason: 'full' });
  expect(failed.log.at(-1)).toBe('not counted: full');
});

test('what it says of itself has keys behind it, whatever the clock does: what comes back is told again', () => {
  const { base, walks } = {
    base: Math.floor(NOW_MS / EPOCH_MS) * EPOCH_MS,
    walks: [
      [3 * HOUR_MS, 6.5 * HOUR_MS, 3 * HOUR_MS],
      [5_000, -5_000, 1_000, 2 * HOUR_MS],
    ],
  };
  for (const [first = 0, ...rest] of walks) {
    const bench = new Bench().wall(base + first).stored();
    for (const ms of rest) {
      bench.wall(base + ms);
      expect(bench.statements.at(-1)).toEqual(bench.node.statement);
    }
    // It opens a CREATE for what it said: only who opened it can say that the next node is unknown.
    expect(bench.create(makeNode(1).statement)).toEqual({ failedHop: 1, status: 2 });
  }
});

test('without a map it extends to nobody', () => {
  const other = makeNode(1).statement;
  const bench = new Bench().wall().stored();
  expect(bench.create(other)).toEqual({ failedHop: 1, status: 2 });
  expect(bench.node.relay.rejects.get('create-next-unknown')).toBe(1);
  expect(bench.take().kinds()).not.toContain('connect');
});

test('with a map it dials who is in it, and nobody else', () => {
  const nodes = [1, 2].map((n) => makeNode(n));
  const bench = new Bench().wall().stored();
  const bytes = encodeSnapshot(suite, draftOf(...nodes), stewards);
  bench.node.handle(0, { kind: 'document', name: SNAPSHOT_DOCUMENT, bytes });
  bench.node.handle(0, { kind: 'document', name: 'another', bytes: new Uint8Array(9) });
  expect(bench.log).toEqual(['map undefined undefined', 'map 7 undefined'].slice(1));
  bench.create(makeNode(3).statement);
  expect(bench.node.relay.rejects.get('create-next-unknown')).toBe(1);
  const known = new Bench().wall().stored();
  known.node.handle(0, { kind: 'document', name: SNAPSHOT_DOCUMENT, bytes });
  known.create(nodes[0]?.statement as Statement);
  const dials = known.take().commands.filter((one) => one.kind === 'connect');
  expect(dials).toMatchObject([{ to: { ip: nodes[0]?.ip, port: 9001 } }]);
});

test('without a map an exit refuses everything, whatever it is asked for', () => {
  const bench = new Bench().wall().stored();
  const end = new StreamEnd(false);
  const streams = new Streams(false, end, end.pool, () => undefined);
  const user = bench.node.exit?.circuit(streams);
  for (const [n, port] of [80, 443, 9001, 65_535].entries())
    user?.asked(0, n + 1, { host: Uint8Array.of(203, 0, 114, n), port });
  expect(bench.node.exit?.rejects.get('closed-port')).toBe(4);
  expect(bench.take().kinds()).not.toContain('connect');
});

test('a connection of the exit is unfinished until its host has let go of it, circuit or none', () => {
  const bench = new Bench().wall().stored();
  const bytes = encodeSnapshot(suite, draftOf(makeNode(1)), stewards);
  bench.node.handle(0, { kind: 'document', name: SNAPSHOT_DOCUMENT, bytes });
  const end = new StreamEnd(false);
  const streams = new Streams(false, end, end.pool, () => undefined);
  const user = bench.node.exit?.circuit(streams);
  user?.asked(0, 1, { host: Uint8Array.of(203, 0, 114, 9), port: 443 });
  const { id } = bench.take().commands.find((one) => one.kind === 'connect') ?? { id: NO_ID };
  bench.node.opened(0, id);
  streams.destroy(0, 'reset');
  expect([bench.node.relay.circuits, bench.node.unfinished]).toEqual([0, 1]);
  bench.node.closed(0, id, 'ended');
  expect(bench.node.unfinished).toBe(0);
  bench.create();
  expect(bench.node.unfinished).toBe(1);
});

test('a node that is no exit ends no circuit, and has no resolver', () => {
  const bench = new Bench(false).wall().stored();
  expect(bench.create()).toEqual({ failedHop: 1, status: 2 });
  expect([bench.node.exit, bench.node.resolver]).toEqual([undefined, undefined]);
  expect(bench.node.relay.rejects.get('create-not-exit')).toBe(1);
});
