import { BufferPool } from '#core/base/buffer-pool.ts';
import {
  CLOSE_US,
  HANDSHAKE_US,
  RECORD_PAYLOAD_MAX,
  REKEY_GRACE,
  REKEY_OCTETS,
  REKEYS_AT_ONCE,
  SILENCE_US,
  UNREAD_US,
} from '#core/base/limits.ts';
import { makeIdentity, makeNodeKeys, type NodeKeys, type Suite } from '#core/crypto/mod.ts';
import type { Random } from '#core/host/mod.ts';
import {
  type AdmissionReject,
  AnswerHandshake,
  dialHandshake,
  type LinkReject,
  UNIT_MAX,
} from '#core/link/mod.ts';
import { unsealed } from '../open-seal.ts';
import { overrun } from './crowd.ts';
import { withMutatedKeys } from './exchanges.ts';
import {
  EPOCH,
  feed,
  giveEnd,
  KNOWN_OPENING,
  makeKnownVictim,
  makeVictim,
  PeerSealer,
  say,
  type Victim,
  wallAt,
} from './peer.ts';

export type Reject = LinkReject | AdmissionReject;

/** What each kind of misbehaviour was counted as: it must be its own name, once. */
export type Misbehaviour = {
  readonly reject: Reject;
  readonly counted: number;
  readonly total: number;
};

/** Commits every offence there is a counter for, each against a fresh victim that counts for itself. */
export function misbehave(suite: Suite, random: Random): readonly Misbehaviour[] {
  const identity = makeIdentity(suite, random, new Uint8Array(32), EPOCH);
  const keys = makeNodeKeys(suite, random, identity, EPOCH);
  const scene: Scene = { suite, random, keys, pool: new BufferPool(UNIT_MAX, 4) };
  const onLinks = Object.entries(LINK_OFFENCES).map(([reject, offend]) => {
    const { rejects } = offend(scene);
    return {
      reject: reject as Reject,
      counted: rejects.get(reject as LinkReject),
      total: rejects.total,
    };
  });
  return [...onLinks, ...overrun(suite, random)];
}

type Scene = {
  readonly suite: Suite;
  readonly random: Random;
  readonly keys: NodeKeys;
  readonly pool: BufferPool;
};
type Offence = (scene: Scene) => Victim;

const LINK_OFFENCES: { readonly [reject in LinkReject]: Offence } = Object.freeze({
  'first-forged': (scene) => answering(scene, new Uint8Array(4_000).fill(7)),
  'first-key-invalid': (scene) =>
    answering(
      scene,
      firstMessage({ ...scene, suite: withMutatedKeys(scene.suite, beyondModulus) }),
    ),
  'second-forged': (scene) => dialling(scene, new Uint8Array(4_000).fill(7)),
  'introduction-malformed': (scene) =>
    afterOpening(scene, (peer) => [peer.introduction(new Uint8Array(9))]),
  'introduction-uncertified': (scene) => introducing(scene, 'uncertified'),
  'introduction-forged': (scene) => introducing(scene, 'forged'),
  'length-forged': (scene) => afterOpening(scene, () => [new Uint8Array(18)]),
  'length-invalid': (scene) =>
    afterOpening(scene, (peer) => [peer.record(0, new Uint8Array(3), 0)]),
  'record-forged': (scene) => afterOpening(scene, (peer) => [peer.introduction().fill(0, 18)]),
  'record-unexpected': (scene) => opened(scene, (peer) => [peer.record(9, new Uint8Array(0))]),
  'after-end': (scene) =>
    opened(scene, (peer) => [peer.record(1, new Uint8Array(0)), Uint8Array.of(0)]),
  'key-overdue': ({ suite, pool }) => {
    // 128 MiB: without sealing, which is not what this is about.
    const open = unsealed(suite);
    const peer = new PeerSealer(open);
    const victim = feed(makeKnownVictim(open, pool), [opening(), peer.introduction()], 0);
    victim.user.receive = (_nowUs, _id, _bytes, start, end) => end - start;
    const full = new Uint8Array(RECORD_PAYLOAD_MAX);
    for (let sent = 0; sent <= REKEY_GRACE * REKEY_OCTETS; sent += RECORD_PAYLOAD_MAX)
      feed(victim, [peer.record(0, full)], 0);
    return victim;
  },
  'rekey-flood': (scene) =>
    opened(scene, (peer) => Array.from({ length: REKEYS_AT_ONCE + 1 }, () => peer.rekey())),
  silent: (scene) => {
    const victim = opened(scene, () => []);
    victim.link.handleTimeout(SILENCE_US);
    return victim;
  },
  // It goes on speaking, and takes nothing of ours.
  unread: (scene) => {
    let record: Uint8Array = new Uint8Array(0);
    const victim = opened(scene, (peer) => {
      record = peer.record(0, new Uint8Array(1));
      return [];
    });
    feed(victim, [record], UNREAD_US - 1).link.handleTimeout(UNREAD_US);
    return victim;
  },
  truncated: (scene) => {
    const victim = opened(scene, (peer) => [peer.record(0, new Uint8Array(RECORD_PAYLOAD_MAX))]);
    victim.link.ended();
    return victim;
  },
  'handshake-overdue': (scene) => {
    const victim = makeKnownVictim(scene.suite, scene.pool);
    victim.link.handleTimeout(HANDSHAKE_US);
    return victim;
  },
  'close-overdue': (scene) => {
    const victim = opened(scene, (peer) => [peer.record(1, new Uint8Array(0))]);
    giveEnd(victim, 0);
    victim.link.handleTimeout(CLOSE_US);
    return victim;
  },
});

// ---- offences --------------------------------------------------------------------------------------------

function answering({ suite, random, keys, pool }: Scene, message: Uint8Array): Victim {
  return feed(
    makeVictim(suite, new AnswerHandshake(suite, random, { live: [keys] }, wallAt(EPOCH)), pool),
    [message],
    0,
  );
}

function dialling({ suite, random, keys, pool }: Scene, message: Uint8Array): Victim {
  const handshake = dialHandshake(suite, random, keys.statement, undefined);
  if (handshake === undefined) throw new Error('the statement is good');
  return feed(makeVictim(suite, handshake, pool), [message], 0);
}

function firstMessage({ suite, random, keys }: Scene): Uint8Array {
  return dialHandshake(suite, random, keys.statement, undefined)?.start() ?? new Uint8Array(0);
}

/** A real handshake whose introduction is wrong in one way. */
function introducing(scene: Scene, how: 'uncertified' | 'forged'): Victim {
  const { suite, random, keys, pool } = scene;
  const identity = makeIdentity(suite, random, new Uint8Array(32).fill(3), EPOCH);
  const other = makeIdentity(suite, random, new Uint8Array(32).fill(4), EPOCH);
  const liar =
    how === 'uncertified'
      ? { certificate: { ...identity.certificate, lastEpoch: EPOCH + 9 }, signer: identity.signer }
      : { certificate: identity.certificate, signer: other.signer };
  const handshake = dialHandshake(suite, random, keys.statement, liar);
  if (handshake === undefined) throw new Error('the statement is good');
  const attacker = makeVictim(suite, handshake, pool);
  const victim = makeVictim(
    suite,
    new AnswerHandshake(suite, random, { live: [keys] }, wallAt(EPOCH)),
    pool,
  );
  for (let turn = 0; turn < 2; turn++) {
    feed(victim, [say(attacker)], 0);
    feed(attacker, [say(victim)], 0);
  }
  return victim;
}

function afterOpening(scene: Scene, say: (peer: PeerSealer) => readonly Uint8Array[]): Victim {
  const peer = new PeerSealer(scene.suite);
  return feed(makeKnownVictim(scene.suite, scene.pool), [opening(), ...say(peer)], 0);
}

function opened(scene: Scene, say: (peer: PeerSealer) => readonly Uint8Array[]): Victim {
  return afterOpening(scene, (peer) => [peer.introduction(), ...say(peer)]);
}

function opening(): Uint8Array {
  return Uint8Array.from(KNOWN_OPENING);
}

/** All ones is beyond ML-KEM's modulus, so it is no key. */
function beyondModulus(key: Uint8Array): Uint8Array {
  return new Uint8Array(key.length).fill(0xff);
}
