import type { Link, LinkOptions } from '../network/mod.ts';
import { World } from '../world.ts';
import { bend, type PhysicsPlant, SharedRandom } from './plants.ts';

/** What an experiment stands on: where its randomness comes from, and a defect that is planted below it. */
export class Ground {
  readonly seed: string;
  readonly plant: PhysicsPlant | undefined;

  constructor(seed: string, plant?: PhysicsPlant) {
    this.seed = seed;
    this.plant = plant;
  }

  world(): World {
    return this.plant === 'shared-random' ? new SharedRandom(this.seed) : new World(this.seed);
  }

  /** Is told of every link as it is laid; answers the link. */
  laid(link: Link, options: LinkOptions): Link {
    if (this.plant !== undefined) {
      bend(this.plant, link.there, options);
      bend(this.plant, link.back, options.back ?? options);
    }
    return link;
  }
}
