/** The nearest-rank quantile of ascending values; `q` is above 0 and at most 1. */
export function quantile(ascending: readonly number[], q: number): number {
  return ascending[Math.max(0, Math.ceil(q * ascending.length) - 1)] ?? 0;
}
