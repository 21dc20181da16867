import fc from 'fast-check';
import { expect, test } from 'vitest';
import { REKEY_GRACE, REKEY_OCTETS, REKEY_US, REKEYS_AT_ONCE } from '../base/limits.ts';
import { CELL_LARGE, CELL_SMALL, liveLen } from './frame.ts';
import { contentLen, FLAG_HERE, Layer } from './layer.ts';
import { exchanged, flip, sharedStrings, suite } from './scene.case.ts';
import { fromClient, fromLast, openAll, passOn, type Tower, tower } from './tower.case.ts';

const CELLS = Object.freeze([CELL_SMALL, CELL_LARGE]);
const HOPS = Object.freeze([1, 2, 3, 4, 5]);

function counted(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 7) & 0xff);
}

/** Carries a cell forward; answers at which hop (0 first) it was refused, or -1, and what each hop saw. */
function forward(
  built: Tower,
  nowUs: number,
  cell: Uint8Array,
  meddle: (cell: Uint8Array, i: number) => void = () => undefined,
): {
  readonly refusedAt: number;
  readonly reject: string | undefined;
  readonly seen: Uint8Array[];
} {
  const seen: Uint8Array[] = [];
  let at = cell;
  for (let i = 0; i < built.relays.length; i++) {
    meddle(at, i);
    seen.push(at);
    const { flags, inner, reject } = passOn(built, i, nowUs, at, 0xee);
    if (flags < 0) return { refusedAt: i, reject, seen };
    expect(flags).toBe(i === built.relays.length - 1 ? FLAG_HERE : 0);
    at = inner;
  }
  seen.push(at);
  return { refusedAt: -1, reject: undefined, seen };
}

test.each(HOPS)('%i hops: cells of both classes open layer by layer, both ways', (hops) => {
  const built = tower(hops);
  for (const cellLen of [...CELLS, ...CELLS]) {
    const content = counted(contentLen(cellLen, hops));
    const { refusedAt, seen } = forward(built, 0, fromClient(built, 0, cellLen, content));
    expect(refusedAt).toBe(-1);
    expect(seen.at(-1)?.subarray(0, content.length)).toEqual(content);
    for (const view of seen) expect(view).toHaveLength(cellLen);
    const back = fromLast(built, 0, cellLen, content);
    expect(openAll(built, 0, back)).toMatchObject({ opened: hops, content });
  }
});

test('what hops that are no neighbours see of a cell has nothing in common', () => {
  const built = tower(5);
  for (const cellLen of CELLS) {
    const { seen } = forward(built, 0, fromClient(built, 0, cellLen, new Uint8Array(0)));
    const forwards = seen.slice(0, 5);
    const backwards: Uint8Array[] = [];
    fromLast(built, 0, cellLen, counted(cellLen), (cell) => backwards.push(cell));
    for (const views of [forwards, backwards])
      for (const [i, a] of views.entries())
        for (const b of views.slice(i + 1)) {
          const [x, y] = [a, b].map((view) => view.subarray(0, liveLen(cellLen, 5)));
          expect(sharedStrings(x as Uint8Array, y as Uint8Array)).toBe(0);
        }
  }
});

const anyBit = fc.tuple(
  fc.constantFrom(...HOPS),
  fc.nat(4),
  fc.constantFrom(...CELLS),
  fc.constantFrom('flags', 'inner', 'tag', 'tail'),
  fc.nat(),
);

/** A bit of a region of a cell at hop `i` (0 first); -1 when it has no such region. */
function bitOf(region: string, cellLen: number, i: number, n: number): number {
  const live = liveLen(cellLen, i + 1);
  const [from, to] = {
    flags: [0, 1],
    inner: [1, live - 16],
    tag: [live - 16, live],
    tail: [live, cellLen],
  }[region] as [number, number];
  return to === from ? -1 : 8 * from + (n % (8 * (to - from)));
}

test('any bit turned forward: the next hop refuses, and later ones see nothing; in the noise: no effect', () => {
  fc.assert(
    fc.property(anyBit, ([hops, at, cellLen, region, n]) => {
      const hop = at % hops;
      const bit = bitOf(region, cellLen, hop, n);
      const built = tower(hops);
      const result = forward(built, 0, fromClient(built, 0, cellLen, counted(99)), (cell, i) => {
        if (i === hop && bit >= 0) flip(cell, bit);
      });
      const isDead = region !== 'tail' && bit >= 0;
      expect(result.refusedAt).toBe(isDead ? hop : -1);
      expect(result.reject).toBe(isDead ? 'cell-forged' : undefined);
    }),
    { numRuns: 120 },
  );
});

test('any bit turned backward: the client refuses at the layer of the hop before; in the noise: no effect', () => {
  fc.assert(
    fc.property(anyBit, ([hops, at, cellLen, region, n]) => {
      const hop = at % hops;
      const bit = bitOf(region, cellLen, hop, n);
      const built = tower(hops);
      const cell = fromLast(built, 0, cellLen, counted(99), (passing, i) => {
        if (i === hop && bit >= 0) flip(passing, bit);
      });
      const { opened, reject } = openAll(built, 0, cell);
      const isDead = region !== 'tail' && bit >= 0;
      expect([opened, reject]).toEqual(isDead ? [hop, 'cell-forged'] : [hops, undefined]);
    }),
    { numRuns: 120 },
  );
});

test('a cell that is dropped, doubled, late, of the other class or of another circuit does not open', () => {
  const cells = (built: Tower) =>
    [1, 2, 3].map((n) => fromClient(built, 0, CELL_SMALL, new Uint8Array(9).fill(n)));
  const orders: readonly (readonly number[])[] = [[0, 2], [0, 0], [1], [0, 2, 1]];
  for (const order of orders) {
    const built = tower(2);
    const sent = cells(built);
    const results = order.map((n) => passOn(built, 0, 0, sent[n] as Uint8Array).reject);
    expect(results[0] ?? results[1]).toBe('cell-forged');
  }
  const [one, other] = [tower(1), tower(2)];
  expect(passOn(other, 1, 0, fromClient(one, 0, CELL_SMALL, counted(9))).reject).toBe(
    'cell-forged',
  );
  const large = fromClient(one, 0, CELL_LARGE, counted(9));
  expect(passOn(one, 0, 0, large.subarray(0, CELL_SMALL)).reject).toBe('cell-forged');
});

test('keys change by time while cells are in flight, each hop and direction by itself', () => {
  const built = tower(3);
  const sent: { readonly cell: Uint8Array; readonly n: number }[] = [];
  for (let n = 0; n < 40; n++) {
    const content = new Uint8Array(20).fill(n);
    sent.push({ cell: fromClient(built, n * (REKEY_US / 8), CELL_SMALL, content), n });
    if (n % 7 !== 6) continue;
    for (const { cell, n: number } of sent.splice(0)) {
      const { refusedAt, seen } = forward(built, n * (REKEY_US / 8), cell);
      expect(refusedAt).toBe(-1);
      expect(
        seen
          .at(-1)
          ?.subarray(0, 20)
          .every((octet) => octet === number),
      ).toBe(true);
    }
    const back = fromLast(built, n * (REKEY_US / 8), CELL_LARGE, content);
    expect(openAll(built, n * (REKEY_US / 8), back).opened).toBe(3);
  }
});

test('64 MiB under one key: the change comes before, and everything goes on opening', () => {
  const { client, relay } = exchanged(1);
  const [sender, receiver] = [
    new Layer(0, suite, 1, client, true),
    new Layer(0, suite, 1, relay, false),
  ];
  const cell = new Uint8Array(CELL_LARGE);
  const cells = Math.ceil((REKEY_OCTETS * 1.25) / CELL_LARGE);
  const changes: number[] = [];
  for (let n = 1; n <= cells; n++) {
    sender.seal(0, cell, 0, CELL_LARGE, FLAG_HERE);
    expect(receiver.open(0, cell, 0, CELL_LARGE, cell, 0)).toBe(FLAG_HERE);
    // Of the flags only the receiver sees: 2 beside 1.
    if (cell[0] === 3) changes.push(n * CELL_LARGE);
  }
  expect(changes).toHaveLength(1);
  expect(changes[0]).toBeLessThanOrEqual(REKEY_OCTETS);
  expect(changes[0]).toBeGreaterThan(REKEY_OCTETS - 3 * CELL_LARGE);
});

test('a sender that asks for one key after another is refused; one that never does, too', () => {
  const flood = raw();
  for (let n = 0; n < REKEYS_AT_ONCE; n++) expect(flood.send(FLAG_HERE | 2)).toBe(FLAG_HERE);
  expect([flood.send(FLAG_HERE | 2), flood.reject()]).toEqual([-1, 'cell-rekey-flood']);
  const lazy = raw();
  let opened = 0;
  while (lazy.send(FLAG_HERE) === FLAG_HERE) opened += CELL_LARGE;
  expect(lazy.reject()).toBe('cell-key-overdue');
  expect(opened).toBeGreaterThan(REKEY_GRACE * REKEY_OCTETS);
  expect(opened).toBeLessThan(REKEY_GRACE * REKEY_OCTETS + 2 * CELL_LARGE);
});

test('flags that nobody knows are refused, sealed as they may be', () => {
  for (const flags of [4, 5, 128, 255]) {
    const sender = raw();
    expect([sender.send(flags), sender.reject()]).toEqual([-1, 'cell-flags']);
  }
  for (const flags of [0, 1, 2, 3]) expect(raw().send(flags)).toBe(flags & FLAG_HERE);
});

/** A peer that seals what it likes in clear: the tag is free, the rules of keys and flags are the layer's own. */
function raw(): { send(flags: number): number; reject(): string } {
  const free = {
    ...suite,
    aead: () => ({
      seal: () => 0,
      open: (
        _counter: number,
        bytes: Uint8Array,
        start: number,
        end: number,
        out: Uint8Array,
        at: number,
      ) => {
        out[at] = bytes[start] as number;
        return end - start - 16;
      },
      destroy: () => undefined,
    }),
  };
  const layer = new Layer(0, free, 1, exchanged(2).relay, false);
  const cell = new Uint8Array(CELL_LARGE);
  const out = new Uint8Array(CELL_LARGE);
  return {
    send: (flags) => {
      cell[0] = flags;
      return layer.open(0, cell, 0, CELL_LARGE, out, 0);
    },
    reject: () => layer.reject,
  };
}
