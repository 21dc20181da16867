import { expect, test } from 'vitest';
import { createSeededSuite } from '#core/crypto/seeded/mod.ts';
import { isContained, isRefused, replayCases, replayCreates, tamper, tamperCases } from './mod.ts';

const suite = createSeededSuite();

// One malicious hop in the middle, so that there are honest ends on either side; `lab verify` plays all of them.
const cases = tamperCases().filter(
  ({ hop, isLarge, deed }) => hop === 2 && isLarge === (deed === 'flip-inner' || deed === 'drop'),
);

test.each(cases)(
  'a relay that does $deed $direction: the circuit dies at the next honest end, loudly',
  (one) => {
    const report = tamper(suite, 'test', one);
    expect(isContained(report), JSON.stringify(report)).toBe(true);
  },
);

test('the relay of the test is one that does harm: without it everything is done', () => {
  const one = cases.find(({ deed }) => deed === 'flip-tail');
  if (one === undefined) throw new Error('there is such a case');
  expect(tamper(suite, 'test', one)).toMatchObject({ done: 1, victim: 'done', witness: 'done' });
});

test.each(replayCases())(
  'CREATEs said again, restarted $isRestarted, clock $clockMs ms, by the $by neighbour: none opens',
  (one) => {
    const report = replayCreates(suite, 'test', one);
    expect(isRefused(report), JSON.stringify(report)).toBe(true);
    expect(report.replayed).toBeGreaterThan(1);
  },
);
