import {
  introductionToSign,
  isCertified,
  linkPrologue,
  type NodeIdentity,
  type NodeKeys,
  nodeIdOf,
  PQNK_FIRST_LEN,
  PQNK_SECOND_LEN,
  PqnkInitiator,
  PqnkResponder,
  type PqnkResult,
  type Suite,
} from '#core/crypto/mod.ts';
import type { Random } from '#core/host/mod.ts';
import {
  decodeIntroduction,
  encodeIntroduction,
  INTRODUCTION_LEN,
  type Statement,
} from '#core/wire/mod.ts';
import type { Micros } from '../base/time.ts';
import type { WallClock } from '../base/wall-clock.ts';

/** Why a handshake is refused. */
export type HandshakeReject =
  | 'first-forged'
  | 'first-key-invalid'
  | 'second-forged'
  | 'introduction-malformed'
  | 'introduction-uncertified'
  | 'introduction-forged';

/** A node's keys as they are at any time, newest first. */
export type LiveKeys = { readonly live: readonly NodeKeys[] };

export type HandshakeAnswer =
  | { readonly kind: 'reject'; readonly reject: HandshakeReject }
  | {
      readonly kind: 'keys';
      readonly isInitiator: boolean;
      readonly message: Uint8Array | undefined;
      readonly result: PqnkResult;
    };

/** The part of a link before its records: which messages, of which length, and what they prove.
 * PROTOCOL §4.1, §4.2 and §4.3. */
export interface Handshake {
  /** Octets of the one message this end receives. */
  readonly expects: number;
  readonly peerId: Uint8Array | undefined;
  /** Octets of the introduction it expects. */
  readonly introductionLen: number;
  start(): Uint8Array | undefined;
  receive(message: Uint8Array): HandshakeAnswer;
  /** The initiator's introduction over the finished transcript. */
  introduce(transcript: Uint8Array): Uint8Array;
  /** The responder's check of it. */
  introduced(nowUs: Micros, content: Uint8Array): HandshakeReject | undefined;
  destroy(): void;
}

/** Dials a node whose statement the caller has verified; introduces itself as `self`, or as a client. */
export function dialHandshake(
  suite: Suite,
  random: Random,
  statement: Statement,
  self: NodeIdentity | undefined,
): Handshake | undefined {
  const pqnk = new PqnkInitiator(suite, statement.linkKey, linkPrologue(suite, statement));
  const first = pqnk.writeFirst(random, new Uint8Array(0));
  if (first === undefined) return undefined;
  return {
    expects: PQNK_SECOND_LEN,
    introductionLen: INTRODUCTION_LEN,
    peerId: nodeIdOf(suite, statement.certificate.identityKey),
    start: () => first,
    receive: (message) => {
      const read = pqnk.readSecond(message);
      if (read === undefined) return { kind: 'reject', reject: 'second-forged' };
      return { kind: 'keys', isInitiator: true, message: undefined, result: read.result };
    },
    introduce: (transcript) => {
      if (self === undefined) return encodeIntroduction({ role: 'client' });
      const signature = self.signer.sign(introductionToSign(transcript));
      return encodeIntroduction({ role: 'node', certificate: self.certificate, signature });
    },
    introduced: () => 'introduction-malformed',
    destroy: () => pqnk.destroy(),
  };
}

/**
 * Answers whoever dialled. `keys` are asked when the first message is there, for those that were good at accept may
 * have been wiped since; `wall` judges a certificate.
 */
export class AnswerHandshake implements Handshake {
  readonly expects: number = PQNK_FIRST_LEN;
  readonly introductionLen: number = INTRODUCTION_LEN;
  peerId: Uint8Array | undefined;
  readonly #suite: Suite;
  readonly #random: Random;
  readonly #keys: LiveKeys;
  readonly #wall: WallClock;
  #transcript: Uint8Array | undefined;

  constructor(suite: Suite, random: Random, keys: LiveKeys, wall: WallClock) {
    this.#suite = suite;
    this.#random = random;
    this.#keys = keys;
    this.#wall = wall;
  }

  start(): undefined {
    return undefined;
  }

  receive(message: Uint8Array): HandshakeAnswer {
    const pqnk = this.#opening(message);
    if (pqnk === undefined) return { kind: 'reject', reject: 'first-forged' };
    const written = pqnk.writeSecond(this.#random, new Uint8Array(0));
    if (written === undefined) {
      pqnk.destroy();
      return { kind: 'reject', reject: 'first-key-invalid' };
    }
    this.#transcript = written.result.transcript;
    return { kind: 'keys', isInitiator: false, message: written.message, result: written.result };
  }

  introduce(): Uint8Array {
    return new Uint8Array(0);
  }

  introduced(nowUs: Micros, content: Uint8Array): HandshakeReject | undefined {
    const introduction = decodeIntroduction(content);
    if (introduction === undefined || this.#transcript === undefined)
      return 'introduction-malformed';
    if (introduction.role === 'client') return undefined;
    const { certificate, signature } = introduction;
    if (!isCertified(this.#suite, certificate, this.#wall.at(nowUs)))
      return 'introduction-uncertified';
    const message = introductionToSign(this.#transcript);
    if (!this.#suite.verify(certificate.signingKey, message, signature))
      return 'introduction-forged';
    this.peerId = nodeIdOf(this.#suite, certificate.identityKey);
    return undefined;
  }

  destroy(): void {
    this.#transcript = undefined;
  }

  /** The exchange under the newest key that opens the message. In an epoch's first hour there are two. */
  #opening(message: Uint8Array): PqnkResponder | undefined {
    for (const { statement, link } of this.#keys.live) {
      const pqnk = new PqnkResponder(this.#suite, link, linkPrologue(this.#suite, statement));
      if (pqnk.readFirst(message)?.length === 0) return pqnk;
      pqnk.destroy();
    }
    return undefined;
  }
}
