import { assert } from './assert.ts';

/** A table, frozen all the way down. Plain objects, arrays and functions only: nothing else can be frozen. */
export function frozen<const T extends object>(table: T): T {
  for (const value of Object.values(table)) {
    if (typeof value === 'object' && value !== null) frozen(value);
  }
  const prototype: unknown = Object.getPrototypeOf(table);
  assert(Array.isArray(table) || prototype === Object.prototype, 'a table is plain data');
  return Object.freeze(table);
}
