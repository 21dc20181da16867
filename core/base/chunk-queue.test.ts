import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CHUNK_LEN, ChunkPool } from './chunk-pool.ts';
import { ChunkQueue } from './chunk-queue.ts';

const action = fc.oneof(
  fc.record({ kind: fc.constant('push' as const), length: fc.nat(3 * CHUNK_LEN) }),
  fc.record({ kind: fc.constant('pull' as const), length: fc.nat(3 * CHUNK_LEN) }),
  fc.record({ kind: fc.constant('clear' as const), length: fc.constant(0) }),
);

test('a queue of octets, whatever is pushed and pulled; the pool has back what it lent', () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 30 }), (actions) => {
      const pool = new ChunkPool(8 * CHUNK_LEN);
      const queue = new ChunkQueue(pool);
      const model: number[] = [];
      let next = 0;
      for (const { kind, length } of actions) {
        if (kind === 'push') {
          const octets = Uint8Array.from({ length }, () => next++ & 0xff);
          const taken = queue.push(octets, 0, length);
          next -= length - taken;
          if (taken < length) expect(pool.used).toBe(8 * CHUNK_LEN);
          for (let i = 0; i < taken; i++) model.push(octets[i] as number);
        } else if (kind === 'pull') {
          const out = new Uint8Array(length + 2);
          const given = queue.pull(out, 1, 1 + length);
          expect(given).toBe(Math.min(length, model.length));
          expect([...out.subarray(1, 1 + given)]).toEqual(model.splice(0, given));
        } else {
          queue.clear();
          model.length = 0;
        }
        expect(queue.length).toBe(model.length);
        expect(pool.used).toBeLessThanOrEqual(model.length + 2 * CHUNK_LEN);
        if (model.length === 0) expect(pool.used).toBe(0);
      }
    }),
    { numRuns: 200 },
  );
});

test('two queues share one pool', () => {
  const pool = new ChunkPool(2 * CHUNK_LEN);
  const [a, b] = [new ChunkQueue(pool), new ChunkQueue(pool)];
  const octets = new Uint8Array(2 * CHUNK_LEN);
  expect(a.push(octets, 0, CHUNK_LEN)).toBe(CHUNK_LEN);
  expect(b.push(octets, 0, 2 * CHUNK_LEN)).toBe(CHUNK_LEN);
  a.clear();
  expect(b.push(octets, 0, 9)).toBe(9);
});
