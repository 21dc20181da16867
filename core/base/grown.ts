/** Slots that tables of slots begin with. Few roots ever need more, and stale handles of few slots are soon reused. */
export const FIRST_SLOTS = 1024;

/** The size of a table that is to have more than `size` slots, `least` at the least: doubled until it does. */
export function grownSize(size: number, least: number, most: number): number {
  let grown = size;
  while (grown < least) grown *= 2;
  return Math.min(grown, most);
}

/** A copy of a table, longer; what is new holds `fill`. */
export function grown<Table extends Uint8Array | Uint16Array | Int32Array | Float64Array>(
  table: Table,
  size: number,
  fill: number,
): Table {
  const copy = new (table.constructor as new (size: number) => Table)(size);
  copy.set(table);
  return copy.fill(fill, table.length) as Table;
}
