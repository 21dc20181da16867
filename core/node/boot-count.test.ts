import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nextBoot } from './boot-count.ts';

function startsWith(stored: Uint8Array | undefined): ReturnType<typeof nextBoot> {
  const values = new Map(stored === undefined ? [] : [['boot', stored] as const]);
  return nextBoot({ values, logs: new Map() });
}

test('each start counts one more than the one that was kept', () => {
  let { count, put } = startsWith(undefined);
  for (let start = 1; start < 600; start++) {
    expect(count).toBe(start);
    ({ count, put } = startsWith(put.bytes));
  }
});

test('any stored count: the next one, four octets; what is no count is a first start', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 6 }), (stored) => {
      const { count, put } = startsWith(stored);
      const last = stored.length === 4 ? new DataView(stored.buffer).getUint32(0) : 0;
      expect(count).toBe((last + 1) % 2 ** 32);
      expect(new DataView(put.bytes.buffer).getUint32(0)).toBe(count);
    }),
  );
});
