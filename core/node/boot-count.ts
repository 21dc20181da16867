import type { HostCommand, StoreSnapshot } from '#core/host/mod.ts';

const KEY = 'boot';
const LIMIT = 0x1_0000_0000;

type BootCount = { readonly count: number; readonly put: HostCommand & { kind: 'put' } };

/** How often this node has started, this start included, and the command that keeps it. PROTOCOL §2.2. */
export function nextBoot(store: StoreSnapshot): BootCount {
  const stored = store.values.get(KEY);
  let last = 0;
  for (const octet of stored?.length === 4 ? stored : []) last = last * 256 + octet;
  return bootAfter(last);
}

/** The count behind this one, and the command that keeps it. */
export function bootAfter(last: number): BootCount {
  const count = (last + 1) % LIMIT;
  const bytes = Uint8Array.from([24, 16, 8, 0], (shift) => (count >>> shift) & 0xff);
  return { count, put: { kind: 'put', key: KEY, bytes } };
}
