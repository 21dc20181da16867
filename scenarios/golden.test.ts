// What tokens stand for. A run that changed under the same token is a token that lies to whoever kept it: raise
// SEMANTICS in sim/scenario/token.ts, and write the new tokens and traces here, in the change that changed the run.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseToken, runRecipe } from '#sim/mod.ts';
import { SCENARIOS } from './mod.ts';

test('tokens in the README stand for runs', () => {
  const text = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const tokens = text.match(/v1:[0-9a-f]{12}:\d+:[a-z=,0-9-]+/g) ?? [];
  expect(tokens.length).toBeGreaterThan(0);
  for (const token of tokens) expect(parseToken(token, SCENARIOS)).not.toHaveProperty('fault');
});

test.each([
  ['v1:078f29586471:1:two-nodes', 'd8c48f816246b3d4'],
  ['v1:c31e49a944d5:1:lossy-link', '305b9238ea8c6e71'],
  ['v1:1377aaf4070d:1:slow-reader', '4861f1ac75cb1cf8'],
  ['v1:ccf42f7430da:1:no-route', 'b47b388068e22776'],
])('%s is the run it was', (token, trace) => {
  const recipe = parseToken(token, SCENARIOS);
  if ('fault' in recipe) throw new Error(recipe.fault);
  expect(runRecipe(recipe).hashes.trace.slice(0, 16)).toBe(trace);
});
