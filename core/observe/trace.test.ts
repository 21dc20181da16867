import { expect, test } from 'vitest';
import { STEPS, sentenceOf } from './trace.ts';

test('names are words of their own, and every sentence says the octets or numbers of its step', () => {
  const names = STEPS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const { name } of STEPS) expect(name).toMatch(/^[a-z]+(?:-[a-z]+)+$/);
  for (const { sentence } of STEPS) {
    expect(sentence.match(/\{a\}/g)).toHaveLength(1);
    expect(sentence.match(/\{b\}/g)).toHaveLength(1);
  }
});

test('a sentence takes the numbers of its step', () => {
  for (const step of STEPS) {
    const said = sentenceOf(step, 4_711, 12_345);
    expect(said).toContain('4711');
    expect(said).toContain('12345');
    expect(said).not.toMatch(/[{}]/);
  }
});
