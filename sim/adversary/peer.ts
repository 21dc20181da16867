import type { BufferPool } from '#core/base/buffer-pool.ts';
import { asciiBytes } from '#core/base/bytes.ts';
import { EPOCH_MS } from '#core/base/limits.ts';
import { WallClock } from '#core/base/wall-clock.ts';
import { type AeadKey, hkdfExpand, type Suite } from '#core/crypto/mod.ts';
import { END, type StreamUser } from '#core/host/mod.ts';
import { type Handshake, LINK_REJECTS, Link, type LinkReject, UNIT_MAX } from '#core/link/mod.ts';
import { Counters } from '#core/observe/mod.ts';

// What an attacker who is a peer can do: it holds the keys of its own link and seals whatever it likes. Written
// from PROTOCOL §5 rather than from the core's sealer, which would refuse most of it.

const TAG_LEN = 16;
export const DATA = 0;
export const END_RECORD = 1;
const REKEY = 2;
export const INTRODUCTION = 3;
export const PADDING = 4;

/** The epoch in which everything here happens. */
export const EPOCH = 1;
/** Room for whatever a link says at once. */
const ROOM = 70_000;

/** Keeps what it is given, asks for nothing. */
class CollectingUser implements StreamUser {
  received: number[] = [];
  readonly log: string[] = [];

  opened(): void {
    this.log.push('opened');
  }

  receive(_nowUs: number, _id: number, bytes: Uint8Array, start: number, end: number): number {
    for (let i = start; i < end; i++) this.received.push(bytes[i] as number);
    return end - start;
  }

  ended(): void {
    this.log.push('ended');
  }

  transmit(): number {
    return 0;
  }

  closed(): void {
    this.log.push('closed');
  }
}

export type Victim = {
  readonly link: Link;
  readonly user: CollectingUser;
  readonly rejects: Counters<LinkReject>;
};

/** A link that waits for its peer, and counts by itself unless told where. */
export function makeVictim(
  suite: Suite,
  handshake: Handshake,
  pool: BufferPool,
  rejects: Counters<LinkReject> = new Counters<LinkReject>(LINK_REJECTS),
): Victim {
  const user = new CollectingUser();
  const scratch = new Uint8Array(UNIT_MAX);
  const link = new Link(
    0,
    { suite, user, rejects, pool, scratch, wake: () => undefined, isAlwaysRead: true },
    handshake,
  );
  link.opened(0);
  return { link, user, rejects };
}

/** A clock that stands in the middle of an epoch at 0. */
export function wallAt(epoch: number): WallClock {
  const wall = new WallClock();
  wall.set(0, (epoch + 0.5) * EPOCH_MS);
  return wall;
}

/** A victim whose keys the peer knows, so that no handshake has to be computed: four octets and it is done. */
export function makeKnownVictim(
  suite: Suite,
  pool: BufferPool,
  rejects?: Counters<LinkReject>,
): Victim {
  return makeVictim(suite, knownHandshake(), pool, rejects);
}

/** What a victim has to say now. */
export function say({ link }: Victim): Uint8Array {
  const out = new Uint8Array(ROOM);
  return out.subarray(0, Math.max(link.transmit(0, out, 0, ROOM), 0));
}

export function feed(victim: Victim, messages: readonly Uint8Array[], nowUs: number): Victim {
  for (const message of messages) victim.link.receive(nowUs, message, 0, message.length);
  return victim;
}

/** The victim's user ends its direction: its record, then the stream's end. */
export function giveEnd({ link, user }: Victim, nowUs: number): void {
  user.transmit = () => END;
  const out = new Uint8Array(ROOM);
  for (let turn = 0; turn < 2; turn++) link.transmit(nowUs, out, 0, ROOM);
}

export const KNOWN_OPENING: readonly number[] = Object.freeze([0, 0, 0, 0]);

export function knownHandshake(): Handshake {
  return {
    expects: KNOWN_OPENING.length,
    peerId: undefined,
    introductionLen: 0,
    start: () => undefined,
    receive: () => ({
      kind: 'keys',
      isInitiator: false,
      message: undefined,
      result: {
        initiatorSecret: new Uint8Array(32).fill(1),
        responderSecret: new Uint8Array(32).fill(2),
        transcript: new Uint8Array(32),
      },
    }),
    introduce: () => new Uint8Array(0),
    introduced: (_nowUs, content) => (content.length === 0 ? undefined : 'introduction-malformed'),
    destroy: () => undefined,
  };
}

/** Seals blocks as the peer of a known victim, in any shape. */
export class PeerSealer {
  readonly #suite: Suite;
  #secret: Uint8Array = new Uint8Array(32).fill(1);
  #key: AeadKey;
  #counter = 0;

  constructor(suite: Suite) {
    this.#suite = suite;
    this.#key = this.#next();
  }

  /** A record as §5 has it; `claimed` replaces the length that is sealed. */
  record(type: number, content: Uint8Array, claimed: number = content.length + 1): Uint8Array {
    const body = new Uint8Array(1 + content.length);
    body[0] = type;
    body.set(content, 1);
    const sealed = new Uint8Array(2 + TAG_LEN + body.length + TAG_LEN);
    this.#key.seal(this.#counter, Uint8Array.of(claimed >> 8, claimed & 0xff), 0, 2, sealed, 0);
    this.#key.seal(this.#counter + 1, body, 0, body.length, sealed, 2 + TAG_LEN);
    this.#counter += 2;
    return sealed;
  }

  /** A change of key, as §5.3 has it. */
  rekey(): Uint8Array {
    const record = this.record(REKEY, new Uint8Array(0));
    this.#key = this.#next();
    this.#counter = 0;
    return record;
  }

  introduction(content: Uint8Array = new Uint8Array(0)): Uint8Array {
    return this.record(INTRODUCTION, content);
  }

  #next(): AeadKey {
    const both = hkdfExpand(this.#suite, this.#secret, asciiBytes('spn link key'), 64);
    this.#secret = both.slice(0, 32);
    return this.#suite.aead(both.subarray(32));
  }
}
