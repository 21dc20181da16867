import type { EventQueue } from '../event-queue.ts';
import type { World } from '../world.ts';

/** An event for people: its number, when, to whom, what. */
export type Told = {
  readonly event: number;
  readonly ns: number;
  /** Who acts. */
  readonly who: string;
  readonly words: string;
};

/** Puts the event that begins now into words. */
export function tell(world: World, event: number, queue: EventQueue, slot: number): Told {
  const dest = queue.destAt(slot);
  const words = world.inWords(dest, queue.kindAt(slot), queue.aAt(slot), queue.bAt(slot));
  return { event, ns: world.nowNs, who: world.nameOf(dest), words };
}
