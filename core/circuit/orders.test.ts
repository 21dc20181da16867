import { expect, test } from 'vitest';
import { PqnkInitiator } from '#core/crypto/mod.ts';
import { testRandom } from '#core/link/pair.case.ts';
import { CreateOpened, circuitPrologue, onionLen } from './onion.ts';
import { nodeKeys, suite } from './scene.case.ts';

// Orders that a client seals as it should, and no honest one would write. PROTOCOL §9.2.

/** What the hop makes of a CREATE for this place whose payload begins with an order changed so. */
function ordered(index: number, change: (order: Uint8Array) => void): CreateOpened | undefined {
  const { onion, statement } = nodeKeys(0);
  const pqnk = new PqnkInitiator(suite, statement.onionKey, circuitPrologue(suite, statement));
  const payload = new Uint8Array(onionLen(index) - 2352);
  payload[0] = index;
  change(payload);
  const body = new Uint8Array(16_379);
  body[0] = index;
  body.set(pqnk.writeFirst(testRandom(5), payload) as Uint8Array, 1);
  return CreateOpened.open(suite, onion, statement, body);
}

function setting(at: number, value: number): (order: Uint8Array) => void {
  return (order) => {
    order[at] = value;
  };
}

test('an order for the last hop, and one to extend, are taken', () => {
  for (const index of [1, 2, 3, 4, 5]) {
    expect(ordered(index, () => undefined)?.order.command).toBe('last');
    const extend = ordered(index, setting(1, 1));
    // Nobody is sixth.
    expect(extend?.order.command).toBe(index < 5 ? 'extend' : undefined);
  }
});

test('another index, command or kind, and anything where zeros belong, is refused', () => {
  expect(ordered(1, setting(0, 2))).toBeUndefined();
  expect(ordered(2, setting(0, 1))).toBeUndefined();
  expect(ordered(1, setting(1, 2))).toBeUndefined();
  expect(ordered(1, setting(2, 1))).toBeUndefined();
  for (let at = 3; at < 400; at++)
    expect(ordered(1, setting(at, 1)), `octet ${at}`).toBeUndefined();
});

test('a node id belongs to an order to extend alone; padding belongs to none', () => {
  const toExtend = (at: number) => (order: Uint8Array) => {
    order[1] = 1;
    order[at] = 1;
  };
  for (const at of [3, 34]) expect(ordered(1, toExtend(at))?.order.command).toBe('extend');
  for (const at of [35, 36, 399]) expect(ordered(1, toExtend(at))).toBeUndefined();
});
