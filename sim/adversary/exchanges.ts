import { BufferPool } from '#core/base/buffer-pool.ts';
import {
  introductionToSign,
  type KemSecret,
  PQNK_FIRST_LEN,
  PQNK_SECOND_LEN,
  type Suite,
} from '#core/crypto/mod.ts';
import { AnswerHandshake, dialHandshake, type Handshake, UNIT_MAX } from '#core/link/mod.ts';
import { encodeIntroduction } from '#core/wire/mod.ts';
import { mutate } from './mutate.ts';
import {
  EPOCH,
  feed,
  KNOWN_OPENING,
  knownHandshake,
  makeVictim,
  PeerSealer,
  say,
  type Victim,
  wallAt,
} from './peer.ts';
import { type Answer, beginsAs, type Decoder, isSame, onOctets, type Scene } from './scene.ts';

// The messages by which a link opens, each fed to a link. Forged is what opens one without being, octet for
// octet, what the genuine peer sealed for it.

/** Making a message costs more than decoding one: every so many runs there is a new one. */
const FRESH_EVERY = 16;

export function firstMessages(scene: Scene): Decoder {
  const { suite, random } = scene;
  const pool = new BufferPool(UNIT_MAX, 4);
  const valid = dial(scene).start() ?? new Uint8Array(0);
  const answering = (octets: Uint8Array): Answer => {
    const victim = makeVictim(suite, answer(scene), pool, scene.rejects);
    feed(victim, [octets], 0);
    return finish(victim, say(victim).length > 0, beginsAs(octets, valid, PQNK_FIRST_LEN));
  };
  /** Sealed as it should be around a key that may be none: no harm but to its sender if it is taken. */
  const oddKey = (): Answer => {
    const odd = withMutatedKeys(suite, (key) => mutate(key, random));
    const message = dial({ ...scene, suite: odd }).start() ?? new Uint8Array(0);
    const victim = makeVictim(suite, answer(scene), pool, scene.rejects);
    feed(victim, [message], 0);
    return finish(victim, say(victim).length > 0, true);
  };
  return {
    name: 'first message',
    genuine: () => answering(valid),
    mutated: (run) => (run % FRESH_EVERY === 0 ? oddKey() : answering(mutate(valid, random))),
  };
}

/** A fresh dialler each time, as on the wire: nothing made for another one may open it. */
export function secondMessages(scene: Scene): Decoder {
  const { suite, random } = scene;
  const pool = new BufferPool(UNIT_MAX, 4);
  const answerTo = (first: Uint8Array): Uint8Array => {
    const answered = answer(scene).receive(first);
    return (answered.kind === 'keys' ? answered.message : undefined) ?? new Uint8Array(0);
  };
  const foreign = answerTo(dial(scene).start() ?? new Uint8Array(0));
  const dialling = (spoil: (own: Uint8Array) => Uint8Array, isOwn: boolean): Answer => {
    const victim = makeVictim(suite, dial(scene), pool, scene.rejects);
    const first = say(victim);
    const own = isOwn ? answerTo(first) : foreign;
    const octets = spoil(own);
    feed(victim, [octets], 0);
    const isGenuine = isOwn && beginsAs(octets, own, PQNK_SECOND_LEN);
    return finish(victim, victim.user.log.includes('opened'), isGenuine);
  };
  return {
    name: 'second message',
    genuine: () => dialling((own) => own, true),
    mutated: (run) => dialling((own) => mutate(own, random), run % FRESH_EVERY === 0),
  };
}

/** A node's introduction, sealed by a peer that holds the link's keys and is not that node. */
export function introductions(scene: Scene): Decoder {
  const { suite, identity } = scene;
  const pool = new BufferPool(UNIT_MAX, 4);
  const answered = answer(scene);
  const read = answered.receive(dial(scene).start() ?? new Uint8Array(0));
  const transcript = read.kind === 'keys' ? read.result.transcript : new Uint8Array(32);
  const signature = identity.signer.sign(introductionToSign(transcript));
  const { certificate } = identity;
  const valid = encodeIntroduction({ role: 'node', certificate, signature });
  return onOctets(scene, 'introduction', valid, (octets) => {
    answered.peerId = undefined;
    const handshake: Handshake = {
      ...knownHandshake(),
      introductionLen: octets.length,
      introduced: (nowUs, content) => answered.introduced(nowUs, content),
    };
    const victim = makeVictim(suite, handshake, pool, scene.rejects);
    const record = new PeerSealer(suite).introduction(octets);
    feed(victim, [Uint8Array.from(KNOWN_OPENING), record], 0);
    // A client may say it is one; a node must be the one that signed.
    return finish(
      victim,
      victim.link.isOpen,
      answered.peerId === undefined || isSame(octets, valid),
    );
  });
}

/** Lets go of a victim that has been told something. */
function finish(victim: Victim, isTaken: boolean, isGenuine: boolean): Answer {
  victim.link.ended();
  victim.link.destroy();
  if (!isTaken) return 'verdict';
  return isGenuine ? 'value' : 'forgery';
}

function answer({ suite, random, keys }: Scene): AnswerHandshake {
  return new AnswerHandshake(suite, random, { live: [keys] }, wallAt(EPOCH));
}

function dial({ suite, random, keys }: Scene): Handshake {
  const handshake = dialHandshake(suite, random, keys.statement, undefined);
  if (handshake === undefined) throw new Error('the statement is good');
  return handshake;
}

/** A suite whose ephemeral keys are altered before they are sealed; as long as they were. */
export function withMutatedKeys(suite: Suite, alter: (key: Uint8Array) => Uint8Array): Suite {
  return {
    ...suite,
    kemSecret: (seed): KemSecret => {
      const secret = suite.kemSecret(seed);
      const publicKey = secret.publicKey.slice();
      publicKey.set(alter(secret.publicKey).subarray(0, publicKey.length));
      return {
        publicKey,
        decapsulate: (ciphertext) => secret.decapsulate(ciphertext),
        destroy: () => secret.destroy(),
      };
    },
  };
}
