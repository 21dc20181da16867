/** Microseconds on a monotonic clock that starts with the root: exact in a double for 285 years. */
export type Micros = number;
/** Milliseconds since 1970-01-01 UTC. Only ever derived from a `wall` event. */
export type WallMillis = number;

export const US_PER_MS = 1_000;
export const US_PER_S = 1_000_000;
export const NS_PER_US = 1_000;
export const NS_PER_S = 1_000_000_000;
