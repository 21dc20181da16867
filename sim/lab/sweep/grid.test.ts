import { expect, test } from 'vitest';
import { scenarioOf } from '../run.ts';
import { gridOf, tokenAt } from './grid.ts';

const LINK = scenarioOf('lossy-link');

test('every choice with every seed, the last parameter fastest', () => {
  const grid = gridOf(LINK, '3..4', ['loss=1,20..40/3', 'delay=5', 'octets=7,8']);
  expect(grid.points.map(({ at }) => at.join(' '))).toEqual([
    ...['1 7', '1 8', '20 7', '20 8', '30 7', '30 8', '40 7', '40 8'],
  ]);
  expect(grid.points.map(({ params }) => params['delay'])).toEqual(Array(8).fill(5));
  expect(grid.axes.map(({ name }) => name)).toEqual(['loss', 'octets']);
  const [point] = grid.points;
  const token = tokenAt(grid, point as NonNullable<typeof point>, 1);
  expect(token).toMatch(/^v1:[0-9a-f]+:4:lossy-link,octets=7,loss=1,delay=5(@[0-9a-f]+\+?)?$/);
});

test('a range has its ends, and the nearest whole numbers between; it may go down', () => {
  const valuesOf = (text: string) => gridOf(LINK, '1..1', [`loss=${text}`]).axes[0]?.values;
  expect(valuesOf('0..10/4')).toEqual(['0', '3', '7', '10']);
  expect(valuesOf('10..8/3')).toEqual(['10', '9', '8']);
});

test('without a setting there is one point, and one seed is a range', () => {
  const { points, axes, seeds } = gridOf(LINK, '9..9', []);
  expect([points.length, axes, seeds]).toEqual([1, [], { first: 9, last: 9 }]);
});

test.each([
  ['1', [], '--seeds takes A..B'],
  ['1...3', [], '--seeds takes A..B'],
  ['-1..3', [], '--seeds takes A..B'],
  ['1..2..3', [], '--seeds takes A..B'],
  ['01..3', [], '--seeds takes A..B'],
  ['5..4', [], '5 is above 4'],
  ['1..3', ['lost=1'], 'unknown parameter "lost" of lossy-link; did you mean "loss"?'],
  ['1..3', ['loss'], 'takes a whole number from 0 to 200000 (ppm), not ""'],
  ['1..3', ['loss=1,,2'], 'takes a whole number from 0 to 200000 (ppm), not ""'],
  ['1..3', ['loss=1,300000'], 'not "300000"'],
  ['1..3', ['loss=1,2,1'], '--set loss has the value 1 twice'],
  ['1..3', ['loss=1..3/3,2'], '--set loss has the value 2 twice'],
  ['1..3', ['loss=1', 'loss=2'], '"loss" is set twice'],
  ['1..3', ['loss=1..3'], 'takes values, or from..to/count, not "1..3"'],
  ['1..3', ['loss=1..3/4'], 'there are from 2 to 3'],
  ['1..3', ['loss=1..9/1'], 'there are from 2 to 9'],
  ['1..3', ['plant=hoard'], 'cannot show the plant "hoard"'],
  ['1..100001', [], '1 grid points with 100001 seeds are 100001 runs; a sweep holds up to 100000'],
  ['1..1000', ['loss=1..101/101'], '101 grid points with 1000 seeds are 101000 runs'],
  ['1..999999999999999', ['loss=0..200000/100000'], 'a sweep holds up to 100000'],
])('--seeds %s --set %j is refused in one line', (seeds, settings, message) => {
  expect(() => gridOf(LINK, seeds, settings)).toThrow(message);
  expect(() => gridOf(LINK, seeds, settings)).toThrow(/^[^\n]+$/);
});
