import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DelayPair } from './delay.ts';
import { type DelayMatrix, parseMatrix, SITES_MAX } from './matrix.ts';

function read(text: string): DelayMatrix {
  const matrix = parseMatrix(text);
  if ('fault' in matrix) throw new Error(matrix.fault);
  return matrix;
}

const way = (from: string, to: string, delayUs: number, jitterUs = 0): DelayPair => ({
  from,
  to,
  delayUs,
  jitterUs,
});

test('a square of names and delays, with what people put into such files', () => {
  const { sites, pairs, missing } = read(
    [
      '\ufeff# measured in May, one way',
      '',
      ',a,"b, the second",c',
      'a,0,12.5, 3',
      '"b, the second",-,0.1,7.0006',
      '#c',
      'c,,1,0',
      '',
    ].join('\r\n'),
  );
  expect(sites).toEqual(['a', 'b, the second', 'c']);
  expect(pairs).toEqual([
    way('a', 'b, the second', 12_500),
    way('a', 'c', 3_000),
    way('b, the second', 'c', 7_001),
    way('c', 'b, the second', 1_000),
  ]);
  expect(missing).toEqual([
    ['b, the second', 'a'],
    ['c', 'a'],
  ]);
});

test('a pair a line, with jitter or without', () => {
  const { sites, pairs, missing } = read('from,to,ms,jitter_ms\nx,y,10,0.5\ny,x,20\nz,z,1\n');
  expect(sites).toEqual(['x', 'y', 'z']);
  expect(pairs).toEqual([way('x', 'y', 10_000, 500), way('y', 'x', 20_000)]);
  expect(missing).toHaveLength(4);
});

test.each([
  ['', 'line 1, column 1: there is nothing to read'],
  [',a,b\na,0,x', 'line 2, column 5: "x" is no delay (milliseconds from 0 to 60000, such as 12.5)'],
  [
    ',a,b\na,0,-1',
    'line 2, column 5: "-1" is no delay (milliseconds from 0 to 60000, such as 12.5)',
  ],
  [
    ',a,b\na,0,1e3',
    'line 2, column 5: "1e3" is no delay (milliseconds from 0 to 60000, such as 12.5)',
  ],
  [
    ',a,b\na,0,60000.001',
    'line 2, column 5: "60000.001" is no delay (milliseconds from 0 to 60000, such as 12.5)',
  ],
  [',a,a', 'line 1, column 4: "a" is there twice'],
  [',a,b\na,0,1\na,0,1', 'line 3, column 1: "a" is there twice'],
  [',a,b\nd,0,1', 'line 2, column 1: "d" is not in the first line'],
  [',a,b\na,0', 'line 2, column 1: 1 delays, where the first line has 2'],
  [',a,', 'line 1, column 4: a site has a name'],
  ['a', 'line 1, column 1: a first line of names is wanted'],
  [',"a\nb",c', 'line 1, column 2: "a?b" is no name (1 to 64 letters)'],
  [',a"b', 'line 1, column 3: a quote within a field that does not begin with one'],
  [',a\n"a,0', 'line 2, column 1: a quote that is never closed'],
  [',"a"b', 'line 1, column 5: after a quoted field comes a comma or the end of the line'],
  ['from,to,ms\na,b,1\na,b,2', 'line 3, column 5: "a" to "b" is there twice'],
  ['from,to,ms\na,b', 'line 2, column 1: 2 fields, where the first line has 3'],
  ['from,to,ms\na,b,1,2', 'line 2, column 1: 4 fields, where the first line has 3'],
  [`,${'a'.repeat(300)}`, 'line 1, column 259: a field longer than 256 characters'],
  [`,${'a'.repeat(70)}`, `line 1, column 2: "${'a'.repeat(40)}..." is no name (1 to 64 letters)`],
])('%j is refused in one line that says where', (text, fault) => {
  expect(parseMatrix(text)).toEqual({ fault });
});

test('what is too much is refused: sites, fields, characters', () => {
  const names = Array.from({ length: SITES_MAX + 1 }, (_, i) => `s${i}`);
  expect(parseMatrix(`,${names.join(',')}`)).toEqual({
    fault: expect.stringMatching(/^line 1, column [0-9]+: more than 256 sites$/),
  });
  expect(parseMatrix(`a,b\n${'x,y\n'.repeat(200_000)}`)).toEqual({
    fault: expect.stringMatching(/more than 300000 fields$/),
  });
  expect(parseMatrix('x'.repeat(9_000_000))).toEqual({
    fault: 'the text has 9000000 characters; at most 8388608 are read',
  });
});

const NAME = fc
  .string({
    unit: fc.constantFrom('a', 'B', '7', ' ', ',', '"', '#', '-', 'ü', '雪'),
    minLength: 1,
    maxLength: 8,
  })
  .filter((name) => name.trim() !== '');
const US = fc.integer({ min: 0, max: 60_000_000 });
const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const ms = (us: number): string => `${Math.floor(us / 1000)}.${String(us % 1000).padStart(3, '0')}`;

test('what was written is read again, in either form and with either end of line', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(NAME, { minLength: 2, maxLength: 6 }),
      fc.infiniteStream(fc.option(fc.tuple(US, US), { freq: 4 })),
      fc.constantFrom('\n', '\r\n'),
      (names, delays, end) => {
        const all = names.flatMap((from) =>
          names.filter((to) => to !== from).map((to) => [from, to] as const),
        );
        const said = all.map(([from, to]) => ({ from, to, delay: delays.next().value }));
        const pairs = said.flatMap(({ from, to, delay }) =>
          delay ? [way(from, to, delay[0], delay[1])] : [],
        );
        const long = [
          'from,to,ms,jitter_ms',
          ...pairs.map(({ from, to, delayUs, jitterUs }) =>
            [quoted(from), quoted(to), ms(delayUs), ms(jitterUs)].join(','),
          ),
        ].join(end);
        const fromLong = read(long);
        expect(fromLong.pairs).toEqual(pairs);
        const square = [
          ['', ...names.map(quoted)].join(','),
          ...names.map((from) =>
            [
              quoted(from),
              ...names.map((to) => {
                const pair = pairs.find((p) => p.from === from && p.to === to);
                return pair === undefined ? '' : ms(pair.delayUs);
              }),
            ].join(','),
          ),
        ].join(end);
        const fromSquare = read(square);
        expect(fromSquare.sites).toEqual(names);
        expect(fromSquare.pairs).toEqual(pairs.map((pair) => ({ ...pair, jitterUs: 0 })));
        expect(fromSquare.missing).toHaveLength(all.length - pairs.length);
      },
    ),
    { numRuns: 100 },
  );
});

test('junk is read or refused in one line, and never anything else', () => {
  const letters = fc.constantFrom(
    ...'",\n\r#-.0159ab \u0000\u2028'.split(''),
    'from,to,ms\n',
    '\r\n',
    ',1.5',
  );
  fc.assert(
    fc.property(fc.string({ unit: letters, maxLength: 120 }), (text) => {
      const matrix = parseMatrix(text);
      if ('fault' in matrix) {
        expect(matrix.fault).toMatch(/^line [1-9][0-9]*, column [1-9][0-9]*: [\x20-\x7e]+$/);
      } else {
        const { length } = matrix.sites;
        expect(matrix.pairs.length + matrix.missing.length).toBe(length * length - length);
      }
    }),
    { numRuns: 500 },
  );
});
