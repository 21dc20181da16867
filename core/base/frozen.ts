import { assert } from './assert.ts';

// Tables at the top of a module, frozen all the way down: plain objects and arrays, since nothing else can be
// frozen. ci/module-state.ts knows these two by name.

/** A table spelled out as a literal; it may hold functions. */
export function frozen<const T extends object>(table: T): T {
  return freeze(table, true);
}

/** A table computed by any calls. It holds no function, so nothing that was computed stays behind. */
export function frozenData<const T extends object>(table: T): T {
  return freeze(table, false);
}

function freeze<T extends object>(table: T, mayCall: boolean): T {
  for (const { value, get } of Object.values(Object.getOwnPropertyDescriptors(table))) {
    assert(mayCall || (typeof value !== 'function' && get === undefined), 'data has no functions');
    if (typeof value === 'object' && value !== null) freeze(value, mayCall);
  }
  const prototype: unknown = Object.getPrototypeOf(table);
  assert(Array.isArray(table) || prototype === Object.prototype, 'a table is plain data');
  return Object.freeze(table);
}
