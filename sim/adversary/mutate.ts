import type { RandomStream } from '../random.ts';

/** Ways to spoil octets. Each leaves its input alone. */
const MUTATIONS: readonly ((octets: Uint8Array, random: RandomStream) => Uint8Array)[] =
  Object.freeze([
    flipBits,
    truncate,
    extend,
    overwrite,
    zeroOut,
    repeatSlice,
    dropSlice,
    swapHalves,
    replaceAll,
  ]);

/** One to three mutations on top of each other. */
export function mutate(octets: Uint8Array, random: RandomStream): Uint8Array {
  let spoiled = octets;
  for (let left = 1 + random.below(3); left > 0; left--) {
    spoiled = (MUTATIONS[random.below(MUTATIONS.length)] as (typeof MUTATIONS)[0])(spoiled, random);
  }
  return spoiled;
}

function flipBits(octets: Uint8Array, random: RandomStream): Uint8Array {
  const spoiled = octets.slice();
  if (spoiled.length === 0) return spoiled;
  for (let left = 1 + random.below(8); left > 0; left--) {
    const at = random.below(spoiled.length);
    spoiled[at] = (spoiled[at] as number) ^ (1 << random.below(8));
  }
  return spoiled;
}

function truncate(octets: Uint8Array, random: RandomStream): Uint8Array {
  return octets.slice(0, random.below(octets.length + 1));
}

function extend(octets: Uint8Array, random: RandomStream): Uint8Array {
  const spoiled = new Uint8Array(
    octets.length + 1 + random.below(random.below(8) === 0 ? 40_000 : 64),
  );
  random.fill(spoiled);
  spoiled.set(octets);
  return spoiled;
}

function overwrite(octets: Uint8Array, random: RandomStream): Uint8Array {
  const spoiled = octets.slice();
  random.fill(someSlice(spoiled, random));
  return spoiled;
}

function zeroOut(octets: Uint8Array, random: RandomStream): Uint8Array {
  const spoiled = octets.slice();
  someSlice(spoiled, random).fill(random.below(2) === 0 ? 0 : 0xff);
  return spoiled;
}

function repeatSlice(octets: Uint8Array, random: RandomStream): Uint8Array {
  const slice = someSlice(octets, random);
  const at = slice.byteOffset - octets.byteOffset;
  return joined(octets.subarray(0, at), slice, octets.subarray(at));
}

function dropSlice(octets: Uint8Array, random: RandomStream): Uint8Array {
  const slice = someSlice(octets, random);
  const at = slice.byteOffset - octets.byteOffset;
  return joined(octets.subarray(0, at), octets.subarray(at + slice.length));
}

function swapHalves(octets: Uint8Array, random: RandomStream): Uint8Array {
  const at = random.below(octets.length + 1);
  return joined(octets.subarray(at), octets.subarray(0, at));
}

function replaceAll(octets: Uint8Array, random: RandomStream): Uint8Array {
  const spoiled = new Uint8Array(octets.length);
  random.fill(spoiled);
  return spoiled;
}

/** A view of a random part, often short. */
function someSlice(octets: Uint8Array, random: RandomStream): Uint8Array {
  const start = random.below(octets.length + 1);
  const longest = octets.length - start;
  return octets.subarray(
    start,
    start + random.below((random.below(2) === 0 ? longest : Math.min(longest, 32)) + 1),
  );
}

export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
