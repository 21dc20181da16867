import { expect, test } from 'vitest';
import { concatBytes } from '../base/bytes.ts';
import type { InScene, Scene } from './arena.case.ts';
import {
  TEST_ONLY_ANCHOR,
  TEST_ONLY_GOOD_CHAIN,
  TEST_ONLY_GOOD_KEY,
} from './fixtures/test-only-tls.case.ts';
import type { ProbeRoot } from './probe-root.case.ts';

/** A piece of a TLS stream, first to last, and what becomes of it. */
type Tamper = (piece: Uint8Array) => Uint8Array;

const FATAL_ALERT: Uint8Array = Uint8Array.of(21, 3, 3, 0, 2, 2, 40);
const PLAIN_GOODBYE: Uint8Array = Uint8Array.of(21, 3, 3, 0, 2, 1, 0);

const TAMPERS: readonly (readonly [string, Tamper])[] = Object.freeze<
  (readonly [string, Tamper])[]
>([
  ['twice', (piece) => concatBytes(piece, piece)],
  ['with another last octet', (piece) => changed(piece, piece.length - 1)],
  ['with another octet in the middle', (piece) => changed(piece, piece.length >> 1)],
  ['with a fatal alert in front', (piece) => concatBytes(FATAL_ALERT, piece)],
  ['with a fatal alert behind', (piece) => concatBytes(piece, FATAL_ALERT)],
  ['with a goodbye in the clear in front', (piece) => concatBytes(PLAIN_GOODBYE, piece)],
  ['with a goodbye in the clear behind', (piece) => concatBytes(piece, PLAIN_GOODBYE)],
]);

/** Somebody on the path, without any key, between the client `t` at a and the server `s` at b. */
export function describeTampering(inScene: InScene): void {
  describePiece('what the client says first', 'l.1', 0, inScene);
  describePiece('what the client says next', 'l.1', 1, inScene);
  describePiece('what the server says first', 'x', 0, inScene);
}

function describePiece(what: string, of: 'l.1' | 'x', which: number, inScene: InScene): void {
  test.each(TAMPERS)(`${what}, %s: no end is told, and both sides close`, (_name, tamper) =>
    inScene(async (scene) => {
      const { a, b, path } = await onPath(scene);
      let pieces = 0;
      path.stream(of).tamper = (piece) => {
        if (piece.length === 0) return piece;
        pieces += 1;
        return pieces === which + 1 ? tamper(piece) : piece;
      };
      a.together(() => {
        a.tls('t', 'c', { role: 'client', name: 'node.test', anchorsPem: TEST_ONLY_ANCHOR });
        a.send('t', 10_000);
      });
      await scene.until(
        () => a.stream('t').isClosed && a.stream('t~').isClosed,
        'the client closed',
      );
      await scene.until(
        () => b.stream('s').isClosed && b.stream('s~').isClosed,
        'the server closed',
      );
      await scene.settle();
      for (const [probe, name] of [[a, 't'] as const, [b, 's'] as const]) {
        expect(probe.lines).not.toContain(`ended ${name}`);
        expect(['closed t reset', 'closed s reset', 'closed t untrusted']).toContain(
          probe.about(name).at(-1),
        );
      }
    })(),
  );
}

/** a `c` -> `l.1` path `x` -> `l.1` b, the server's filter in place. */
async function onPath(
  scene: Scene,
): Promise<{ readonly a: ProbeRoot; readonly b: ProbeRoot; readonly path: ProbeRoot }> {
  const { a, b: path } = await scene.pair();
  const { probe: b, at } = await scene.listener();
  path.connect('x', at);
  await scene.until(() => b.isOpen('l.1') && path.isOpen('x'), 'the way to the server');
  path.splice('l.1', 'x');
  b.tls('s', 'l.1', {
    role: 'server',
    chainPem: TEST_ONLY_GOOD_CHAIN,
    keyPem: TEST_ONLY_GOOD_KEY,
  });
  return { a, b, path };
}

function changed(piece: Uint8Array, at: number): Uint8Array {
  const copy = piece.slice();
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}
