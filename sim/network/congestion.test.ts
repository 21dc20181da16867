// The window alone, driven by times and acknowledgements that are given: what laws say, to the segment.
import { expect, test } from 'vitest';
import { congestionOf } from './congestion.ts';
import { MSS } from './packet.ts';

const RTT_NS = 100_000_000;
const S = 1_000_000_000;

/** A sender that fills its window: everything is acknowledged within a round trip, segment by segment. */
class Driven {
  readonly it = congestionOf('cubic');
  nowNs = 0;

  get window(): number {
    return this.it.window / MSS;
  }

  /** Acknowledgements of whole windows until `ns`. */
  run(untilNs: number): this {
    while (this.nowNs < untilNs) {
      const segments = Math.floor(this.window);
      for (let n = 0; n < segments && this.nowNs < untilNs; n++) {
        this.nowNs += Math.floor(RTT_NS / segments);
        this.it.acknowledged(MSS, this.it.window, this.nowNs, RTT_NS);
      }
    }
    return this;
  }

  grow(segments: number): this {
    while (this.window < segments) {
      this.nowNs += 1_000_000;
      this.it.acknowledged(MSS, this.it.window, this.nowNs, RTT_NS);
    }
    return this;
  }

  loses(): this {
    const inFlight = this.it.window;
    this.it.lost(inFlight);
    this.it.recovered(inFlight);
    return this;
  }
}

/** W(t) of RFC 9438, 4.2, `t` seconds after growth from `start` began; `most` is the plateau. */
function curve(most: number, start: number, t: number): number {
  const beyond = t - Math.cbrt((most - start) / 0.4);
  return 0.4 * beyond * beyond * beyond + most;
}

/** A sender aims at where the curve is a round trip later (4.2), and gets there within one. */
function expectOn(driven: Driven, most: number, start: number, t: number): void {
  expect(driven.window).toBeGreaterThan(curve(most, start, t) - 2);
  expect(driven.window).toBeLessThan(curve(most, start, t + RTT_NS / S) + 2);
}

test('after a loss CUBIC follows its curve, over the plateau and beyond', () => {
  const driven = new Driven().grow(1000).loses();
  const startNs = driven.nowNs;
  expect(driven.window).toBeCloseTo(700, 2);
  for (const t of [1, 3, 6, 9, 11]) {
    driven.run(startNs + t * S);
    expectOn(driven, 1000, 700, t);
  }
});

test('whoever lost at less than before yields: its plateau is lower', () => {
  const driven = new Driven()
    .grow(1000)
    .loses()
    .run(3 * S);
  const prior = driven.window;
  expect(prior).toBeLessThan(1000);
  driven.loses();
  const [startNs, most] = [driven.nowNs, (prior * 1.7) / 2];
  driven.run(startNs + 5 * S);
  expectOn(driven, most, 0.7 * prior, 5);
});

test('after a time-out it grows from where slow start ends', () => {
  const driven = new Driven().grow(1000);
  driven.it.timedOut(driven.it.window, true);
  expect(driven.window).toBe(1);
  driven.grow(700);
  const startNs = driven.nowNs;
  driven.run(startNs + 4 * S);
  expectOn(driven, 700, 700, 4);
});

test('time in which the window is not filled does not count', () => {
  const driven = new Driven().grow(1000).loses();
  driven.run(driven.nowNs + 5 * S);
  const before = driven.window;
  driven.nowNs += 60 * S;
  driven.run(driven.nowNs + RTT_NS);
  expect(driven.window - before).toBeLessThan(15);
});

test.each(['reno', 'cubic'] as const)(
  '%s: a second time-out for the same octets takes nothing more',
  (kind) => {
    const it = congestionOf(kind);
    it.timedOut(100 * MSS, true);
    const { state } = it;
    it.timedOut(MSS, false);
    expect(it.state).toBe(state);
  },
);

test('Reno grows by a segment a window, and halves', () => {
  const it = congestionOf('reno');
  it.lost(100 * MSS);
  it.recovered(100 * MSS);
  expect(it.window).toBe(50 * MSS);
  for (let n = 0; n < 50; n++) it.acknowledged(MSS, it.window, 0, RTT_NS);
  expect(it.window).toBe(51 * MSS);
});
