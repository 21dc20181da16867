// Where things are in the world, and what that costs in time.
//
// Two ways to say how far sites are from each other, one shape for both (DelayPair): a model, and measurements. The
// model is the great circle (sphere.ts) between cities (cities.ts) at the speed of light in fibre, times what ways are
// longer than they could be, plus the last stretch by its class (delay.ts). Measurements come as text (matrix.ts, over
// csv.ts). mesh.ts makes routers and links of the pairs.
export { CITY_NAMES, type City, cityOf } from './cities.ts';
export {
  ACCESS,
  type AccessClass,
  attachedAt,
  type DelayPair,
  INFLATION_PERCENT,
  pairsBetween,
  pathUs,
} from './delay.ts';
export { type DelayMatrix, parseMatrix } from './matrix.ts';
export { addMesh, type Mesh } from './mesh.ts';
export { distanceKm, type Place } from './sphere.ts';
