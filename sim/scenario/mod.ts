// Runs as data: scenarios (scenario.ts), what must hold (oracles.ts), defects that show the oracles can fail
// (plants.ts), and tokens by which anybody repeats a run (token.ts). A plan that cannot be built is refused with the
// path to what is wrong (check-plan.ts). run.ts plays one.

export { WrappedRoot } from '../wrapped-root.ts';
export { planFault } from './check-plan.ts';
export { nearest } from './nearest.ts';
export type { Onlookers, Pictures, RunOutcome } from './outcome.ts';
export { spoilSuite } from './plants.ts';
export { playRecipe, runRecipe } from './run.ts';
export {
  type Assertion,
  isCaught,
  isOverlay,
  isReplay,
  type OracleName,
  PLANTS,
  type Plan,
  type PlantName,
  plantsOf,
  type Scenario,
} from './scenario.ts';
export {
  parseToken,
  type Recipe,
  resolveSettings,
  type TokenFault,
  tokenOf,
} from './token.ts';
