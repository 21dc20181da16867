import { expect, test } from 'vitest';
import { frozen, frozenData } from './frozen.ts';

test('a table is frozen all the way down', () => {
  const table = frozen({ rows: [{ n: 0 }], call: () => 0, name: 'a', none: undefined });
  expect([table, table.rows, table.rows[0]].every(Object.isFrozen)).toBe(true);
  expect(() => Object.assign(table.rows[0], { n: 1 })).toThrow(TypeError);
});

test.each([
  ['a map', new Map()],
  ['octets', new Uint8Array(1)],
  ['an instance', new (class {})()],
])('%s is no table', (_, inner) => {
  expect(() => frozen({ inner })).toThrow('plain data');
});

test.each([
  ['a function', [[() => 0]]],
  [
    'a getter',
    {
      get n() {
        return 1;
      },
    },
  ],
])('%s is no data', (_, table) => {
  expect(() => frozenData(table)).toThrow('no functions');
  expect(Object.isFrozen(frozenData([[1], { n: 'a' }])[0])).toBe(true);
});
