import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ChunkPool } from '../base/chunk-pool.ts';
import { IO_CHUNK } from '../base/limits.ts';
import { StreamPipe } from './mod.ts';
import { TestPort } from './port.case.ts';

function joined(octets = 1024 * 1024): {
  port: TestPort;
  pool: ChunkPool;
  pipe: StreamPipe;
  a: number;
  b: number;
} {
  const port = new TestPort();
  const pool = new ChunkPool(octets);
  const pipe = new StreamPipe(port, pool);
  const [a, b] = [port.take(pipe), port.take(pipe)];
  pipe.join(a, b);
  for (const id of [a, b]) pipe.opened(0, id);
  return { port, pool, pipe, a, b };
}

function counted(length: number, from: number): number[] {
  return Array.from({ length }, (_, i) => (i * 13 + from) & 0xff);
}

const step = fc.tuple(
  fc.constantFrom('arrive', 'offer', 'pull', 'run', 'end'),
  fc.boolean(),
  fc.integer({ min: 1, max: 40_000 }),
);

test('any pieces, any appetite: what comes on either goes out on the other, and an end behind it', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { port, pool, a, b } = joined();
      const sent = new Map<number, number[]>([
        [a, []],
        [b, []],
      ]);
      for (const [what, isA, n] of steps) {
        const id = isA ? a : b;
        const end = port.end(id);
        if (what === 'arrive' && !end.peerEnds) {
          const octets = counted(n, sent.get(id)?.length ?? 0);
          sent.get(id)?.push(...octets);
          end.arriving.push(...octets);
        } else if (what === 'end') end.peerEnds = true;
        else if (what === 'offer') port.offer(id, n);
        else if (what === 'pull') port.pull(id, n);
        else if (what === 'run') port.run(n, n);
        expect(pool.used).toBeLessThanOrEqual(2 * (IO_CHUNK + 2 * 4096));
      }
      for (const id of [a, b]) {
        port.end(id).peerEnds = true;
        port.offer(id, 5000);
      }
      port.run(5000, 5000);
      for (const [id, other] of [
        [a, b],
        [b, a],
      ] as const) {
        expect(port.end(other).given).toEqual(sent.get(id));
        expect([port.end(id).gaveEnd, port.end(id).closed]).toEqual([true, 'ended']);
      }
      expect(pool.used).toBe(0);
    }),
    { numRuns: 60 },
  );
});

test('the loss of one side is the loss of the other, and nothing is held, whatever still comes', () => {
  const { port, pool, pipe, a, b } = joined();
  port.end(a).arriving = counted(30_000, 0);
  port.offer(a, 1000);
  port.close(a, 'reset');
  expect(pipe.receive(0, b, new Uint8Array(500), 0, 500)).toBe(500);
  port.run();
  expect([port.end(b).closed, pool.used]).toEqual(['local', 0]);
});

test('a pool without room ends the pipe rather than stop it for good', () => {
  const { port, pool, a, b } = joined(8192);
  port.end(a).arriving = counted(20_000, 0);
  port.offer(a, 20_000);
  port.run();
  expect([port.end(a).closed, port.end(b).closed, pool.used]).toEqual(['local', 'local', 0]);
});
