/** Slots that tables of slots begin with. Few roots ever need more, and stale handles of few slots are soon reused. */
export const FIRST_SLOTS = 1024;

/** The size of a table that is to have more than `size` slots, `least` at the least: doubled until it does. */
export function grownSize(size: number, least: number, most: number): number {
  let grown = size;
  while (grown < least) grown *= 2;
  return Math.min(grown, most);
}

/** A longer table that holds what a table held, and `fill` in the rest. */
export function grown<Table extends Uint8Array | Uint16Array | Int32Array | Float64Array>(
  longer: Table,
  table: Table,
  fill: number,
): Table {
  longer.set(table);
  longer.fill(fill, table.length);
  return longer;
}
