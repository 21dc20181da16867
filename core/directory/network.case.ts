import { epochOf, makeIdentity, makeNodeKeys, type Signer, type Suite } from '#core/crypto/mod.ts';
import { createNativeSuite } from '#core/crypto/native/mod.ts';
import type { Random } from '#core/host/mod.ts';
import { concatBytes } from '../base/bytes.ts';
import { EPOCH_MS } from '../base/limits.ts';
import { encodeSignatures } from './encode.ts';
import {
  decodeSnapshot,
  type NodeDraft,
  Snapshot,
  type SnapshotDraft,
  type SnapshotReject,
  type Trust,
} from './mod.ts';

// A made-up network and the stewards who sign its map. For tests only.

/** In the middle of an epoch. */
export const NOW_MS: number = 81_000 * EPOCH_MS + EPOCH_MS / 2;

export const suite: Suite = createNativeSuite();

/** Two of three suffice. */
export const stewards: readonly Signer[] = [1, 2, 3].map((seed) =>
  suite.signer(new Uint8Array(32).fill(seed)),
);
export const trust: Trust = { keys: stewards.map(({ publicKey }) => publicKey), threshold: 2 };

/** A repeatable generator (splitmix32); for tests only. */
export function repeatableRandom(seed: number): Random {
  let state = seed | 0;
  return {
    fill: (bytes) => {
      for (let i = 0; i < bytes.length; i++) {
        state = (state + 0x9e37_79b9) | 0;
        let mixed = Math.imul(state ^ (state >>> 16), 0x21f0_aaad);
        mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a_2d97);
        bytes[i] = (mixed ^ (mixed >>> 15)) >>> 24;
      }
    },
  };
}

/** Node number `n` with keys of the epoch at `wallMs`; every node in a network, AS and country of its own. */
export function makeNode(n: number, wallMs: number = NOW_MS): NodeDraft {
  const random = repeatableRandom(n);
  const epoch = epochOf(wallMs);
  const seed = new Uint8Array(32).fill(n & 0xff);
  seed[0] = n >> 8;
  const identity = makeIdentity(suite, random, seed, epoch + 4);
  return {
    statement: makeNodeKeys(suite, random, identity, epoch).statement,
    ip: n % 5 === 4 ? Uint8Array.of(0x20, n, ...new Uint8Array(14)) : Uint8Array.of(10, n, 0, 1),
    port: 9001,
    owner: `owner ${n}`,
    asNumber: 64_512 + n,
    country: String.fromCharCode(65 + (Math.floor(n / 26) % 26), 65 + (n % 26)),
    isExit: n % 2 === 0,
    weight: 1 + n,
  };
}

export function draftOf(...nodes: readonly NodeDraft[]): SnapshotDraft {
  return {
    isTest: true,
    serial: 7,
    validFromMs: NOW_MS - 1000,
    validUntilMs: NOW_MS + 1000,
    nodes,
  };
}

/** A file of any body, signed by all stewards: what they would never sign included. */
export function signedFile(body: Uint8Array, statements: Uint8Array): Uint8Array {
  return concatBytes(body, encodeSignatures(body, stewards), statements);
}

/** What the trusting reader makes of a file: a reason, or undefined for a snapshot. */
export function verdict(bytes: Uint8Array, nowMs: number = NOW_MS): SnapshotReject | undefined {
  const read = decodeSnapshot(suite, bytes, trust, nowMs);
  return read instanceof Snapshot ? undefined : read.reject;
}

/** The snapshot in a file that has to be good. */
export function taken(bytes: Uint8Array, nowMs: number = NOW_MS): Snapshot {
  const read = decodeSnapshot(suite, bytes, trust, nowMs);
  if (!(read instanceof Snapshot)) throw new Error(read.reject);
  return read;
}

/** Octets of the body at the head of a file. */
export function bodyLengthOf(file: Uint8Array): number {
  return new DataView(file.buffer, file.byteOffset).getUint32(5);
}
