import fc from 'fast-check';
import { expect, test } from 'vitest';
import { END } from '#core/host/mod.ts';
import { CLOSE_US } from '../base/limits.ts';
import { ExitScene, WEB } from './exit-scene.case.ts';

// Connections of an exit whose streams are over: what the host still holds of them is nobody's any more.

/** A stream that both ends have done with, while its destination reads nothing. */
function done(scene: ExitScene, id: number): number {
  const stream = scene.ask(WEB);
  scene.opens(id);
  scene.exit.ended(scene.nowUs, id);
  scene.client.push(stream, 100);
  scene.client.end(stream);
  scene.run();
  expect([scene.pulls(id), scene.pulls(id)]).toEqual([100, END]);
  scene.client.streams.pull(stream, new Uint8Array(9), 0, 9);
  scene.run();
  return stream;
}

test('a connection whose directions both ended outlives its stream and its circuit, but not its time', () => {
  for (const isCircuitGone of [false, true]) {
    const scene = new ExitScene();
    done(scene, 1);
    scene.nowUs = 1000;
    done(scene, 2);
    expect([scene.last.size, scene.client.streams.size, scene.exit.connected]).toEqual([0, 0, 2]);
    if (isCircuitGone) scene.last.destroy(scene.nowUs, 'reset');
    expect([scene.exit.deadlineUs, scene.aborted]).toEqual([CLOSE_US, []]);
    scene.exit.handleTimeout(CLOSE_US - 1);
    expect(scene.aborted).toEqual([]);
    scene.exit.handleTimeout(CLOSE_US);
    expect([scene.aborted, scene.exit.deadlineUs]).toEqual([[1], CLOSE_US + 1000]);
    // The other was let go in time.
    scene.dies(2, 'ended');
    scene.dies(1, 'local');
    expect([scene.exit.connected, scene.exit.deadlineUs]).toEqual([0, Number.POSITIVE_INFINITY]);
    const { rejects } = scene.exit;
    expect([rejects.get('exit-close-overdue'), rejects.total]).toEqual([1, 1]);
  }
});

test('a connection of which one direction goes on has no such time, whichever it is', () => {
  for (const isServerFirst of [false, true]) {
    const scene = new ExitScene();
    const stream = scene.ask(WEB);
    scene.opens(1);
    if (isServerFirst) scene.exit.ended(0, 1);
    else scene.client.end(stream);
    scene.run();
    expect(scene.pulls(1)).toBe(isServerFirst ? 0 : END);
    expect(scene.exit.deadlineUs).toBe(Number.POSITIVE_INFINITY);
    scene.last.destroy(0, 'reset');
    expect([scene.aborted, scene.exit.connected]).toEqual([[1], 0]);
  }
});

const step = fc.tuple(
  fc.constantFrom(
    ...(['ask', 'ask', 'opens', 'opens', 'says', 'ends', 'pulls', 'pulls'] as const),
    ...(['push', 'end', 'end', 'take', 'give up', 'dies', 'wait'] as const),
  ),
  fc.nat(2),
);

test('whatever clients and destinations do, nothing is connected once the circuit is gone and time is up', () => {
  let most = 0;
  fc.assert(
    fc.property(fc.array(step, { minLength: 10, maxLength: 60, size: 'max' }), (steps) => {
      const scene = new ExitScene();
      const gone = new Set<number>();
      const ended = new Set<number>();
      for (const [what, n] of steps) {
        const id = 1 + (n % Math.max(scene.dialled.length, 1));
        const sides = [...scene.client.sides.keys()];
        const stream = sides[n % Math.max(sides.length, 1)] ?? 0;
        const isThere = id <= scene.dialled.length && !gone.has(id) && !scene.aborted.includes(id);
        if (what === 'ask') scene.ask(WEB);
        else if (what === 'wait') {
          scene.nowUs += n * 100_000_000;
          scene.exit.handleTimeout(scene.nowUs);
        } else if (what === 'opens' && isThere) scene.opens(id);
        else if (what === 'says' && isThere && !ended.has(id))
          scene.exit.receive(scene.nowUs, id, WEB, 0, 4);
        else if (what === 'ends' && isThere) {
          ended.add(id);
          scene.exit.ended(scene.nowUs, id);
        } else if (what === 'pulls' && isThere) scene.pulls(id);
        else if (what === 'dies' && isThere) {
          gone.add(id);
          scene.dies(id, 'reset');
        } else if (stream === 0) continue;
        else if (what === 'push') {
          if (!scene.client.side(stream).isEnded) scene.client.push(stream, 100 * n);
        } else if (what === 'end') scene.client.end(stream);
        else if (what === 'take') scene.client.streams.pull(stream, new Uint8Array(900), 0, 900);
        else if (what === 'give up') scene.client.giveUp(stream, 'local');
        scene.run();
      }
      scene.last.destroy(scene.nowUs, 'reset');
      most = Math.max(most, scene.exit.connected);
      scene.nowUs += CLOSE_US;
      scene.exit.handleTimeout(scene.nowUs);
      expect([scene.exit.connected, scene.pool.used]).toEqual([0, 0]);
      expect(scene.exit.deadlineUs).toBe(Number.POSITIVE_INFINITY);
      const ids = scene.dialled.map((_, n) => n + 1);
      expect(ids.filter((id) => !gone.has(id) && !scene.aborted.includes(id))).toEqual([]);
    }),
    { numRuns: 300, seed: 3 },
  );
  expect(most).toBeGreaterThan(0);
});
