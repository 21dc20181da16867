import { expect, test } from 'vitest';
import type { InScene } from './arena.case.ts';
import { ChaosRoot } from './chaos-root.case.ts';
import type { Endpoint } from './mod.ts';

const ROUNDS = 120;

/** Any order of calls is legal: roots that wish at random, and notice when a host breaks its word. */
export function describeInOrder(inScene: InScene): void {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'wishes at random, seed %i: all is told in order, and all ends',
    (seed) =>
      inScene(async ({ arena }) => {
        const places: Endpoint[] = [];
        const roots: ChaosRoot[] = [];
        const hosts = [];
        for (let i = 0; i < 2; i++) {
          // Where a host is turns out when it has started; nothing is bound before.
          const ip = new Uint8Array(4);
          const root = new ChaosRoot(seed * 1_000 + i, ip, places);
          const host = await arena.start(() => root);
          ip.set(host.ip);
          roots.push(root);
          hosts.push(host);
        }
        for (let round = 0; round < ROUNDS; round++) {
          for (const [i, host] of hosts.entries()) {
            roots[i]?.stir();
            host.turn();
          }
          if (round % 8 === 0) await arena.settle();
        }
        for (const [i, host] of hosts.entries()) {
          roots[i]?.finish();
          host.turn();
        }
        await arena.until(() => roots.every(({ alive }) => alive === 0), 'everything is given up');
        await arena.settle();
        for (const root of roots) {
          expect(root.complaints).toEqual([]);
          expect(root.alive).toBe(0);
          expect(root.calls).toBeGreaterThan(100);
        }
      })(),
  );
}
