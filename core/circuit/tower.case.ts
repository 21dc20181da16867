import { CELL_LARGE, LAYER_LEN, liveLen } from './frame.ts';
import { FLAG_HERE, Layer, sealAll } from './layer.ts';
import { exchanged, suite } from './scene.case.ts';

// The layers of a path at both of their ends, and cells that cross them. For tests only.

export type Tower = { readonly client: readonly Layer[]; readonly relays: readonly Layer[] };

export function tower(hops: number, nowUs = 0): Tower {
  const both = Array.from({ length: hops }, (_, i) => {
    const keys = exchanged(i);
    return {
      client: new Layer(nowUs, suite, i + 1, keys.client, true),
      relay: new Layer(nowUs, suite, i + 1, keys.relay, false),
    };
  });
  return { client: both.map(({ client }) => client), relays: both.map(({ relay }) => relay) };
}

/** A cell of the client's with this content (as much of it as there is room), sealed for every hop. */
export function fromClient(
  { client }: Tower,
  nowUs: number,
  cellLen: number,
  content: Uint8Array,
): Uint8Array {
  const cell = new Uint8Array(CELL_LARGE);
  const room = cellLen - LAYER_LEN * client.length;
  cell.set(content.subarray(0, room), client.length);
  sealAll(nowUs, client, cell, 0, cellLen);
  return cell.subarray(0, cellLen);
}

/** What hop `i` (0 first) makes of a cell: the next hop's cell with this noise behind it, or why not. */
export function passOn(
  { relays }: Tower,
  i: number,
  nowUs: number,
  cell: Uint8Array,
  noise = 0,
): { readonly flags: number; readonly inner: Uint8Array; readonly reject: string | undefined } {
  const layer = relays[i] as Layer;
  const out = new Uint8Array(CELL_LARGE);
  const flags = layer.open(nowUs, cell, 0, cell.length, out, 0);
  const live = liveLen(cell.length, i + 2);
  const inner = new Uint8Array(cell.length).fill(noise);
  inner.set(out.subarray(1, 1 + live));
  return { flags, inner, reject: flags < 0 ? layer.reject : undefined };
}

/** A cell of the last hop's for the client; `between` sees what arrives at hop `i` on its way. */
export function fromLast(
  { relays }: Tower,
  nowUs: number,
  cellLen: number,
  content: Uint8Array,
  between: (cell: Uint8Array, i: number) => void = () => undefined,
): Uint8Array {
  const cell = new Uint8Array(CELL_LARGE + LAYER_LEN);
  let inner = content;
  for (let i = relays.length - 1; i >= 0; i--) {
    cell.fill(i + 1);
    cell.set(inner.subarray(0, liveLen(cellLen, i + 2)), 1);
    const flags = i === relays.length - 1 ? FLAG_HERE : 0;
    relays[i]?.seal(nowUs, cell, 0, cellLen, flags);
    inner = cell.slice(0, cellLen);
    between(inner, i);
  }
  return inner;
}

/** How many layers the client could open before one refused or was the last, and why it refused. */
export function openAll(
  { client }: Tower,
  nowUs: number,
  cell: Uint8Array,
): { readonly opened: number; readonly content: Uint8Array; readonly reject: string | undefined } {
  const room = cell.slice();
  for (const [i, layer] of client.entries()) {
    const flags = layer.open(nowUs, room, i, cell.length, room, i);
    if (flags < 0) return { opened: i, content: room, reject: layer.reject };
    if (flags === FLAG_HERE) {
      const end = i + 1 + cell.length - LAYER_LEN * (i + 1);
      return { opened: i + 1, content: room.subarray(i + 1, end), reject: undefined };
    }
  }
  return { opened: client.length, content: room, reject: 'nobody' };
}
