import fc from 'fast-check';
import { expect, test } from 'vitest';
import { STEP_RECORD_GATHERED } from '#core/observe/mod.ts';
import { BufferPool } from '../base/buffer-pool.ts';
import { UnitReader } from './unit-reader.ts';

const UNIT = 6_000;

test('any cut: the same units, and a trace hears of those that came in pieces', () => {
  const cuts = fc.array(fc.integer({ min: 1, max: 9_000 }), { minLength: 1, maxLength: 8 });
  const lengths = fc.array(fc.integer({ min: 1, max: UNIT }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(lengths, cuts, (units, pieces) => {
      const told: number[][] = [];
      const reader = new UnitReader(new BufferPool(UNIT, 2), (...step) => told.push(step));
      const total = units.reduce((sum, length) => sum + length, 0);
      const octets = Uint8Array.from({ length: total }, (_, i) => i % 251);
      const expected: number[] = [];
      let unit = 0;
      let unitAt = 0;
      for (let at = 0, turn = 0; at < total; turn++) {
        const end = Math.min(total, at + (pieces[turn % pieces.length] as number));
        for (const start = at; at < end; ) {
          const length = units[unit] as number;
          reader.length = length;
          at += reader.offer(octets, at, end);
          if (!reader.isComplete) continue;
          const copy = reader.bytes.slice(reader.at, reader.at + length);
          expect(copy).toEqual(octets.slice(unitAt, unitAt + length));
          if (unitAt < start) expected.push(length);
          reader.next();
          unitAt += length;
          unit += 1;
        }
      }
      expect(unit).toBe(units.length);
      expect(told.map(([step, , length]) => [step, length])).toEqual(
        expected.map((length) => [STEP_RECORD_GATHERED, length]),
      );
    }),
  );
});
