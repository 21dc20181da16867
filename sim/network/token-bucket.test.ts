import fc from 'fast-check';
import { expect, test } from 'vitest';
import { World } from '../world.ts';
import { Pipe } from './link.ts';
import { PacketSlab, PROTOCOL, UDP_HEADERS } from './packet.ts';
import type { PipeOptions } from './pipe-options.ts';
import { BURST_MAX, type BucketOptions, TokenBucket } from './token-bucket.ts';

const QUEUE = 100_000;
const UNIT = 8_000_000_000n;

/** The same in numbers that never round: tokens as a fraction of rate x ns, packets one after the other. */
class Exact {
  readonly #rate: bigint;
  readonly #most: bigint;
  readonly #waits: boolean;
  #tokens: bigint;
  #atNs = 0n;

  constructor({ rateBps, burst, excess }: BucketOptions) {
    this.#rate = BigInt(rateBps);
    this.#most = BigInt(burst) * UNIT;
    this.#waits = excess === 'waits';
    this.#tokens = this.#most;
  }

  pay(octets: number, nowNs: bigint): number {
    if (nowNs > this.#atNs) {
      const filled = this.#tokens + (nowNs - this.#atNs) * this.#rate;
      this.#tokens = filled < this.#most ? filled : this.#most;
      this.#atNs = nowNs;
    }
    const cost = BigInt(octets) * UNIT;
    let atNs = this.#atNs;
    let tokens = this.#tokens;
    while (tokens < cost) {
      const steps = (cost - tokens + this.#rate - 1n) / this.#rate;
      atNs += steps;
      tokens += steps * this.#rate;
    }
    if (atNs > this.#atNs && !this.#waits) return -1;
    if (this.#waits && (atNs - nowNs) * this.#rate > BigInt(QUEUE) * UNIT + this.#rate) return -1;
    this.#tokens = tokens - cost;
    this.#atNs = atNs;
    return Number(atNs);
  }
}

test('whatever comes, a bucket is exact to the nanosecond', () => {
  const options = fc.record({
    rateBps: fc.oneof(fc.integer({ min: 1, max: 2_000_000_000 }), fc.constant(2 ** 40 - 1)),
    burst: fc.integer({ min: 1500, max: BURST_MAX }),
    excess: fc.constantFrom('waits' as const, 'dropped' as const),
  });
  const packet = fc.tuple(
    fc.integer({ min: 48, max: 1500 }),
    fc.oneof(fc.nat(100), fc.nat(50_000), fc.nat(2_000_000_000)),
  );
  fc.assert(
    fc.property(options, fc.array(packet, { maxLength: 100 }), (bucket, packets) => {
      const exact = new Exact(bucket);
      const ours = new TokenBucket(bucket, QUEUE, 0);
      let nowNs = 0;
      for (const [octets, gapNs] of packets) {
        nowNs += gapNs;
        expect(ours.pay(octets, nowNs)).toBe(exact.pay(octets, BigInt(nowNs)));
      }
    }),
  );
});

test('two million packets through a shaper take what they cost and not a nanosecond else', () => {
  const options = { rateBps: 7_000_003, burst: 1500, excess: 'waits' } as const;
  const bucket = new TokenBucket(options, 1e12, 0);
  const count = 2_000_000;
  let lastNs = 0;
  for (let n = 0; n < count; n++) lastNs = bucket.pay(49, n);
  const owed = (BigInt(count) * 49n - 1500n) * UNIT;
  expect(BigInt(lastNs)).toBe((owed + 7_000_002n) / 7_000_003n);
});

function bench(options: PipeOptions) {
  const world = new World('bucket', { audited: false });
  const packets = new PacketSlab();
  const arrivals: number[] = [];
  const to = world.enter({
    act: (_kind, packet) => {
      arrivals.push(world.nowNs);
      packets.release(packet);
    },
  });
  const pipe = new Pipe(world, packets, 0, 0, to, to, options);
  const send = (octets: number) => {
    const packet = packets.take();
    packets.protocol[packet] = PROTOCOL.udp;
    packets.length[packet] = octets - UDP_HEADERS;
    return pipe.send(packet);
  };
  return { world, pipe, arrivals, send };
}

/** An octet a microsecond, two packets at once. */
const SLOW = Object.freeze({ rateBps: 8_000_000, burst: 3000 });

test.each(['drop-tail', 'codel', 'fq-codel'] as const)('%s behind a shaper', (queue) => {
  const bucket = { ...SLOW, excess: 'waits' } as const;
  const { world, arrivals, send } = bench({ delayNs: 10, rateBps: 80_000_000, queue, bucket });
  for (let n = 0; n < 4; n++) send(1500);
  world.run(1e9);
  // Two go at once, at the serialiser's pace; the others when they are paid for.
  expect(arrivals).toEqual([150_010, 300_010, 1_650_010, 3_150_010]);
});

test('a policer drops what it is not paid for, and keeps what is left', () => {
  const { world, pipe, arrivals, send } = bench({
    delayNs: 0,
    bucket: { ...SLOW, excess: 'dropped' },
  });
  expect([1500, 1000, 600, 500].map(send)).toEqual([true, true, false, true]);
  world.run(100_000);
  expect([101, 100].map(send)).toEqual([false, true]);
  world.run(1e9);
  expect([pipe.dropped, arrivals.length, pipe.sent]).toEqual([2, 4, 6]);
});

test('a queue behind a shaper has an end', () => {
  const bucket = { ...SLOW, excess: 'waits' } as const;
  const { pipe, send } = bench({ delayNs: 0, queueBytes: 6000, bucket });
  for (let n = 0; n < 10; n++) send(1500);
  // Two paid for at once, four that wait.
  expect(pipe.dropped).toBe(4);
});

test.each([{ rateBps: 0 }, { rateBps: 2 ** 40 }, { burst: 1499 }, { burst: BURST_MAX + 1 }])(
  '%j is refused',
  (other) => {
    const bucket = { ...SLOW, excess: 'waits' as const, ...other };
    expect(() => bench({ delayNs: 0, bucket })).toThrow('a bucket');
  },
);
