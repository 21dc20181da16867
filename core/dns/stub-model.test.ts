import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DNS_LOOKUP_US, DNS_LOOKUPS_MAX } from '../base/limits.ts';
import { Bench, plainAnswer, testRandom } from './upstream.case.ts';

// Any order of lookups, answers, losses and time. Whatever happens: one answer for each ticket, in time, no
// octet before the stream is open, no deadline that stays.

type Step =
  | { readonly kind: 'lookup'; readonly name: number }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'reply'; readonly at: number; readonly rcode: number; readonly cut: number }
  | { readonly kind: 'junk'; readonly octets: Uint8Array }
  | { readonly kind: 'open' | 'ended' }
  | {
      readonly kind: 'close';
      readonly cause: 'ended' | 'reset' | 'refused' | 'timed-out' | 'untrusted';
    };

/** The longest step of time: an answer given in it is seen at its end. */
const PASS_MAX_MS = 2_000;

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('lookup' as const), name: fc.nat(12) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('open' as const) }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('reply' as const),
      at: fc.nat(30),
      rcode: fc.constantFrom(0, 0, 0, 2, 3),
      cut: fc.integer({ min: 1, max: 600 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.nat(PASS_MAX_MS) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('close' as const),
      cause: fc.constantFrom('ended', 'reset', 'refused', 'timed-out', 'untrusted'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('ended' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('junk' as const),
      octets: fc.uint8Array({ minLength: 1, maxLength: 60 }),
    }),
  },
);

class Model {
  readonly bench: Bench;
  readonly #askedAtUs: number[] = [];
  #told = 0;
  #isOpen = false;

  constructor(seed: number) {
    this.bench = new Bench(testRandom(seed));
  }

  take(one: Step): void {
    const { bench } = this;
    const { dials } = bench;
    if (one.kind === 'lookup') {
      this.#askedAtUs.push(bench.nowUs);
      bench.lookup(this.#askedAtUs.length - 1, `n${one.name}.test`);
    } else if (one.kind === 'pass') bench.pass(one.ms * 1_000);
    else if (one.kind === 'open' && !bench.isDown && !this.#isOpen) {
      this.#isOpen = true;
      bench.open();
    } else if (one.kind === 'close' && !bench.isDown) bench.close(one.cause);
    else if (one.kind === 'ended' && this.#isOpen) {
      bench.isDown = true;
      bench.stub.ended(bench.nowUs, bench.id);
      bench.poll();
    } else if (one.kind === 'junk' && this.#isOpen) bench.send(one.octets, 7);
    else if (one.kind === 'reply' && this.#isOpen && bench.asked.length > 0) {
      const [query] = bench.asked.splice(one.at % bench.asked.length, 1);
      const records = one.rcode === 0 ? {} : { rcode: one.rcode, records: [] };
      if (query !== undefined) bench.send(plainAnswer(query, records), one.cut);
    }
    if (bench.isDown || bench.dials !== dials) this.#isOpen = false;
    this.check();
  }

  check(): void {
    const { bench } = this;
    const octets = bench.pull();
    if (!this.#isOpen) expect(octets).toBe(0);
    for (; this.#told < bench.answers.length; this.#told++) {
      const ticket = bench.answers[this.#told]?.ticket ?? -1;
      expect(bench.nowUs - (this.#askedAtUs[ticket] as number)).toBeLessThanOrEqual(
        DNS_LOOKUP_US + 1_000 * PASS_MAX_MS,
      );
    }
    expect(bench.stub.deadlineUs).toBeGreaterThan(bench.nowUs);
  }

  /** Nothing happens any more but time. */
  finish(): void {
    const { bench } = this;
    bench.pass(2 * DNS_LOOKUP_US);
    const tickets = bench.answers.map(({ ticket }) => ticket).sort((a, b) => a - b);
    expect(tickets).toEqual(this.#askedAtUs.map((_, ticket) => ticket));
    expect(bench.stub.deadlineUs).toBeGreaterThan(bench.nowUs);
  }
}

test('every ticket is answered exactly once, whatever happens to connections and answers', () => {
  fc.assert(
    fc.property(fc.nat(), fc.array(step, { maxLength: 120 }), (seed, steps) => {
      const model = new Model(seed);
      for (const one of steps) model.take(one);
      model.finish();
    }),
    { numRuns: 400 },
  );
});

test('many names at once, answered backwards over a connection that closes after each reply', () => {
  const bench = new Bench();
  for (let i = 0; i < DNS_LOOKUPS_MAX; i++) bench.lookup(i, `n${i}.test`);
  for (let turn = 0; turn < 4 && !bench.isDown; turn++) {
    bench.open();
    bench.reply(bench.asked.length - 1);
    bench.close('ended');
  }
  bench.pass(DNS_LOOKUP_US);
  expect(bench.answers).toHaveLength(DNS_LOOKUPS_MAX);
  expect(bench.dials).toBe(2);
});
