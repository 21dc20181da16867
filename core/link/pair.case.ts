import {
  makeIdentity,
  makeNodeKeys,
  type NodeKeys,
  nodeIdOf,
  type Suite,
} from '#core/crypto/mod.ts';
import { createSeededSuite } from '#core/crypto/seeded/mod.ts';
import { type Cause, END, type Random, type StreamUser } from '#core/host/mod.ts';
import { Counters } from '#core/observe/mod.ts';
import { BufferPool } from '../base/buffer-pool.ts';
import { toHex } from '../base/bytes.ts';
import { EPOCH_MS } from '../base/limits.ts';
import type { Id } from '../base/slab.ts';
import { WallClock } from '../base/wall-clock.ts';
import { AnswerHandshake, dialHandshake, type Handshake } from './handshake.ts';
import { Link, UNIT_MAX } from './link.ts';
import { LINK_REJECTS, type LinkReject } from './rejects.ts';

// Two links back to back, with every octet between them in the test's hands. For tests only.

export const IO_LEN = 66_000;
export const EPOCH = 81_000;

/** A repeatable generator for tests; nothing outside tests may use it. */
export function testRandom(seed: number): Random {
  let state = seed >>> 0 || 1;
  return {
    fill: (bytes) => {
      for (let i = 0; i < bytes.length; i++) {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        bytes[i] = state >>> 24;
      }
    },
  };
}

/** Sends what it is given, takes at most `appetite` octets a call, and remembers everything. */
export class PlainUser implements StreamUser {
  readonly received: number[] = [];
  readonly log: string[] = [];
  outbox: Uint8Array = new Uint8Array(0);
  endAfter = false;
  appetite: number = Number.POSITIVE_INFINITY;

  opened(): void {
    this.log.push('opened');
  }

  receive(_nowUs: number, _id: Id, bytes: Uint8Array, start: number, end: number): number {
    const taken = Math.min(end - start, this.appetite);
    for (let i = start; i < start + taken; i++) this.received.push(bytes[i] as number);
    return taken;
  }

  ended(): void {
    this.log.push('ended');
  }

  transmit(_nowUs: number, _id: Id, out: Uint8Array, start: number, end: number): number {
    const length = Math.min(this.outbox.length, end - start);
    if (length === 0) return this.endAfter ? END : 0;
    out.set(this.outbox.subarray(0, length), start);
    this.outbox = this.outbox.subarray(length);
    return length;
  }

  closed(_nowUs: number, _id: Id, cause: Cause): void {
    this.log.push(`closed ${cause}`);
  }
}

export type End = {
  readonly link: Link;
  readonly user: PlainUser;
  readonly rejects: Counters<LinkReject>;
  /** How often the link asked to be woken. */
  wakes(): number;
};

export type Pair = {
  readonly dialler: End;
  readonly answerer: End;
  readonly keys: NodeKeys;
  /** AEAD keys of both ends that were made and not destroyed. */
  keysAlive(): number;
  /** Seeds of the KEM keys made: link key, onion key, the dialler's ephemeral key. */
  readonly kemSeeds: readonly string[];
  nowUs: number;
};

/** `told` hears of the initiator's record secret, which nobody else outside the link ever sees. */
export function makePair(
  seed = 1,
  dialsAsNode = false,
  told?: (initiatorSecret: Uint8Array) => void,
  isAlwaysRead = false,
): Pair {
  const { suite, keysAlive, kemSeeds } = watched(createSeededSuite());
  const random = testRandom(seed);
  const identity = makeIdentity(suite, random, new Uint8Array(32).fill(7), EPOCH);
  const keys = makeNodeKeys(suite, random, identity, EPOCH);
  const self = dialsAsNode
    ? makeIdentity(suite, random, new Uint8Array(32).fill(8), EPOCH)
    : undefined;
  const handshake = dialHandshake(suite, random, keys.statement, self);
  if (handshake === undefined) throw new Error('the statement is good');
  const first = told === undefined ? handshake : overheard(handshake, told);
  const dialler = makeEnd(0, suite, first, isAlwaysRead);
  const answerer = makeEnd(
    1,
    suite,
    new AnswerHandshake(suite, random, { live: [keys] }, wallAt(EPOCH)),
    isAlwaysRead,
  );
  dialler.link.opened(0);
  answerer.link.opened(0);
  return { dialler, answerer, keys, keysAlive, kemSeeds, nowUs: 0 };
}

function overheard(handshake: Handshake, told: (secret: Uint8Array) => void): Handshake {
  return {
    ...handshake,
    receive: (message) => {
      const answer = handshake.receive(message);
      if (answer.kind === 'keys') told(answer.result.initiatorSecret);
      return answer;
    },
  };
}

function watched(suite: Suite): Pick<Pair, 'keysAlive' | 'kemSeeds'> & { readonly suite: Suite } {
  const alive = new Set<object>();
  const kemSeeds: string[] = [];
  const kemSecret: Suite['kemSecret'] = (seed) => {
    kemSeeds.push(toHex(seed));
    return suite.kemSecret(seed);
  };
  const aead: Suite['aead'] = (octets) => {
    const key = suite.aead(octets);
    const counted = {
      seal: key.seal.bind(key),
      open: key.open.bind(key),
      destroy: () => {
        alive.delete(counted);
        key.destroy();
      },
    };
    alive.add(counted);
    return counted;
  };
  return { suite: { ...suite, aead, kemSecret }, kemSeeds, keysAlive: () => alive.size };
}

/** A clock that stands in the middle of an epoch at 0. */
export function wallAt(epoch: number): WallClock {
  const wall = new WallClock();
  wall.set(0, (epoch + 0.5) * EPOCH_MS);
  return wall;
}

function makeEnd(
  id: Id,
  suite: Suite,
  handshake: ConstructorParameters<typeof Link>[2],
  isAlwaysRead: boolean,
): End {
  const user = new PlainUser();
  const rejects = new Counters<LinkReject>(LINK_REJECTS);
  let wakes = 0;
  const shared = {
    suite,
    user,
    rejects,
    pool: new BufferPool(UNIT_MAX, 4),
    scratch: new Uint8Array(UNIT_MAX),
    wake: () => {
      wakes += 1;
    },
    isAlwaysRead,
  };
  return { link: new Link(id, shared, handshake), user, rejects, wakes: () => wakes };
}

/** All that an end has to say now, as one message; undefined for END alone. */
export function pull(pair: Pair, from: End): Uint8Array {
  const parts: number[] = [];
  const out = new Uint8Array(IO_LEN);
  for (;;) {
    const written = from.link.transmit(pair.nowUs, out, 0, out.length);
    if (written === 0 || written === END) return new Uint8Array(parts);
    for (let i = 0; i < written; i++) parts.push(out[i] as number);
  }
}

/** Carries octets both ways until neither end has anything to say. `cut` says how large the pieces are. */
export function exchange(pair: Pair, cut: () => number = () => IO_LEN): void {
  for (let quiet = false; !quiet; ) {
    quiet = true;
    for (const [from, to] of [
      [pair.dialler, pair.answerer],
      [pair.answerer, pair.dialler],
    ] as const) {
      const octets = pull(pair, from);
      if (octets.length > 0) quiet = false;
      feed(pair, to, octets, cut);
    }
  }
}

/** Offers octets as a host would: what is not taken is offered again once the user was asked. */
export function feed(
  pair: Pair,
  to: End,
  octets: Uint8Array,
  cut: () => number = () => IO_LEN,
): void {
  let at = 0;
  let stuck = 0;
  while (at < octets.length && to.link.failure === undefined && stuck < 1_000_000) {
    const end = Math.min(octets.length, at + Math.max(1, cut()));
    const taken = to.link.receive(pair.nowUs, octets, at, end);
    at += taken;
    stuck = taken === 0 ? stuck + 1 : 0;
    to.link.resume(pair.nowUs);
  }
}

export function idOfKeys(keys: NodeKeys): Uint8Array {
  return nodeIdOf(createSeededSuite(), keys.statement.certificate.identityKey);
}
