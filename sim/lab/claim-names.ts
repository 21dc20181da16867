export type ClaimName = 'house' | 'three-hops' | 'simulated-network';

/** What can be verified: the names of the issues that claim it. */
export const CLAIM_NAMES: readonly ClaimName[] = Object.freeze<ClaimName[]>([
  'house',
  'three-hops',
  'simulated-network',
]);
