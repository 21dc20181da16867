import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseTrust } from './trust.ts';

const A = 'ab'.repeat(32);
const B = 'cd'.repeat(32);

test('a trust file', () => {
  const keys = [new Uint8Array(32).fill(0xab), new Uint8Array(32).fill(0xcd)];
  expect(parseTrust(JSON.stringify({ threshold: 2, keys: [A, B] }))).toEqual({
    threshold: 2,
    keys,
  });
});

test.each([
  ['', ': no JSON'],
  ['{\n "threshold": 1\n "keys": []\n}', ':3:2: no JSON'],
  ['{"keys": [x]}', ': no JSON'],
  ['[]', ': an object is expected: {"threshold": 1, "keys": ["..."]}'],
  ['null', ': an object is expected: {"threshold": 1, "keys": ["..."]}'],
  ['{"treshold":1}', ': only "threshold" and "keys" are expected, not "treshold"'],
  ['{"threshold":1}', ': "keys" must be a list of keys'],
  ['{"threshold":1,"keys":[]}', ': "keys": 1 to 32 keys are expected, not 0'],
  ['{"threshold":1,"keys":[7]}', ': "keys": key 1 is not 64 hex digits'],
  [`{"threshold":1,"keys":["${A}","${A}"]}`, ': "keys": key 2 is there twice'],
  ...['0', '3', '1.5', '"1"', 'null'].map((threshold): [string, string] => [
    `{"threshold":${threshold},"keys":["${A}","${B}"]}`,
    ': "threshold" must be a whole number from 1 to 2, the number of keys',
  ]),
])('%j is refused', (text, fault) => {
  expect(parseTrust(text)).toEqual({ fault });
});

test('any text and any JSON is a trust that can be met, or a fault', () => {
  const near = fc.record(
    {
      threshold: fc.oneof(fc.integer({ min: -1, max: 5 }), fc.jsonValue()),
      keys: fc.oneof(fc.array(fc.constantFrom(A, B, 'x')), fc.jsonValue()),
    },
    { requiredKeys: [] },
  );
  const text = fc.oneof(
    fc.string(),
    fc.json(),
    near.map((value) => JSON.stringify(value)),
  );
  fc.assert(
    fc.property(text, (some) => {
      const read = parseTrust(some);
      if ('fault' in read) return;
      expect(read.threshold).toBeGreaterThanOrEqual(1);
      expect(read.threshold).toBeLessThanOrEqual(read.keys.length);
    }),
  );
});
