import type { NodeIdentity, NodeKeys, Suite } from '#core/crypto/mod.ts';
import type { LinkReject } from '#core/link/mod.ts';
import type { Counters } from '#core/observe/mod.ts';
import type { RandomStream } from '../random.ts';
import { mutate } from './mutate.ts';

/** A decoder's answer: a value, a verdict, or something that must never be. */
export type Answer = 'value' | 'verdict' | 'forgery';

/** A decoder with the transcripts to try on it. */
export type Decoder = {
  readonly name: string;
  /** The transcript nobody touched. */
  readonly genuine: () => Answer;
  /** One mutated transcript; runs are numbered. */
  readonly mutated: (run: number) => Answer;
};

/** What every decoder's transcripts are made with. */
export type Scene = {
  readonly suite: Suite;
  readonly random: RandomStream;
  /** Where all victims' links count. */
  readonly rejects: Counters<LinkReject>;
  readonly identity: NodeIdentity;
  readonly keys: NodeKeys;
  readonly nodeId: Uint8Array;
};

/** The decoder of octets that stand alone. */
export function onOctets(
  { random }: Scene,
  name: string,
  valid: Uint8Array,
  feed: (octets: Uint8Array) => Answer,
): Decoder {
  return { name, genuine: () => feed(valid), mutated: () => feed(mutate(valid, random)) };
}

/** True when `octets` begin as `valid` does, for its first `length` octets. */
export function beginsAs(octets: Uint8Array, valid: Uint8Array, length: number): boolean {
  if (octets.length < length || valid.length < length) return false;
  for (let i = 0; i < length; i++) if (octets[i] !== valid[i]) return false;
  return true;
}

export function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && beginsAs(a, b, a.length);
}
