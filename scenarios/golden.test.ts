// What tokens stand for. A run that changed under the same token is a token that lies to whoever kept it: raise
// SEMANTICS in sim/scenario/token.ts, and write the new tokens and traces here, in the change that changed the run.
import { expect, test } from 'vitest';
import { parseToken, runRecipe } from '#sim/mod.ts';
import { SCENARIOS } from './mod.ts';

test.each([
  ['v1:aff11672d5ab:1:two-nodes', 'c2abd91b89e2b470'],
  ['v1:ff165892ed41:1:lossy-link', 'f4f454f1f57d1f6a'],
  ['v1:30f767257a2b:1:slow-reader', '7b77ab9c5c936ee2'],
  ['v1:a84e5fb42f2e:1:no-route', 'fa77008428b4e5bb'],
])('%s is the run it was', (token, trace) => {
  const recipe = parseToken(token, SCENARIOS);
  if ('fault' in recipe) throw new Error(recipe.fault);
  expect(runRecipe(recipe).hashes.trace.slice(0, 16)).toBe(trace);
});
