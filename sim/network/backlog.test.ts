import fc from 'fast-check';
import { expect, test } from 'vitest';
import { World } from '../world.ts';
import { Pipe } from './link.ts';
import { PacketSlab, PROTOCOL, UDP_HEADERS } from './packet.ts';
import type { PipeChange } from './pipe-options.ts';
import type { BucketOptions } from './token-bucket.ts';

const DELAY_NS = 1000;
const BITS = 8e9;
/** Tokens of one nanosecond at the fastest rate here take 333 at the slowest. */
const ROUNDING_NS = 1000;

type Waiting = { readonly number: number; readonly octets: number };
type Change = PipeChange & { readonly queueBytes: number };

/** A queue as a list and a count of octets, a serialiser, tokens: real numbers, one packet after the other. */
class Naive {
  readonly waiting: Waiting[] = [];
  octets = 0;
  readonly leftNs: number[] = [];
  /** A packet began at the very moment of a change: either rate is right. */
  isUnclear = false;
  #nowNs = 0;
  #freeNs = 0;
  #servedBps = 0;
  #rateBps = 0;
  #limit = 0;
  #bucket: BucketOptions | undefined;
  #tokens = 0;

  change({ rateBps = 0, bucket, queueBytes }: Change): void {
    this.#limit = queueBytes;
    this.#rateBps = rateBps;
    if (bucket !== undefined && this.#bucket === undefined) this.#tokens = bucket.burst;
    this.#bucket = bucket;
    if (bucket !== undefined) this.#tokens = Math.min(this.#tokens, bucket.burst);
    this.#note(this.#freeNs);
    this.run(this.#nowNs);
  }

  /** Octets that are not on the wire yet. */
  get unserved(): number {
    const served = (Math.max(0, this.#freeNs - this.#nowNs) * this.#servedBps) / BITS;
    return this.octets + served;
  }

  /** How many octets more would fit after one of so many; below 0: it does not. */
  room(octets: number): number {
    const bucket = this.#bucket;
    if (bucket?.excess === 'dropped' && this.#tokens < octets) return this.#tokens - octets;
    const isFree = this.#rateBps === 0 && bucket?.excess !== 'waits' && this.unserved === 0;
    if (isFree) return Infinity;
    const paid = bucket?.excess === 'waits' && this.#rateBps === 0 ? this.#tokens : 0;
    return this.#limit + paid - this.unserved - octets;
  }

  /** A packet came. What drops it behind the bucket leaves its tokens spent. */
  pay(octets: number): void {
    if (this.#bucket?.excess === 'dropped' && this.#tokens >= octets) this.#tokens -= octets;
  }

  push(number: number, octets: number): void {
    this.waiting.push({ number, octets });
    this.octets += octets;
    this.run(this.#nowNs);
  }

  run(untilNs: number): void {
    for (;;) {
      const [head] = this.waiting;
      if (head === undefined) break;
      const turnNs = Math.max(this.#nowNs, this.#freeNs);
      const startNs = Math.max(turnNs, this.#paidNs(head.octets));
      if (startNs > untilNs) {
        this.#note(startNs, untilNs);
        break;
      }
      this.#note(startNs, untilNs);
      this.#fill(startNs);
      if (this.#bucket?.excess === 'waits') this.#tokens -= head.octets;
      this.waiting.shift();
      this.octets -= head.octets;
      this.#servedBps = this.#rateBps;
      this.#freeNs = startNs + (this.#rateBps === 0 ? 0 : (head.octets * BITS) / this.#rateBps);
      this.leftNs[head.number] = this.#freeNs;
    }
    this.#fill(untilNs);
  }

  #paidNs(octets: number): number {
    const { excess, rateBps } = this.#bucket ?? { excess: 'dropped', rateBps: 1 };
    if (excess === 'dropped' || this.#tokens >= octets) return 0;
    return this.#nowNs + ((octets - this.#tokens) * BITS) / rateBps;
  }

  #fill(untilNs: number): void {
    if (untilNs <= this.#nowNs) return;
    const { rateBps, burst } = this.#bucket ?? { rateBps: 0, burst: 0 };
    const came = ((untilNs - this.#nowNs) * rateBps) / BITS;
    this.#tokens = Math.min(burst, this.#tokens + came);
    this.#nowNs = untilNs;
  }

  #note(atNs: number, byNs: number = this.#nowNs): void {
    if (atNs !== byNs && Math.abs(atNs - byNs) < ROUNDING_NS) this.isUnclear = true;
  }
}

function bench(first: Change) {
  const world = new World('backlog', { audited: false });
  const packets = new PacketSlab();
  const arrived: number[] = [];
  const atNs: number[] = [];
  const pipe: { it?: Pipe } = {};
  const to = world.enter({
    act: (_kind, packet) => {
      arrived.push(packets.seq[packet] as number);
      atNs[packets.seq[packet] as number] = world.nowNs;
      if (pipe.it !== undefined) pipe.it.delivered += 1;
      packets.release(packet);
    },
  });
  pipe.it = new Pipe(world, packets, 0, 0, to, to, { delayNs: DELAY_NS, ...first });
  const send = (number: number, octets: number): boolean => {
    const packet = packets.take();
    packets.protocol[packet] = PROTOCOL.udp;
    packets.length[packet] = octets - UDP_HEADERS;
    packets.seq[packet] = number;
    return pipe.it?.send(packet) ?? false;
  };
  return { world, packets, pipe: pipe.it, arrived, atNs, send };
}

const RATE = fc.constantFrom(300_007, 1_000_003, 7_000_003, 100_000_007);
const BUCKET = fc.record({
  rateBps: RATE,
  burst: fc.integer({ min: 1500, max: 6000 }),
  excess: fc.constantFrom('waits' as const, 'dropped' as const),
});
const QUEUE_BYTES = fc.integer({ min: 1500, max: 30_000 });
const CHANGE: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ rateBps: fc.oneof(RATE, fc.constant(0)), queueBytes: QUEUE_BYTES }),
  fc.record({ rateBps: fc.constant(0), bucket: BUCKET, queueBytes: QUEUE_BYTES }),
);
const STEP = fc.record({
  gapNs: fc.oneof(fc.nat(100_000), fc.nat(20_000_000)),
  sizes: fc.array(fc.integer({ min: 48, max: 1500 }), { maxLength: 15 }),
  change: fc.option(CHANGE, { nil: undefined }),
});

test('whatever rate, bucket and queue become: what fits waits, in order, and leaves at the rate of its turn', () => {
  fc.assert(
    fc.property(CHANGE, fc.array(STEP, { maxLength: 30 }), (first, steps) => {
      const { world, packets, pipe, arrived, atNs, send } = bench(first);
      const naive = new Naive();
      naive.change(first);
      const taken: number[] = [];
      let number = 0;
      for (const { gapNs, sizes, change } of steps) {
        world.run(world.nowNs + gapNs);
        naive.run(world.nowNs);
        if (change !== undefined) {
          naive.isUnclear = false;
          naive.run(world.nowNs);
          naive.change(change);
          if (naive.isUnclear) return;
          pipe.change({ delayNs: DELAY_NS, ...change });
        }
        for (const octets of sizes) {
          const room = naive.room(octets);
          const isTaken = send(number, octets);
          // What fits or not by the rounding of a nanosecond.
          if (Math.abs(room) < 3) return;
          expect([number, isTaken]).toEqual([number, room > 0]);
          naive.pay(octets);
          if (isTaken) {
            naive.push(number, octets);
            taken.push(number);
          }
          number += 1;
        }
        expect(pipe.inFlight).toBe(packets.used);
      }
      world.run(world.nowNs + 10_000_000_000);
      naive.run(world.nowNs);
      expect(arrived).toEqual(taken);
      expect([pipe.inFlight, packets.used]).toEqual([0, 0]);
      for (const one of taken) {
        const lateNs = (atNs[one] as number) - DELAY_NS - (naive.leftNs[one] as number);
        expect(Math.abs(lateNs)).toBeLessThan(ROUNDING_NS);
      }
    }),
    { numRuns: 300 },
  );
});

const SLOW = { rateBps: 1_000_000, queueBytes: 1_000_000 };
const FAST = { rateBps: 100_000_000, queueBytes: 1_000_000 };
const SHAPED = {
  ...FAST,
  bucket: { rateBps: 1_000_000, burst: 1500, excess: 'waits' as const },
};

test.each([
  ['rate', SLOW, 10_000],
  ['bucket', SHAPED, 10_000],
])(
  'when a slow %s is over, the backlog leaves at the fast one and nobody is dropped',
  (_, slow, count) => {
    const { world, pipe, arrived, send } = bench(slow);
    for (let n = 0; n < 600; n++) send(n, 1500);
    world.run(100_000_000);
    const before = arrived.length;
    pipe.change({ delayNs: DELAY_NS, ...FAST });
    // 12 ms for what is being serialised, and 0.12 ms for each behind it.
    world.run(world.nowNs + 12_000_000 + (600 - before) * 120_000 + DELAY_NS);
    expect([before, arrived.length, pipe.dropped]).toEqual([before, 600, 0]);
    expect(before).toBeLessThan(12);
    for (let n = 0; n < 70; n++) expect(send(count + n, 1500)).toBe(true);
  },
);

test('what was lost of a backlog takes its time, and what was late or doubled stays so', () => {
  const options = { lossEvery: 3, jitterNs: 2_000_000, duplicatePpm: 300_000 };
  const { world, pipe, packets, arrived, atNs, send } = bench({ ...SLOW, ...options });
  for (let n = 0; n < 60; n++) send(n, 1500);
  const { duplicated, lost } = pipe;
  world.run(13_000_000);
  pipe.change({ delayNs: DELAY_NS, ...options, ...FAST });
  const backlogNs = 24_000_000 + 58 * 120_000;
  world.run(backlogNs - 1000);
  expect(arrived.includes(58)).toBe(false);
  world.run(backlogNs + 2_000_000 + DELAY_NS);
  expect([pipe.lost, pipe.duplicated, lost]).toEqual([20, duplicated, 20]);
  expect([arrived.length, pipe.inFlight, packets.used]).toEqual([40 + duplicated, 0, 0]);
  expect(arrived).toEqual(arrived.toSorted((left, right) => left - right));
  expect(atNs[58]).toBeGreaterThan(backlogNs - 1000);
});
