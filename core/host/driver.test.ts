import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CREDIT_MIN, TURN_BUDGET } from '../base/limits.ts';
import type { Id } from '../base/slab.ts';
import { ChaosRoot } from './chaos-root.case.ts';
import { DatagramBatch, Driver, type HostIo, type HostStream } from './mod.ts';

/** A host that does nothing by itself: it remembers what there is, and the test reports what it likes. */
class IdleHost implements HostIo {
  now = 0;
  agains = 0;
  readonly streams = new Map<
    Id,
    { opened: boolean; ended: boolean; weEnded: boolean; paused: boolean }
  >();
  readonly bindings: Id[] = [];

  nowUs = (): number => this.now;
  listen = (id: Id): unknown => this.bindings.push(id);
  bind = (id: Id): unknown => this.bindings.push(id);
  unbind = (): void => undefined;
  store = (): void => undefined;
  lendBatch = (): DatagramBatch => new DatagramBatch(1);
  sendDatagrams = (): void => undefined;
  arm = (): void => undefined;
  again = (): unknown => (this.agains += 1);
  connect = (id: Id): HostStream => this.stream(id);

  tls(): never {
    throw new Error('nobody asks for TLS here');
  }

  stream(id: Id): HostStream {
    const state = { opened: false, ended: false, weEnded: false, paused: false };
    this.streams.set(id, state);
    return {
      unsent: 0,
      lend: () => new Uint8Array(CREDIT_MIN),
      write: () => undefined,
      end: () => {
        state.weEnded = true;
      },
      abort: () => this.streams.delete(id),
      pause: () => {
        state.paused = true;
      },
      resume: () => {
        state.paused = false;
      },
    };
  }
}

const FROM = Object.freeze({ ip: Uint8Array.of(10, 0, 0, 1), port: 5 });

test('whatever a root wishes and whenever a host reports, streams live as the contract says', () => {
  const steps = fc.array(fc.tuple(fc.nat(11), fc.nat(1_000)), { minLength: 20, maxLength: 300 });
  fc.assert(
    fc.property(fc.nat(), steps, (seed, plan) => {
      const io = new IdleHost();
      const root = new ChaosRoot(seed, Uint8Array.of(10, 0, 0, 2), []);
      const driver = new Driver(root, io);
      for (const [what, which] of plan) report(driver, io, root, what, which);
      root.finish();
      for (let i = 0; i < 100; i++) driver.turn();
      for (const id of io.bindings) driver.event({ kind: 'unbound', id, cause: 'local' });
      expect(root.complaints).toEqual([]);
      expect([root.alive, driver.streams]).toEqual([0, 0]);
    }),
    { numRuns: 300 },
  );
});

/** One report that a host may make: of any id there ever was, and in order for each stream. */
function report(driver: Driver, io: IdleHost, root: ChaosRoot, what: number, which: number): void {
  const ids = [...io.streams.keys()];
  const id = ids[which % (ids.length || 1)] ?? which;
  const state = io.streams.get(id);
  const binding = io.bindings[which % (io.bindings.length || 1)] ?? which;
  io.now += which;
  const isReading = state?.opened === true && !state.ended && !state.paused;
  if (what === 0) root.stir();
  else if (what === 1 && state !== undefined) {
    state.opened = true;
    driver.opened(id);
  } else if (what <= 3 && isReading) driver.received(id, new Uint8Array(which + 1), 0, which + 1);
  else if (what === 4 && isReading) {
    state.ended = true;
    driver.ended(id);
  } else if (what === 5) driver.closed(id, state?.ended && state.weEnded ? 'ended' : 'reset');
  else if (what === 6) driver.writable(id);
  else if (what === 7) driver.event({ kind: 'bound', id: binding, at: FROM });
  else if (what === 8) driver.accepted(binding, FROM, (made) => io.stream(made));
  else if (what === 9) driver.datagrams(binding, new DatagramBatch(1));
  else if (what === 10) driver.timeout();
  else driver.turn();
}

test('a turn is bounded, and asks for another one while there is something to do', () => {
  const io = new IdleHost();
  const root = new ChaosRoot(1, FROM.ip, []);
  let wakes = 3 * TURN_BUDGET;
  root.pollWake = () => (wakes-- > 0 ? 1 : -1);
  const driver = new Driver(root, io);
  driver.turn();
  expect([wakes, io.agains]).toEqual([2 * TURN_BUDGET, 1]);
});
