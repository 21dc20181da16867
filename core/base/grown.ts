/** Slots that tables of slots begin with. Few roots ever need more. */
export const FIRST_SLOTS = 1024;

/** The size of a table of `least` slots or more: doubled until it has them, and never more than `most`. */
export function grownSize(least: number, most: number): number {
  let size = FIRST_SLOTS;
  while (size < least) size *= 2;
  return Math.min(size, most);
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
