import type { Pipe, PipeOptions } from '../network/mod.ts';
import type { RandomStream } from '../random.ts';
import { World } from '../world.ts';

// Defects in the physics, made from outside: pipes and worlds that do what sound ones must not.

export type PhysicsPlant = 'lost-carry' | 'reordering-ignored' | 'shared-random';

/** What is wrong, by name. */
export const PHYSICS_PLANTS: { readonly [Name in PhysicsPlant]: string } = Object.freeze({
  'lost-carry': 'what a division leaves over is not carried to the next packet: links drift',
  'reordering-ignored': 'jitter never lets a packet overtake another, though it is allowed to',
  'shared-random': 'one stream of chance for everything in the world',
});

/** The case that shows it, by name; it leaves all others as they are. */
export const SHOWN_BY: { readonly [Name in PhysicsPlant]: string } = Object.freeze({
  'lost-carry': 'pipelining',
  'reordering-ignored': 'jitter-reordering',
  'shared-random': 'unrelated-node',
});

export function isPhysicsPlant(name: string): name is PhysicsPlant {
  return Object.hasOwn(PHYSICS_PLANTS, name);
}

/** A world in which whoever draws changes what everybody draws afterwards. */
export class SharedRandom extends World {
  override random(): RandomStream {
    return super.random('everybody');
  }
}

/** Plants the defect into one direction of a link, where it is one of links. */
export function bend(plant: PhysicsPlant, pipe: Pipe, options: PipeOptions): void {
  if (plant === 'reordering-ignored') {
    const change = pipe.change.bind(pipe);
    pipe.change = (other) => change({ ...other, keepsOrder: true });
    pipe.change(options);
  }
  if (plant === 'lost-carry') forget(pipe);
}

/** Nothing is owed to the next packet. */
function forget(pipe: Pipe): void {
  const send = pipe.send.bind(pipe);
  pipe.send = (packet) => {
    const isThere = send(packet);
    pipe.remainder = 0;
    return isThere;
  };
}
