import { expect, test } from 'vitest';
import { ChunkPool } from '../base/chunk-pool.ts';
import { CIRCUIT_WINDOW, SMALL_AGAIN_US, SMALL_UNTIL } from '../base/limits.ts';
import { CellQueue } from './cell-queue.ts';
import { CELL_LARGE, CELL_SMALL, liveLen } from './frame.ts';
import { Pace } from './pace.ts';

test('small up to 64 KiB of stream data, then large, small again after ten seconds without', () => {
  const pace = new Pace();
  const startUs = 5 * SMALL_AGAIN_US;
  expect(pace.cellLen(startUs, CELL_LARGE)).toBe(CELL_SMALL);
  pace.sent(startUs, SMALL_UNTIL - 1);
  expect(pace.cellLen(startUs, CELL_LARGE)).toBe(CELL_SMALL);
  pace.sent(startUs, 1);
  expect(pace.cellLen(startUs + SMALL_AGAIN_US - 1, CELL_LARGE)).toBe(CELL_LARGE);
  // A cell without stream data is no data.
  pace.sent(startUs + SMALL_AGAIN_US - 1, 0);
  expect(pace.cellLen(startUs + SMALL_AGAIN_US, CELL_LARGE)).toBe(CELL_SMALL);
});

test('what does not fill a large cell goes in small ones', () => {
  const pace = new Pace();
  pace.sent(0, SMALL_UNTIL);
  expect(pace.cellLen(1, CELL_LARGE - 1)).toBe(CELL_SMALL);
  expect(pace.cellLen(1, CELL_LARGE)).toBe(CELL_LARGE);
});

test('steady data keeps the class, whatever the pauses below ten seconds add up to', () => {
  const pace = new Pace();
  pace.sent(0, SMALL_UNTIL);
  for (let nowUs = 0; nowUs < 20 * SMALL_AGAIN_US; nowUs += SMALL_AGAIN_US - 1) {
    expect(pace.cellLen(nowUs, CELL_LARGE)).toBe(CELL_LARGE);
    pace.sent(nowUs, 1);
  }
});

test('cells come out of a queue as they went in, of both classes, a window of the smallest at most', () => {
  const pool = new ChunkPool(4 * CIRCUIT_WINDOW);
  const queue = new CellQueue(pool);
  const cell = new Uint8Array(CELL_LARGE);
  const lens: number[] = [];
  for (let n = 0; n < 400; n++) {
    const cellLen = n % 40 === 39 ? CELL_LARGE : CELL_SMALL;
    cell.fill(n);
    expect(queue.push(cellLen, cell, 3, liveLen(cellLen, 3))).toBe(true);
    lens.push(cellLen);
  }
  for (const [n, cellLen] of lens.entries()) {
    expect(queue.nextCellLen).toBe(cellLen);
    const live = liveLen(cellLen, 3);
    const out = new Uint8Array(live + 2).fill(0xaa);
    queue.pull(out, 1, live);
    expect(out[0]).toBe(0xaa);
    expect(out.subarray(1, live + 1).every((octet) => octet === (n & 0xff))).toBe(true);
  }
  expect([queue.nextCellLen, pool.used]).toEqual([0, 0]);
  let pushed = 0;
  while (queue.push(CELL_SMALL, cell, 0, CELL_SMALL)) pushed += 1;
  expect(pushed).toBe(Math.ceil(CIRCUIT_WINDOW / CELL_SMALL));
  queue.clear();
  expect([queue.nextCellLen, pool.used]).toEqual([0, 0]);
});

test('a queue that the pool has no room for says so', () => {
  const queue = new CellQueue(new ChunkPool(4096));
  const cell = new Uint8Array(CELL_LARGE);
  expect(queue.push(CELL_SMALL, cell, 0, CELL_SMALL)).toBe(true);
  expect(queue.push(CELL_LARGE, cell, 0, CELL_LARGE)).toBe(false);
});
