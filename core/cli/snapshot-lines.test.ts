import { expect, test } from 'vitest';
import { encodeSnapshot } from '#core/directory/mod.ts';
import { draftOf, makeNode, stewards, suite, taken } from '#core/directory/network.case.ts';
import { MapNews } from './map-news.ts';
import { mapLine, TEST_NETWORK_LINE } from './snapshot-lines.ts';

const MAP = taken(encodeSnapshot(suite, draftOf(makeNode(1)), stewards));

test('a map is told once, and again when something about it is new', () => {
  const news = new MapNews();
  expect(news.isStillborn).toBe(false);
  const line = mapLine(MAP, true);
  expect(line).toMatch(/^snapshot: serial 7, 1 node, this one among them, valid until \d{4}-/);
  expect(news.lines(MAP, undefined, true)).toEqual([line, TEST_NETWORK_LINE]);
  expect(news.lines(MAP, undefined, true)).toEqual([]);
  expect(news.lines(MAP, undefined, false)).toEqual([mapLine(MAP, false)]);
  expect(mapLine(MAP, false)).toContain('nobody will come');
  expect(news.lines(MAP, 'older', false)).toEqual([
    'snapshot refused: older: it is older than the present one',
  ]);
  expect(news.lines(MAP, 'older', false)).toEqual([]);
  expect(news.lines(undefined, 'expired')).toEqual([
    'snapshot refused: expired: it has expired: get a newer one, and look at the clock of this machine',
    'snapshot: none is valid any more',
  ]);
  expect(news.isStillborn).toBe(false);
});

test('a first map that is refused leaves nothing to go by', () => {
  const news = new MapNews();
  expect(news.lines(undefined, 'signature-forged')).toHaveLength(1);
  expect(news.isStillborn).toBe(true);
});
