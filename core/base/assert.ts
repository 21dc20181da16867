/**
 * Stops the program when one of our own invariants is broken. On in production: a wrong state that runs on
 * is worse than a stop. Never for what a peer, a user or the machine can cause.
 */
export function assert(condition: boolean, invariant: string): asserts condition {
  if (!condition) throw new Error(`invariant broken: ${invariant}`);
}

/** Marks a branch that the types or an earlier check exclude. */
export function unreachable(why: string): never {
  throw new Error(`unreachable: ${why}`);
}
