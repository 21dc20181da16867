import type { WorldHashes } from '../world.ts';

/** Runs the same thing from its start, shown to a recorder. */
export type Play<Onlooker> = (recorder: Onlooker) => WorldHashes;

/** Thrown by a recorder that has seen enough: between two events, so that a run is left, not disturbed. */
export class Halt extends Error {}

/** Plays until the end, and answers the hashes; undefined when the recorder halted it. */
export function playUntilHalt<Onlooker>(
  play: Play<Onlooker>,
  recorder: Onlooker,
): WorldHashes | undefined {
  try {
    return play(recorder);
  } catch (error) {
    if (error instanceof Halt) return undefined;
    throw error;
  }
}
