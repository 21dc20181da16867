// What tokens stand for. A run that changed under the same token is a token that lies to whoever kept it: raise
// SEMANTICS in sim/scenario/token.ts, and write the new tokens and traces here, in the change that changed the run.
import { expect, test } from 'vitest';
import { parseToken, runRecipe } from '#sim/mod.ts';
import { SCENARIOS } from './mod.ts';

test.each([
  ['v1:078f29586471:1:two-nodes', 'c2abd91b89e2b470'],
  ['v1:c31e49a944d5:1:lossy-link', 'f4f454f1f57d1f6a'],
  ['v1:1377aaf4070d:1:slow-reader', '7b77ab9c5c936ee2'],
  ['v1:ccf42f7430da:1:no-route', '05c5959eca5ec39b'],
])('%s is the run it was', (token, trace) => {
  const recipe = parseToken(token, SCENARIOS);
  if ('fault' in recipe) throw new Error(recipe.fault);
  expect(runRecipe(recipe).hashes.trace.slice(0, 16)).toBe(trace);
});
