import { expect, test } from 'vitest';
import type { Cause } from '#core/host/mod.ts';
import { testRandom } from '#core/link/pair.case.ts';
import { Counters } from '#core/observe/mod.ts';
import { concatBytes, toHex } from '../base/bytes.ts';
import { ChunkPool } from '../base/chunk-pool.ts';
import { REKEY_OCTETS, REKEYS_AT_ONCE, STREAM_WINDOW } from '../base/limits.ts';
import {
  type CircuitFailure,
  CLIENT_REJECTS,
  ClientCircuit,
  type ClientReject,
} from './client-circuit.ts';
import { byId, FarEnd } from './far-end.case.ts';
import { CELL_LARGE } from './frame.ts';
import { exchange, type Neighbour, neighbours } from './neighbours.case.ts';
import { idOf, pathOf, statementsOf, suite } from './scene.case.ts';
import { TO } from './streams.case.ts';

/** A client's circuit of two hops, and all of its hops. */
class Bench {
  readonly rejects = new Counters<ClientReject>(CLIENT_REJECTS);
  readonly pool: ChunkPool;
  readonly log: string[] = [];
  failure: CircuitFailure | undefined;
  readonly circuit: ClientCircuit;
  readonly dialler: Neighbour;
  readonly answerer: Neighbour;
  readonly far: FarEnd;

  constructor(isAnswered = true, poolOctets = 1024 * 1024) {
    this.pool = new ChunkPool(poolOctets);
    const log = (line: string) => () => this.log.push(line);
    this.circuit = new ClientCircuit({
      suite,
      random: testRandom(4),
      pool: this.pool,
      rejects: this.rejects,
      user: {
        ready: log('ready'),
        failed: (_nowUs, failure) => {
          this.failure = failure;
          this.log.push('failed');
        },
        asked: log('asked'),
        opened: (_nowUs, stream) => this.log.push(`opened ${stream}`),
        stirred: () => undefined,
        reset: (_nowUs, stream, cause: Cause) => this.log.push(`reset ${stream} ${cause}`),
      },
    });
    ({ dialler: this.dialler, answerer: this.answerer } = neighbours());
    const path = pathOf(2);
    let far: FarEnd | undefined;
    this.answerer.onCreate = (leg, body) => {
      const user = {
        asked: () => undefined,
        opened: () => undefined,
        stirred: () => undefined,
        reset: () => undefined,
      };
      far = new FarEnd(leg, body, toHex(idOf(path[0] as never)), byId(path), () => user);
      if (isAnswered) far.answer();
    };
    expect(this.circuit.create(this.dialler.carrier, 0, statementsOf(path))).toBe(undefined);
    this.run();
    if (far === undefined) throw new Error('a CREATE arrived');
    this.far = far;
  }

  run(): void {
    exchange(this.dialler, this.answerer);
  }
}

const message = (type: number, stream: number, body: Uint8Array = new Uint8Array(0)): Uint8Array =>
  concatBytes(Uint8Array.of(type, stream >> 8, stream, body.length >> 8, body.length & 0xff), body);

test('what is asked before the circuit is there waits for it', () => {
  const bench = new Bench(false);
  bench.circuit.streams.open(TO);
  bench.run();
  expect([bench.circuit.state, bench.far.streams.size]).toEqual(['creating', 0]);
  bench.far.answer();
  bench.run();
  bench.far.streams.granted(1);
  bench.run();
  expect(bench.log).toEqual(['ready', 'opened 1']);
});

test('which hop failed, and that streams hear it before the circuit does, once', () => {
  for (const hop of [1, 2]) {
    const bench = new Bench(false);
    bench.circuit.streams.open(TO);
    bench.far.answer(hop, 2);
    bench.run();
    expect(bench.failure).toEqual({ hop, cause: 'unreachable' });
    expect(bench.log).toEqual(['reset 1 unreachable', 'failed']);
    expect(bench.rejects.total).toBe(0);
  }
});

test('a circuit that its owner ends resets its streams, and does not fail', () => {
  const bench = new Bench();
  bench.circuit.streams.open(TO);
  bench.circuit.destroy(0, 'timed-out');
  bench.circuit.destroy(0, 'timed-out');
  bench.run();
  expect(bench.log).toEqual(['ready', 'reset 1 timed-out']);
  expect([bench.far.isGone, bench.pool.used, bench.dialler.rejects.total]).toEqual([true, 0, 0]);
});

test('a key that is none, or a link that is none, makes no circuit', () => {
  const bench = new Bench();
  const path = statementsOf(pathOf(2));
  const bad = { ...path[0], onionKey: new Uint8Array(1216).fill(0xff) } as (typeof path)[0];
  const make = () =>
    new ClientCircuit({
      suite,
      random: testRandom(5),
      pool: bench.pool,
      rejects: bench.rejects,
      user: { ...bench.circuit } as never,
    });
  for (const [link, statements, hop] of [
    [0, [bad], 0],
    [0, [...path, bad], path.length + 1],
    [9, path, 0],
  ] as const) {
    const circuit = make();
    const failure = circuit.create(bench.dialler.carrier, link, statements);
    expect(failure).toEqual({ hop, cause: 'unreachable' });
    expect(circuit.state).toBe('gone');
  }
});

const zeros = (length: number): Uint8Array => new Uint8Array(length);

/** What hops do that hold their keys and mean no good. Stream 1 is open. */
const OFFENCES: { readonly [reject in ClientReject]?: (far: FarEnd, bench: Bench) => void } =
  Object.freeze({
    'cell-forged': (far) => far.sendRaw(zeros(507)),
    'cell-flags': (far) => far.send([0, 5], zeros(0)),
    'cell-rekey-flood': (far) => {
      for (let n = 0; n <= REKEYS_AT_ONCE; n++) far.send([2, 1], zeros(0));
    },
    'cell-key-overdue': (far, bench) => {
      for (let n = 0; n < (2 * REKEY_OCTETS) / CELL_LARGE + 2; n++) {
        far.send([0, n % 2000 === 1999 ? 3 : 1], zeros(0), CELL_LARGE);
        if (n % 8 === 7) bench.run();
      }
    },
    'cell-misaddressed': (far) => far.send([1, 1], zeros(0)),
    'message-malformed': (far) => far.say(message(9, 1)),
    'stream-unknown': (far) => far.say(message(3, 2, zeros(1))),
    'stream-credit': (far, bench) => {
      for (let n = 0; n * 16_000 <= STREAM_WINDOW; n++) {
        far.send([0, 1], message(3, 1, zeros(16_000)), CELL_LARGE);
        bench.run();
      }
    },
  });

test.each(Object.entries(OFFENCES))('%s ends the circuit, and no other', (reject, offend) => {
  const bench = new Bench();
  bench.circuit.streams.open(TO);
  bench.run();
  offend(bench.far, bench);
  bench.run();
  expect([bench.rejects.get(reject as ClientReject), bench.rejects.total]).toEqual([1, 1]);
  expect(bench.log).toEqual(['ready', 'reset 1 reset', 'failed']);
  expect(bench.failure).toEqual({ hop: 0, cause: 'reset' });
  expect([bench.far.isGone, bench.pool.used, bench.dialler.aborted.size]).toEqual([true, 0, 0]);
});

test('an answer that was not sealed by the first hop', () => {
  const bench = new Bench(false);
  bench.far.leg.answer(zeros(8187));
  bench.run();
  expect([bench.rejects.get('answer-forged'), bench.failure]).toEqual([
    1,
    { hop: 1, cause: 'unreachable' },
  ]);
});

test('a client whose pool is spent ends the circuit', () => {
  const bench = new Bench(true, 8192);
  bench.circuit.streams.open(TO);
  bench.run();
  bench.far.send([0, 1], message(3, 1, zeros(10_000)), CELL_LARGE);
  bench.run();
  expect(bench.rejects.get('pool-exhausted')).toBe(1);
});

test('every reason a client has is reached, but the one that only a last hop has', () => {
  const elsewhere = ['answer-forged', 'pool-exhausted', 'stream-limit'];
  const all = [...Object.keys(OFFENCES), ...elsewhere];
  expect(all.sort()).toEqual([...CLIENT_REJECTS].sort());
});
